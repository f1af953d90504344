import Keys
import Testing

@testable import Catalogue

@Suite struct `A harvest` {
    private static let now = Instant(secondsSince1970: 1_795_687_200)

    /// What a harvest does, one line an effect.
    private static func lines(_ effects: [OAIHarvest.Effect]) -> [String] {
        effects.map { effect in
            switch effect {
            case .request(let request, let seconds): "\(seconds): \(request.query)"
            case .take(let records, let prefix):
                "take \(prefix) \(records.map(\.identifier).joined(separator: " "))"
            case .finish(let summary):
                "finish \(summary.records) \(summary.deleted) "
                    + "\(summary.nextFrom?.text ?? "-") \(summary.tellsDeleted)"
            case .fail(let failure): "fail \(failure.message)"
            }
        }
    }

    /// All that a harvest does when a repository gives these answers.
    private static func run(
        _ plan: OAIHarvest.Plan = OAIHarvest.Plan(),
        _ answers: [String]
    ) -> [String] {
        var harvest = OAIHarvest(plan)
        var lines = lines(harvest.start())
        for answer in answers {
            let effects: [OAIHarvest.Effect]
            if let status = Int(answer) {
                effects = harvest.receive(status: status, body: [], at: now)
            } else {
                effects = harvest.receive(status: 200, body: Array(answer.utf8), at: now)
            }
            lines += Self.lines(effects)
        }
        return lines
    }

    private static let opening = [OAIAnswer.identify(), OAIAnswer.formats("oai_dc", "lom")]
    private static let opened = [
        "0: verb=Identify", "1: verb=ListMetadataFormats",
        "1: verb=ListRecords&metadataPrefix=lom",
    ]

    private static func token(_ token: String) -> String {
        "<resumptionToken>\(token)</resumptionToken>"
    }

    @Test func `pages are asked for until there is no token`() {
        let lines = Self.run(
            OAIHarvest.Plan(),
            Self.opening + [
                OAIAnswer.list(OAIAnswer.record("x:1"), token: Self.token("a|b c")),
                OAIAnswer.list(
                    OAIAnswer.record("x:2", status: " status='deleted'"),
                    token: "<resumptionToken completeListSize='2'/>"
                ),
            ]
        )
        #expect(
            lines == Self.opened + [
                "take lom x:1", "1: verb=ListRecords&resumptionToken=a%7Cb%20c", "take lom x:2",
                "finish 2 1 2026-11-26T10:00:00Z true",
            ]
        )
    }

    @Test(arguments: [
        ("YYYY-MM-DD", "&from=2026-11-01&until=2026-11-02"),
        ("YYYY-MM-DDThh:mm:ssZ", "&from=2026-11-01T10%3A00%3A00Z&until=2026-11-02T10%3A00%3A00Z"),
        ("nonsense", "&from=2026-11-01&until=2026-11-02"),
    ])
    func `times are written as precise as the repository knows them`(
        granularity: String,
        times: String
    ) {
        var plan = OAIHarvest.Plan()
        plan.from = Instant("2026-11-01T10:00:00Z")
        plan.until = Instant("2026-11-02T10:00:00Z")
        plan.set = "a:b"
        let lines = Self.run(
            plan, [OAIAnswer.identify(granularity: granularity), OAIAnswer.formats("oai_dc")])
        #expect(
            lines.last == "1: verb=ListRecords&metadataPrefix=oai_dc\(times)&set=a%3Ab")
    }

    @Test func `no records is an end and no failure`() {
        let lines = Self.run(OAIHarvest.Plan(), Self.opening + [OAIAnswer.error(.noRecordsMatch)])
        #expect(lines.last == "finish 0 0 - true")
    }

    @Test func `an expired token begins the list again, twice at most`() {
        let page = OAIAnswer.list(OAIAnswer.record("x:1"), token: Self.token("t"))
        let expired = OAIAnswer.error(.badResumptionToken)
        let lines = Self.run(
            OAIHarvest.Plan(), Self.opening + [page, expired, page, expired, page, expired])
        #expect(lines.count { $0 == "1: verb=ListRecords&metadataPrefix=lom" } == 3)
        #expect(lines.last?.hasPrefix("fail the repository answers badResumptionToken") == true)
    }

    @Test func `the same token again is a loop`() {
        let page = OAIAnswer.list(OAIAnswer.record("x:1"), token: Self.token("t"))
        let lines = Self.run(OAIHarvest.Plan(), Self.opening + [page, page])
        #expect(lines.last == "fail the repository hands out the same resumption token again")
    }

    @Test func `a format that is refused is followed by the next one`() {
        let lines = Self.run(
            OAIHarvest.Plan(), Self.opening + [OAIAnswer.error(.cannotDisseminateFormat)])
        #expect(lines.last == "1: verb=ListRecords&metadataPrefix=oai_dc")
    }

    @Test(arguments: [
        (nil as String?, 10), ("120", 120), ("0", 1), ("Thu, 26 Nov 2026 10:05:00 GMT", 300),
        ("nonsense", 10),
    ])
    func `a busy repository is asked again when it says`(header: String?, seconds: Int) {
        var harvest = OAIHarvest(OAIHarvest.Plan())
        _ = harvest.start()
        for status in [503, 429] {
            var copy = harvest
            let effects = copy.receive(
                status: status,
                retryAfter: header,
                body: [],
                at: Instant("2026-11-26T10:00:00Z") ?? Self.now
            )
            #expect(Self.lines(effects) == ["\(seconds): verb=Identify"])
        }
    }

    @Test func `who does not answer is asked six times, later each time`() {
        let lines = Self.run(OAIHarvest.Plan(), Array(repeating: "500", count: 6))
        #expect(
            lines.dropLast() == [
                "0: verb=Identify", "10: verb=Identify", "30: verb=Identify", "90: verb=Identify",
                "270: verb=Identify", "600: verb=Identify",
            ]
        )
        #expect(lines.last == "fail no answer after 6 tries: status 500")
        var harvest = OAIHarvest(OAIHarvest.Plan())
        #expect(Self.lines(harvest.lose("connection refused")) == ["10: verb=Identify"])
        let answered = Self.run(
            OAIHarvest.Plan(), ["500", OAIAnswer.identify(), "500"])
        #expect(answered.last == "10: verb=ListMetadataFormats")
    }

    @Test func `a wait of more than an hour ends the harvest`() {
        var harvest = OAIHarvest(OAIHarvest.Plan())
        let effects = harvest.receive(
            status: 503, retryAfter: "7200", body: [], at: Self.now)
        #expect(
            Self.lines(effects).first?.hasPrefix("fail the repository asks to wait 7200") == true)
        #expect(Self.lines(harvest.lose("x")) == [])
    }

    @Test(arguments: [
        (["404"], "status 404"), (["301"], "redirection"),
        (["<html/>"], "the answer is <html>"), (["<a"], "cannot be read: line 1"),
        ([OAIAnswer.page("")], "no <Identify>"),
        ([OAIAnswer.identify(version: "1.1")], "version \"1.1\""),
        ([OAIAnswer.identify(), OAIAnswer.formats("marc21")], "none of the formats lom, oai_dc"),
        (opening + [OAIAnswer.error(.noSetHierarchy)], "answers noSetHierarchy to ListRecords"),
        (opening + [OAIAnswer.error(.badArgument)], "answers badArgument"),
        (opening + [OAIAnswer.page("<error code='odd'>x</error>")], "an unknown error"),
    ])
    func `what cannot go on says why`(answers: [String], words: String) {
        let lines = Self.run(OAIHarvest.Plan(), answers)
        #expect(lines.last?.hasPrefix("fail ") == true)
        #expect(lines.last?.contains(words) == true, "\(lines)")
    }
}
