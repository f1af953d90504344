public import Keys

/// Subtree consistency proofs (draft-ietf-plants-merkle-tree-certs, section "Subtrees"): that the
/// leaves [start, end) stand at that place in a larger tree. With start 0 it is RFC 6962's
/// consistency proof, with end = start + 1 its inclusion proof.
extension MerkleTree {
    /// Whether [start, end) is a subtree: not empty, and `start` a multiple of the smallest power of
    /// two that is not below the length.
    public static func isSubtree(_ range: Range<Int>) -> Bool {
        guard range.lowerBound >= 0, !range.isEmpty, range.count <= 1 << 62 else { return false }
        var ceiling = 1
        while ceiling < range.count { ceiling <<= 1 }
        return range.lowerBound.isMultiple(of: ceiling)
    }

    /// The leaf ranges whose hashes prove a subtree in a tree of `size`, leaf side first; nil when
    /// the range is no subtree or does not lie in the tree.
    public static func subtreeRanges(_ subtree: Range<Int>, size: Int) -> [Range<Int>]? {
        guard let walk = SubtreeWalk(subtree, size: size) else { return nil }
        let known = walk.isKnown ? [] : [walk.bottom]
        return known + walk.steps.reversed().map(\.sibling)
    }

    /// The consistency proof of a subtree in a tree of `size`.
    ///
    /// - Throws: `ProofError.outOfRange`, and what `node` throws.
    public static func subtreeProof(
        _ subtree: Range<Int>,
        size: Int,
        node: (Node) throws -> Digest
    ) throws -> [Digest] {
        guard let ranges = subtreeRanges(subtree, size: size) else { throw ProofError.outOfRange }
        return try ranges.map { try hash(of: $0, node: node) }
    }

    /// Verifies that the subtree with this hash stands in the tree of `size` with this root.
    ///
    /// - Throws: `ProofError`.
    public static func verifySubtree(
        _ subtree: Range<Int>,
        hash: Digest,
        size: Int,
        root: Digest,
        proof: [Digest]
    ) throws(ProofError) {
        guard let walk = SubtreeWalk(subtree, size: size) else { throw .outOfRange }
        let expected = walk.steps.count + (walk.isKnown ? 0 : 1)
        guard proof.count == expected else {
            throw .wrongLength(expected: expected, found: proof.count)
        }
        var path = proof[...]
        var inSubtree = walk.isKnown ? hash : path.removeFirst()
        var inTree = inSubtree
        for (step, sibling) in zip(walk.steps.reversed(), path) {
            switch step.side {
            case .right: inTree = Digest.ofNode(inTree, sibling)
            case .left: inTree = Digest.ofNode(sibling, inTree)
            case .inner:
                inSubtree = Digest.ofNode(sibling, inSubtree)
                inTree = Digest.ofNode(sibling, inTree)
            }
        }
        guard inSubtree == hash, inTree == root else { throw .rootMismatch }
    }
}

/// The way from the root down to a subtree, or to the part of it that is a node of the tree.
private struct SubtreeWalk {
    enum Side {
        /// The sibling is left of the subtree.
        case left
        /// The sibling is right of the subtree.
        case right
        /// The sibling is the subtree's own left part.
        case inner
    }

    private(set) var steps: [(side: Side, sibling: Range<Int>)] = []
    /// Where the walk ends.
    private(set) var bottom: Range<Int>
    /// Whether it ends at the whole subtree, whose hash the verifier has.
    private(set) var isKnown = true

    init?(_ subtree: Range<Int>, size: Int) {
        guard MerkleTree.isSubtree(subtree), subtree.upperBound <= size else { return nil }
        var start = subtree.lowerBound
        let end = subtree.upperBound
        var window = 0..<size
        while window != start..<end {
            let middle = window.lowerBound + MerkleTree.split(window.count)
            if end <= middle {
                steps.append((.right, middle..<window.upperBound))
                window = window.lowerBound..<middle
            } else {
                steps.append((start < middle ? .inner : .left, window.lowerBound..<middle))
                window = middle..<window.upperBound
                if start < middle {
                    start = middle
                    isKnown = false
                }
            }
        }
        bottom = window
    }
}
