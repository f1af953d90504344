import Keys
package import TransparencyLog

/// Finds out who is to blame when a larger signed head does not extend what is held: the author,
/// who then has signed two histories, or the server, whose bytes do not lead to the signed root.
///
/// A machine without I/O: it names the next hash tile of the larger tree, the caller hands in its
/// bytes.
package struct ForkInquiry: Sendable {
    private let held: VerifiedCheckpoint
    private let target: VerifiedCheckpoint
    private var missing: [TileCoordinate]
    private var tiles: [TileCoordinate: HashTile] = [:]

    /// An inquiry into two heads of one log.
    ///
    /// - Parameters:
    ///   - held: the smaller one; not empty.
    ///   - target: the larger one.
    package init(held: VerifiedCheckpoint, target: VerifiedCheckpoint) {
        self.held = held
        self.target = target
        let size = target.checkpoint.size
        let old = held.checkpoint.size
        let ranges = (MerkleTree.consistencyRanges(old: old, new: size) ?? []) + [0..<old]
        let wanted = MerkleTree.nodes(of: ranges).map {
            TileCoordinate.containing($0, size: size).tile
        }
        missing = Set(wanted).sorted { $0.path < $1.path }
    }

    /// The tile to hand in next; nil when all are there.
    package var next: TileCoordinate? { missing.last }

    /// Takes the bytes of `next`.
    ///
    /// - Throws: `ProofError.malformed`: the server is to blame.
    package mutating func receive(_ bytes: [UInt8]) throws(ProofError) {
        guard let tile = missing.last else { return }
        tiles[tile] = try HashTile(bytes, width: tile.width)
        missing.removeLast()
    }

    /// The verdict, once nothing is left to fetch.
    ///
    /// - Returns: the fork; nil when the tiles show a tree that extends what is held, so that
    ///   whatever did not fit was not the author's.
    /// - Throws: `ProofError` or `Problem` when the tiles do not lead to the signed root: the server
    ///   is to blame.
    package func conclude() throws -> ProvenFork? {
        let old = held.checkpoint.size
        let size = target.checkpoint.size
        let root = try MerkleTree.hash(of: 0..<old, node: node)
        let proof = try MerkleTree.consistencyProof(old: old, new: size, node: node)
        try MerkleTree.verifyConsistency(
            old: old, oldRoot: root, new: size, newRoot: target.checkpoint.root, proof: proof)
        guard root != held.checkpoint.root else { return nil }
        return try ProvenFork(
            ForkEvidence(
                held.note, target.note, prefix: ForkEvidence.Prefix(root: root, proof: proof)),
            key: target.key)
    }

    private func node(_ node: MerkleTree.Node) throws -> Digest {
        let (tile, offset, height) = TileCoordinate.containing(node, size: target.checkpoint.size)
        guard let hash = tiles[tile]?.subtree(offset: offset, height: height) else {
            throw ProofError.malformed("\(tile.path) was not handed in")
        }
        return hash
    }
}
