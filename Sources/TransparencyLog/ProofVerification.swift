public import Keys

extension MerkleTree {
    /// Verifies an audit path (RFC 9162 section 2.1.3.2).
    ///
    /// - Throws: `ProofError`.
    public static func verifyInclusion(
        leafHash: Digest,
        index: Int,
        size: Int,
        proof: [Digest],
        root: Digest
    ) throws(ProofError) {
        guard index >= 0, index < size else { throw .outOfRange }
        let inner = (index ^ (size - 1)).significantBits
        let border = (index >> inner).nonzeroBitCount
        guard proof.count == inner + border else {
            throw .wrongLength(expected: inner + border, found: proof.count)
        }
        var hash = leafHash
        for (level, sibling) in proof.prefix(inner).enumerated() {
            hash =
                index >> level & 1 == 0
                ? Digest.ofNode(hash, sibling) : Digest.ofNode(sibling, hash)
        }
        for sibling in proof.dropFirst(inner) { hash = Digest.ofNode(sibling, hash) }
        guard hash == root else { throw .rootMismatch }
    }

    /// Verifies a consistency proof (RFC 9162 section 2.1.4.2). With `old` = 0 the proof must be
    /// empty and nothing else is checked, as tlog-witness asks, unless `new` is 0 too.
    ///
    /// - Throws: `ProofError`.
    public static func verifyConsistency(
        old: Int,
        oldRoot: Digest,
        new: Int,
        newRoot: Digest,
        proof: [Digest]
    ) throws(ProofError) {
        guard old >= 0, old <= new else { throw .outOfRange }
        if old == 0 || old == new {
            guard proof.isEmpty else { throw .wrongLength(expected: 0, found: proof.count) }
            guard old != new || oldRoot == newRoot else { throw .rootMismatch }
            return
        }
        let shift = old.trailingZeroBitCount
        let inner = ((old - 1) ^ (new - 1)).significantBits
        let border = ((old - 1) >> inner).nonzeroBitCount
        // When the old tree is perfect its root is the seed and is not in the proof.
        let seedGiven = old != 1 << shift
        let expected = inner - shift + border + (seedGiven ? 1 : 0)
        guard proof.count == expected else {
            throw .wrongLength(expected: expected, found: proof.count)
        }
        let seed = seedGiven ? proof[0] : oldRoot
        let path = proof.dropFirst(seedGiven ? 1 : 0)
        let mask = (old - 1) >> shift
        var oldHash = seed
        var newHash = seed
        for (level, sibling) in path.prefix(inner - shift).enumerated() {
            if mask >> level & 1 == 1 {
                oldHash = Digest.ofNode(sibling, oldHash)
                newHash = Digest.ofNode(sibling, newHash)
            } else {
                newHash = Digest.ofNode(newHash, sibling)
            }
        }
        for sibling in path.dropFirst(inner - shift) {
            oldHash = Digest.ofNode(sibling, oldHash)
            newHash = Digest.ofNode(sibling, newHash)
        }
        guard oldHash == oldRoot, newHash == newRoot else { throw .rootMismatch }
    }
}

extension Int {
    /// Bits up to the highest one that is set.
    fileprivate var significantBits: Int { bitWidth - leadingZeroBitCount }
}

/// The right edge of a tree: enough to append leaves and to know the root.
public struct CompactRange: Sendable, Equatable {
    /// Leaves so far.
    public private(set) var size = 0
    /// Hashes of the perfect subtrees, largest first.
    public private(set) var hashes: [Digest] = []

    /// The empty tree.
    public init() {}

    /// The edge of a tree of `size`, read from its nodes.
    ///
    /// - Throws: what `node` throws.
    public init(size: Int, node: (MerkleTree.Node) throws -> Digest) throws {
        self.size = size
        hashes = try MerkleTree.nodes(covering: 0, size).map(node)
    }

    /// Appends a leaf and returns the perfect subtrees that it completed, leaf first.
    @discardableResult
    public mutating func append(_ leafHash: Digest) -> [(node: MerkleTree.Node, hash: Digest)] {
        var completed: [(node: MerkleTree.Node, hash: Digest)] = []
        append(leafHash) { completed.append(($0, $1)) }
        return completed
    }

    /// Appends a leaf and hands over the perfect subtrees that it completed, leaf first.
    public mutating func append(
        _ leafHash: Digest,
        completed: (MerkleTree.Node, Digest) -> Void
    ) {
        var hash = leafHash
        completed(MerkleTree.Node(level: 0, index: size), hash)
        var level = 0
        while size >> level & 1 == 1 {
            hash = Digest.ofNode(hashes.removeLast(), hash)
            level += 1
            completed(MerkleTree.Node(level: level, index: size >> level), hash)
        }
        hashes.append(hash)
        size += 1
    }

    /// The RFC 6962 root.
    public var root: Digest {
        guard var root = hashes.last else { return MerkleTree.emptyRoot }
        for hash in hashes.dropLast().reversed() { root = Digest.ofNode(hash, root) }
        return root
    }
}
