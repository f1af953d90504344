import CanonicalJSON
package import Keys

/// The payload of `need.published`: RFC 8785 of
/// `{"v":1,"kind":"need","salt":"<base64url>","need":{...}}`.
package struct NeedPayload: Sendable {
    /// The need.
    package let need: Need
    /// 32 random bytes, so that an erased payload cannot be guessed back from its hash.
    package let salt: [UInt8]

    /// The largest payload of a need.
    package static let maximumBytes = 32 << 10

    /// The signed bytes of `need` with `salt`.
    ///
    /// - Throws: `NeedPayloadError` for a salt that is not 32 bytes long and a payload that is too large.
    package static func bytes(need: Need, salt: [UInt8]) throws(NeedPayloadError) -> [UInt8] {
        let payload: JSON = [
            "v": 1, "kind": "need", "salt": .string(Base64URL.encode(salt)), "need": need.json,
        ]
        let bytes = payload.canonicalBytes
        _ = try NeedPayload(bytes: bytes)
        return bytes
    }

    /// Reads a payload strictly: the bytes must be the RFC 8785 form of what they hold.
    ///
    /// - Throws: `NeedPayloadError` with the reason.
    package init(bytes: [UInt8]) throws(NeedPayloadError) {
        guard bytes.count <= Self.maximumBytes else { throw .tooLarge(bytes.count) }
        guard let value = try? JSON.read(bytes), value.canonicalBytes == bytes,
            let object = value.object, object.count == 4, object["kind"]?.string == "need",
            object["v"]?.integer == 1, let need = object["need"],
            let text = object["salt"]?.string, let salt = Base64URL.decode(text), salt.count == 32
        else { throw .notANeed }
        do { self.need = try Need(json: need) } catch { throw .invalidNeed(error) }
        self.salt = salt
    }
}

extension Need {
    /// SHA-256 of the need without any salt: two needs of the same digest are one unchanged need. Never
    /// leaves the node, since it could be guessed back.
    package var contentDigest: Digest { Digest(of: json.canonicalBytes) }
}

/// Why bytes are no payload of a need, or a need cannot become one.
package enum NeedPayloadError: Error, Equatable, CustomStringConvertible {
    case tooLarge(Int)
    case notANeed
    case invalidNeed(InvalidItem)

    /// What is wrong, in a sentence.
    package var description: String {
        switch self {
        case .tooLarge(let count):
            "the payload has \(count) bytes; at most \(NeedPayload.maximumBytes) are allowed"
        case .notANeed:
            "not the RFC 8785 form of an object with exactly v 1, kind \"need\", salt of 32 bytes and need"
        case .invalidNeed(let error): error.description
        }
    }
}
