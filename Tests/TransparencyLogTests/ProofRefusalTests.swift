import Keys
import Testing
import TransparencyLog

@Suite struct `Proofs that do not prove` {
    private let reference = ReferenceTree(size: 40)
    private let foreign = Digest(of: Array("foreign".utf8))

    private func proves(
        _ leaf: Digest,
        at index: Int,
        in size: Int,
        by proof: [Digest],
        root: Digest
    ) -> Bool {
        do {
            try MerkleTree.verifyInclusion(
                leafHash: leaf,
                index: index,
                size: size,
                proof: proof,
                root: root
            )
            return true
        } catch { return false }
    }

    private func extends(
        _ old: Int,
        _ oldRoot: Digest,
        _ new: Int,
        _ newRoot: Digest,
        by proof: [Digest]
    ) -> Bool {
        do {
            try MerkleTree.verifyConsistency(
                old: old,
                oldRoot: oldRoot,
                new: new,
                newRoot: newRoot,
                proof: proof
            )
            return true
        } catch { return false }
    }

    /// The proof shortened, lengthened, reversed, and with each hash replaced.
    private func damaged(_ proof: [Digest]) -> [[Digest]] {
        var variants = [proof + [foreign], [foreign] + proof]
        if !proof.isEmpty {
            variants += [Array(proof.dropLast()), Array(proof.dropFirst()), proof + proof]
        }
        for index in proof.indices {
            var other = proof
            other[index] = foreign
            variants.append(other)
            other = proof
            other.swapAt(index, (index + 1) % proof.count)
            if other != proof { variants.append(other) }
        }
        return variants
    }

    @Test(arguments: 1...40)
    func `a damaged inclusion proof is refused`(size: Int) {
        let root = reference.hash(0..<size)
        for index in 0..<size {
            let leaf = reference.leaves[index]
            let proof = reference.path(index, 0..<size)
            #expect(proves(leaf, at: index, in: size, by: proof, root: root))
            for other in damaged(proof) {
                #expect(!proves(leaf, at: index, in: size, by: other, root: root))
            }
            #expect(!proves(foreign, at: index, in: size, by: proof, root: root))
            #expect(!proves(leaf, at: index, in: size, by: proof, root: foreign))
            for other in [index - 1, index + 1, index ^ 2, size, -1] where other != index {
                #expect(!proves(leaf, at: other, in: size, by: proof, root: root))
            }
        }
    }

    @Test(arguments: 1...40)
    func `a damaged consistency proof is refused`(new: Int) {
        let newRoot = reference.hash(0..<new)
        for old in 1...new {
            let oldRoot = reference.hash(0..<old)
            let proof = reference.proof(old, new)
            #expect(extends(old, oldRoot, new, newRoot, by: proof))
            for other in damaged(proof) {
                #expect(!extends(old, oldRoot, new, newRoot, by: other))
            }
            #expect(!extends(old, foreign, new, newRoot, by: proof))
            #expect(!extends(old, oldRoot, new, foreign, by: proof))
            #expect(!extends(new + 1, oldRoot, new, newRoot, by: proof))
            #expect(!extends(-1, oldRoot, new, newRoot, by: proof))
            if old != new { #expect(!extends(old, newRoot, new, oldRoot, by: proof)) }
        }
    }

    @Test func `a history that was rewritten is not consistent`() {
        let other = ReferenceTree(size: 41)
        let shifted = Array(other.leaves.dropFirst())
        var range = CompactRange()
        for leaf in shifted { range.append(leaf) }
        for old in 1..<40 {
            #expect(
                !extends(
                    old,
                    reference.hash(0..<old),
                    40,
                    range.root,
                    by: reference.proof(old, 40)
                )
            )
        }
    }

    @Test func `the reason names what is wrong`() {
        let root = reference.hash(0..<8)
        let proof = reference.path(3, 0..<8)
        let leaf = reference.leaves[3]
        #expect(throws: ProofError.outOfRange) {
            try MerkleTree.verifyInclusion(
                leafHash: leaf,
                index: 8,
                size: 8,
                proof: proof,
                root: root
            )
        }
        #expect(throws: ProofError.wrongLength(expected: 3, found: 2)) {
            try MerkleTree.verifyInclusion(
                leafHash: leaf,
                index: 3,
                size: 8,
                proof: Array(proof.dropLast()),
                root: root
            )
        }
        #expect(throws: ProofError.rootMismatch) {
            try MerkleTree.verifyInclusion(
                leafHash: leaf,
                index: 2,
                size: 8,
                proof: proof,
                root: root
            )
        }
        let extra = reference.proof(3, 8) + [foreign]
        #expect(throws: ProofError.wrongLength(expected: 4, found: 5)) {
            try MerkleTree.verifyConsistency(
                old: 3,
                oldRoot: reference.hash(0..<3),
                new: 8,
                newRoot: root,
                proof: extra
            )
        }
        #expect(
            ProofError.wrongLength(expected: 3, found: 2).description
                == "the proof has 2 hashes, expected 3"
        )
    }

    @Test func `the largest sizes do not overflow`() {
        let proof = [Digest](repeating: foreign, count: 62)
        #expect(!proves(foreign, at: .max - 1, in: .max, by: proof, root: foreign))
        #expect(!proves(foreign, at: 0, in: .max, by: proof + [foreign], root: foreign))
        #expect(!extends(.max - 1, foreign, .max, foreign, by: proof))
        #expect(!extends(1 << 62, foreign, .max, foreign, by: proof))
        #expect(MerkleTree.inclusionRanges(index: .max - 1, size: .max)?.count == 62)
        #expect(MerkleTree.consistencyRanges(old: 1 << 62, new: .max)?.count == 1)
    }
}
