package import CanonicalJSON
package import Keys

/// The payload of `item.published`: RFC 8785 of
/// `{"v":1,"kind":"item","salt":"<base64url>","item":{...}}` (domain.md section 3.0).
package struct ItemPayload: Sendable {
    /// The item.
    package let item: LearningOpportunity
    /// 32 random bytes, so that an erased payload cannot be guessed back from its hash.
    package let salt: [UInt8]

    /// The largest payload that the network carries (protocol.md section 1).
    package static let maximumBytes = 256 << 10

    /// The signed bytes of `item` with `salt`.
    ///
    /// - Throws: `ItemPayloadError` for a salt that is not 32 bytes long, an item that does not
    ///   validate and a payload of more than 256 KiB.
    package static func bytes(
        item: LearningOpportunity,
        salt: [UInt8]
    ) throws(ItemPayloadError) -> [UInt8] {
        guard salt.count == 32 else { throw .saltLength(salt.count) }
        do { _ = try item.validated() } catch { throw .invalidItem(error) }
        let payload: JSON = [
            "v": 1, "kind": "item", "salt": .string(Base64URL.encode(salt)), "item": item.json,
        ]
        let bytes = payload.canonicalBytes
        guard bytes.count <= maximumBytes else { throw .tooLarge(bytes.count) }
        return bytes
    }

    /// Reads a payload strictly: the bytes must be the RFC 8785 form of what they hold.
    ///
    /// - Throws: `ItemPayloadError` with the reason.
    package init(bytes: [UInt8]) throws(ItemPayloadError) {
        guard bytes.count <= Self.maximumBytes else { throw .tooLarge(bytes.count) }
        let value: JSON
        do { value = try JSON.read(bytes) } catch { throw .unreadable(error) }
        guard value.canonicalBytes == bytes else { throw .notCanonical }
        guard let object = value.object else { throw .notAnItem }
        guard object["kind"]?.string == "item", let item = object["item"] else { throw .notAnItem }
        guard object["v"]?.integer == 1 else { throw .unknownVersion }
        guard object.count == 4, let text = object["salt"]?.string,
            let salt = Base64URL.decode(text)
        else { throw .notAnItem }
        guard salt.count == 32 else { throw .saltLength(salt.count) }
        do { self.item = try LearningOpportunity(json: item) } catch { throw .invalidItem(error) }
        self.salt = salt
    }
}

extension LearningOpportunity {
    /// SHA-256 of the item without any salt: two items of the same digest are one unchanged item
    /// (domain.md section 3.0). Never leaves the node, since it could be guessed back.
    package var contentDigest: Digest { Digest(of: json.canonicalBytes) }
}

/// Why bytes are no payload of an item, or an item cannot become one.
package enum ItemPayloadError: Error, Equatable, CustomStringConvertible {
    case saltLength(Int)
    case tooLarge(Int)
    case unreadable(JSONError)
    case notCanonical
    case notAnItem
    case unknownVersion
    case invalidItem(InvalidItem)

    /// What is wrong, in a sentence.
    package var description: String {
        switch self {
        case .saltLength(let count): "the salt has \(count) bytes, not 32"
        case .tooLarge(let count):
            "the payload has \(count) bytes; at most \(ItemPayload.maximumBytes) are allowed"
        case .unreadable(let error): error.description
        case .notCanonical: "the bytes are not in the form of RFC 8785"
        case .notAnItem: "not an object with exactly v, kind \"item\", salt and item"
        case .unknownVersion: "another version than 1"
        case .invalidItem(let error): error.description
        }
    }

    /// What to do about it.
    package var remedy: String {
        switch self {
        case .saltLength: "draw 32 random bytes"
        case .tooLarge: "shorten the texts of the item"
        case .unreadable, .notCanonical, .notAnItem: "ask the author to publish the item again"
        case .unknownVersion: "update this node"
        case .invalidItem(let error): error.problems.first?.remedy ?? "mend the item"
        }
    }
}
