import Keys
import TransparencyLog

/// RFC 6962 section 2.1 word for word, recursion and all; only remembers what it has hashed.
final class ReferenceTree {
    let leaves: [Digest]
    private var known: [Range<Int>: Digest] = [:]

    /// A tree whose leaf `i` is the entry `entry <i>`.
    init(size: Int) {
        leaves = (0..<size).map { Digest.ofLeaf(Array("entry \($0)".utf8)) }
    }

    /// MTH(D[range]).
    func hash(_ range: Range<Int>) -> Digest {
        if let hash = known[range] { return hash }
        let hash: Digest
        switch range.count {
        case 0: hash = Digest(of: [UInt8]())
        case 1: hash = leaves[range.lowerBound]
        default:
            let middle = range.lowerBound + Self.split(range.count)
            hash = Digest(
                of: [1] + self.hash(range.lowerBound..<middle).bytes
                    + self.hash(middle..<range.upperBound).bytes
            )
        }
        known[range] = hash
        return hash
    }

    /// PATH(m, D[range]).
    func path(_ m: Int, _ range: Range<Int>) -> [Digest] {
        guard range.count > 1 else { return [] }
        let k = Self.split(range.count)
        let left = range.lowerBound..<(range.lowerBound + k)
        let right = (range.lowerBound + k)..<range.upperBound
        return m < k ? path(m, left) + [hash(right)] : path(m - k, right) + [hash(left)]
    }

    /// PROOF(m, D[0..<n]).
    func proof(_ m: Int, _ n: Int) -> [Digest] { subproof(m, 0..<n, true) }

    private func subproof(_ m: Int, _ range: Range<Int>, _ known: Bool) -> [Digest] {
        if m == range.count { return known ? [] : [hash(range)] }
        let k = Self.split(range.count)
        let left = range.lowerBound..<(range.lowerBound + k)
        let right = (range.lowerBound + k)..<range.upperBound
        return m <= k
            ? subproof(m, left, known) + [hash(right)]
            : subproof(m - k, right, false) + [hash(left)]
    }

    /// The largest power of two smaller than `count`.
    private static func split(_ count: Int) -> Int {
        var k = 1
        while k * 2 < count { k *= 2 }
        return k
    }

    /// The hash of a perfect subtree.
    func node(_ node: MerkleTree.Node) -> Digest {
        hash((node.index << node.level)..<((node.index + 1) << node.level))
    }
}
