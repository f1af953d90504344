import Foundation
import Keys
import SecondOpinion
import Testing
import TransparencyLog

/// A tree, an older one, and proofs, as the line that others read and write.
private struct ProofLine: Equatable {
    let number: Int
    let size: Int
    let old: Int
    let index: Int
    let root: Digest
    let oldRoot: Digest
    let inclusion: [Digest]
    let consistency: [Digest]

    /// Our proofs in tree `number`.
    init(number: Int, size: Int, old: Int, index: Int) throws {
        var range = CompactRange()
        var nodes: [MerkleTree.Node: Digest] = [:]
        var oldRoot = MerkleTree.emptyRoot
        for entry in 0..<size {
            let hash = Self.leaf(number, entry)
            for (node, hash) in range.append(hash) { nodes[node] = hash }
            if range.size == old { oldRoot = range.root }
        }
        let known = nodes
        let node: (MerkleTree.Node) throws -> Digest = { try #require(known[$0]) }
        self.number = number
        self.size = size
        self.old = old
        self.index = index
        root = range.root
        self.oldRoot = oldRoot
        inclusion = try MerkleTree.inclusionProof(index: index, size: size, node: node)
        consistency = try MerkleTree.consistencyProof(old: old, new: size, node: node)
    }

    /// Reads a line.
    init(_ text: some StringProtocol) throws {
        let fields = String(text).split(separator: " ").map(String.init)
        try #require(fields.count == 8)
        let numbers = try fields.prefix(4).map { try #require(Int($0)) }
        (number, size, old, index) = (numbers[0], numbers[1], numbers[2], numbers[3])
        root = try #require(Digest(hex: fields[4]))
        oldRoot = try #require(Digest(hex: fields[5]))
        inclusion = try Self.hashes(fields[6])
        consistency = try Self.hashes(fields[7])
    }

    var text: String {
        let numbers = [number, size, old, index].map { "\($0)" }
        let lists = [[root], [oldRoot], inclusion, consistency].map { list in
            list.isEmpty ? "-" : list.map(\.hex).joined(separator: ",")
        }
        return (numbers + lists).joined(separator: " ")
    }

    /// Whether our verifiers take the proofs.
    func verify() throws {
        try MerkleTree.verifyInclusion(
            leafHash: Self.leaf(number, index), index: index, size: size, proof: inclusion,
            root: root)
        try MerkleTree.verifyConsistency(
            old: old, oldRoot: oldRoot, new: size, newRoot: root, proof: consistency)
    }

    private static func leaf(_ number: Int, _ entry: Int) -> Digest {
        Digest.ofLeaf(Array("tree \(number) entry \(entry)".utf8))
    }

    private static func hashes(_ field: String) throws -> [Digest] {
        guard field != "-" else { return [] }
        return try field.split(separator: ",").map { try #require(Digest(hex: String($0))) }
    }
}

/// Proofs both ways: strangers take ours, and we take theirs.
@Suite struct `A second opinion on proofs in 1,000 random trees` {
    /// Sizes of every order up to 2,048; the same ones in every run.
    private static let lines: [ProofLine] = (0..<1000).compactMap { number in
        let random = Digest(of: Array("random tree \(number)".utf8)).bytes.map { Int($0) }
        let bits = random[0] % 12
        let size = 1 + (random[1] << 8 + random[2]) % (1 << bits)
        let old = 1 + (random[3] << 8 + random[4]) % size
        return try? ProofLine(
            number: number, size: size, old: old, index: (random[5] << 8 + random[6]) % size)
    }

    private func judge(
        _ lines: [ProofLine],
        by stranger: (String) throws -> Stranger.Answer
    ) throws -> Stranger.Answer {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("proofs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let text = lines.map { $0.text + "\n" }.joined()
        try Data(text.utf8).write(to: file)
        return try stranger(file.path)
    }

    private func compare(_ stranger: (String) throws -> Stranger.Answer) throws {
        try #require(Self.lines.count == 1000)
        let answer = try judge(Self.lines, by: stranger)
        try #require(answer.status == 0, "\(answer.output)")
        let theirs = try answer.output.split(separator: "\n").map { try ProofLine($0) }
        #expect(theirs == Self.lines)
        for line in theirs { try line.verify() }
        // They are no rubber stamps: a proof of another tree is refused.
        let own = try ProofLine(number: 1, size: 9, old: 5, index: 3).text.split(separator: " ")
        let other = try ProofLine(number: 2, size: 9, old: 5, index: 3).text.split(separator: " ")
        for (position, name) in [(6, "inclusion"), (7, "consistency")] {
            var mixed = own
            mixed[position] = other[position]
            let line = try ProofLine(mixed.joined(separator: " "))
            let refusal = try judge([line], by: stranger)
            #expect(refusal.status == 1 && refusal.output.contains(name), "\(refusal.output)")
            #expect(throws: ProofError.rootMismatch) { try line.verify() }
        }
    }

    @Test(.enabled(if: Stranger.xmod != nil, "\(Stranger.noGo)"))
    func `golang.org/x/mod makes the same proofs`() throws {
        let program = try #require(Stranger.xmod)
        try compare { try Stranger.run([program, "proofs", $0]) }
    }

    @Test(.enabled(if: Stranger.hasTlog, "\(Stranger.noTlog)"))
    func `aics-tlog makes the same proofs`() throws {
        try compare { try Stranger.aics("proofs", [$0]) }
    }
}
