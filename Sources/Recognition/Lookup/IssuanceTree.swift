package import Keys
import TransparencyLog

/// The RFC 6962 tree to which a leaf `issuance.anchored` commits: over the entries salt ‖ digest of
/// the credentials that one leaf covers, sorted bytewise, so that their order tells nothing.
package struct IssuanceTree: Sendable {
    /// The leaf hash of an entry.
    package static func entry(salt: [UInt8], digest: Digest) -> Digest {
        Digest.ofLeaf(salt + digest.bytes)
    }

    private let nodes: [MerkleTree.Node: Digest]
    private let range: CompactRange

    /// A tree over the leaf hashes of entries in their order.
    package init(_ entries: [Digest]) {
        var nodes: [MerkleTree.Node: Digest] = [:]
        var range = CompactRange()
        for entry in entries { range.append(entry) { nodes[$0] = $1 } }
        self.nodes = nodes
        self.range = range
    }

    /// Number of entries.
    package var size: Int { range.size }

    /// The commitment.
    package var root: Digest { range.root }

    /// The audit path of an entry.
    ///
    /// - Throws: `ProofError.outOfRange`.
    package func path(of index: Int) throws -> [Digest] {
        try MerkleTree.inclusionProof(index: index, size: size) { node in
            guard let hash = nodes[node] else { throw ProofError.outOfRange }
            return hash
        }
    }
}
