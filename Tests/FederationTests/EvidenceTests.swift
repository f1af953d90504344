import CanonicalJSON
import Federation
import Keys
import Testing
import TransparencyLog

@Suite struct `Evidence of a fork` {
    private let log: SampleLog
    private let other: SampleLog

    init() throws {
        log = try SampleLog(size: 600)
        other = try SampleLog(size: 600, variant: "other ")
    }

    private func formA(_ size: Int = 5) throws -> ForkEvidence {
        ForkEvidence(try log.head(size).note, try other.head(size).note)
    }

    /// Notes of m and n, and what the tree of n says of m.
    private func formB(_ m: Int = 5, _ n: Int = 9) throws -> ForkEvidence {
        ForkEvidence(
            try log.head(m).note, try other.head(n).note,
            prefix: .init(root: other.range(m).root, proof: try other.proof(m, n)))
    }

    private func refusal(_ claim: ForkEvidence, key: VerifierKey? = nil) -> Problem? {
        problem { () throws(Problem) in _ = try ProvenFork(claim, key: key ?? log.key) }
    }

    @Test(arguments: [1, 2, 256, 257, 600])
    func `is two trees of one size`(_ size: Int) throws {
        let fork = try ProvenFork(formA(size), key: log.key)
        #expect(fork.origin == SampleLog.origin)
        #expect(fork.first == (try log.head(size).checkpoint))
        #expect(fork.second == (try other.head(size).checkpoint))
    }

    @Test(arguments: [(1, 2), (1, 600), (4, 5), (255, 256), (256, 257), (300, 599), (512, 600)])
    func `is a larger tree that does not extend the smaller one`(_ m: Int, _ n: Int) throws {
        let fork = try ProvenFork(formB(m, n), key: log.key)
        #expect([fork.first.size, fork.second.size] == [m, n])
    }

    @Test func `goes over the wire in the protocol's form and comes back`() throws {
        for claim in [try formA(), try formB()] {
            #expect(try ForkEvidence(claim.bytes) == claim)
            #expect(claim.origin == SampleLog.origin)
        }
        let json = try JSON.read(try formB().bytes)
        #expect(json.object?.names == ["notes", "proof", "root", "v"])
        #expect(json["root"]?.string == other.range(5).root.base64)
        #expect(try JSON.read(try formA().bytes).object?.names == ["notes", "v"])
    }

    @Test func `is not proven by what agrees`() throws {
        let same = ForkEvidence(try log.head(5).note, try log.head(5).note)
        #expect(refusal(same)?.slug == .invalidProof)
        let grown = ForkEvidence(
            try log.head(5).note, try log.head(9).note,
            prefix: .init(root: log.range(5).root, proof: try log.proof(5, 9)))
        #expect(refusal(grown)?.pointer == "/root")
        #expect(refusal(grown)?.status == 422)
    }

    @Test func `is not proven by an empty tree, which every tree extends`() throws {
        let empty = ForkEvidence(
            try log.head(0).note, try other.head(9).note,
            prefix: .init(root: other.range(1).root, proof: []))
        #expect(refusal(empty)?.pointer == "/notes")
    }

    @Test func `needs the author's own signatures on both notes`() throws {
        let thief = try SampleLog(size: 9, variant: "other ", seed: 9)
        let forged = [
            ForkEvidence(try log.head(5).note, try thief.head(5).note),
            ForkEvidence(try thief.head(5).note, try log.head(5).note),
            ForkEvidence(
                try log.head(5).note, try thief.head(9).note,
                prefix: .init(root: other.range(5).root, proof: try other.proof(5, 9))),
        ]
        #expect(forged.map { refusal($0)?.pointer } == ["/notes/1", "/notes/0", "/notes/1"])
        let moved = try SignedNote(
            text: other.head(5).note.text, signatures: log.head(5).note.signatures)
        #expect(refusal(ForkEvidence(try log.head(5).note, moved))?.pointer == "/notes/1")
        let abroad = try SampleLog(size: 5, origin: "uni-b.example/eccoe/1")
        #expect(refusal(try formA(), key: abroad.key)?.pointer == "/notes/0")
        #expect(ForkEvidence(try log.head(5).note, try abroad.head(5).note).origin == nil)
    }

    @Test func `of form b is refused with any field forged`() throws {
        let whole = try formB()
        let prefix = try #require(whole.prefix)
        let forged: [ForkEvidence.Prefix] = [
            .init(root: Digest(of: [1]), proof: prefix.proof),
            .init(root: prefix.root, proof: []),
            .init(root: prefix.root, proof: prefix.proof.reversed()),
            .init(root: prefix.root, proof: prefix.proof + [Digest(of: [1])]),
            .init(root: prefix.root, proof: Array(prefix.proof.dropLast())),
        ]
        for prefix in forged {
            #expect(
                refusal(ForkEvidence(whole.first, whole.second, prefix: prefix))?.pointer
                    == "/proof")
        }
        for index in prefix.proof.indices {
            var proof = prefix.proof
            proof[index] = Digest(of: [7])
            let claim = ForkEvidence(
                whole.first, whole.second, prefix: .init(root: prefix.root, proof: proof))
            #expect(refusal(claim)?.pointer == "/proof")
        }
        let swapped = ForkEvidence(whole.second, whole.first, prefix: prefix)
        #expect(refusal(swapped)?.pointer == "/notes")
        #expect(refusal(ForkEvidence(whole.first, whole.second))?.pointer == "/notes")
        let oneSize = ForkEvidence(
            try log.head(5).note, try other.head(5).note,
            prefix: .init(root: other.range(5).root, proof: []))
        #expect(refusal(oneSize)?.pointer == "/notes")
    }

    @Test func `keeps the author's lines only`() throws {
        let witness = try SampleLog.signer("w.example/eccoe/witness", type: .cosignature, seed: 4)
        let head = try log.head(5)
        let line = try witness.sign(head.note.text, at: GossipSetting.start)
        let claim = ForkEvidence(try head.note.adding([line]), try other.head(5).note)
        #expect(try ProvenFork(claim, key: log.key).evidence == (try formA()))
    }

    @Test func `may have 160 KiB and not a byte more`() throws {
        let bytes = try formA().bytes
        let blanks = [UInt8](repeating: 0x20, count: Limits.evidenceBytes - bytes.count)
        #expect(try ForkEvidence(bytes + blanks) == (try formA()))
        let found = problem { () throws(Problem) in _ = try ForkEvidence(bytes + blanks + [0x20]) }
        #expect(found?.status == 413)
    }

    @Test(arguments: [(5, 5), (1, 600), (299, 600), (256, 512)])
    func `is built from the tree that is held`(_ m: Int, _ n: Int) throws {
        let tree = Tiles(other)
        let fork = try ProvenFork(
            held: other.head(n), contradicting: log.head(m), node: tree.node)
        #expect([fork?.first.size, fork?.second.size] == [m, n])
        #expect(
            try ProvenFork(held: other.head(n), contradicting: other.head(m), node: tree.node)
                == nil)
    }

    @Test func `says nothing of a head beyond the tree that is held`() throws {
        #expect(throws: Problem.self) {
            try ProvenFork(held: other.head(5), contradicting: log.head(6), node: Tiles(other).node)
        }
    }
}

@Suite struct `An inquiry into a head that does not fit` {
    private let log: SampleLog
    private let other: SampleLog

    init() throws {
        log = try SampleLog(size: 600)
        other = try SampleLog(size: 600, variant: "other ")
    }

    private func verdict(
        _ m: Int, _ n: Int, served: SampleLog, signed: SampleLog
    ) throws -> ProvenFork? {
        var inquiry = ForkInquiry(held: try log.head(m), target: try signed.head(n))
        let tiles = Tiles(served)
        var asked = 0
        while let tile = inquiry.next {
            try inquiry.receive(tiles.bytes(tile))
            asked += 1
        }
        #expect(asked <= 5)
        return try inquiry.conclude()
    }

    @Test(arguments: [(1, 2), (5, 9), (255, 256), (256, 257), (300, 600), (512, 600), (599, 600)])
    func `finds the author's fork in the server's tiles`(_ m: Int, _ n: Int) throws {
        let fork = try #require(try verdict(m, n, served: other, signed: other))
        #expect([fork.first.size, fork.second.size] == [m, n])
        #expect(fork.first.root == log.range(m).root)
    }

    @Test func `finds nothing when the tiles extend what is held`() throws {
        #expect(try verdict(300, 600, served: log, signed: log) == nil)
    }

    @Test func `blames the server when its tiles do not lead to the signed root`() throws {
        #expect(throws: ProofError.self) {
            try verdict(300, 600, served: log, signed: other)
        }
        var inquiry = ForkInquiry(held: try log.head(5), target: try other.head(9))
        #expect(throws: ProofError.self) { try inquiry.receive([1, 2, 3]) }
        #expect(inquiry.next != nil)
    }
}

/// The hash tiles of a sample log.
struct Tiles {
    private var nodes: [MerkleTree.Node: Digest] = [:]

    init(_ log: SampleLog) {
        var range = CompactRange()
        for entry in log.entries {
            for (node, hash) in range.append(Digest.ofLeaf(entry)) { nodes[node] = hash }
        }
    }

    func node(_ node: MerkleTree.Node) throws -> Digest { try #require(nodes[node]) }

    func bytes(_ tile: TileCoordinate) throws -> [UInt8] {
        guard case .hashes(let level) = tile.kind else { return [] }
        let first = tile.index * TileCoordinate.fullWidth
        return try (first..<(first + tile.width)).flatMap {
            try node(MerkleTree.Node(level: 8 * level, index: $0)).bytes
        }
    }
}

@Suite struct `The body of evidence` {
    private static let hash = Digest(of: []).base64
    private static let note = "\"a\\n1\\n\(hash)\\n\\n— a AAAAAAAA\\n\""

    @Test(arguments: [
        ("", "/"), ("garbage", "/"), ("[]", "/notes"), ("{}", "/notes"),
        ("{\"v\":2,\"notes\":[\(note),\(note)]}", "/notes"),
        ("{\"v\":1,\"notes\":[\(note)]}", "/notes"),
        ("{\"v\":1,\"notes\":[\(note),\(note),\(note)]}", "/notes"),
        ("{\"v\":1,\"notes\":[\(note),1]}", "/notes/1"),
        ("{\"v\":1,\"notes\":[\"x\",\(note)]}", "/notes/0"),
        ("{\"v\":1,\"notes\":[\(note),\(note)],\"root\":\"\(hash)\"}", "/proof"),
        ("{\"v\":1,\"notes\":[\(note),\(note)],\"proof\":[]}", "/root"),
        ("{\"v\":1,\"notes\":[\(note),\(note)],\"root\":\"AAAA\",\"proof\":[]}", "/root"),
        ("{\"v\":1,\"notes\":[\(note),\(note)],\"root\":\"\(hash)\",\"proof\":[1]}", "/proof/0"),
    ])
    func `that is garbage is refused with its place`(_ text: String, _ place: String) {
        let found = problem { () throws(Problem) in _ = try ForkEvidence(Array(text.utf8)) }
        #expect(found?.slug == .malformedRequest)
        #expect(found?.pointer ?? "/" == place)
    }

    @Test(arguments: [(63, true), (64, false)])
    func `has at most 63 hashes`(_ count: Int, _ isRead: Bool) {
        let hashes = Array(repeating: "\"\(Self.hash)\"", count: count).joined(separator: ",")
        let text =
            "{\"v\":1,\"notes\":[\(Self.note),\(Self.note)],\"root\":\"\(Self.hash)\","
            + "\"proof\":[\(hashes)]}"
        let found = problem { () throws(Problem) in _ = try ForkEvidence(Array(text.utf8)) }
        #expect((found == nil) == isRead)
    }
}
