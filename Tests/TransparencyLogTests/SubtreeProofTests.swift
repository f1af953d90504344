import Keys
import Testing
import TransparencyLog

@Suite struct `A subtree consistency proof` {
    private let tree = ReferenceTree(size: 140)

    /// SUBTREE_SUBPROOF of the draft word for word, recursion and all.
    private func reference(
        _ start: Int,
        _ end: Int,
        in window: Range<Int>,
        known: Bool = true
    ) -> [Digest] {
        if start == 0, end == window.count { return known ? [] : [tree.hash(window)] }
        var k = 1
        while k * 2 < window.count { k *= 2 }
        let left = window.lowerBound..<(window.lowerBound + k)
        let right = (window.lowerBound + k)..<window.upperBound
        if end <= k { return reference(start, end, in: left, known: known) + [tree.hash(right)] }
        if k <= start {
            return reference(start - k, end - k, in: right, known: known) + [tree.hash(left)]
        }
        return reference(0, end - k, in: right, known: false) + [tree.hash(left)]
    }

    private func isReferenceSubtree(_ start: Int, _ end: Int) -> Bool {
        var ceiling = 1
        while ceiling < end - start { ceiling *= 2 }
        return start % ceiling == 0
    }

    @Test func `is the draft's for every subtree of every small tree, and verifies`() throws {
        for size in 1...36 {
            for start in 0..<size {
                for end in (start + 1)...size {
                    let isOne = isReferenceSubtree(start, end)
                    #expect(MerkleTree.isSubtree(start..<end) == isOne)
                    guard isOne else {
                        #expect(MerkleTree.subtreeRanges(start..<end, size: size) == nil)
                        continue
                    }
                    try check(start..<end, size: size)
                }
            }
        }
    }

    @Test(arguments: [
        0..<128, 0..<100, 64..<100, 64..<128, 128..<140, 128..<139, 96..<128, 0..<140,
    ])
    func `of larger trees verifies`(_ subtree: Range<Int>) throws {
        for size in [subtree.upperBound, 139, 140] where size >= subtree.upperBound {
            try check(subtree, size: size)
        }
    }

    private func check(_ subtree: Range<Int>, size: Int) throws {
        let proof = try MerkleTree.subtreeProof(subtree, size: size) { tree.node($0) }
        #expect(proof == reference(subtree.lowerBound, subtree.upperBound, in: 0..<size))
        if subtree.lowerBound == 0 { #expect(proof == tree.proof(subtree.upperBound, size)) }
        if subtree.count == 1 { #expect(proof == tree.path(subtree.lowerBound, 0..<size)) }
        let hash = tree.hash(subtree)
        let root = tree.hash(0..<size)
        try MerkleTree.verifySubtree(subtree, hash: hash, size: size, root: root, proof: proof)
        let other = Digest(of: [9])
        #expect(throws: ProofError.rootMismatch) {
            try MerkleTree.verifySubtree(subtree, hash: other, size: size, root: root, proof: proof)
        }
        #expect(throws: ProofError.rootMismatch) {
            try MerkleTree.verifySubtree(subtree, hash: hash, size: size, root: other, proof: proof)
        }
        for index in proof.indices {
            var damaged = proof
            damaged[index] = other
            #expect(throws: ProofError.rootMismatch) {
                try MerkleTree.verifySubtree(
                    subtree,
                    hash: hash,
                    size: size,
                    root: root,
                    proof: damaged
                )
            }
        }
        for wrong in [proof + [other], Array(proof.dropLast())] where wrong.count != proof.count {
            #expect(throws: ProofError.self) {
                try MerkleTree.verifySubtree(
                    subtree,
                    hash: hash,
                    size: size,
                    root: root,
                    proof: wrong
                )
            }
        }
    }

    @Test func `is none for what is no subtree or lies outside`() {
        for (subtree, size) in [(0..<0, 4), (1..<3, 4), (2..<5, 8), (0..<5, 4), (-1..<1, 4)] {
            #expect(MerkleTree.subtreeRanges(subtree, size: size) == nil)
            #expect(throws: ProofError.outOfRange) {
                try MerkleTree.verifySubtree(
                    subtree,
                    hash: MerkleTree.emptyRoot,
                    size: size,
                    root: MerkleTree.emptyRoot,
                    proof: []
                )
            }
        }
    }
}
