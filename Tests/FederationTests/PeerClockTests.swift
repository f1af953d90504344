import Federation
import Keys
import Testing

@Suite struct `The clock against the peers` {
    @Test(
        arguments: [
            ([], "unknown"), ([0], "good"), ([29], "good"), ([30], "off"), ([-30], "off"),
            ([301], "off"), ([-5000, -5000], "off"), ([300, 300, 300], "off"),
            ([301, 301, 301], "wrong"), ([-301, -301, -301], "wrong"), ([0, 9999, 9999], "wrong"),
            ([0, 0, 9999], "good"), ([-9999, 0, 9999], "good"), ([0, 0, 9999, 9999], "good"),
            ([9999, 9999, 9999, 0], "wrong"), ([.min, .min, .min], "wrong"),
        ] as [([Int64], String)])
    func `is judged by the median`(_ offsets: [Int64], _ verdict: String) {
        let clock = PeerClock(offsets: offsets)
        #expect(clock.verdict.rawValue == verdict)
        let found = problem { () throws(Problem) in try clock.check() }
        #expect((found?.slug == .busy) == (verdict == "wrong"))
        #expect(clock.peers == offsets.count)
    }

    @Test func `comes from the pages of the last hour`() {
        var setting = GossipSetting(members: 3)
        // The page says `start`; it arrives 400 s later by the own clock.
        for domain in GossipSetting.domains(3) { _ = setting.served([], by: domain, after: 400) }
        #expect(setting.state.clock(at: GossipSetting.start + 400).offset == -400)
        #expect(setting.state.clock(at: GossipSetting.start + 4000).verdict == .wrong)
        #expect(setting.state.clock(at: GossipSetting.start + 4001).verdict == .unknown)
    }

    @Test(arguments: [(-3600, true), (3600, true), (30, true), (29, false), (-29, false)])
    func `is compared anew when the own clock was set`(_ jump: Int64, _ isForgotten: Bool) {
        var setting = GossipSetting(members: 3)
        let now = GossipSetting.start + 4000
        _ = setting.state.tick(at: now)
        for domain in GossipSetting.domains(3) { _ = setting.served([], by: domain, after: 4000) }
        #expect(setting.state.clock(at: now).verdict == .wrong)
        _ = setting.state.tick(at: now + jump)
        #expect((setting.state.clock(at: now + jump).peers == 0) == isForgotten)
    }
}
