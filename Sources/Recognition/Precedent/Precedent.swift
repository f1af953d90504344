package import CanonicalJSON
import Keys

/// The payload of `precedent.published`: RFC 8785 of
/// `{"v":1,"kind":"precedent","salt":"<base64url>","precedent":{...}}`.
package struct Precedent: Equatable, Sendable {
    /// What was decided.
    package var facts: PrecedentFacts
    /// How many decisions these facts stand for, at least 1.
    package var count: Int

    /// A precedent of so many equal decisions.
    package init(facts: PrecedentFacts, count: Int) {
        self.facts = facts
        self.count = count
    }

    /// `{"basis":...,"count":...,"item":{...},"month":...,"outcome":...}` and what else is stated.
    package var json: JSON {
        var members = facts.members
        members["count"] = .number(JSONNumber(Int64(count)))
        return .object(members)
    }

    /// The payload's bytes.
    ///
    /// - Parameter salt: 32 random bytes, so that an erased payload cannot be guessed back.
    /// - Throws: `RecordError` for another length, and for facts that could not be read back.
    package func payload(salt: [UInt8]) throws(RecordError) -> [UInt8] {
        let payload: JSON = [
            "v": 1, "kind": "precedent", "salt": .string(Base64URL.encode(salt)),
            "precedent": json,
        ]
        let bytes = payload.canonicalBytes
        _ = try Precedent(payload: bytes)
        return bytes
    }

    /// Reads a payload strictly.
    ///
    /// - Throws: `RecordError` with a JSON pointer.
    package init(payload bytes: [UInt8]) throws(RecordError) {
        let members = try RecordMembers(
            try RecordError.canonical(bytes),
            at: "",
            allowing: ["v", "kind", "salt", "precedent"]
        )
        try members.version(kind: "precedent")
        _ = try members.value("salt", "32 bytes in base64url") { text in
            Base64URL.decode(text).flatMap { $0.count == 32 ? $0 : nil }
        }
        facts = try PrecedentFacts(members["precedent"], at: "/precedent")
        guard let count = members["precedent"]?["count"]?.integer, count >= 1 else {
            throw members.error("precedent/count", "is no number from 1 on")
        }
        self.count = Int(count)
    }
}
