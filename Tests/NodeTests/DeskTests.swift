import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import Node
import NodeStore
import Testing
import TransparencyLog

@Suite(.serialized) struct `A witness's desk` {
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

    private func add(
        _ old: Int,
        _ new: Int,
        by forger: LogForger? = nil,
        of history: String = Self.history
    ) async throws -> WitnessAnswer {
        try await WitnessDesk(node: b.node).addCheckpoint(
            AddCheckpoint(
                oldSize: old,
                proof: try LogForger.proof(old, new, history),
                note: try (forger ?? a).head(size: new, of: history).note
            )
        )
    }

    private func held() throws -> Checkpoint? {
        let hash = Checkpoint.originHash(a.signer.key.name).hex
        return try WitnessDesk(node: b.node).witnessed(originHash: hash)
            .map { try Checkpoint(text: $0.text) }
    }

    @Test func `cosigns a member's log step by step, with the time of its clock`() async throws {
        for (old, new) in [(0, 3), (3, 3), (3, 8)] {
            federation.clock.advance(by: .seconds(10))
            let (_, cosignature) = try await add(old, new)
            let line = try #require(cosignature)
            let key = try #require(b.node.identity.witnessSigner).key
            let cosigned = try a.head(size: new, of: Self.history).adding([line])
            let times = try cosigned.cosignatures(by: [key]).map(\.time)
            #expect(times == [federation.clock.time.now()])
            #expect(try held()?.size == new)
        }
    }

    @Test func `does not know a stranger's log`() async throws {
        let stranger = try LogForger(domain: "stranger.example")
        #expect(
            try await add(0, 3, by: stranger).verdict == .unknownOrigin("stranger.example/eccoe/1")
        )
        let hash = Checkpoint.originHash("stranger.example/eccoe/1").hex
        #expect(try WitnessDesk(node: b.node).witnessed(originHash: hash) == nil)
    }

    @Test func `is forbidden to cosign what the log's key has not signed`() async throws {
        let thief = try LogForger(domain: TestFederation.a, label: "thief")
        let (verdict, cosignature) = try await add(0, 3, by: thief)
        guard case .forbidden = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(cosignature == nil)
        #expect(try held() == nil)
    }

    @Test func `tells its own size when another was assumed`() async throws {
        _ = try await add(0, 5)
        #expect(try await add(0, 8).verdict == .conflict(size: 5))
        #expect(try await add(3, 8).verdict == .conflict(size: 5))
        #expect(try await add(6, 8).verdict == .conflict(size: 5))
        #expect(try held()?.size == 5)
    }

    @Test func `cosigns no fork`() async throws {
        _ = try await add(0, 5)
        #expect(try await add(5, 5, of: "other").verdict == .conflict(size: 5))
        // The author has shown two trees of one size: the true one is not cosigned any more either.
        for (old, new, history) in [(5, 8, "other"), (5, 8, Self.history)] {
            let (verdict, cosignature) = try await add(old, new, of: history)
            guard case .forbidden = verdict else {
                Issue.record("\(verdict)")
                return
            }
            #expect(cosignature == nil)
        }
        #expect(b.node.isQuarantined(a.signer.key.name))
        #expect(try held() == (try a.head(size: 5, of: Self.history).checkpoint))
    }

    @Test func `cosigns no head that does not extend the last one, and has it looked into`()
        async throws
    {
        _ = try await add(0, 5)
        let (verdict, cosignature) = try await add(5, 8, of: "other")
        guard case .inconsistent = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(cosignature == nil)
        #expect(!b.node.isQuarantined(a.signer.key.name))
        #expect(b.node.gossip.outstanding == [a.signer.key.name: 8])
        #expect(try held()?.size == 5)
    }

    @Test func `cosigns no closed epoch`() async throws {
        _ = try await add(0, 5)
        federation.clock.advance(by: .seconds(60))
        let now = federation.clock.time.now()
        try federation.update(TestFederation.a) { document in
            document.epochs[0].closed = LogEpoch.Closing(
                at: now,
                size: 5,
                root: LogForger.range(5, Self.history).root,
                reason: "test"
            )
        }
        #expect(await b.refresh.refresh(from: nil))
        let (verdict, cosignature) = try await add(5, 8)
        guard case .forbidden = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(cosignature == nil)
    }

    @Test func `keeps one line of a log that signs sixteen times`() async throws {
        let head = try a.head(size: 3, of: Self.history)
        let line = try #require(head.note.signatures.first)
        let bytes = head.note.bytes + (0..<15).flatMap { _ in line.line }
        let request = AddCheckpoint(oldSize: 0, proof: [], note: try SignedNote(bytes))
        let (_, cosignature) = try await WitnessDesk(node: b.node).addCheckpoint(request)
        let hash = Checkpoint.originHash(a.signer.key.name).hex
        let kept = try #require(try WitnessDesk(node: b.node).witnessed(originHash: hash))
        #expect(kept.signatures == [line, try #require(cosignature)])
        #expect(throws: NoteError.self) { try SignedNote(bytes + line.line) }
    }

    @Test(arguments: [
        (StandingEvent.Event.suspension, true), (.withdrawal, false), (.revocation, false),
    ])
    func `goes on for a suspended member, and not for one that has left`(
        _ event: StandingEvent.Event,
        _ isCosigned: Bool
    ) async throws {
        let now = federation.clock.time.now()
        try federation.update(TestFederation.a) { document in
            document.events.append(
                StandingEvent(sequence: 2, at: now, event: event, reason: "test")
            )
        }
        #expect(await b.refresh.refresh(from: nil))
        #expect(try await (add(0, 5).cosignature != nil) == isCosigned)
    }

    @Test func `remembers across a restart`() async throws {
        _ = try await add(0, 5)
        let again = try federation.restarted(TestFederation.b)
        let request = AddCheckpoint(
            oldSize: 0,
            proof: [],
            note: try a.head(size: 5, of: "other").note
        )
        let (verdict, _) = try await WitnessDesk(node: again.node).addCheckpoint(request)
        #expect(verdict == .conflict(size: 5))
    }
}

@Suite(.serialized) struct `An announcement's desk` {
    private let federation: TestFederation
    private let b: Institution
    private let a: LogForger

    init() async throws {
        federation = try TestFederation()
        b = try federation[TestFederation.b]
        a = try LogForger(domain: TestFederation.a)
        _ = await b.refresh.refresh(from: nil)
    }

    private func announce(_ heads: VerifiedCheckpoint...) throws {
        let announcement = Announcement(checkpoints: heads.map(\.note))
        try AnnouncementDesk(node: b.node).receive(announcement)
    }

    private var outstanding: [String: Int] { b.node.gossip.outstanding }

    @Test func `wants the head of a member's log`() throws {
        try announce(a.head(size: 7, of: "x"))
        #expect(outstanding == [Institution.origin(TestFederation.a): 7])
    }

    @Test func `ignores a log that the registry does not know`() throws {
        let stranger = try LogForger(domain: "stranger.example").head(size: 7, of: "x")
        let problem = #expect(throws: Problem.self) { try announce(stranger) }
        #expect(problem?.slug == .unknownOrigin)
        #expect(outstanding.isEmpty)
        #expect(b.node.logs.mirrors.allSatisfy { $0.head == nil })
    }

    @Test func `ignores a head that the log's key has not signed`() throws {
        let forged = try LogForger(domain: TestFederation.a, label: "x").head(size: 7, of: "x")
        let problem = #expect(throws: Problem.self) { try announce(forged) }
        #expect(problem?.slug == .invalidCheckpoint)
        #expect(problem?.pointer == "/checkpoints/0")
        #expect(outstanding.isEmpty)
    }

    @Test func `needs nobody to tell it of its own log`() throws {
        try announce(LogForger(domain: TestFederation.b).head(size: 7, of: "x"))
        #expect(outstanding.isEmpty)
    }
}
