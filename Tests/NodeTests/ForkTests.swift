import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import Node
import NodeStore
import Testing
import TransparencyLog

/// A's author signs a second history; B and C find out, each in its own way.
@Suite(.serialized) struct `A forked log` {
    private static let origin = Institution.origin(TestFederation.a)
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution
    private let c: Institution
    private let forger: LogForger

    init() throws {
        federation = try TestFederation()
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
        c = try federation[TestFederation.c]
        forger = try LogForger(domain: TestFederation.a)
    }

    /// A has a log of ten leaves; B holds it, C holds the registry.
    private func prepared() async throws {
        for institution in [a, b, c] { _ = await institution.refresh.refresh(from: nil) }
        try await federation.running([a]) {
            try await a.createLog()
            let items = (1..<10).map { Institution.item("item-\($0)", "Item \($0)") }
            _ = try await a.ask(
                .cataloguePublish,
                ["requestId": .string(Institution.requestID()), "items": .array(items)])
            try await federation.until("confirmed") { try a.confirmedSize(of: a.domain) == 10 }
        }
        try await fetch()
        #expect(b.node.logs.log(Self.origin)?.size == 10)
    }

    private func fetch() async throws {
        try await Replicator(node: b.node).fetch(Self.origin, from: a.domain)
    }

    /// A serves this made-up history instead of its own.
    private func serve(_ size: Int, of history: String, tilesOf other: String? = nil) throws {
        let head = try forger.head(size: size, of: history)
        let tree = ForgedTree(size, other ?? history)
        federation.network.lie(for: a.domain) { request, response in
            if request.path.contains("/checkpoint") { return .ok(head.note.bytes) }
            guard let tile = TileCoordinate(path: request.path.dropFirst("/log/1/".count)) else {
                return response
            }
            return tree.bytes(tile).map { .ok($0) } ?? .status(404)
        }
    }

    private func isQuarantined(_ institution: Institution) throws -> Bool {
        let isKept = try institution.node.database.evidence(of: Self.origin) != nil
        #expect(institution.node.isQuarantined(Self.origin) == isKept)
        return isKept
    }

    @Test(arguments: [10, 11, 300])
    func `is found by who fetches another tree of it`(_ size: Int) async throws {
        try await prepared()
        let before = try #require(b.node.logs.log(Self.origin)?.head)
        try serve(size, of: "another history")
        let problem = await #expect(throws: Problem.self) { try await fetch() }
        #expect(problem?.slug == .conflict)
        #expect(try isQuarantined(b))
        #expect(b.node.logs.log(Self.origin)?.head == before)
        let kept = try #require(try b.node.database.evidence(of: Self.origin))
        let fork = try ProvenFork(ForkEvidence(kept.body), key: before.key)
        #expect([fork.first.size, fork.second.size] == [10, size])
    }

    @Test func `is not the author's when the server's bytes do not lead to the signed root`()
        async throws
    {
        try await prepared()
        try serve(30, of: "another history", tilesOf: "garbage")
        await #expect(throws: (any Error).self) { try await fetch() }
        #expect(try !isQuarantined(b))
        federation.network.lie(for: a.domain, nil)
        try await fetch()
    }

    @Test func `is found in an announcement of a smaller head`() async throws {
        try await prepared()
        let false4 = try forger.head(size: 4, of: "another history")
        try AnnouncementDesk(node: b.node).receive(Announcement(checkpoints: [false4.note]))
        #expect(try isQuarantined(b))
        #expect(b.node.gossip.outstanding.isEmpty)
    }

    @Test func `is found in two announced heads of one size that nobody holds`() async throws {
        try await prepared()
        let two = try ["x", "y"].map { try forger.head(size: 99, of: $0).note }
        try AnnouncementDesk(node: b.node).receive(Announcement(checkpoints: two))
        #expect(try isQuarantined(b))
    }

    @Test func `is not found in an announcement of which one note is no good`() async throws {
        try await prepared()
        let before = b.node.gossip.outstanding
        let stranger = try LogForger(domain: a.domain, label: "stranger").head(size: 4, of: "x")
        let notes = [try forger.head(size: 4, of: "x").note, stranger.note]
        #expect(throws: Problem.self) {
            try AnnouncementDesk(node: b.node).receive(Announcement(checkpoints: notes))
        }
        #expect(try !isQuarantined(b))
        #expect(b.node.gossip.outstanding == before)
    }

    @Test func `is quarantined: readable as it was, marked, and nothing new of it is taken`()
        async throws
    {
        try await prepared()
        try serve(10, of: "another history")
        try? await fetch()
        federation.network.lie(for: a.domain, nil)
        let asked = federation.network.paths.count
        let problem = await #expect(throws: Problem.self) { try await fetch() }
        #expect(problem?.slug == .conflict && problem?.remedy?.contains("closing") == true)
        #expect(federation.network.paths.count == asked)
        let head = try #require(a.node.logs.own?.head)
        let request = AddCheckpoint(oldSize: 0, proof: [], note: head.note)
        let (verdict, _) = try await WitnessDesk(node: b.node).addCheckpoint(request)
        guard case .forbidden = verdict else {
            Issue.record("\(verdict)")
            return
        }
        try AnnouncementDesk(node: b.node).receive(
            Announcement(checkpoints: [try forger.head(size: 50, of: "x").note]))
        #expect(b.node.gossip.outstanding.isEmpty)
        let results = try SearchDesk(node: b.node).search("item", domain: nil, limit: 20)
        #expect(results["results"]?.array?.count == 9)
        #expect(results["results"]?.array?.allSatisfy { $0["quarantined"]?.bool == true } == true)
        let shown = try LogDesk(node: b.node).show(Self.origin)
        #expect(shown["quarantined"]?.bool == true && shown["size"]?.integer == 10)
        let status = try StatusDesk(node: b.node).status()
        #expect(status["quarantined"]?[0]?.string == Self.origin)
        #expect(status["followed"]?[0]?["quarantined"]?.bool == true)
        #expect(status["waits"]?.array?.isEmpty == true)
    }

    @Test func `stays quarantined across a restart until its epoch is closed`() async throws {
        try await prepared()
        try serve(10, of: "another history")
        try? await fetch()
        let again = try federation.restarted(b.domain)
        #expect(again.node.isQuarantined(Self.origin))
        let root = try #require(a.node.logs.own?.head?.checkpoint.root)
        federation.clock.advance(by: .seconds(60))
        let now = federation.clock.time.now()
        try federation.update(a.domain) { document in
            document.epochs[0].closed = .init(at: now, size: 10, root: root, reason: "fork")
        }
        #expect(await again.refresh.refresh(from: nil))
        #expect(!again.node.isQuarantined(Self.origin))
        #expect(try again.node.database.evidence(of: Self.origin) != nil)
    }

    @Test func `is shown to who did not see it, once, and not to who reported it`() async throws {
        try await prepared()
        try serve(10, of: "another history")
        try? await fetch()
        let body = try #require(try b.node.database.evidence(of: Self.origin)?.body)
        let first = try EvidenceDesk(node: c.node).receive(body, from: b.domain)
        #expect(first["known"]?.bool == false)
        #expect(try isQuarantined(c))
        #expect(try c.node.database.evidence(of: Self.origin)?.reporter == b.domain)
        let second = try EvidenceDesk(node: c.node).receive(body, from: a.domain)
        #expect(second["known"]?.bool == true)
        #expect(try c.node.database.evidence(of: Self.origin)?.reporter == b.domain)
    }

    @Test func `is never signed again once its author is shown the evidence`() async throws {
        try await prepared()
        let author = try federation.restarted(a.domain)
        try await federation.running([author]) {
            try await author.publish(Institution.item("item-10", "Before"))
            let head = try #require(author.node.logs.own?.head)
            let evidence = ForkEvidence(head.note, try forger.head(size: 11, of: "x").note)
            _ = try EvidenceDesk(node: author.node).receive(evidence.bytes, from: b.domain)
            let problem = await #expect(throws: Problem.self) {
                try await author.publish(Institution.item("item-11", "After"))
            }
            #expect(problem?.slug == .readOnly)
            #expect(problem?.detail.contains("forked") == true)
            #expect(author.node.logs.own?.head?.checkpoint == head.checkpoint)
            let status = try StatusDesk(node: author.node).status()
            #expect(status["writing"]?["state"]?.string == "stopped")
        }
    }

    @Test func `is known to all that are connected`() async throws {
        try await prepared()
        try serve(10, of: "another history")
        try? await fetch()
        federation.network.lie(for: a.domain, nil)
        try await federation.running([b, c]) {
            try await federation.until("C knows") { try isQuarantined(c) }
            await federation.settle()
            federation.clock.advance(by: .seconds(3600))
            await federation.settle()
        }
        let reports = federation.network.paths.filter { $0.hasSuffix("/v1/evidence") }
        #expect(reports.filter { $0.hasPrefix(c.domain) }.count == 1)
    }
}

/// The tiles and bundles of a made-up history.
struct ForgedTree: Sendable {
    private let history: String
    private let size: Int
    private let nodes: [MerkleTree.Node: Digest]

    init(_ size: Int, _ history: String) {
        var nodes: [MerkleTree.Node: Digest] = [:]
        var range = CompactRange()
        for index in 0..<size {
            let leaf = Digest.ofLeaf(Array("\(history) \(index)".utf8))
            for (node, hash) in range.append(leaf) { nodes[node] = hash }
        }
        (self.size, self.history, self.nodes) = (size, history, nodes)
    }

    func bytes(_ tile: TileCoordinate) -> [UInt8]? {
        let first = tile.index * TileCoordinate.fullWidth
        switch tile.kind {
        case .entries:
            guard first + tile.width <= size else { return nil }
            return (first..<(first + tile.width)).flatMap {
                EntryBundle.encode(Array("\(history) \($0)".utf8)) ?? []
            }
        case .hashes(let level):
            return (first..<(first + tile.width)).flatMap {
                nodes[MerkleTree.Node(level: 8 * level, index: $0)]?.bytes ?? []
            }
        }
    }
}
