import Federation
import Keys
import Node
import NodeStore
import Testing
import TransparencyLog

/// B copies a log that is longer than what a fetch keeps in memory.
@Suite(.serialized) struct `A long fetch` {
    private static let size = 20_000
    private static let origin = Institution.origin(TestFederation.a)
    private let federation: TestFederation
    private let b: Institution

    init() async throws {
        federation = try TestFederation()
        b = try federation[TestFederation.b]
        _ = await b.refresh.refresh(from: nil)
    }

    /// A serves this history under a head of that one, and fails at one bundle.
    private func serve(_ tree: ForgedTree, head: VerifiedCheckpoint, failingAt bundle: String?) {
        federation.network.lie(for: TestFederation.a) { request, _ in
            if request.path.contains("/checkpoint") { return .ok(head.note.bytes) }
            if let bundle, request.path.contains("/entries/\(bundle)") { return .status(500) }
            return TileCoordinate(path: request.path.dropFirst("/log/1/".count))
                .flatMap { tree.bytes($0) }.map { .ok($0) } ?? .status(404)
        }
    }

    private func fetch() async throws {
        try await Replicator(node: b.node).fetch(Self.origin, from: TestFederation.a)
    }

    private var staged: Int {
        get throws { try b.node.logs.log(Self.origin)?.staged(upTo: .max) { _ in } ?? -1 }
    }

    private var bundles: Int {
        federation.network.paths.count { $0.contains("/tile/entries/") }
    }

    @Test func `goes on where it was interrupted, also after a restart`() async throws {
        let head = try LogForger(domain: TestFederation.a).head(size: Self.size, of: "long")
        let tree = ForgedTree(Self.size, "long")
        serve(tree, head: head, failingAt: "070")
        await #expect(throws: Problem.self) { try await fetch() }
        // Five rounds of eight bundles fill the memory; the rest of the way was not put aside.
        #expect(try staged == 10_240)
        #expect(b.node.logs.log(Self.origin)?.size == 0)
        serve(tree, head: head, failingAt: nil)
        let before = bundles
        let again = try federation.restarted(TestFederation.b)
        _ = await again.refresh.refresh(from: nil)
        try await Replicator(node: again.node).fetch(Self.origin, from: TestFederation.a)
        #expect(bundles - before == 79 - 40)
        let log = try #require(again.node.logs.log(Self.origin))
        #expect(log.head?.checkpoint == head.checkpoint)
        #expect(try log.entry(19_999) == Array("long 19999".utf8))
        #expect(try log.staged(upTo: .max) { _ in } == 0)
    }

    @Test func `blames nobody for what another server left behind`() async throws {
        let head = try LogForger(domain: TestFederation.a).head(size: Self.size, of: "long")
        serve(ForgedTree(Self.size, "garbage"), head: head, failingAt: "070")
        await #expect(throws: Problem.self) { try await fetch() }
        #expect(try staged == 10_240)
        serve(ForgedTree(Self.size, "long"), head: head, failingAt: nil)
        try await fetch()
        #expect(b.node.logs.log(Self.origin)?.head?.checkpoint == head.checkpoint)
    }

    @Test func `keeps nothing that does not lead to the signed root`() async throws {
        let head = try LogForger(domain: TestFederation.a).head(size: Self.size, of: "long")
        serve(ForgedTree(Self.size, "garbage"), head: head, failingAt: nil)
        let problem = await #expect(throws: Problem.self) { try await fetch() }
        #expect(problem?.slug == .invalidProof)
        #expect(try staged == 0)
        #expect(b.node.logs.log(Self.origin)?.size == 0)
    }
}
