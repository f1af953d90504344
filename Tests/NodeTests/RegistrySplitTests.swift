import CanonicalJSON
import Federation
import Keys
import Node
import NodeStore
import Testing

@Suite(.serialized) struct `Two registries of one version` {
    private let federation: TestFederation
    private let b: Institution
    private let c: Institution

    init() async throws {
        federation = try TestFederation()
        b = try federation[TestFederation.b]
        c = try federation[TestFederation.c]
        for institution in [b, c] { _ = await institution.refresh.refresh(from: nil) }
    }

    /// B hears C's registry version in a page of its heads feed, and looks into it.
    private func hear(_ version: RegistryVersion?) async {
        let now = federation.clock.time.now()
        let page = HeadsPage(
            instance: "x", from: 0, next: 0, more: false, now: now, snapshot: version, rows: [])
        let effects = b.node.gossip.taking { $0.received(page, from: c.domain, at: now) }
        let service = GossipService(node: b.node, clock: federation.clock) { _ in }
        for effect in effects {
            if case .registrySplit = effect { await service.perform(effect) }
        }
    }

    private func alarms(_ institution: Institution) throws -> Int {
        try StatusDesk(node: institution.node).status()["alarms"]?.array?.count ?? -1
    }

    @Test func `are an alarm until a higher version resolves it`() async throws {
        federation.clock.advance(by: .seconds(60))
        let other = try federation.otherRegistry(admitting: "uni-e.example")
        try federation.admit("uni-d.example")
        #expect(await b.refresh.refresh(from: nil))
        federation.network.serve(other)
        #expect(await c.refresh.refresh(from: nil))
        let theirs = try #require(c.node.registry.version)
        let own = try #require(b.node.registry.version)
        #expect(theirs.version == own.version && theirs.digest != own.digest)
        await hear(theirs)
        #expect(try alarms(b) == 1)
        #expect(b.node.registry.version == own)
        #expect(
            try b.files().count { $0.hasSuffix(".snapshot.json") && $0.contains("split.") } == 2)
        let again = try federation.restarted(b.domain)
        #expect(try alarms(again) == 1)
        federation.clock.advance(by: .seconds(60))
        try federation.admit("uni-f.example")
        #expect(await b.refresh.refresh(from: nil))
        #expect(try alarms(b) == 0)
    }

    @Test func `are no alarm when the other one is not shown`() async throws {
        let own = try #require(b.node.registry.version)
        await hear(RegistryVersion(version: own.version, digest: Digest(of: [1])))
        #expect(try alarms(b) == 0)
        #expect(b.node.gossip.peers[c.domain]?.faults == 1)
    }
}
