import Keys
import Testing

@testable import MemberRegistry

@Suite struct `Three-valued answers as of a time` {
    private static let domain = "uni-a.example"
    private static let now = TestTime.after(hours: 1)

    /// Registered on day -30, suspended on day -20, reinstated on day -10; the copy is of day 0.
    private static func registry(
        _ change: (MemberDocument) -> MemberDocument = { $0 }
    ) throws -> TrustedRegistry {
        let document = try TestMember.document(domain, at: TestTime.after(days: -30))
            .adding(.suspension, at: TestTime.after(days: -20), reason: "test")
            .adding(.reinstatement, at: TestTime.after(days: -10), reason: "test")
        var registry = try TestRegistry()
        try registry.admit(change(document), at: TestTime.start)
        return try registry.refreshed(at: now).registry
    }

    @Test(arguments: [
        (-30, -1, AsOfAnswer.Verdict.no, "notYet", Int64?.none), (-30, 0, .yes, "active", 1),
        (-20, -1, .yes, "active", 1), (-20, 0, .no, "suspended", 2),
        (-10, -1, .no, "suspended", 2), (-10, 0, .yes, "active", 3),
    ])
    func `a standing is yes or no with its interval and event`(
        days: Int64,
        seconds: Int64,
        verdict: AsOfAnswer.Verdict,
        state: String,
        event: Int64?
    ) throws {
        let time = TestTime.after(days: days) + seconds
        let answer = try Self.registry().standingAnswer(of: Self.domain, at: time, now: Self.now)
        #expect(answer.verdict == verdict)
        #expect(answer.state == state)
        #expect(answer.event == event)
        if let from = answer.from { #expect(from <= time) }
        if let until = answer.until { #expect(time < until) }
        #expect((answer.until == nil) == (event == 3))
    }

    @Test func `stale, not a member and unchecked are three answers`() throws {
        let registry = try Self.registry()
        let stranger = "uni-x.example"
        let fresh = registry.standingAnswer(of: stranger, at: Self.now, now: Self.now)
        #expect((fresh.verdict, fresh.state) == (.no, "notAMember"))
        #expect(registry.made == TestTime.start)
        let edge = TestTime.after(days: 7)
        for (now, state) in [(edge + -1, "active"), (edge, "stale")] {
            let answer = registry.standingAnswer(of: Self.domain, at: now, now: now)
            #expect(answer.state == state)
            #expect(answer.verdict == (state == "stale" ? .indeterminate : .yes))
        }
        let old = registry.standingAnswer(of: stranger, at: edge, now: edge)
        #expect((old.verdict, old.state) == (.indeterminate, "stale"))
        let past = registry.standingAnswer(of: Self.domain, at: TestTime.start, now: edge)
        #expect((past.verdict, past.state) == (.yes, "active"), "an old copy tells the past")
        #expect(
            (AsOfAnswer.unchecked.verdict, AsOfAnswer.unchecked.state)
                == (.indeterminate, "unchecked"))
    }

    @Test(arguments: [
        (MemberKey.Revocation.superseded, -6, false, AsOfAnswer.Verdict.yes, "valid"),
        (.superseded, -5, true, .no, "superseded"),
        (.compromised, -6, false, .indeterminate, "unproven"),
        (.compromised, -6, true, .yes, "valid"), (.compromised, -5, true, .no, "compromised"),
        (.compromised, -31, true, .no, "notYet"),
    ])
    func `a claimed time proves nothing for a key that was compromised later`(
        reason: MemberKey.Revocation,
        days: Int64,
        isProven: Bool,
        verdict: AsOfAnswer.Verdict,
        state: String
    ) throws {
        let kid = try TestMember.key(Self.domain, .credential).kid
        let registry = try Self.registry {
            $0.revoking(.credential, at: TestTime.after(days: -5), reason)
        }
        let answer = registry.keyAnswer(
            kid: kid, at: TestTime.after(days: days), isProven: isProven, now: Self.now)
        #expect((answer.verdict, answer.state) == (verdict, state))
    }

    @Test func `an old copy still knows what ended, and nothing else`() throws {
        let now = TestTime.after(days: 7)
        let credential = try TestMember.key(Self.domain, .credential).kid
        let node = try TestMember.key(Self.domain, .node).kid
        let registry = try Self.registry {
            $0.revoking(.credential, at: TestTime.after(days: -5), .superseded)
        }
        func state(_ kid: String, _ time: Instant) -> String {
            registry.keyAnswer(kid: kid, at: time, isProven: true, now: now).state
        }
        #expect(state(credential, now) == "superseded")
        #expect(state(node, now) == "stale")
        #expect(state(node, TestTime.start) == "valid")
        #expect(state("nobody's", now) == "stale")
        #expect(state("nobody's", TestTime.start) == "unknown")
    }
}
