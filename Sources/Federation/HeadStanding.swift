/// Whether a head has the quorum of its log, in the one form in which every answer says it.
package struct HeadStanding: Sendable, Equatable {
    /// Witnesses that have cosigned.
    package let cosignatures: Int
    /// Witnesses that the log has.
    package let witnesses: Int
    /// How many of them must have cosigned; 0: the log is unwitnessed.
    package let quorum: Int
    /// Whether they have. Without a quorum nothing is ever confirmed.
    package let isConfirmed: Bool

    /// A standing from its parts.
    ///
    /// - Parameter isConfirmed: for a head that was confirmed by an earlier witness set; by default
    ///   as the numbers say.
    package init(cosignatures: Int, witnesses: Int, quorum: Int, isConfirmed: Bool? = nil) {
        self.cosignatures = cosignatures
        self.witnesses = max(witnesses, cosignatures)
        self.quorum = quorum
        self.isConfirmed = isConfirmed ?? (quorum > 0 && cosignatures >= quorum)
    }

    /// Such as `confirmed by 2 of 3 witnesses` or `unconfirmed: 1 of 3 witnesses, 2 needed`.
    package var text: String {
        if isConfirmed { return "confirmed by \(cosignatures) of \(witnesses) witnesses" }
        return witnesses == 0
            ? "unconfirmed: unwitnessed"
            : "unconfirmed: \(cosignatures) of \(witnesses) witnesses, \(quorum) needed"
    }
}
