import CanonicalJSON
import Federation
import Keys
import Node
import NodeStore
import Testing
import TransparencyLog

/// What it costs to follow a log, counted in bytes of its resources.
@Suite(.serialized) struct `An update of a copy` {
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution
    private static let origin = Institution.origin(TestFederation.a)

    init() throws {
        federation = try TestFederation()
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
    }

    /// A writes 201 leaves, and B copies them; then A writes one more. Returns the bytes of
    /// bundles that B receives for the first copy and for the update.
    private func cost(
        _ lie: Switchboard.Lie? = nil
    ) async throws -> (copy: Int, update: Int, leaf: Int) {
        _ = await a.refresh.refresh(from: nil)
        _ = await b.refresh.refresh(from: nil)
        return try await federation.running([a]) {
            try await a.createLog()
            let items = (1...200).map { Institution.item("item-\($0)", "Item \($0)") }
            _ = try await a.ask(
                .cataloguePublish,
                ["requestId": .string(Institution.requestID()), "items": .array(items)]
            )
            try await fetch()
            let copy = bundleBytes()
            try await a.publish(Institution.item("item-201", "Item 201"))
            federation.network.lie(for: a.domain, lie)
            try await fetch()
            let leaf = try #require(try a.node.logs.own?.entry(201))
            return (copy, bundleBytes() - copy, leaf.count)
        }
    }

    private func fetch() async throws {
        try await Replicator(node: b.node).fetch(Self.origin, from: a.domain)
    }

    private func bundleBytes() -> Int {
        federation.network.received.filter { $0.path.contains("/tile/") }
            .reduce(0) { $0 + $1.bytes }
    }

    private func holdsAll() {
        #expect(b.node.logs.log(Self.origin)?.size == 202)
        #expect(b.node.logs.log(Self.origin)?.head?.checkpoint == a.node.logs.own?.head?.checkpoint)
    }

    @Test func `costs what is new`() async throws {
        let cost = try await cost()
        #expect(cost.update == cost.leaf + 2)
        #expect(cost.copy > 100 * cost.update)
        holdsAll()
    }

    @Test func `costs the whole bundle where the server knows no ranges`() async throws {
        federation.network.forgetRanges()
        let cost = try await cost()
        #expect(cost.update == cost.copy + cost.leaf + 2)
        holdsAll()
    }

    @Test(arguments: [
        "bytes 0-99/100", "bytes 1-2/3", "bytes */100", "", "bytes 0-0/1", "nonsense",
    ])
    func `asks for the whole when another part comes than was asked for`(
        _ field: String
    ) async throws {
        let cost = try await cost { request, response in
            guard response.status == 206 else { return response }
            return PeerResponse(
                status: 206, headers: ["content-range": field], body: response.body)
        }
        #expect(cost.update > cost.copy)
        holdsAll()
    }

    @Test(arguments: [404, 416, 500])
    func `asks for the whole when there is no such part`(_ status: Int) async throws {
        let cost = try await cost { request, response in
            response.status == 206 ? PeerResponse.status(status) : response
        }
        #expect(cost.update == cost.copy + cost.leaf + 2)
        holdsAll()
    }

    @Test func `refuses a part that leads to another root`() async throws {
        await #expect(throws: Problem.self) {
            _ = try await cost { request, response in
                guard response.status == 206 else { return response }
                var body = response.body
                body[body.count - 3] ^= 1
                return PeerResponse(status: 206, headers: response.headers, body: body)
            }
        }
        #expect(b.node.logs.log(Self.origin)?.size == 201)
    }
}
