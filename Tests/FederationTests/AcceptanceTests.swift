import Federation
import Testing

/// What callers accept (RFC 9110 section 12).
@Suite struct AcceptanceTests {
    private static let offers: [(type: String, profile: String?)] = [
        ("application/json", nil), ("text/html", nil), ("application/ld+json", "https://a.example"),
        ("application/ld+json", "https://b.example"), ("text/csv", nil),
    ]

    @Test(
        arguments: [
            (nil, 0), ("", 0), ("*/*", 0), ("application/json", 0), ("text/html", 1),
            ("TEXT/HTML", 1), ("text/*", 1), ("text/csv", 4), ("application/*", 0),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 1),
            ("text/csv;q=0.9, text/html;q=0.8", 4), ("text/csv;q=0.8, text/html;q=0.9", 1),
            ("application/ld+json", 2), ("application/ld+json;profile=\"https://b.example\"", 3),
            ("application/ld+json; q=0.5; profile=https://b.example, text/csv;q=0.4", 3),
            ("application/ld+json;profile=\"https://c.example\"", nil),
            ("*/*;q=0.1, application/json;q=0", 1), ("text/*;q=0, */*", 0),
            ("text/*, text/html;q=0", 4), ("image/png", nil), ("*/*;q=0", nil),
            ("text/html;q=0", nil), ("text/html;level=1", 1), ("text/html;q=2, text/csv", 4),
            ("text/html;q=x, text/csv", 4), ("text/html;q=0.1234, text/csv;q=0.1", 4),
            ("text/html ; q=0.001 , text/csv;q=0", 1), (", ,;q=1,,text/csv", 4),
            ("text/html;q=1.001", 0),
            ("garbage", nil), ("text/html;q=-1, text/csv", 4),
        ] as [(String?, Int?)])
    func `the offer that is taken best is found`(field: String?, place: Int?) {
        #expect(Acceptance(field).best(of: Self.offers) == place)
    }

    @Test(
        arguments: [
            (nil, false), ("", false), ("gzip", true), ("GZIP", true), ("gzip;q=0", false),
            ("gzip;q=0.001", true), ("br, gzip", true), ("br", false), ("*", true),
            ("*;q=0", false),
            ("gzip;q=0, *", false), ("identity", false), ("x-gzip", false),
            ("deflate, gzip;q=1.0", true),
        ] as [(String?, Bool)])
    func `a content coding is taken only when it is named`(field: String?, isTaken: Bool) {
        #expect(Acceptance(field).takes(coding: "gzip") == isTaken)
    }

    @Test func `what goes beyond 64 ranges is not looked at`() {
        let many = String(repeating: "a/b, ", count: 100_000) + "text/html"
        #expect(Acceptance(many).best(of: Self.offers) == nil)
        let just = String(repeating: "a/b, ", count: 63) + "text/html"
        #expect(Acceptance(just).best(of: Self.offers) == 1)
        #expect(Acceptance("a/b, " + just).best(of: Self.offers) == nil)
    }
}
