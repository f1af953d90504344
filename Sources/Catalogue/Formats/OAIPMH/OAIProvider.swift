package import Keys
import XML

/// Our catalogue as an OAI-PMH 2.0 repository. A request is understood first; what it needs is
/// looked up by the caller; then the answer is written. Records come in `lom` and `oai_dc`, have
/// times to the second, and deleted ones stay for ever.
package struct OAIProvider: Sendable {
    /// The address of the repository, without query.
    package let baseURL: String
    /// The domain of the institution.
    package let domain: String
    /// Its name.
    package let name: String
    /// A mailbox of a role, not of a person.
    package let adminEmail: String
    /// Not later than the time of any record.
    package let earliest: Instant
    /// The records of one answer.
    package let pageSize: Int

    /// A repository as given.
    package init(
        baseURL: String,
        domain: String,
        name: String,
        adminEmail: String,
        earliest: Instant,
        pageSize: Int = 100
    ) {
        self.baseURL = baseURL
        self.domain = domain
        self.name = name
        self.adminEmail = adminEmail
        self.earliest = earliest
        self.pageSize = pageSize
    }

    /// The formats in which records come.
    package enum Format: String, CaseIterable, Sendable {
        case lom
        case dublinCore = "oai_dc"
    }

    /// A record to hand out.
    package struct Entry: Sendable {
        /// The item's id in the catalogue.
        package let id: String
        /// When it was last changed or withdrawn.
        package let time: Instant
        /// The item; nil when it was withdrawn.
        package let item: LearningOpportunity?
        /// The sets of `OAISets.of`; of a withdrawn item those that it had, as far as they are
        /// known.
        package let sets: [String]

        /// A record as given; the sets are the item's unless stated.
        package init(
            id: String,
            time: Instant,
            item: LearningOpportunity?,
            sets: [String]? = nil
        ) {
            self.id = id
            self.time = time
            self.item = item
            self.sets = sets ?? item.map { OAISets.of($0) } ?? []
        }
    }

    /// Which records a list has: those with `from` <= time <= `until` in `set`, by time and then by
    /// the bytes of the id, after `after`.
    package struct Selection: Hashable, Sendable {
        /// A place in the order of records.
        package struct Place: Hashable, Sendable {
            /// The time of a record.
            package let time: Instant
            /// Its id.
            package let id: String
        }

        /// In which format they are written.
        package var format: Format
        /// Inclusive; nil for all.
        package var from: Instant?
        /// Inclusive; nil for all.
        package var until: Instant?
        /// Of `OAISets`; nil for all.
        package var set: String?
        /// The last record of the page before; nil for the first page.
        package var after: Place?
        /// How many records came before.
        package var cursor = 0
    }

    /// What a request needs before it can be answered.
    package enum Need: Sendable {
        /// Nothing: this is the answer.
        case nothing([UInt8])
        /// The record of the item with this id; then `answer(_:to:...)`.
        case record(id: String, OAIRequest)
        /// The first `limit` records of a selection, one more than a page has; then
        /// `answer(_:of:to:...)`.
        case list(Selection, limit: Int, OAIRequest)
    }

    /// `oai:<domain>:<percent-encoded id>`.
    package func identifier(of id: String) -> String {
        "oai:\(domain):" + PercentEncoding.encode(id)
    }

    /// The id of an item from its identifier; nil for anything else.
    func id(of identifier: String) -> String? {
        let prefix = "oai:\(domain):"
        guard identifier.hasPrefix(prefix),
            let id = PercentEncoding.decode(String(identifier.dropFirst(prefix.count))),
            ItemIdentifier.isValid(id), self.identifier(of: id) == identifier
        else { return nil }
        return id
    }
}
