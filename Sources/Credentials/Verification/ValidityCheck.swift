import CanonicalJSON
import Keys

/// The line `validity`: the period that the credential states (VC Data Model 2.0 section 4.9, 1.1
/// section 4.6) holds the time that is asked about. The end still belongs to the period.
enum ValidityCheck {
    /// Both versions' names are looked at, so that neither can hide a limit from the other.
    static let starts = ["validFrom", "issuanceDate"]
    static let ends = ["validUntil", "expirationDate"]

    static func check(_ document: JSON, at time: Instant) -> CredentialCheck {
        var stated: [String] = []
        for name in starts + ends {
            guard let value = document[name] else { continue }
            guard let limit = value.string.flatMap({ Instant(lenient: $0) }) else {
                return CredentialCheck(
                    "validity",
                    .unknown,
                    "/\(name) is no date and time with an offset, so the period cannot be read."
                )
            }
            if starts.contains(name), time < limit {
                return CredentialCheck(
                    "validity",
                    .fail,
                    "The credential is not yet valid: \(name) is \(limit), and the question is "
                        + "asked for \(time)."
                )
            }
            if ends.contains(name), limit < time {
                return CredentialCheck(
                    "validity",
                    .fail,
                    "The credential has expired: \(name) is \(limit), and the question is asked "
                        + "for \(time)."
                )
            }
            stated.append("\(name) \(limit)")
        }
        let period =
            stated.isEmpty ? "states no limits" : "states " + stated.joined(separator: ", ")
        return CredentialCheck(
            "validity",
            .pass,
            "The credential \(period); it is within its period at \(time)."
        )
    }
}
