package import CanonicalJSON
package import Credentials
package import Keys

/// The report on a receipt: its lines and their sum.
package struct ReceiptReport: Equatable, Sendable {
    /// The checks that must all pass for a receipt to be valid, in the order in which they are
    /// made.
    package static let decisive = [
        "leaf", "commitment", "registry", "inclusion", "cosignatures", "member",
    ]

    /// The lines; `superseded` follows the decisive ones and is never more than unknown offline.
    package let checks: [CredentialCheck]
    /// The time that the cosignatures prove the leaf to have existed at; nil below quorum.
    package let leafTime: Instant?

    init(checks: [CredentialCheck], leafTime: Instant?) {
        self.checks = checks
        self.leafTime = leafTime
    }

    /// Any decisive check fails: invalid. All pass: valid. Otherwise indeterminate.
    package var verdict: CredentialReport.Verdict {
        let decisive = checks.filter { Self.decisive.contains($0.id) }
        if decisive.contains(where: { $0.status == .fail }) { return .invalid }
        return decisive.count == Self.decisive.count && decisive.allSatisfy { $0.status == .pass }
            ? .valid : .indeterminate
    }

    /// The line with that id; nil when it was not made.
    package func check(_ id: String) -> CredentialCheck? {
        checks.first { $0.id == id }
    }

    /// `{"checks":[...],"leafTime":...,"verdict":"valid|invalid|indeterminate"}`.
    package var json: JSON {
        var object = JSONObject()
        object["verdict"] = .string(verdict.rawValue)
        object["leafTime"] = leafTime.map { .string($0.text) }
        object["checks"] = .array(checks.map(\.json))
        return .object(object)
    }
}
