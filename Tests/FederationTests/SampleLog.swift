import Federation
import Keys
import Testing
import TransparencyLog

/// A log in memory: any number of leaves, heads of every size, proofs between them.
struct SampleLog {
    static let origin = "uni-a.example/eccoe/1"
    let signer: NoteSigner
    let entries: [[UInt8]]
    private let nodes: [MerkleTree.Node: Digest]
    private let ranges: [CompactRange]

    /// A log of item leaves; `variant` makes the same history another one.
    init(size: Int, origin: String = Self.origin, variant: String = "", seed: UInt8 = 1) throws {
        signer = try Self.signer(origin, seed: seed)
        entries = (0..<size).map { SampleLeaf.item("\(variant)\($0)").bytes }
        var nodes: [MerkleTree.Node: Digest] = [:]
        var range = CompactRange()
        var ranges = [range]
        for entry in entries {
            for (node, hash) in range.append(Digest.ofLeaf(entry)) { nodes[node] = hash }
            ranges.append(range)
        }
        self.nodes = nodes
        self.ranges = ranges
    }

    static func signer(
        _ name: String,
        type: VerifierKey.SignatureType = .ed25519,
        seed: UInt8
    ) throws -> NoteSigner {
        let key = try #require(Ed25519Key(seed: Array(repeating: seed, count: 32)))
        return try #require(NoteSigner(name: name, type: type, signer: key))
    }

    var key: VerifierKey { signer.key }

    /// The right edge at a size.
    func range(_ size: Int) -> CompactRange { ranges[size] }

    /// The signed head at a size.
    func head(_ size: Int) throws -> VerifiedCheckpoint {
        try VerifiedCheckpoint(
            signing: Checkpoint(origin: key.name, size: size, root: ranges[size].root),
            by: signer
        )
    }

    /// The consistency proof between two sizes.
    func proof(_ old: Int, _ new: Int) throws -> [Digest] {
        try MerkleTree.consistencyProof(old: old, new: new) { try #require(nodes[$0]) }
    }

    /// The proof of a subtree in the tree of a size.
    func subtreeProof(_ subtree: Range<Int>, size: Int) throws -> [Digest] {
        try MerkleTree.subtreeProof(subtree, size: size) { try #require(nodes[$0]) }
    }

    /// The bytes of a bundle.
    func bundle(_ tile: TileCoordinate) -> [UInt8] {
        let first = tile.index * TileCoordinate.fullWidth
        return entries[first..<(first + tile.width)].flatMap { EntryBundle.encode($0) ?? [] }
    }
}

/// The problem that `body` throws; nil when it throws none.
func problem(of body: () throws(Problem) -> Void) -> Problem? {
    do throws(Problem) {
        try body()
        return nil
    } catch { return error }
}
