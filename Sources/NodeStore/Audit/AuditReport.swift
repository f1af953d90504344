/// What an audit of a stored log found wrong, and where.
package struct AuditFinding: Sendable, Equatable {
    /// The table or file that is wrong.
    package enum Store: String, Sendable {
        /// The log's own file.
        case log
        /// `views.sqlite`, which can be thrown away.
        case views
    }

    /// Where the damage lies.
    package let store: Store
    /// `entry <index>`, a tile's path, `payload <hash>`, `subject <scope>/<id>`, and the like.
    package let place: String
    /// One sentence.
    package let reason: String

    /// A finding from its parts.
    package init(_ place: String, _ reason: String, in store: Store = .log) {
        self.store = store
        self.place = place
        self.reason = reason
    }
}

/// The outcome of an audit of one stored log.
package struct AuditReport: Sendable, Equatable {
    /// Findings that a report carries; the rest is counted.
    package static let maximumFindings = 100

    /// The log.
    package let origin: String
    /// Leaves that were audited.
    package internal(set) var size = 0
    /// Stored checkpoints whose root was compared with the one recomputed.
    package internal(set) var checkpoints = 0
    /// Cosignatures that were verified.
    package internal(set) var cosignatures = 0
    /// Signature lines whose keys nobody named: not verified.
    package internal(set) var unknownLines = 0
    /// Payloads that were hashed.
    package internal(set) var payloads = 0
    /// Whether the views were compared.
    package internal(set) var views = false
    /// The first findings; none in a sound log.
    package private(set) var findings: [AuditFinding] = []
    /// All findings, those beyond the limit included.
    package private(set) var found = 0

    /// A report that says nothing yet.
    package init(origin: String) {
        self.origin = origin
    }

    /// Whether nothing is wrong.
    package var isSound: Bool { found == 0 }

    /// Adds what was found.
    package mutating func add(_ finding: AuditFinding) {
        found += 1
        if findings.count < Self.maximumFindings { findings.append(finding) }
    }
}
