package import Keys
import MemberRegistry

/// Names a leaf of any log: `<origin>#<index>@<leaf hash>` (protocol.md section 1).
package struct LeafReference: Hashable, Sendable {
    /// The log, `<domain>/eccoe/<epoch>`.
    package let origin: String
    /// The leaf's index.
    package let index: Int
    /// Its RFC 6962 leaf hash.
    package let hash: Digest

    /// A reference from its parts.
    package init(origin: String, index: Int, hash: Digest) {
        self.origin = origin
        self.index = index
        self.hash = hash
    }

    /// Reads a reference; nil for any other form.
    package init?(_ text: String) {
        let parts = text.split(separator: "#", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isOrigin(parts[0]) else { return nil }
        let place = parts[1].split(separator: "@", omittingEmptySubsequences: false)
        guard place.count == 2, let index = Int(place[0]), index >= 0,
            String(index) == place[0], let hash = Digest(hex: String(place[1]))
        else { return nil }
        self.init(origin: String(parts[0]), index: index, hash: hash)
    }

    /// The written form.
    package var text: String { "\(origin)#\(index)@\(hash.hex)" }

    /// The institution that wrote the leaf.
    package var domain: String { String(origin.prefix { $0 != "/" }) }

    private static func isOrigin(_ text: Substring) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, MemberDomain.isDomain(String(parts[0])), parts[1] == "eccoe",
            let epoch = Int(parts[2])
        else { return false }
        return epoch >= 1 && String(epoch) == parts[2]
    }
}

/// What a `payload.erased` leaf asks for.
package enum Erasure {
    /// The leaves whose payloads it covers: only those of the institution that wrote it.
    package static func references(of leaf: Leaf, by domain: String) -> [LeafReference] {
        guard leaf.type == .payloadErased else { return [] }
        return leaf.references.compactMap { LeafReference($0) }.filter { $0.domain == domain }
    }
}
