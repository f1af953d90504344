import Keys
import Testing
import TransparencyLog

@Suite struct `Merkle trees` {
    /// The leaves and roots that the certificate-transparency projects share.
    private static let leaves = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test func `the roots that everyone knows come out`() throws {
        var range = CompactRange()
        #expect(MerkleTree.emptyRoot.hex == Self.roots[0])
        #expect(range.root.hex == Self.roots[0])
        for (leaf, root) in zip(Self.leaves, Self.roots.dropFirst()) {
            range.append(Digest.ofLeaf(try #require(Hex.decode(leaf))))
            #expect(range.root.hex == root)
        }
        #expect(range.size == 8)
    }

    @Test func `all roots up to 600 leaves are those of the recursion`() throws {
        let reference = ReferenceTree(size: 600)
        var range = CompactRange()
        for size in 0...600 {
            let expected = reference.hash(0..<size)
            let fromNodes = try MerkleTree.hash(of: 0..<size, node: reference.node)
            let reloaded = try CompactRange(size: size, node: reference.node)
            #expect(range.root == expected)
            #expect(fromNodes == expected)
            #expect(reloaded == range)
            guard size < 600 else { return }
            for (node, hash) in range.append(reference.leaves[size]) {
                #expect(reference.node(node) == hash)
            }
        }
    }

    @Test func `appending names every perfect subtree once and leaf first`() {
        let reference = ReferenceTree(size: 256)
        var range = CompactRange()
        var seen: Set<MerkleTree.Node> = []
        for leaf in reference.leaves {
            let completed = range.append(leaf)
            #expect(completed.map(\.node.level) == Array(0..<completed.count))
            for (node, _) in completed { #expect(seen.insert(node).inserted) }
        }
        #expect(seen.count == 511)
        #expect(range.hashes.count == 1)
    }

    @Test func `inclusion proofs up to 600 leaves are those of the recursion`() throws {
        let reference = ReferenceTree(size: 600)
        var differing: [String] = []
        for size in 1...600 {
            let root = reference.hash(0..<size)
            for index in Self.indices(size) {
                let proof = try MerkleTree.inclusionProof(
                    index: index,
                    size: size,
                    node: reference.node
                )
                if proof != reference.path(index, 0..<size) { differing.append("\(index)/\(size)") }
                try MerkleTree.verifyInclusion(
                    leafHash: reference.leaves[index],
                    index: index,
                    size: size,
                    proof: proof,
                    root: root
                )
            }
        }
        #expect(differing == [])
    }

    @Test func `consistency proofs up to 600 leaves are those of the recursion`() throws {
        let reference = ReferenceTree(size: 600)
        var differing: [String] = []
        for new in 1...600 {
            for old in Self.indices(new).map({ $0 + 1 }) {
                let proof = try MerkleTree.consistencyProof(
                    old: old,
                    new: new,
                    node: reference.node
                )
                if proof != reference.proof(old, new) { differing.append("\(old)-\(new)") }
                try MerkleTree.verifyConsistency(
                    old: old,
                    oldRoot: reference.hash(0..<old),
                    new: new,
                    newRoot: reference.hash(0..<new),
                    proof: proof
                )
            }
        }
        #expect(differing == [])
    }

    /// All indices of small trees, otherwise the edges, the middle and around powers of two.
    private static func indices(_ size: Int) -> [Int] {
        if size <= 64 { return Array(0..<size) }
        let chosen = [0, 1, 2, 63, 64, 65, 127, 128, 255, 256, 511, 512]
        let relative = [size / 3, size / 2 - 1, size / 2, size - 3, size - 2, size - 1]
        return Set((chosen + relative).filter { $0 < size }).sorted()
    }

    @Test func `the ranges of a proof are what the proof hashes`() throws {
        let reference = ReferenceTree(size: 100)
        let ranges = try #require(MerkleTree.inclusionRanges(index: 37, size: 100))
        #expect(ranges.map { reference.hash($0) } == reference.path(37, 0..<100))
        let consistency = try #require(MerkleTree.consistencyRanges(old: 37, new: 100))
        #expect(consistency.map { reference.hash($0) } == reference.proof(37, 100))
        for range in ranges {
            let nodes = MerkleTree.nodes(of: [range])
            #expect(nodes.reduce(0) { $0 + 1 << $1.level } == range.count)
            #expect(nodes.first.map { $0.index << $0.level } == range.lowerBound)
        }
    }

    @Test func `what lies outside the tree has no proof`() {
        let node: (MerkleTree.Node) -> Digest = { _ in MerkleTree.emptyRoot }
        for (index, size) in [(0, 0), (1, 1), (-1, 1), (5, 4), (.max, .max), (.min, 1)] {
            #expect(MerkleTree.inclusionRanges(index: index, size: size) == nil)
            #expect(throws: ProofError.outOfRange) {
                try MerkleTree.inclusionProof(index: index, size: size, node: node)
            }
        }
        for (old, new) in [(2, 1), (-1, 1), (-1, -1), (1, 0), (.max, 1)] {
            #expect(MerkleTree.consistencyRanges(old: old, new: new) == nil)
            #expect(throws: ProofError.outOfRange) {
                try MerkleTree.consistencyProof(old: old, new: new, node: node)
            }
        }
        #expect(MerkleTree.consistencyRanges(old: 0, new: 5) == nil)
    }

    @Test func `the empty tree is consistent with everything by an empty proof`() throws {
        let node: (MerkleTree.Node) -> Digest = { _ in MerkleTree.emptyRoot }
        #expect(try MerkleTree.consistencyProof(old: 0, new: 7, node: node) == [])
        #expect(try MerkleTree.consistencyProof(old: 7, new: 7, node: node) == [])
        let root = Digest(of: [1] as [UInt8])
        try MerkleTree.verifyConsistency(
            old: 0,
            oldRoot: MerkleTree.emptyRoot,
            new: 7,
            newRoot: root,
            proof: []
        )
        #expect(throws: ProofError.wrongLength(expected: 0, found: 1)) {
            try MerkleTree.verifyConsistency(
                old: 0,
                oldRoot: MerkleTree.emptyRoot,
                new: 7,
                newRoot: root,
                proof: [root]
            )
        }
        #expect(throws: ProofError.rootMismatch) {
            try MerkleTree.verifyConsistency(
                old: 0,
                oldRoot: MerkleTree.emptyRoot,
                new: 0,
                newRoot: root,
                proof: []
            )
        }
    }
}
