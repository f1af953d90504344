import CanonicalJSON
import Keys

/// What a receipt's leaf says (protocol.md section 1, `decision.recorded` and
/// `decision.superseded`).
struct DecisionLeaf: Equatable {
    /// The day of the decision.
    let at: Instant
    /// 16 random bytes in lower-case hexadecimal.
    let subject: String
    /// 1 for a first decision, more for those that supersede it.
    let revision: Int64
    let commitment: Digest

    /// - Throws: `RecordError` with a JSON pointer into the leaf.
    init(_ bytes: [UInt8]) throws(RecordError) {
        guard bytes.count <= 2046 else {
            throw RecordError("", "is larger than 2046 bytes", remedy: "ask for the receipt again")
        }
        let json = try RecordError.canonical(bytes)
        func value<Value>(
            _ name: String,
            _ expected: String,
            _ convert: (JSON) -> Value?
        ) throws(RecordError) -> Value {
            guard let value = json[name].flatMap(convert) else {
                throw RecordError(
                    "/\(name)",
                    "is no \(expected)",
                    remedy: "ask for the receipt again"
                )
            }
            return value
        }
        _ = try value("v", "version 1") { $0.integer == 1 ? true : nil }
        _ = try value("type", "decision") {
            ["decision.recorded", "decision.superseded"].contains($0.string) ? true : nil
        }
        at = try value("at", "day at 00:00:00Z") { json in
            json.string.flatMap { Instant($0) }.flatMap { $0 == $0.startOfDay ? $0 : nil }
        }
        subject = try value("subject", "16 bytes in lower-case hexadecimal") { json in
            json.string.flatMap { Hex.decode($0)?.count == 16 ? $0 : nil }
        }
        revision = try value("revision", "number from 1 on") { json in
            json.integer.flatMap { $0 >= 1 ? $0 : nil }
        }
        commitment = try value("commitment", "SHA-256 in lower-case hexadecimal") { json in
            json.string.flatMap { Digest(hex: $0) }
        }
    }
}
