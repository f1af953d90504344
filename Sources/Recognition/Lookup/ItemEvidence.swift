package import Keys

/// What was found about a credential's achievement in the catalogue of its issuer. The answers are
/// kept apart: not looked for, an outdated copy, and not there.
package enum ItemEvidence: Equatable, Sendable {
    /// Nobody looked, for the reason given as a full sentence.
    case unchecked(String)
    /// The copy of the issuer's log ends at that time, too early to tell.
    case stale(asOf: Instant)
    /// The issuer's whole log up to that size and time has no such item.
    case notFound(origin: String, size: Int, asOf: Instant)
    case found(Found)

    /// An item in a log.
    package struct Found: Equatable, Sendable {
        /// The id that was looked for: the item's global id or one of its `sameAs`.
        package var matched: String
        /// The item's title.
        package var title: String
        /// The log, `<domain>/eccoe/<epoch>`.
        package var origin: String
        /// The leaf's index.
        package var index: Int
        /// Whether the leaf's inclusion was verified under a signed checkpoint.
        package var isInclusionVerified: Bool
        /// The leaf's time by its cosignatures; nil while it is unconfirmed.
        package var confirmed: Instant?
        /// The time of the leaf that withdrew it; nil while it is offered.
        package var withdrawn: Instant?
        /// Whether its institution has erased its texts: that it was published is all that is left.
        package var isErased: Bool

        /// An item that is offered.
        package init(
            matched: String,
            title: String,
            origin: String,
            index: Int,
            isInclusionVerified: Bool,
            confirmed: Instant?,
            withdrawn: Instant? = nil,
            isErased: Bool = false
        ) {
            self.matched = matched
            self.title = title
            self.origin = origin
            self.index = index
            self.isInclusionVerified = isInclusionVerified
            self.confirmed = confirmed
            self.withdrawn = withdrawn
            self.isErased = isErased
        }
    }
}
