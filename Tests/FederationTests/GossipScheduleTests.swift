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
        #expect(setting.state.pollAll().isEmpty)
    }

    @Test func `polls again after 60 s give or take a fifth`() throws {
        var waits: Set<Int64> = []
        for seed in 0..<300 as Range<UInt64> {
            var setting = GossipSetting(members: 1, seed: seed)
            #expect(setting.served([], by: "a.example").isEmpty)
            let next = try #require(setting.state.peers["a.example"]?.nextPoll)
            waits.insert(next - start)
            #expect(setting.state.tick(at: next + -1).isEmpty)
            #expect(setting.state.nextTick == next)
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
        #expect(setting.state.tick(at: start + 1).isEmpty)
        let next = try #require(setting.state.peers["a.example"]?.nextPoll)
        #expect((48...72).contains(next - (start + 1)))
        #expect(setting.state.tick(at: next).map(\.polled) == ["a.example"])
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
        let polled = Set(setting.state.tick(at: latest).compactMap(\.polled))
        #expect(polled == ["a.example", "b.example"])
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
        #expect(setting.state.pollAll().compactMap(\.polled) == GossipSetting.domains(9))
    }

    @Test func `forgets members that left and takes new ones`() {
        var setting = GossipSetting(members: 2)
        let effects = setting.state.registryChanged(
            members: ["b.example", "z.example"],
            logs: [:],
            snapshot: 6,
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
        #expect(once.count > 1000)
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
}
