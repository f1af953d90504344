import CanonicalJSON
import Federation
import Keys
import Testing

@Suite struct `Reachability` {
    private let now = Instant(secondsSince1970: 1_800_000_000)
    private let url = "https://node.uni-a.example:8443"

    private func finding(_ reason: String? = nil) -> ReachabilityFinding {
        ReachabilityFinding(url: url, at: now, reason: reason)
    }

    @Test func `one attempt a minute is made for a member, and its finding answers the rest`() {
        var attempts = ReachabilityAttempts()
        #expect(attempts.asked(by: "uni-a.example", about: url, at: now) == .attempt)
        #expect(attempts.asked(by: "uni-a.example", about: url, at: now) == .busy)
        attempts.ended(finding("refused"), of: "uni-a.example")
        for seconds: Int64 in [0, 1, ReachabilityAttempts.memory - 1] {
            let step = attempts.asked(by: "uni-a.example", about: url, at: now + seconds)
            #expect(step == .known(finding("refused")))
        }
        let later = now + ReachabilityAttempts.memory
        #expect(attempts.asked(by: "uni-a.example", about: url, at: later) == .attempt)
    }

    @Test func `a new address in the registry is tried at once`() {
        var attempts = ReachabilityAttempts()
        #expect(attempts.asked(by: "uni-a.example", about: url, at: now) == .attempt)
        attempts.ended(finding(), of: "uni-a.example")
        let other = "https://other.uni-a.example"
        #expect(attempts.asked(by: "uni-a.example", about: other, at: now) == .attempt)
    }

    @Test func `so many members are served at once, and one more when one has ended`() {
        var attempts = ReachabilityAttempts()
        for number in 1...ReachabilityAttempts.limit {
            #expect(attempts.asked(by: "m\(number).example", about: url, at: now) == .attempt)
        }
        #expect(attempts.asked(by: "more.example", about: url, at: now) == .busy)
        attempts.ended(nil, of: "m1.example")
        #expect(attempts.asked(by: "more.example", about: url, at: now) == .attempt)
    }

    @Test func `what was given up is no finding`() {
        var attempts = ReachabilityAttempts()
        #expect(attempts.asked(by: "uni-a.example", about: url, at: now) == .attempt)
        attempts.ended(nil, of: "uni-a.example")
        #expect(attempts.asked(by: "uni-a.example", about: url, at: now) == .attempt)
    }

    @Test func `a clock that was set back does not keep a finding for ever`() {
        var attempts = ReachabilityAttempts()
        #expect(attempts.asked(by: "uni-a.example", about: url, at: now) == .attempt)
        attempts.ended(finding(), of: "uni-a.example")
        #expect(attempts.asked(by: "uni-a.example", about: url, at: now + -1) == .attempt)
    }

    @Test func `an answer is read as it was written`() {
        for finding in [finding(), finding("the connection was refused")] {
            #expect(ReachabilityFinding(json: finding.json) == finding)
        }
    }

    @Test(arguments: [
        "{}", "{\"v\":2,\"url\":\"u\",\"at\":\"2026-11-26T00:00:00Z\",\"reached\":true}",
        "{\"v\":1,\"url\":\"u\",\"at\":\"today\",\"reached\":true}",
        "{\"v\":1,\"url\":\"u\",\"at\":\"2026-11-26T00:00:00Z\",\"reached\":false}",
        "{\"v\":1,\"url\":\"u\",\"at\":\"2026-11-26T00:00:00Z\",\"reached\":true,\"reason\":\"x\"}",
    ])
    func `an answer that contradicts itself is none`(_ text: String) throws {
        #expect(ReachabilityFinding(json: try JSON.read(Array(text.utf8))) == nil)
    }

    @Test(arguments: ["", "{}", "[]", "{\"v\":2}", "{\"v\":\"1\"}", "{\"v\":1"])
    func `a question that is none is refused`(_ text: String) {
        #expect(throws: Problem.self) {
            try ReachabilityFinding.check(question: Array(text.utf8))
        }
    }

    @Test func `the question is read, whatever else it says`() throws {
        try ReachabilityFinding.check(question: ReachabilityFinding.question.canonicalBytes)
        try ReachabilityFinding.check(question: Array("{\"v\":1,\"url\":\"https://x\"}".utf8))
    }
}
