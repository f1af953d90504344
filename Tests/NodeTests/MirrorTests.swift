import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import Node
import NodeStore
import Testing
import TransparencyLog

/// B is a mirror, and somebody pushes A's log to it.
@Suite(.serialized) struct `A mirror to which a log is pushed` {
    private static let history = "history"
    private let federation: TestFederation
    private let b: Institution
    private let a: LogForger

    init() async throws {
        federation = try TestFederation()
        b = try federation[TestFederation.b]
        a = try LogForger(domain: TestFederation.a)
        _ = await b.refresh.refresh(from: nil)
    }

    private var log: LogStore? { b.node.logs.log(a.signer.key.name) }

    private func pend(
        _ old: Int,
        _ new: Int,
        of history: String = Self.history,
        by forger: LogForger? = nil,
        at node: Node? = nil
    ) throws -> WitnessVerdict {
        try MirrorDesk(node: node ?? b.node).addCheckpoint(
            AddCheckpoint(
                oldSize: old,
                proof: try LogForger.proof(old, new, history),
                note: try (forger ?? a).head(size: new, of: history).note
            )
        )
    }

    private func isTaken(_ verdict: WitnessVerdict) -> Bool {
        if case .cosign = verdict { true } else { false }
    }

    private func body(
        _ start: Int,
        _ end: Int,
        of history: String = Self.history,
        packages: Int = .max,
        origin: String? = nil
    ) throws -> [UInt8] {
        let header = AddEntriesHeader(
            origin: origin ?? a.signer.key.name,
            start: start,
            end: end
        )
        return try header.packages.prefix(packages).reduce(header.bytes) { body, indices in
            try body
                + EntryPackage(
                    indices: indices,
                    entries: indices.map { Array("\(history) \($0)".utf8) },
                    proof: LogForger.subtreeProof(EntryPackage.subtree(indices), end, history)
                ).bytes
        }
    }

    private func upload(_ body: [UInt8], to node: Node? = nil) async throws -> AddEntriesVerdict {
        var upload = try MirrorDesk(node: node ?? b.node).addEntries()
        if let verdict = try await upload.receive(body) { return verdict }
        return try await upload.finish()
    }

    private func info(_ size: Int, _ next: Int) -> MirrorInfo {
        MirrorInfo(pendingSize: size, nextEntry: next)
    }

    /// Whether the verdict is a cosignature by the mirror over the head of that size, which it
    /// holds and serves with that line.
    private func isStored(_ verdict: AddEntriesVerdict, _ size: Int) throws -> Bool {
        guard case .stored(let line) = verdict, let head = log?.head else { return false }
        let key = try #require(b.node.identity.mirrorSigner).key
        let pushed = try a.head(size: size, of: Self.history).adding([line])
        return try head.checkpoint.size == size && head.note.signatures.contains(line)
            && !pushed.cosignatures(by: [key]).isEmpty
    }

    @Test func `binds itself first, stores then, and only then signs`() async throws {
        #expect(try isTaken(pend(0, 300)))
        #expect(log?.size == 0)
        #expect(log?.head == nil)
        #expect(try log?.mirrorInfo() == info(300, 0))
        #expect(try await isStored(upload(body(0, 300)), 300))
        #expect(try log?.entries(from: 0, to: 300).last == Array("history 299".utf8))
        #expect(try isTaken(pend(300, 700)))
        #expect(try await isStored(upload(body(300, 700)), 700))
        #expect(try log?.mirrorInfo() == info(700, 700))
    }

    @Test func `goes on where an upload broke off, also after a restart`() async throws {
        _ = try pend(0, 600)
        #expect(try await upload(body(0, 600, packages: 1)) == .accepted(info(600, 256)))
        let whole = try body(256, 600)
        let cut = Array(whole.dropLast(1))
        #expect(try await upload(cut) == .accepted(info(600, 512)))
        let again = try federation.restarted(TestFederation.b)
        _ = try again.node.logs.mirror(key: a.signer.key)
        let origin = a.signer.key.name
        #expect(try again.node.logs.log(origin)?.mirrorInfo() == info(600, 512))
        guard case .stored = try await upload(body(512, 600), to: again.node) else {
            Issue.record("not stored")
            return
        }
        #expect(again.node.logs.log(origin)?.size == 600)
    }

    @Test func `tells what it has when start or end do not fit`() async throws {
        #expect(try await upload(body(0, 0)) == .conflict(info(0, 0)))
        _ = try pend(0, 300)
        for (start, end) in [(0, 299), (0, 301), (300, 300), (1, 300)] {
            #expect(try await upload(body(start, end)) == .conflict(info(300, 0)))
        }
        _ = try await upload(body(0, 300))
        _ = try pend(300, 700)
        #expect(try await upload(body(301, 700)) == .conflict(info(700, 300)))
        #expect(try await upload(body(0, 299)) == .conflict(info(700, 300)))
        #expect(log?.size == 300)
    }

    @Test func `takes an upload to a checkpoint that is not the newest any more`() async throws {
        _ = try pend(0, 300)
        _ = try pend(300, 400)
        #expect(try await isStored(upload(body(0, 300)), 300))
        #expect(try await isStored(upload(body(256, 400)), 400))
    }

    @Test func `stores of a closed epoch what the registry closed, and nothing else`() async throws
    {
        _ = try pend(0, 300)
        _ = try await upload(body(0, 300))
        _ = try pend(300, 700)
        let root = try a.head(size: 500, of: Self.history).checkpoint.root
        try federation.closeFirstEpoch(at: 500, root: root, opening: false)
        _ = await b.refresh.refresh(from: nil)
        for size in [499, 501, 700] {
            #expect(
                try pend(300, size) == .forbidden("the epoch is closed at 500 leaves"), "\(size)")
            #expect(
                try await upload(body(300, size))
                    == .forbidden("the epoch is closed at 500 leaves"), "\(size)")
        }
        let forged = try pend(300, 500, of: "another history")
        #expect(forged == .forbidden("the epoch was closed on another branch"))
        #expect(try isTaken(pend(300, 500)))
        #expect(try await isStored(upload(body(300, 500)), 500))
        #expect(log?.size == 500)
    }

    @Test func `puts its copy of another branch aside for the closed one`() async throws {
        _ = try pend(0, 300)
        _ = try await upload(body(0, 300))
        let root = try a.head(size: 200, of: "the other").checkpoint.root
        try federation.closeFirstEpoch(
            at: 200, root: root, revokingKeyAs: .compromised, opening: false)
        _ = await b.refresh.refresh(from: nil)
        #expect(try isTaken(pend(0, 200, of: "the other")))
        guard case .stored = try await upload(body(0, 200, of: "the other")) else {
            Issue.record("not stored")
            return
        }
        #expect(log?.size == 200 && log?.head?.checkpoint.root == root)
    }

    @Test func `takes two uploads at once`() async throws {
        _ = try pend(0, 600)
        var slow = try MirrorDesk(node: b.node).addEntries()
        let whole = try body(0, 600)
        let first = try body(0, 600, packages: 1).count
        #expect(try await slow.receive(whole[..<first]) == nil)
        #expect(try await isStored(upload(whole), 600))
        let verdict = try #require(try await slow.receive(whole[first...]))
        #expect(try isStored(verdict, 600))
    }

    @Test func `stores nothing that does not belong to the checkpoint`() async throws {
        _ = try pend(0, 300)
        for bytes in [
            try body(0, 300, of: "other"),
            Array(try body(0, 300, packages: 1).dropLast()) + [0xff],
        ] {
            guard case .inconsistent = try await upload(bytes) else {
                Issue.record("not refused")
                return
            }
        }
        #expect(try log?.mirrorInfo() == info(300, 0))
        guard case .malformed = try await upload(Array(body(0, 300).prefix(500))) else {
            Issue.record("not refused")
            return
        }
    }

    @Test func `takes no log of strangers, of its own, of a closed epoch`() async throws {
        let stranger = try LogForger(domain: "stranger.example")
        let origin = "stranger.example/eccoe/1"
        #expect(try pend(0, 3, by: stranger) == .unknownOrigin(origin))
        #expect(try await upload(body(0, 3, origin: origin)) == .unknownOrigin(origin))
        let own = Institution.origin(TestFederation.b)
        #expect(
            try pend(0, 3, by: LogForger(domain: TestFederation.b)) == .unknownOrigin(own)
        )
        #expect(try await upload(body(0, 3, origin: own)) == .unknownOrigin(own))
        let thief = try LogForger(domain: TestFederation.a, label: "thief")
        guard case .forbidden = try pend(0, 3, by: thief) else {
            Issue.record("not refused")
            return
        }
        #expect(log?.head == nil)
        #expect(try log?.mirrorInfo() == info(0, 0))
        _ = try pend(0, 3)
        let now = federation.clock.time.now()
        try federation.update(TestFederation.a) { document in
            document.epochs[0].closed = LogEpoch.Closing(
                at: now,
                size: 2,
                root: LogForger.range(2, Self.history).root,
                reason: "test"
            )
        }
        _ = await b.refresh.refresh(from: nil)
        guard case .forbidden = try await upload(body(0, 3)) else {
            Issue.record("not refused")
            return
        }
    }

    @Test func `keeps what proves a fork`() async throws {
        _ = try pend(0, 300)
        guard case .inconsistent = try pend(300, 400, of: "other") else {
            Issue.record("not refused")
            return
        }
        #expect(!b.node.isQuarantined(a.signer.key.name))
        #expect(try pend(300, 300, of: "other") == .conflict(size: 300))
        #expect(b.node.isQuarantined(a.signer.key.name))
        guard case .forbidden = try pend(300, 301) else {
            Issue.record("not refused")
            return
        }
    }

    @Test func `takes a payload only when a leaf wants it`() async throws {
        let bytes = Array("payload".utf8)
        let member = try await member()
        let desk = MirrorDesk(node: b.node)
        var found = await #expect(throws: Problem.self) {
            try await desk.putPayload(Digest(of: bytes), bytes, from: member)
        }
        #expect(found?.status == 409)
        found = await #expect(throws: Problem.self) {
            try await desk.putPayload(Digest(of: [1]), bytes, from: member)
        }
        #expect(found?.status == 400)
        let large = [UInt8](repeating: 0x20, count: Limits.payloadBytes + 1)
        found = await #expect(throws: Problem.self) {
            try await desk.putPayload(Digest(of: large), large, from: member)
        }
        #expect(found?.status == 413)
    }

    private func member() async throws -> VerifiedMember {
        let key = try Institution.key(TestFederation.a, .node)
        let signature = try MessageSignature(
            signing: RequestTarget(method: "PUT", nodeURL: b.node.identity.url, path: "/"),
            body: [],
            by: key,
            kid: #require(JWK.thumbprint(key.publicKey)),
            nonce: "0123456789abcdef",
            at: federation.clock.time.now()
        )
        return try #require(
            try b.node.authentication.verify(
                method: "PUT",
                path: "/",
                field: { name in signature.fields.first { $0.name == name }?.value },
                at: federation.clock.time.now()
            )
        ).member
    }
}
