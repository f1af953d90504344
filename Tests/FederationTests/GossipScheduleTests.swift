import Federation
import Keys
import Testing

@Suite struct `The schedule of gossip` {
    private let start = GossipSetting.start

    @Test(arguments: [0, 1, 5, 6, 7, 16])
    func `polls six neighbours at once, or all there are`(_ members: Int) {
        let setting = GossipSetting(members: members)
        #expect(setting.first.count == min(6, members))
        #expect(Set(setting.first.compactMap(\.polled)) == setting.neighbours)
        #expect(setting.neighbours.isSubset(of: GossipSetting.domains(members)))
        #expect(
            setting.first.allSatisfy {
                if case .poll(_, nil, 0) = $0 { true } else { false }
            })
    }

    @Test func `polls nobody twice at the same time`() {
        var setting = GossipSetting(members: 3)
        #expect(setting.state.tick(at: start + 1000).isEmpty)
        #expect(setting.state.pollAll(at: start).isEmpty)
    }

    @Test func `polls again after 60 s give or take a fifth`() throws {
        var waits: Set<Int64> = []
        for seed in 0..<300 as Range<UInt64> {
            var setting = GossipSetting(members: 1, seed: seed)
            #expect(setting.served([], by: "a.example").isEmpty)
            let next = try #require(setting.state.nextTick)
            waits.insert(next - start)
            #expect(setting.state.tick(at: next + -1).isEmpty)
            let poll = GossipState.Effect.poll(domain: "a.example", instance: "9f2c", since: 1)
            #expect(setting.state.tick(at: next) == [poll])
        }
        #expect(waits.min() == 48 && waits.max() == 72)
        #expect(waits.count == 25)
    }

    @Test(arguments: [60, 3600, 86_400] as [Int64])
    func `polls in time when the clock is set back`(_ seconds: Int64) throws {
        var setting = GossipSetting(members: 1)
        _ = setting.state.tick(at: start + seconds)
        _ = setting.served([], by: "a.example", after: seconds)
        var polled = setting.state.tick(at: start + 1).compactMap(\.polled)
        if polled.isEmpty {
            let next = try #require(setting.state.nextTick)
            #expect(next - (start + 1) <= 72)
            polled = setting.state.tick(at: next).compactMap(\.polled)
        }
        #expect(polled == ["a.example"])
    }

    @Test func `asks at once for the rest of a page`() {
        var setting = GossipSetting(members: 1)
        let page = GossipSetting.page(next: 17, more: true)
        let effects = setting.state.received(page, from: "a.example", at: start)
        #expect(effects == [.poll(domain: "a.example", instance: "9f2c", since: 17)])
        #expect(setting.state.tick(at: start).isEmpty)
    }

    @Test func `backs off to 10 minutes while no neighbour is healthy`() throws {
        var setting = GossipSetting(members: 1)
        var due: [Int64] = []
        for _ in 0..<10 {
            _ = setting.state.pollFailed("a.example", reason: "down", at: start)
            let next = try #require(setting.state.peers["a.example"]?.nextPoll)
            due.append(next - start)
        }
        for (wait, base) in zip(due, [60, 120, 240, 480] + Array(repeating: 600, count: 6)) {
            #expect((base - base / 5...base + base / 5).contains(Int(wait)))
        }
        #expect(setting.state.peers["a.example"]?.failures == 10)
        #expect(setting.state.peers["a.example"]?.lastError == "down")
    }

    @Test func `backs off to 6 hours beside a healthy neighbour`() throws {
        var setting = GossipSetting(members: 2)
        _ = setting.served([], by: "b.example")
        var due: [Int64] = []
        for _ in 0..<13 {
            _ = setting.state.pollFailed("a.example", reason: "down", at: start)
            let next = try #require(setting.state.peers["a.example"]?.nextPoll)
            due.append(next - start)
        }
        for (failure, wait) in due.enumerated() {
            let base = min(21_600, 60 << failure)
            #expect((base - base / 5...base + base / 5).contains(Int(wait)), "failure \(failure)")
        }
    }

    @Test func `forgets failures with the first answer`() throws {
        var setting = GossipSetting(members: 1)
        for _ in 0..<5 { _ = setting.state.pollFailed("a.example", reason: "x", at: start) }
        _ = setting.served([], by: "a.example", after: 900)
        let peer = try #require(setting.state.peers["a.example"])
        #expect(peer.failures == 0 && peer.lastError == nil)
        #expect(peer.lastSuccess == start + 900)
    }

    @Test func `replaces a neighbour after two failures`() throws {
        var setting = GossipSetting(members: 7)
        let spare = try #require(
            Set(GossipSetting.domains(7)).subtracting(setting.neighbours).first
        )
        let ill = try #require(setting.neighbours.sorted().first)
        #expect(setting.state.pollFailed(ill, reason: "x", at: start).isEmpty)
        #expect(setting.neighbours.contains(ill))
        let effects = setting.state.pollFailed(ill, reason: "x", at: start)
        #expect(effects == [.poll(domain: spare, instance: nil, since: 0)])
        #expect(!setting.neighbours.contains(ill))
        #expect(setting.neighbours.count == 6)
    }

    @Test func `comes back to an ill member when its back-off is over`() throws {
        var setting = GossipSetting(members: 2)
        _ = setting.served([], by: "b.example")
        for _ in 0..<2 { _ = setting.state.pollFailed("a.example", reason: "x", at: start) }
        #expect(setting.neighbours == ["b.example"])
        let due = try #require(setting.state.peers["a.example"]?.nextPoll)
        let effects = setting.state.tick(at: due)
        #expect(effects.contains(.poll(domain: "a.example", instance: nil, since: 0)))
    }

    @Test func `keeps asking when everybody is ill`() throws {
        var setting = GossipSetting(members: 2)
        for domain in ["a.example", "b.example"] {
            for _ in 0..<4 { _ = setting.state.pollFailed(domain, reason: "x", at: start) }
        }
        let latest = try #require(setting.state.peers.values.compactMap(\.nextPoll).max())
        #expect(latest - start <= 720)
        let polled = [0, 72].flatMap { setting.state.tick(at: latest + $0).compactMap(\.polled) }
        #expect(Set(polled) == ["a.example", "b.example"])
    }

    @Test func `rotates one neighbour an hour`() {
        var setting = GossipSetting(members: 10)
        setting.answerAll()
        let before = setting.neighbours
        _ = setting.state.tick(at: start + 3599)
        #expect(setting.neighbours == before)
        setting.answerAll(after: 3599)
        _ = setting.state.tick(at: start + 3600)
        #expect(setting.neighbours.count == 6)
        #expect(setting.neighbours.intersection(before).count == 5)
        let second = setting.neighbours
        _ = setting.state.tick(at: start + 7199)
        #expect(setting.neighbours == second)
    }

    @Test func `rotates nobody when all are neighbours`() {
        var setting = GossipSetting(members: 6)
        _ = setting.state.tick(at: start + 3600)
        #expect(setting.neighbours.count == 6)
    }

    @Test func `polls everybody when asked to`() {
        var setting = GossipSetting(members: 9)
        setting.answerAll()
        #expect(setting.state.pollAll(at: start).compactMap(\.polled) == GossipSetting.domains(9))
    }

    @Test func `forgets members that left and takes new ones`() {
        var setting = GossipSetting(members: 2)
        let effects = setting.state.registryChanged(
            members: ["b.example", "z.example"],
            logs: [:],
            registry: RegistryVersion(version: 6, digest: GossipSetting.root("registry")),
            at: start
        )
        #expect(effects.compactMap(\.polled) == ["z.example"])
        #expect(setting.state.peers.keys.sorted() == ["b.example", "z.example"])
        #expect(setting.served([GossipSetting.row("a.example", size: 3)], by: "a.example") == [])
        #expect(setting.state.pollFailed("a.example", reason: "x", at: start) == [])
        #expect(setting.state.peers["a.example"] == nil)
    }

    /// Plays a day of random answers and failures.
    private func played(seed: UInt64) -> [GossipState.Effect] {
        var setting = GossipSetting(members: 12, seed: seed)
        var chance = SplitMix64(state: 99)
        var all = setting.first
        var pending = setting.first
        for minute in 1...600 as ClosedRange<Int64> {
            let now = start + minute * 60
            var next: [GossipState.Effect] = []
            for domain in pending.compactMap(\.polled) {
                if chance.next() % 4 == 0 {
                    next += setting.state.pollFailed(domain, reason: "x", at: now)
                } else {
                    let row = GossipSetting.row(domain, size: Int(minute))
                    next += setting.served([row], by: domain, after: minute * 60)
                }
            }
            pending = next + setting.state.tick(at: now)
            all += pending
        }
        return all
    }

    @Test func `is the same from the same seed`() {
        let once = played(seed: 1)
        #expect(once == played(seed: 1))
        #expect(once != played(seed: 2))
        #expect(once.count > 300)
    }

    @Test func `draws these numbers from a seed`() {
        // The first outputs of SplitMix64 from state 1234567, as its author's code prints them.
        var generator = SplitMix64(state: 1_234_567)
        let drawn = (0..<3).map { _ in generator.next() }
        #expect(
            drawn == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ]
        )
    }

    @Test func `asks one neighbour a minute, each in its turn`() {
        var setting = GossipSetting(members: 6)
        setting.answerAll()
        var polled: [(second: Int64, domain: String)] = []
        for second in 1...7200 as ClosedRange<Int64> {
            for domain in setting.state.tick(at: start + second).compactMap(\.polled) {
                polled.append((second, domain))
                _ = setting.served([], by: domain, after: second)
            }
        }
        #expect((100...150).contains(polled.count))
        for (one, next) in zip(polled, polled.dropFirst()) {
            #expect((48...72).contains(next.second - one.second))
        }
        for first in stride(from: 0, to: polled.count - 6, by: 6) {
            #expect(Set(polled[first..<(first + 6)].map(\.domain)).count == 6)
        }
    }

    @Test func `ends a poll after 16 pages and goes on at the next turn`() throws {
        var setting = GossipSetting(members: 1)
        var pages = 1
        var position = 1
        while true {
            let page = GossipSetting.page(next: position, more: true)
            let effects = setting.state.received(page, from: "a.example", at: start)
            if effects.isEmpty { break }
            pages += 1
            position += 1
        }
        #expect(pages == 16)
        #expect(setting.state.peers["a.example"]?.failures == 0)
        let next = try #require(setting.state.nextTick)
        #expect(next > start)
        let poll = GossipState.Effect.poll(domain: "a.example", instance: "9f2c", since: 16)
        #expect(setting.state.tick(at: next) == [poll])
    }

    @Test func `takes a promise of more rows without progress for a failure`() {
        var setting = GossipSetting(members: 1)
        _ = setting.state.received(
            GossipSetting.page(next: 17, more: true), from: "a.example", at: start)
        let stuck = GossipSetting.page(next: 17, more: true)
        #expect(setting.state.received(stuck, from: "a.example", at: start).isEmpty)
        #expect(setting.state.peers["a.example"]?.failures == 1)
    }

    @Test func `gives one probe to an ill member that speaks, and resets nothing`() throws {
        var setting = GossipSetting(members: 2)
        _ = setting.served([], by: "b.example")
        #expect(setting.state.contacted(by: "b.example", at: start).isEmpty)
        for _ in 0..<4 { _ = setting.state.pollFailed("a.example", reason: "x", at: start) }
        let before = try #require(setting.state.peers["a.example"])
        let probe = [GossipState.Effect.poll(domain: "a.example", instance: nil, since: 0)]
        #expect(setting.state.contacted(by: "a.example", at: start + 1) == probe)
        #expect(setting.state.contacted(by: "a.example", at: start + 1).isEmpty)
        #expect(setting.state.pollFailed("a.example", reason: "y", at: start + 2).isEmpty)
        let after = try #require(setting.state.peers["a.example"])
        #expect(after.failures == 4 && after.nextPoll == before.nextPoll)
        #expect(setting.state.contacted(by: "a.example", at: start + 3).isEmpty)
        #expect(setting.state.contacted(by: "stranger.example", at: start + 3).isEmpty)
        // The next failure in turn begins another back-off.
        _ = setting.state.pollFailed("a.example", reason: "x", at: start + 900)
        #expect(setting.state.contacted(by: "a.example", at: start + 901) == probe)
        _ = setting.served([], by: "a.example", after: 902)
        #expect(setting.state.peers["a.example"]?.failures == 0)
    }

    @Test func `replaces a neighbour whose answers did not verify twice`() throws {
        var setting = GossipSetting(members: 7)
        setting.answerAll()
        let liar = try #require(setting.neighbours.sorted().first)
        _ = setting.state.blamed(liar, reason: "garbage", at: start)
        #expect(setting.neighbours.contains(liar))
        _ = setting.state.blamed(liar, reason: "garbage", at: start)
        #expect(!setting.neighbours.contains(liar) && setting.neighbours.count == 6)
        let peer = try #require(setting.state.peers[liar])
        #expect(peer.faults == 2 && peer.lastError == "garbage" && peer.failures == 0)
        for hour in 1...5 as ClosedRange<Int64> {
            setting.answerAll(after: hour * 3600)
            _ = setting.state.tick(at: start + hour * 3600)
            #expect(!setting.neighbours.contains(liar))
        }
    }

    @Test func `shortens back-offs when everybody is ill`() throws {
        var setting = GossipSetting(members: 2)
        _ = setting.served([], by: "b.example")
        for _ in 0..<12 { _ = setting.state.pollFailed("a.example", reason: "x", at: start) }
        #expect(try #require(setting.state.peers["a.example"]?.nextPoll) > start + 7200)
        for _ in 0..<2 { _ = setting.state.pollFailed("b.example", reason: "x", at: start) }
        #expect(try #require(setting.state.peers["a.example"]?.nextPoll) <= start + 720)
    }

    @Test func `reads rows again that it did not understand before the registry told`() throws {
        var setting = GossipSetting(members: 2)
        let row = GossipSetting.row("z.example", size: 4)
        let page = HeadsPage(
            instance: "9f2c", from: 3, next: 9, more: false, now: start, snapshot: nil, rows: [row])
        _ = setting.state.received(page, from: "a.example", at: start)
        let logs = ["a.example", "b.example", "z.example"].map { (GossipSetting.origin($0), $0) }
        let effects = setting.state.registryChanged(
            members: ["a.example", "b.example", "z.example"],
            logs: Dictionary(uniqueKeysWithValues: logs),
            registry: RegistryVersion(version: 6, digest: GossipSetting.root("registry")),
            at: start + 1)
        #expect(effects.contains(.poll(domain: "a.example", instance: "9f2c", since: 3)))
        let again = setting.state.received(page, from: "a.example", at: start + 2)
        #expect(again == [.fetching("z.example", from: "a.example")])
    }

    @Test func `tells once of another registry of the same version`() {
        var setting = GossipSetting(members: 2)
        func served(_ version: Int, _ digest: String, by domain: String) -> [GossipState.Effect] {
            let page = HeadsPage(
                instance: "9f2c", from: 0, next: 1, more: false, now: start,
                snapshot: RegistryVersion(version: version, digest: GossipSetting.root(digest)),
                rows: [])
            return setting.state.received(page, from: domain, at: start)
        }
        let other = RegistryVersion(version: 5, digest: GossipSetting.root("other"))
        #expect(served(5, "registry", by: "a.example").isEmpty)
        #expect(served(4, "other", by: "a.example").isEmpty)
        #expect(served(5, "other", by: "a.example") == [.registrySplit(other, at: "a.example")])
        #expect(served(5, "other", by: "b.example").isEmpty)
    }
}
