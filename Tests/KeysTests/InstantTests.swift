import Keys
import Testing

@Suite struct `Instants` {
    static let moments: [(text: String, seconds: Int64)] = [
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1),
        ("2000-02-29T12:00:00Z", 951_825_600), ("2000-03-01T00:00:00Z", 951_868_800),
        ("1999-12-31T23:59:59Z", 946_684_799), ("2026-11-23T18:00:00Z", 1_795_456_800),
        ("2024-02-29T00:00:00Z", 1_709_164_800), ("2100-02-28T23:59:59Z", 4_107_542_399),
        ("2100-03-01T00:00:00Z", 4_107_542_400), ("2038-01-19T03:14:08Z", 2_147_483_648),
        ("1900-02-28T00:00:00Z", -2_203_977_600), ("1900-03-01T00:00:00Z", -2_203_891_200),
        ("1600-02-29T00:00:00Z", -11_670_998_400), ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("0004-02-29T00:00:00Z", -62_035_891_200), ("0000-01-01T00:00:00Z", -62_167_219_200),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ]

    @Test(arguments: moments)
    func `a moment is read and written`(text: String, seconds: Int64) throws {
        let instant = Instant(secondsSince1970: seconds)
        #expect(instant.text == text)
        #expect(instant.description == text)
        #expect(Instant(text) == instant)
        #expect(Instant(lenient: text) == instant)
        #expect(instant.date == text.prefix(10))
        #expect(Instant(date: text.prefix(10)) == instant.startOfDay)
        #expect(instant.startOfDay.text == "\(text.prefix(10))T00:00:00Z")
    }

    static let otherSpellings: [(text: String, own: String)] = [
        ("2026-11-23t18:00:00z", "2026-11-23T18:00:00Z"),
        ("2026-11-23T18:00:00.000Z", "2026-11-23T18:00:00Z"),
        ("2026-11-23T18:00:00.999999999Z", "2026-11-23T18:00:00Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"),
        ("2026-11-23T18:00:00+00:00", "2026-11-23T18:00:00Z"),
        ("2026-11-23T18:00:00-00:00", "2026-11-23T18:00:00Z"),
        ("2026-11-23T18:00:00+13:45", "2026-11-23T04:15:00Z"),
        ("2026-11-23T18:00:00.25-09:30", "2026-11-24T03:30:00Z"),
        ("2025-01-01T00:30:00+01:00", "2024-12-31T23:30:00Z"),
        ("2024-02-28T23:30:00-01:00", "2024-02-29T00:30:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
    ]

    @Test(arguments: otherSpellings)
    func `another spelling is read only when it is asked for`(text: String, own: String) {
        #expect(Instant(lenient: text)?.text == own)
        #expect(Instant(text) == nil)
    }

    @Test(arguments: [
        "", "Z", "2026-11-23", "2026-11-23T18:00:00", "2026-11-23T18:00Z", "2026-11-23 18:00:00Z",
        "2026-11-23T18:00:00ZZ", "2026-11-23T18:00:00Z ", " 2026-11-23T18:00:00Z",
        "2026-11-23T18:00:00.Z", "2026-11-23T18:00:00,5Z", "2026-11-23T18:00:00.5",
        "2026-11-23T24:00:00Z", "2026-11-23T18:60:00Z", "2026-11-23T18:00:61Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z", "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-02-30T00:00:00Z",
        "2026-1-1T00:00:00Z00", "+026-01-01T00:00:00Z", "-001-01-01T00:00:00Z",
        "12026-01-01T00:00:00Z", "2026/01/01T00:00:00Z", "2026-01-01T00.00.00Z",
        "2026-11-23T18:00:00+1:00", "2026-11-23T18:00:00+0100", "2026-11-23T18:00:00+24:00",
        "2026-11-23T18:00:00+01:60", "2026-11-23T18:00:00\u{2212}01:00", "2026-11-23T18:00:00é",
        "٢٠٢٦-11-23T18:00:00Z", "2026-11-23T18:00:0éZ", "2026-11-23TT8:00:00Z",
    ])
    func `what is no moment is refused`(_ text: String) {
        #expect(Instant(text) == nil)
        #expect(Instant(lenient: text) == nil)
    }

    @Test(arguments: ["2026-2-3", "2026-02-30", "2026-02-03T", "20260203", "2026-02-0a", "", "é"])
    func `what is no date is refused`(_ text: String) {
        #expect(Instant(date: text) == nil)
    }

    @Test func `every day of nine centuries follows the one before`() throws {
        var instant = try #require(Instant("1599-12-31T00:00:00Z"))
        var days = 0
        while instant.date != "2500-01-01" {
            let next = instant + 86_400
            #expect(instant.date < next.date)
            #expect(Instant(date: next.date) == next)
            instant = next
            days += 1
        }
        #expect(days == 1 + 900 * 365 + 219)
    }

    @Test func `moments are compared and counted in seconds`() {
        let early = Instant(secondsSince1970: -10)
        let late = Instant(secondsSince1970: 5)
        #expect(early < late)
        #expect(!(late < early))
        #expect(late - early == 15)
        #expect(early - late == -15)
        #expect(early + 15 == late)
        #expect(late + -15 == early)
        #expect(early.startOfDay.secondsSince1970 == -86_400)
    }

    @Test func `no arithmetic on a witness's time can overflow`() {
        let last = Instant(secondsSince1970: .max)
        let first = Instant(secondsSince1970: .min)
        #expect(last + 1 == last)
        #expect(first + -1 == first)
        #expect(last - first == .max)
        #expect(first - last == .min)
        #expect(last.text.hasSuffix("Z"))
        #expect(last.startOfDay < last)
    }
}
