public import CanonicalJSON
public import Keys

/// What one check found.
public enum CheckStatus: String, Sendable {
    case pass
    case fail
    /// Not checked, or not checkable, for the reason in the detail. Never shown as good.
    case unknown
}

/// One line of a report on a credential.
public struct CredentialCheck: Equatable, Sendable {
    /// Such as `proof`; unique within a report.
    public let id: String
    /// What was found.
    public let status: CheckStatus
    /// Full sentences with the evidence: which key, which DID, from where.
    public let detail: String

    /// A line.
    public init(_ id: String, _ status: CheckStatus, _ detail: String) {
        self.id = id
        self.status = status
        self.detail = detail
    }

    /// `{"detail":...,"id":...,"status":"pass|fail|unknown"}`.
    public var json: JSON {
        ["detail": .string(detail), "id": .string(id), "status": .string(status.rawValue)]
    }
}

/// The report on one credential: its lines, and what was read while making them.
public struct CredentialReport: Equatable, Sendable {
    /// The sum of the lines.
    public enum Verdict: String, Sendable {
        case valid
        case invalid
        /// Neither proven nor disproven with the evidence at hand.
        case indeterminate
    }

    /// The checks that the verdict rests on.
    public static let decisive = ["wellformed", "proof", "validity", "status", "issuer"]

    /// The lines in the order in which they were made.
    public private(set) var checks: [CredentialCheck]
    /// What the credential says, for those who add lines.
    public let facts: CredentialFacts

    init(checks: [CredentialCheck], facts: CredentialFacts) {
        self.checks = checks
        self.facts = facts
    }

    /// Any decisive check that fails: invalid. Proof, validity and issuer pass: valid (an absent or
    /// unknown status stays named in its line). Otherwise indeterminate.
    public var verdict: Verdict {
        let decisive = checks.filter { Self.decisive.contains($0.id) }
        if decisive.contains(where: { $0.status == .fail }) { return .invalid }
        let passed = Set(decisive.filter { $0.status == .pass }.map(\.id))
        return passed.isSuperset(of: ["proof", "validity", "issuer"]) ? .valid : .indeterminate
    }

    /// The line with that id; nil when the check was not made.
    public func check(_ id: String) -> CredentialCheck? {
        checks.first { $0.id == id }
    }

    /// The same report with further lines behind its own; a line with a known id is ignored, so
    /// that nobody can overwrite what the verdict rests on.
    public func adding(_ lines: [CredentialCheck]) -> CredentialReport {
        var report = self
        for line in lines where report.check(line.id) == nil { report.checks.append(line) }
        return report
    }

    /// `{"checks":[...],"verdict":"valid|invalid|indeterminate"}`.
    public var json: JSON {
        ["checks": .array(checks.map(\.json)), "verdict": .string(verdict.rawValue)]
    }
}

/// What a credential says, as far as it could be read: material for further checks, not a verdict.
public struct CredentialFacts: Equatable, Sendable {
    /// The issuer's id: `issuer`, or `issuer.id`.
    public internal(set) var issuer: String?
    /// The claimed start of validity: `validFrom`, or `issuanceDate` (VC 1.1).
    public internal(set) var validFrom: Instant?
    /// The ids of the achievements (Open Badges 3.0) of all subjects, in order.
    public internal(set) var achievementIDs: [String] = []
    /// The methods of the proofs that passed and that the issuer answers for, in order. Empty
    /// unless the lines `proof` and `issuer` both pass.
    public internal(set) var issuerMethods: [VerificationMethod] = []

    init() {}

    init(reading document: JSON) {
        issuer = document["issuer"]?.string ?? document["issuer"]?["id"]?.string
        let start = document["validFrom"] ?? document["issuanceDate"]
        validFrom = start?.string.flatMap { Instant(lenient: $0) }
        let subjects = document["credentialSubject"].map { $0.array ?? [$0] } ?? []
        achievementIDs = subjects.compactMap { $0["achievement"]?["id"]?.string }
    }
}
