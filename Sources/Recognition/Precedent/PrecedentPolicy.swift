import CanonicalJSON
package import Keys

/// When an institution publishes what its decisions teach (domain.md section 6).
package enum PrecedentPolicy: Hashable, Sendable {
    /// In the next batch, whatever their number.
    case always
    /// Once a month is over, and only where at least so many decisions are alike.
    case threshold(Int)
    case never

    /// The policy of those who have set none: five alike.
    package static let standard = PrecedentPolicy.threshold(5)

    /// Reads `always`, `threshold`, `threshold:<k>` with k from 2 on, or `never`; nil otherwise.
    package init?(_ text: String) {
        switch text {
        case "always": self = .always
        case "never": self = .never
        case "threshold": self = .standard
        default:
            guard text.hasPrefix("threshold:"), let k = Int(text.dropFirst(10)), k >= 2 else {
                return nil
            }
            self = .threshold(k)
        }
    }

    /// As `init` reads it.
    package var text: String {
        switch self {
        case .always: "always"
        case .threshold(let k): "threshold:\(k)"
        case .never: "never"
        }
    }

    /// What may be published now of the decisions that are not published yet, in an order that
    /// says nothing about the order of the decisions: that of their bytes.
    package func publishable(_ pending: [PrecedentFacts], at now: Instant) -> [Precedent] {
        let current = String(now.date.prefix(7))
        let groups = Dictionary(grouping: pending) { $0 }.filter { facts, alike in
            switch self {
            case .always: true
            case .threshold(let k): alike.count >= k && facts.month < current
            case .never: false
            }
        }
        return groups.map { Precedent(facts: $0.key, count: $0.value.count) }
            .sorted { $0.json.canonicalBytes.lexicographicallyPrecedes($1.json.canonicalBytes) }
    }
}
