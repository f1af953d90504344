import Federation
import Keys
import Testing

@Suite struct `What gossip fetches` {
    private typealias Effect = GossipState.Effect
    private let start = GossipSetting.start

    private func row(_ size: Int, root: String = "root", cosignatures: Int = 0) -> HeadHint {
        GossipSetting.row("c.example", size: size, root: root, cosignatures: cosignatures)
    }

    @Test func `is a head that is not held, from who told of it`() {
        var setting = GossipSetting(members: 3)
        let effects = setting.served([row(5)], by: "a.example")
        #expect(effects == [.fetching("c.example", from: "a.example")])
        #expect(setting.state.outstanding == [GossipSetting.origin("c.example"): 5])
    }

    @Test func `is fetched once at a time, then from the next source`() {
        var setting = GossipSetting(members: 4)
        _ = setting.served([row(5)], by: "a.example")
        #expect(setting.served([row(5)], by: "b.example").isEmpty)
        #expect(setting.served([row(5)], by: "b.example").isEmpty)
        #expect(setting.served([row(5)], by: "d.example").isEmpty)
        #expect(
            setting.fetched("c.example", .failed) == [.fetching("c.example", from: "b.example")])
        #expect(
            setting.fetched("c.example", .failed) == [.fetching("c.example", from: "d.example")])
        #expect(setting.fetched("c.example", .failed).isEmpty)
    }

    @Test func `is asked of its author again when nobody could serve it`() {
        var setting = GossipSetting(members: 3)
        setting.answerAll()
        _ = setting.served([row(5)], by: "a.example")
        #expect(setting.fetched("c.example", .failed, after: 20).isEmpty)
        #expect(setting.state.nextTick == start + 30)
        #expect(setting.state.tick(at: start + 29).isEmpty)
        let again = [Effect.fetching("c.example", from: "c.example")]
        #expect(setting.state.tick(at: start + 30) == again)
        #expect(setting.state.tick(at: start + 31).isEmpty)
        #expect(setting.fetched("c.example", .failed, from: "c.example", after: 31).isEmpty)
        // Every failure doubles the wait, and in between some neighbour is asked.
        #expect(setting.state.tick(at: start + 50).isEmpty)
        let other = setting.state.tick(at: start + 51)
        #expect(other.count == 1 && other != again)
        _ = setting.fetched("c.example", .failed, after: 52)
        #expect(setting.state.tick(at: start + 92).contains(again[0]))
    }

    @Test func `is done when it is held`() {
        var setting = GossipSetting(members: 3)
        setting.answerAll()
        _ = setting.served([row(5)], by: "a.example")
        setting.holds("c.example", size: 5)
        #expect(setting.fetched("c.example", .done).isEmpty)
        #expect(setting.state.outstanding.isEmpty)
        #expect(setting.served([row(5)], by: "b.example").isEmpty)
        #expect(setting.state.tick(at: start + 40).isEmpty)
    }

    @Test func `is asked for again when the source held less`() {
        var setting = GossipSetting(members: 3)
        setting.answerAll()
        _ = setting.served([row(5)], by: "a.example")
        setting.holds("c.example", size: 4)
        #expect(setting.fetched("c.example", .done).isEmpty)
        #expect(setting.state.outstanding == [GossipSetting.origin("c.example"): 5])
        #expect(
            setting.state.tick(at: start + 10) == [.fetching("c.example", from: "c.example")]
        )
    }

    @Test func `follows a log that grew while it was fetched`() {
        var setting = GossipSetting(members: 3)
        _ = setting.served([row(5)], by: "a.example")
        #expect(setting.served([row(8)], by: "b.example").isEmpty)
        setting.holds("c.example", size: 5)
        #expect(setting.fetched("c.example", .done) == [.fetching("c.example", from: "b.example")])
        setting.holds("c.example", size: 8)
        #expect(setting.fetched("c.example", .done).isEmpty)
        #expect(setting.state.outstanding.isEmpty)
    }

    @Test(arguments: [(4, "root", 9), (5, "root", 2), (5, "root", 1), (0, "other", 9)])
    func `is never what is older or the same`(_ size: Int, _ root: String, _ cosignatures: Int) {
        var setting = GossipSetting(members: 3)
        setting.holds("c.example", size: 5, cosignatures: 2)
        let stale = row(size, root: root, cosignatures: cosignatures)
        #expect(setting.served([stale], by: "a.example").isEmpty)
        #expect(setting.state.outstanding.isEmpty)
    }

    @Test(arguments: [(6, "root", 0), (5, "root", 3), (5, "other", 0)])
    func `is what is larger, better witnessed or another tree`(
        _ size: Int,
        _ root: String,
        _ cosignatures: Int
    ) {
        var setting = GossipSetting(members: 3)
        setting.holds("c.example", size: 5, cosignatures: 2)
        let news = row(size, root: root, cosignatures: cosignatures)
        let effects = setting.served([news], by: "a.example")
        #expect(effects == [.fetching("c.example", from: "a.example")])
    }

    @Test func `is what an author announces`() {
        var setting = GossipSetting(members: 3)
        func announced(_ origin: String, _ size: Int) -> [Effect] {
            setting.state.announced(
                origin: origin,
                size: size,
                root: GossipSetting.root("root"),
                cosignatures: 0
            )
        }
        let origin = GossipSetting.origin("c.example")
        #expect(announced(origin, 5) == [.fetching("c.example", from: "c.example")])
        #expect(announced(origin, 5).isEmpty)
        #expect(announced("stranger.example/eccoe/1", 5).isEmpty)
    }

    @Test func `is nothing of a log that the registry does not know`() {
        var setting = GossipSetting(members: 3)
        let effects = setting.served([GossipSetting.row("x.example", size: 9)], by: "a.example")
        #expect(effects == [.refreshRegistry(from: "a.example")])
        #expect(setting.state.outstanding.isEmpty)
    }

    @Test(arguments: [(4, false), (5, false), (6, true)])
    func `is the registry when a member has a newer one`(_ snapshot: Int, _ isNews: Bool) {
        var setting = GossipSetting(members: 3)
        let effects = setting.served([], by: "a.example", snapshot: snapshot)
        #expect(effects == (isNews ? [.refreshRegistry(from: "a.example")] : []))
    }

    @Test func `asks for the registry ten times at once and once a minute after that`() {
        var setting = GossipSetting(members: 3)
        func asked(after seconds: Int64) -> Int {
            setting.state.announcedUnknown(at: start + seconds).count
        }
        #expect((0..<12).map { _ in asked(after: 0) } == Array(repeating: 1, count: 10) + [0, 0])
        #expect(asked(after: 59) == 0)
        #expect(asked(after: 60) == 1)
        #expect(asked(after: 119) == 0)
        #expect(asked(after: 179) == 1)
        // The seconds beyond a whole minute count for the next one.
        #expect(asked(after: 180) == 1)
        #expect(asked(after: 181) == 0)
        let later = (0..<20).map { _ in asked(after: 86_400) }
        #expect(later.reduce(0, +) == 10)
    }

    @Test func `has nobody to ask for the registry without members`() {
        var state = GossipState(seed: 1)
        #expect(state.announcedUnknown(at: start).isEmpty)
    }

    @Test func `goes on past a claim that nobody can serve`() {
        var setting = GossipSetting(members: 4)
        _ = setting.served([row(Int.max)], by: "a.example")
        #expect(setting.served([row(5)], by: "b.example").isEmpty)
        #expect(setting.state.outstanding.values.first == Int.max)
        #expect(
            setting.fetched("c.example", .lied("x")) == [.fetching("c.example", from: "b.example")])
        setting.holds("c.example", size: 5)
        #expect(setting.fetched("c.example", .done, from: "b.example").isEmpty)
        // Only the author can tell whether there is more.
        let author = [Effect.fetching("c.example", from: "c.example")]
        #expect(setting.state.tick(at: start + 10) == author)
        #expect(setting.fetched("c.example", .done, from: "c.example", after: 11).isEmpty)
        #expect(setting.state.outstanding.isEmpty)
        #expect(setting.state.peers["a.example"]?.faults == 1)
    }

    @Test func `is not asked of all who tell the same`() {
        var setting = GossipSetting(members: 4)
        for domain in ["a.example", "b.example", "d.example"] {
            _ = setting.served([row(5)], by: domain)
        }
        setting.holds("c.example", size: 5)
        #expect(setting.fetched("c.example", .done).isEmpty)
        #expect(setting.state.outstanding.isEmpty)
    }

    @Test func `is of eight logs at once, and of the others after that`() {
        var setting = GossipSetting(members: 16)
        let rows = GossipSetting.domains(16).dropFirst().map { GossipSetting.row($0, size: 3) }
        let effects = setting.served(Array(rows), by: "a.example")
        #expect(effects.count == 8)
        #expect(setting.state.outstanding.count == 15)
        setting.holds("b.example", size: 3)
        #expect(setting.fetched("b.example", .done).count == 1)
    }

    @Test func `remembers eight sources of a log and not nine`() {
        var setting = GossipSetting(members: 16)
        for domain in GossipSetting.domains(16) where domain != "c.example" {
            _ = setting.served([row(5)], by: domain)
        }
        var asked = ["a.example"]
        while true {
            let effects = setting.fetched("c.example", .failed, from: asked[asked.count - 1])
            guard case .fetch(_, let source)? = effects.first else { break }
            asked.append(source)
        }
        #expect(asked.count == 9)
        #expect(Set(asked).count == 9)
    }

    @Test func `is asked of a mirror before the author, but by mirrors of the author`() {
        for (mirrors, first) in [
            (["b.example"], "b.example"), (["b.example", "self.example"], "c.example"),
        ] {
            var setting = GossipSetting(members: 4)
            let origin = GossipSetting.origin("c.example")
            _ = setting.state.registryChanged(
                members: Set(GossipSetting.domains(4)), logs: [origin: "c.example"],
                mirrors: [origin: mirrors], registry: GossipSetting.registry, at: start)
            let effects = setting.state.announced(
                origin: origin, size: 5, root: GossipSetting.root("root"), cosignatures: 0)
            #expect(effects == [.fetching("c.example", from: first)])
        }
    }

    @Test func `is nothing of a quarantined log, of which the neighbours are shown the evidence`() {
        var setting = GossipSetting(members: 8)
        setting.answerAll()
        _ = setting.served([row(5)], by: "a.example")
        let origin = GossipSetting.origin("c.example")
        let outsider = Set(GossipSetting.domains(8)).subtracting(setting.neighbours).sorted()[0]
        let shown = setting.state.quarantined(
            origin, knownTo: ["c.example", "b.example"], registryNode: outsider)
        let told = setting.neighbours.union([outsider]).subtracting(["c.example", "b.example"])
        #expect(
            shown == told.sorted().map { Effect.passOn(evidence: origin, to: $0) })
        #expect(setting.state.outstanding.isEmpty)
        #expect(setting.served([row(9)], by: "d.example").filter { $0 != shown.last }.isEmpty)
        _ = setting.state.notShown(origin, to: told.sorted()[0])
        let again = setting.served([], by: told.sorted()[0], after: 60)
        #expect(again == [.passOn(evidence: origin, to: told.sorted()[0])])
        #expect(setting.served([], by: told.sorted()[0], after: 120).isEmpty)
        _ = setting.fetched("c.example", .failed, after: 121)
        _ = setting.state.released(origin)
        #expect(setting.state.peers["a.example"]?.since == 0)
        #expect(
            setting.served([row(9)], by: "a.example") == [.fetching("c.example", from: "a.example")]
        )
    }
}
