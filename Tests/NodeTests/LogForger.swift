import Federation
import Keys
import MemberRegistry
import Testing
import TransparencyLog

/// Signs heads that no log has.
struct LogForger {
    let signer: NoteSigner

    /// With the log key of `domain`, or with a stranger's under its name.
    init(domain: String, label: String? = nil) throws {
        let key = try label.map { try TestKeys.key($0) } ?? Institution.key(domain, .log)
        signer = try #require(
            NoteSigner(name: Institution.origin(domain), type: .ed25519, signer: key)
        )
    }

    /// The tree of `size` leaves of a made-up history.
    static func range(_ size: Int, _ history: String) -> CompactRange {
        var range = CompactRange()
        for index in 0..<size { range.append(Digest.ofLeaf(Array("\(history) \(index)".utf8))) }
        return range
    }

    /// A signed head over a made-up history.
    func head(size: Int, of history: String) throws -> VerifiedCheckpoint {
        try VerifiedCheckpoint(
            signing: Checkpoint(
                origin: signer.key.name,
                size: size,
                root: Self.range(size, history).root
            ),
            by: signer
        )
    }

    /// The consistency proof between two sizes of a made-up history.
    static func proof(_ old: Int, _ new: Int, _ history: String) throws -> [Digest] {
        var nodes: [MerkleTree.Node: Digest] = [:]
        var range = CompactRange()
        for index in 0..<new {
            let leaf = Digest.ofLeaf(Array("\(history) \(index)".utf8))
            for (node, hash) in range.append(leaf) { nodes[node] = hash }
        }
        return try MerkleTree.consistencyProof(old: old, new: new) { try #require(nodes[$0]) }
    }
}
