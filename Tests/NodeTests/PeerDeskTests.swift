import CanonicalJSON
import Federation
import Keys
import Node
import NodeStore
import Testing
import TransparencyLog

@Suite(.serialized) struct `What the operator is told of the network` {
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution
    private let c: Institution

    init() throws {
        federation = try TestFederation()
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
        c = try federation[TestFederation.c]
    }

    /// All have the registry; A and B have logs that are confirmed.
    private func prepared() async throws {
        try await federation.admitted()
        try await a.createLog()
        try await b.createLog()
        try await a.publish(Institution.item("BC-101", "Robotics"))
        try await federation.until("B and C hold A's log") {
            try [b, c].allSatisfy { try $0.confirmedSize(of: a.domain) == 2 }
        }
    }

    @Test func `is what each member was told, and why it was not`() async throws {
        try await federation.running { [a, b, c] in
            try await prepared()
            federation.network.cut(c.domain)
            let told = try await a.ask(.peerNotify)
            #expect(told["size"]?.integer == 2)
            let lines = try #require(told["peers"]?.array)
            #expect(lines.first { $0["domain"]?.string == b.domain }?["told"]?.bool == true)
            #expect(lines.first { $0["domain"]?.string == c.domain }?["told"]?.bool == false)
            let shown = try await a.ask(.peerShow, ["domain": .string(c.domain)])
            #expect(shown["answers"]?.bool == false && shown["toldError"]?.string != nil)
            let good = try await a.ask(.peerShow, ["domain": .string(b.domain)])
            #expect(good["toldSize"]?.integer == 2 && good["toldAt"]?.string != nil)
            federation.network.mend(c.domain)
            let again = try await a.ask(.peerNotify, ["domain": .string(c.domain)])
            #expect(again["peers"]?.array?.count == 1)
            #expect(again["peers"]?[0]?["told"]?.bool == true)
            let polled = try await a.ask(.peerRefresh, ["domain": .string(c.domain)])
            #expect(polled["polled"]?.integer ?? 9 <= 1)
        }
    }

    @Test(arguments: [ControlOperation.peerShow, .peerRefresh, .peerNotify])
    func `names a domain that is no member`(_ operation: ControlOperation) async throws {
        _ = await a.refresh.refresh(from: nil)
        let problem = await #expect(throws: Problem.self) {
            try await a.ask(operation, ["domain": "stranger.example"])
        }
        #expect(problem?.slug == .notAMember)
    }

    @Test func `is how far a decision has come`() async throws {
        try await federation.running { [a, b, c] in
            try await prepared()
            try await federation.until("B knows the item") {
                try b.node.views.item(
                    globalID: "https://uni-a.example/items/BC-101", issuer: nil)?.document != nil
            }
            let credential = try await a.ask(
                .credentialIssue,
                [
                    "item": "BC-101",
                    "subject": ["id": "did:example:ada", "name": "Ada Lovelace"],
                ])
            let recorded = try await b.ask(
                .decisionRecord,
                [
                    "requestId": .string(Institution.requestID()), "credential": credential,
                    "outcome": "recognised", "credits": "5",
                ])
            let asked: JSON = ["subject": recorded["subject"] ?? .null]
            try await federation.until("A and C hold the leaf") {
                try [a, c].allSatisfy { try $0.confirmedSize(of: b.domain) == 3 }
            }
            let status = try await b.ask(.decisionStatus, asked)
            #expect(status["index"]?.integer == 1)
            #expect(status["quorum"]?.integer == 2 && status["cosignatures"]?.integer == 2)
            #expect(status["copies"]?.array?.count == 2)
            #expect(status["copies"]?.array?.allSatisfy { $0["holds"]?.bool == true } == true)
            let other = try #require(status["counterparty"])
            #expect(other["domain"]?.string == a.domain && other["holds"]?.bool == true)
            #expect(other["by"]?.string == "cosignature")
            federation.network.cut(c.domain)
            let without = try await b.ask(.decisionStatus, asked)
            #expect(without["copies"]?.array?.contains { $0["error"]?.string != nil } == true)
            let none = await #expect(throws: Problem.self) {
                try await b.ask(.decisionStatus, ["subject": "00"])
            }
            #expect(none?.slug == .notFound)
        }
    }

    @Test func `is the evidence against a log`() async throws {
        _ = await b.refresh.refresh(from: nil)
        let forger = try LogForger(domain: a.domain)
        let notes = try ["x", "y"].map { try forger.head(size: 7, of: $0).note }
        try AnnouncementDesk(node: b.node).receive(Announcement(checkpoints: notes))
        let origin = Institution.origin(a.domain)
        let list = try await b.ask(.evidenceList)
        #expect(list["evidence"]?.array?.count == 1)
        let shown = try await b.ask(.evidenceShow, ["origin": .string(origin)])
        #expect(shown["quarantined"]?.bool == true && shown["first"]?["size"]?.integer == 7)
        let key = try VerifierKey(try #require(shown["vkey"]?.string))
        let claim = try ForkEvidence(try #require(shown["evidence"]).canonicalBytes)
        #expect(try ProvenFork(claim, key: key).origin == origin)
        let status = try await b.ask(.status)
        #expect(status["alarms"]?[0]?.string?.contains(origin) == true)
        let none = await #expect(throws: Problem.self) {
            try await b.ask(.evidenceShow, ["origin": "uni-c.example/eccoe/1"])
        }
        #expect(none?.slug == .notFound)
    }
}

@Suite(.serialized) struct `A clock that goes wrong` {
    /// B's peers say that it is another time.
    private func prepared(_ offset: Int64, peers: Int) async throws -> (TestFederation, Institution)
    {
        let domains = (0..<peers).map { "uni-\($0).example" }
        let federation = try TestFederation([TestFederation.b] + domains)
        let b = try federation[TestFederation.b]
        _ = await b.refresh.refresh(from: nil)
        for domain in domains {
            let page = HeadsPage(
                instance: "x", from: 0, next: 0, more: false,
                now: federation.clock.time.now() + offset, snapshot: nil, rows: [])
            b.node.gossip.handle {
                $0.received(page, from: domain, at: federation.clock.time.now())
            }
        }
        return (federation, b)
    }

    @Test(arguments: [(301, 3, false), (300, 3, true), (-301, 3, false), (9999, 2, true)])
    func `cosigns nothing when three members say so`(
        _ offset: Int64, _ peers: Int, _ isCosigned: Bool
    ) async throws {
        let (federation, b) = try await prepared(offset, peers: peers)
        let head = try LogForger(domain: "uni-0.example").head(size: 3, of: "x")
        let request = AddCheckpoint(oldSize: 0, proof: [], note: head.note)
        let cosignature = try? await WitnessDesk(node: b.node).addCheckpoint(request).cosignature
        #expect((cosignature != nil) == isCosigned)
        let alarms = try StatusDesk(node: b.node).status()["alarms"]?.array ?? []
        #expect(alarms.contains { $0.string?.contains("clock") == true })
        withExtendedLifetime(federation) {}
    }
}
