package import CanonicalJSON
package import Keys
import TransparencyLog

/// What an issuer hands out beside a credential, so that anybody can tell later that the credential
/// existed (protocol.md section 1, `issuance.anchored`): how the leaf's commitment follows from it.
/// Everything in it is as it arrived: that the leaf stands in a log, and since when, only a copy of
/// that log can tell.
package struct IssuanceAnchor: Equatable, Sendable {
    /// Bytes of the salt.
    package static let saltBytes = 32

    /// The exact bytes of the leaf.
    package let leaf: [UInt8]
    /// 32 random bytes that only the issuer and the learner know.
    package let salt: [UInt8]
    /// The entry's index in the commitment's tree.
    package let index: Int
    /// How many entries that tree has.
    package let size: Int
    /// The audit path, from the entry's sibling up.
    package let path: [Digest]
    /// The leaf's subject: 16 random bytes in lower-case hexadecimal.
    package let subject: String
    /// The leaf's commitment: the root of the tree.
    package let commitment: Digest

    /// An anchor from its parts.
    ///
    /// - Throws: `RecordError` when the bytes are no leaf of this type.
    package init(
        leaf: [UInt8], salt: [UInt8], index: Int, size: Int, path: [Digest]
    ) throws(RecordError) {
        (subject, commitment) = try Self.reading(leaf: leaf)
        (self.leaf, self.salt) = (leaf, salt)
        (self.index, self.size, self.path) = (index, size, path)
    }

    /// Reads what `json` writes.
    ///
    /// - Throws: `RecordError` with a JSON pointer.
    package init(json: JSON) throws(RecordError) {
        let members = try RecordMembers(
            json, at: "", allowing: ["leaf", "salt", "index", "size", "path"])
        func number(_ name: String) throws(RecordError) -> Int {
            guard let value = members[name]?.integer, value >= 0 else {
                throw members.error(name, "is no whole number from 0 on")
            }
            return Int(value)
        }
        let leaf = try members.value("leaf", "unpadded base64url") { Base64URL.decode($0) }
        let salt = try members.value("salt", "unpadded base64url") { Base64URL.decode($0) }
        guard salt.count == Self.saltBytes else {
            throw members.error("salt", "has \(salt.count) bytes, not \(Self.saltBytes)")
        }
        guard let path = members["path"]?.array, path.count <= 63 else {
            throw members.error("path", "is no array of at most 63 hashes")
        }
        let hashes = path.compactMap { $0.string.flatMap { Digest(hex: $0) } }
        guard hashes.count == path.count else {
            throw members.error("path", "holds something that is no SHA-256 in hexadecimal")
        }
        try self.init(
            leaf: leaf, salt: salt, index: try number("index"), size: try number("size"),
            path: hashes)
    }

    /// `{"index":0,"leaf":"<base64url>","path":["<hex>"],"salt":"<base64url>","size":1}`.
    package var json: JSON {
        [
            "leaf": .string(Base64URL.encode(leaf)), "salt": .string(Base64URL.encode(salt)),
            "index": .number(JSONNumber(Int64(index))),
            "size": .number(JSONNumber(Int64(size))),
            "path": .array(path.map { .string($0.hex) }),
        ]
    }

    /// Whether the leaf commits to the credential of this digest.
    package func covers(_ digest: Digest) -> Bool {
        do {
            try MerkleTree.verifyInclusion(
                leafHash: IssuanceTree.entry(salt: salt, digest: digest), index: index, size: size,
                proof: path, root: commitment)
            return true
        } catch { return false }
    }

    /// Whether a leaf as a log holds it says the same: one that stands anew after a closing has
    /// another time, and a reference.
    package func isSaid(by leaf: [UInt8]) -> Bool {
        guard let found = try? Self.reading(leaf: leaf) else { return false }
        return found.subject == subject && found.commitment == commitment
    }

    private static func reading(
        leaf bytes: [UInt8]
    ) throws(RecordError) -> (subject: String, commitment: Digest) {
        let remedy = "ask the issuer for the anchor again"
        guard bytes.count <= 2046, let json = try? RecordError.canonical(bytes),
            json["v"]?.integer == 1, json["type"]?.string == "issuance.anchored"
        else { throw RecordError("/leaf", "is no leaf issuance.anchored", remedy: remedy) }
        guard let subject = json["subject"]?.string, Hex.isHex(subject, bytes: 16),
            let commitment = json["commitment"]?.string.flatMap({ Digest(hex: $0) })
        else { throw RecordError("/leaf", "has no subject or no commitment", remedy: remedy) }
        return (subject, commitment)
    }
}
