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
        #expect(setting.fetched("c.example", false) == [.fetching("c.example", from: "b.example")])
        #expect(setting.fetched("c.example", false) == [.fetching("c.example", from: "d.example")])
        #expect(setting.fetched("c.example", false).isEmpty)
    }

    @Test func `is asked of its author again when nobody could serve it`() {
        var setting = GossipSetting(members: 3)
        setting.answerAll()
        _ = setting.served([row(5)], by: "a.example")
        #expect(setting.fetched("c.example", false, after: 20).isEmpty)
        #expect(setting.state.nextTick == start + 30)
        #expect(setting.state.tick(at: start + 29).isEmpty)
        let again = [Effect.fetching("c.example", from: "c.example")]
        #expect(setting.state.tick(at: start + 30) == again)
        #expect(setting.state.tick(at: start + 31).isEmpty)
        #expect(setting.fetched("c.example", false, after: 31).isEmpty)
        // Every failure doubles the wait.
        #expect(setting.state.tick(at: start + 50).isEmpty)
        #expect(setting.state.tick(at: start + 51) == again)
    }

    @Test func `is done when it is held`() {
        var setting = GossipSetting(members: 3)
        setting.answerAll()
        _ = setting.served([row(5)], by: "a.example")
        setting.holds("c.example", size: 5)
        #expect(setting.fetched("c.example", true).isEmpty)
        #expect(setting.state.outstanding.isEmpty)
        #expect(setting.served([row(5)], by: "b.example").isEmpty)
        #expect(setting.state.tick(at: start + 40).isEmpty)
    }

    @Test func `is asked for again when the source held less`() {
        var setting = GossipSetting(members: 3)
        setting.answerAll()
        _ = setting.served([row(5)], by: "a.example")
        setting.holds("c.example", size: 4)
        #expect(setting.fetched("c.example", true).isEmpty)
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
        #expect(setting.fetched("c.example", true) == [.fetching("c.example", from: "b.example")])
        setting.holds("c.example", size: 8)
        #expect(setting.fetched("c.example", true).isEmpty)
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
}
