import Testing

@testable import eccoe

@Suite struct `A doctor's judgement` {
    @Test(
        arguments: [
            ([], "not checked"), ([0], "ok"), ([29], "ok"), ([-29], "ok"), ([30], "warning"),
            ([-301], "warning"), ([301, 301], "warning"), ([301, 301, 301], "failed"),
            ([-301, -400, -500], "failed"), ([0, 0, 400], "ok"), ([300, 300, 300], "warning"),
        ] as [([Int64], String)])
    func `of a clock follows the protocol's numbers`(_ offsets: [Int64], _ state: String) {
        #expect(ClockCheck.judge(offsets).state.rawValue == state)
    }

    @Test(
        arguments: [
            (0, "0 seconds"), (1, "1 second"), (119, "1 minute"), (7200, "2 hours"),
            (86_399, "23 hours"), (86_400, "1 day"), (-5, "0 seconds"),
        ] as [(Int64, String)])
    func `names a length of time in its largest unit`(_ seconds: Int64, _ text: String) {
        #expect(Spoken.time(seconds) == text)
    }

    @Test func `says why it matters only where something is wrong`() {
        let page = DoctorPage(isColoured: false)
        let good = page.line(Diagnosis(check: .disk, finding: .ok("9 GiB free")))
        #expect(good == "  ok           disk          9 GiB free\n")
        let bad = page.line(
            Diagnosis(check: .disk, finding: .failed("9 MiB\u{1b}[2J free", try: "df -h")))
        #expect(bad.contains("why: without space"))
        #expect(bad.contains("try: df -h"))
        #expect(!bad.contains("\u{1b}"))
        #expect(
            page.line(Diagnosis(check: .disk, finding: .notChecked("x"))).contains("why") == false)
    }

    @Test func `colours only the state`() {
        let page = DoctorPage(isColoured: true)
        let line = page.line(Diagnosis(check: .disk, finding: .ok("free")))
        #expect(line.hasPrefix("  \u{1b}[32mok         \u{1b}[0m  disk "))
    }
}
