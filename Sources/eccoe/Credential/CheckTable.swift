import ArgumentParser
import CanonicalJSON
import Credentials

/// A report for people.
enum CheckTable {
    /// The verdict, then one line a check with its evidence.
    static func text(
        _ verdict: CredentialReport.Verdict,
        _ checks: [CredentialCheck]
    ) -> String {
        text(verdict.rawValue, checks.map(\.json))
    }

    /// The same from JSON.
    static func text(_ verdict: String, _ checks: [JSON]) -> String {
        "\(verdict)\n\n"
            + TextTable.rows(
                ["CHECK", "STATUS", "EVIDENCE"],
                checks.map { check in
                    ["id", "status", "detail"].map { TextTable.cell(check[$0]) }
                }
            )
    }
}

extension CredentialReport.Verdict {
    /// Ends the command with the status of the verdict: 0 valid, 1 invalid, 2 indeterminate.
    func exit() throws {
        switch self {
        case .valid: return
        case .invalid: throw ExitCode(ExitStatus.negative.rawValue)
        case .indeterminate: throw ExitCode(ExitStatus.indeterminate.rawValue)
        }
    }
}
