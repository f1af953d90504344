import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import Node
import NodeStore
import Testing
import TransparencyLog

/// B copies A's log from a member that does not serve what A wrote.
@Suite(.serialized) struct `A copy from a peer that lies` {
    private static let origin = Institution.origin(TestFederation.a)
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution

    init() throws {
        federation = try TestFederation()
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
    }

    /// A has a log of this many leaves; B has the registry and nothing else.
    private func prepared(_ leaves: Int = 30) async throws {
        _ = await a.refresh.refresh(from: nil)
        _ = await b.refresh.refresh(from: nil)
        try await federation.running([a]) {
            try await a.createLog()
            // From here on B must not be asked to cosign, or it would know A's head already.
            federation.network.cut(b.domain)
            for first in stride(from: 1, to: leaves, by: 150) {
                let items = (first..<min(first + 150, leaves)).map {
                    Institution.item("item-\($0)", "Item \($0)")
                }
                _ = try await a.ask(
                    .cataloguePublish,
                    ["requestId": .string(Institution.requestID()), "items": .array(items)]
                )
            }
        }
        federation.network.mend(b.domain)
        #expect(a.node.logs.own?.size == leaves)
    }

    private func fetch() async throws {
        try await Replicator(node: b.node).fetch(Self.origin, from: a.domain)
    }

    private func lie(_ part: String, _ change: @escaping @Sendable ([UInt8]) -> PeerResponse) {
        federation.network.lie(for: a.domain) { request, response in
            request.path.contains(part) ? change(response.body) : response
        }
    }

    private func holdsNothing() throws {
        #expect(b.node.logs.log(Self.origin)?.size ?? 0 == 0)
        #expect(try b.node.logs.log(Self.origin)?.entry(0) == nil)
        #expect(try b.node.views.list(domain: nil, after: nil, limit: 9).isEmpty)
        #expect(
            b.node.heads.page(
                instance: nil,
                since: 0,
                limit: 500,
                now: ManualClock.start + 60,
                snapshot: nil
            ).rows.isEmpty)
    }

    /// Whatever the lie did: the truth is taken afterwards.
    private func takesTheTruth() async throws {
        federation.network.lie(for: a.domain, nil)
        try await fetch()
        #expect(b.node.logs.log(Self.origin)?.head?.checkpoint == a.node.logs.own?.head?.checkpoint)
        #expect(try b.node.logs.log(Self.origin)?.wantedCount() == 0)
        #expect(try b.node.views.itemCounts() == [a.domain: a.node.logs.own.map { $0.size - 1 }])
    }

    enum Bundle: String, CaseIterable, Sendable {
        case flipped, cutOff, empty, garbage, missing, failing, tooLarge, reordered

        func answer(_ body: [UInt8]) -> PeerResponse {
            switch self {
            case .flipped:
                var bytes = body
                bytes[bytes.count - 1] ^= 1
                return .ok(bytes)
            case .cutOff: return .ok(Array(body.dropLast()))
            case .empty: return .ok([])
            case .garbage: return .ok(Array(repeating: 0xff, count: 1000))
            case .missing: return .status(404)
            case .failing: return .status(500)
            case .tooLarge: return .ok(body + Array(repeating: 0, count: Limits.bundleBytes))
            case .reordered:
                let length = Int(body[0]) << 8 | Int(body[1]) + 2
                return .ok(Array(body[length...] + body[..<length]))
            }
        }
    }

    @Test(arguments: Bundle.allCases)
    func `stores nothing of a false bundle`(_ bundle: Bundle) async throws {
        try await prepared()
        lie("/tile/entries/") { bundle.answer($0) }
        await #expect(throws: (any Error).self) { try await fetch() }
        try holdsNothing()
        try await takesTheTruth()
    }

    @Test func `stores nothing when only the last bundle is false`() async throws {
        try await prepared(300)
        lie("/tile/entries/001") { Bundle.flipped.answer($0) }
        let problem = await #expect(throws: Problem.self) { try await fetch() }
        #expect(problem?.slug == .invalidProof)
        try holdsNothing()
        try await takesTheTruth()
    }

    enum Head: CaseIterable, Sendable {
        case garbage, unsigned, strangersKey, otherOrigin, badCosignature

        func note(_ body: [UInt8]) throws -> [UInt8] {
            let true_ = try SignedNote(body)
            let checkpoint = try Checkpoint(text: true_.text)
            switch self {
            case .garbage: return Array("garbage".utf8)
            case .unsigned:
                let line = NoteSignature(name: "x", keyID: 1, signature: [1])
                return try SignedNote(text: true_.text, signatures: [line]).bytes
            case .strangersKey:
                return try VerifiedCheckpoint(
                    signing: checkpoint,
                    by: LogForger(domain: TestFederation.a, label: "stranger").signer
                ).note.bytes
            case .otherOrigin:
                let other = Checkpoint(
                    origin: Institution.origin(TestFederation.c),
                    size: checkpoint.size,
                    root: checkpoint.root
                )
                return try VerifiedCheckpoint(
                    signing: other,
                    by: LogForger(domain: TestFederation.c).signer
                ).note.bytes
            case .badCosignature:
                let key = try #require(
                    VerifierKey(
                        name: "\(TestFederation.c)/eccoe/witness",
                        type: .cosignature,
                        publicKey: Institution.key(TestFederation.c, .witness).publicKey
                    )
                )
                let line = NoteSignature(
                    name: key.name,
                    keyID: key.keyID,
                    signature: Array(repeating: 1, count: 72)
                )
                return try true_.adding([line]).bytes
            }
        }
    }

    @Test(arguments: Head.allCases)
    func `stores nothing under a head that does not verify`(_ head: Head) async throws {
        try await prepared()
        lie("/checkpoint") { body in
            (try? head.note(body)).map { .ok($0) } ?? .status(404)
        }
        await #expect(throws: (any Error).self) { try await fetch() }
        try holdsNothing()
        try await takesTheTruth()
    }

    @Test func `stores nothing under a root that the author signed for other leaves`() async throws
    {
        try await prepared()
        let forked = try LogForger(domain: a.domain).head(size: 30, of: "another history")
        lie("/checkpoint") { _ in .ok(forked.note.bytes) }
        let problem = await #expect(throws: Problem.self) { try await fetch() }
        #expect(problem?.slug == .invalidProof)
        try holdsNothing()
        try await takesTheTruth()
    }

    @Test func `keeps what it holds when the author forks`() async throws {
        try await prepared()
        try await fetch()
        let before = try #require(b.node.logs.log(Self.origin)?.head)
        for size in [30, 31] {
            let forked = try LogForger(domain: a.domain).head(size: size, of: "another history")
            lie("/checkpoint") { _ in .ok(forked.note.bytes) }
            await #expect(throws: (any Error).self) { try await fetch() }
            #expect(b.node.logs.log(Self.origin)?.head == before)
        }
    }

    @Test func `does not go back to a smaller head`() async throws {
        try await prepared()
        try await fetch()
        let before = try #require(b.node.logs.log(Self.origin)?.head)
        let root = try #require(a.node.logs.own).root(at: 10)
        let older = try VerifiedCheckpoint(
            signing: Checkpoint(origin: Self.origin, size: 10, root: root),
            by: LogForger(domain: a.domain).signer)
        lie("/checkpoint") { _ in .ok(older.note.bytes) }
        try await fetch()
        #expect(b.node.logs.log(Self.origin)?.head == before)
    }

    @Test func `keeps no lines of strangers in a note`() async throws {
        try await prepared()
        let stranger = try #require(
            NoteSigner(
                name: "x.example/eccoe/witness",
                type: .cosignature,
                signer: TestKeys.key("x")
            )
        )
        lie("/checkpoint") { body in
            guard let note = try? SignedNote(body),
                let line = try? stranger.sign(note.text, at: ManualClock.start),
                let more = try? note.adding([line])
            else { return .ok(body) }
            return .ok(more.bytes)
        }
        try await fetch()
        let kept = try #require(b.node.logs.log(Self.origin)?.head?.note)
        #expect(kept.signatures.map(\.name) == [Self.origin, "uni-b.example/eccoe/mirror"])
    }

    enum Payloads: CaseIterable, Sendable {
        case flipped, exchanged, cutOff, absent, tooLarge, missing

        func answer(_ body: [UInt8]) -> PeerResponse {
            switch self {
            case .flipped:
                var bytes = body
                for index in stride(from: 40, to: bytes.count, by: 20) where bytes[index] > 64 {
                    bytes[index] ^= 1
                }
                return .ok(bytes)
            case .exchanged:
                let length = body.prefix(4).reduce(0) { $0 << 8 | Int($1) }
                let first = Array(body[4..<(4 + length)])
                return .ok(BlobBatch.encode([[1, 2, 3]] + Array(repeating: first, count: 255)))
            case .cutOff: return .ok(Array(body.dropLast()))
            case .absent: return .ok(BlobBatch.encode(Array(repeating: nil, count: 256)))
            case .tooLarge:
                let large = [UInt8](repeating: 0x20, count: Limits.payloadBytes + 1)
                return .ok(BlobBatch.encode([large]))
            case .missing: return .status(404)
            }
        }
    }

    @Test(arguments: Payloads.allCases)
    func `stores no payload that is not the one it asked for`(_ payloads: Payloads) async throws {
        try await prepared()
        lie("/v1/blobs/batch") { payloads.answer($0) }
        try? await fetch()
        let log = try #require(b.node.logs.log(Self.origin))
        // The leaves are proved, so they stay; the payloads are wanted still.
        #expect(log.size == 30)
        let truth = try #require(a.node.logs.own)
        for digest in try log.wantedPayloads(limit: 1000) {
            #expect(try log.payload(digest) == nil)
            #expect(try truth.payload(digest) != nil)
        }
        #expect(try log.wantedCount() >= 28)
        #expect(try log.payload(Digest(of: [1, 2, 3] as [UInt8])) == nil)
        #expect(try b.node.views.search("item", domain: nil, limit: 9).count <= 1)
        try await takesTheTruth()
    }

    @Test func `asks for no log that the registry does not know`() async throws {
        try await prepared()
        let asked = federation.network.paths.count
        for (origin, domain, slug) in [
            ("stranger.example/eccoe/1", a.domain, Problem.Slug.unknownOrigin),
            ("\(a.domain)/eccoe/2", a.domain, .unknownOrigin),
            (Self.origin, "stranger.example", .notAMember),
        ] {
            let problem = await #expect(throws: Problem.self) {
                try await Replicator(node: b.node).fetch(origin, from: domain)
            }
            #expect(problem?.slug == slug)
        }
        #expect(federation.network.paths.count == asked)
        #expect(b.node.logs.mirrors.allSatisfy { $0.size == 0 })
    }

    @Test func `from a mirror is as good as from the author`() async throws {
        try await prepared()
        try await fetch()
        let c = try federation[TestFederation.c]
        _ = await c.refresh.refresh(from: nil)
        federation.network.cut(a.domain)
        try await Replicator(node: c.node).fetch(Self.origin, from: b.domain)
        #expect(c.node.logs.log(Self.origin)?.head?.checkpoint == a.node.logs.own?.head?.checkpoint)
        #expect(try c.node.views.itemCounts() == [a.domain: a.node.logs.own.map { $0.size - 1 }])
    }
}

/// Signs heads that no log has.
struct LogForger {
    let signer: NoteSigner

    /// With the log key of `domain`, or with a stranger's under its name.
    init(domain: String, label: String? = nil) throws {
        let key = try label.map { try TestKeys.key($0) } ?? Institution.key(domain, .log)
        signer = try #require(
            NoteSigner(name: Institution.origin(domain), type: .ed25519, signer: key)
        )
    }

    /// The tree of `size` leaves of a made-up history.
    static func range(_ size: Int, _ history: String) -> CompactRange {
        var range = CompactRange()
        for index in 0..<size { range.append(Digest.ofLeaf(Array("\(history) \(index)".utf8))) }
        return range
    }

    /// A signed head over a made-up history.
    func head(size: Int, of history: String) throws -> VerifiedCheckpoint {
        try VerifiedCheckpoint(
            signing: Checkpoint(
                origin: signer.key.name,
                size: size,
                root: Self.range(size, history).root
            ),
            by: signer
        )
    }

    /// The consistency proof between two sizes of a made-up history.
    static func proof(_ old: Int, _ new: Int, _ history: String) throws -> [Digest] {
        var nodes: [MerkleTree.Node: Digest] = [:]
        var range = CompactRange()
        for index in 0..<new {
            let leaf = Digest.ofLeaf(Array("\(history) \(index)".utf8))
            for (node, hash) in range.append(leaf) { nodes[node] = hash }
        }
        return try MerkleTree.consistencyProof(old: old, new: new) { try #require(nodes[$0]) }
    }

    /// The proof of a subtree of a made-up history.
    static func subtreeProof(
        _ subtree: Range<Int>,
        _ size: Int,
        _ history: String
    ) throws -> [Digest] {
        var nodes: [MerkleTree.Node: Digest] = [:]
        var range = CompactRange()
        for index in 0..<size {
            let leaf = Digest.ofLeaf(Array("\(history) \(index)".utf8))
            for (node, hash) in range.append(leaf) { nodes[node] = hash }
        }
        return try MerkleTree.subtreeProof(subtree, size: size) { try #require(nodes[$0]) }
    }
}
