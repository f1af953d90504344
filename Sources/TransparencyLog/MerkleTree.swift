public import Keys

/// RFC 6962 / RFC 9162 hashing: ranges, proofs and their verification.
public enum MerkleTree {
    /// The root of the tree without leaves: SHA-256 of nothing.
    public static let emptyRoot = Digest(of: [UInt8]())

    /// A perfect subtree: the leaves [index << level, (index + 1) << level).
    public struct Node: Hashable, Sendable {
        /// Height above the leaves.
        public let level: Int
        /// Position among the nodes of that level.
        public let index: Int

        /// The node at a level and position.
        public init(level: Int, index: Int) {
            self.level = level
            self.index = index
        }
    }

    /// The perfect subtrees that make up the leaves [start, end), left to right. `start` must be a
    /// multiple of the largest power of two below the range's length, as in every RFC 6962 split.
    static func nodes(covering start: Int, _ end: Int) -> [Node] {
        var nodes: [Node] = []
        var position = start
        while position < end {
            let remaining = (end - position).bitWidth - 1 - (end - position).leadingZeroBitCount
            let level = position == 0 ? remaining : min(remaining, position.trailingZeroBitCount)
            nodes.append(Node(level: level, index: position >> level))
            position += 1 << level
        }
        return nodes
    }

    /// The leaf ranges whose hashes prove leaf `index` in a tree of `size`, leaf side first; nil
    /// unless 0 <= index < size.
    public static func inclusionRanges(index: Int, size: Int) -> [Range<Int>]? {
        guard index >= 0, index < size else { return nil }
        var ranges: [Range<Int>] = []
        var start = 0
        var end = size
        while end - start > 1 {
            let middle = start + split(end - start)
            if index < middle {
                ranges.append(middle..<end)
                end = middle
            } else {
                ranges.append(start..<middle)
                start = middle
            }
        }
        return ranges.reversed()
    }

    /// The leaf ranges whose hashes prove that the tree of `new` extends that of `old`; nil unless
    /// 0 < old <= new.
    public static func consistencyRanges(old: Int, new: Int) -> [Range<Int>]? {
        guard old > 0, old <= new else { return nil }
        var ranges: [Range<Int>] = []
        var start = 0
        var end = new
        // RFC 6962 section 2.1.2, SUBPROOF: `whole` tells that the old root itself is known.
        var whole = true
        while end != old {
            let middle = start + split(end - start)
            if old <= middle {
                ranges.append(middle..<end)
                end = middle
            } else {
                ranges.append(start..<middle)
                start = middle
                whole = false
            }
        }
        if !whole { ranges.append(start..<end) }
        return ranges.reversed()
    }

    /// The hash of leaves [start, end) from perfect subtrees.
    ///
    /// - Throws: what `node` throws.
    public static func hash(
        of range: Range<Int>,
        node: (Node) throws -> Digest
    ) throws -> Digest {
        var hash: Digest?
        for subtree in nodes(covering: range.lowerBound, range.upperBound).reversed() {
            let left = try node(subtree)
            hash = hash.map { Digest.ofNode(left, $0) } ?? left
        }
        return hash ?? emptyRoot
    }

    /// The audit path of a leaf.
    ///
    /// - Throws: `ProofError.outOfRange`, and what `node` throws.
    public static func inclusionProof(
        index: Int,
        size: Int,
        node: (Node) throws -> Digest
    ) throws -> [Digest] {
        guard let ranges = inclusionRanges(index: index, size: size) else {
            throw ProofError.outOfRange
        }
        return try ranges.map { try hash(of: $0, node: node) }
    }

    /// The consistency proof between two sizes; empty when they are equal or the old one is 0.
    ///
    /// - Throws: `ProofError.outOfRange`, and what `node` throws.
    public static func consistencyProof(
        old: Int,
        new: Int,
        node: (Node) throws -> Digest
    ) throws -> [Digest] {
        if old == 0, new >= 0 { return [] }
        guard let ranges = consistencyRanges(old: old, new: new) else {
            throw ProofError.outOfRange
        }
        return try ranges.map { try hash(of: $0, node: node) }
    }

    /// Every perfect subtree that a proof over these ranges reads.
    public static func nodes(of ranges: [Range<Int>]) -> [Node] {
        ranges.flatMap { nodes(covering: $0.lowerBound, $0.upperBound) }
    }

    /// Largest power of two below `count`, which must be above 1.
    static func split(_ count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}

/// Why a proof does not prove.
public enum ProofError: Error, Equatable, Sendable {
    case outOfRange
    case wrongLength(expected: Int, found: Int)
    case rootMismatch
    case malformed(String)
}

extension ProofError: CustomStringConvertible {
    /// One sentence.
    public var description: String {
        switch self {
        case .outOfRange: "the index or size lies outside the tree"
        case .wrongLength(let expected, let found):
            "the proof has \(found) hashes, expected \(expected)"
        case .rootMismatch: "the proof leads to another root"
        case .malformed(let reason): "malformed proof: \(reason)"
        }
    }
}
