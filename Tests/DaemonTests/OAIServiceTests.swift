import Catalogue
import Federation
import Keys
import NodeClient
import Testing
import XML

/// What harvesters get, over real HTTPS.
@Suite(.ownThreads, .serialized, .publishingInstitution) struct OAIServiceTests {
    let node: ServingNode

    init() throws {
        node = try #require(PublishingInstitution.node)
    }

    private func ask(_ query: String, byForm: Bool = false) async throws -> XMLElement {
        let answer =
            byForm
            ? try await node.ask(
                "POST", "/oai", headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: Array(query.utf8))
            : try await node.ask("GET", "/oai?" + query)
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/xml; charset=utf-8")
        #expect(answer.headers["cache-control"] == "no-store")
        return try XMLElement.read(answer.body)
    }

    @Test func `the repository tells what it is`() async throws {
        let identify = try #require(try await ask("verb=Identify").first("Identify"))
        #expect(identify.first("baseURL")?.ownText == node.url + "/oai")
        #expect(identify.first("repositoryName")?.ownText == "University A")
        #expect(identify.first("deletedRecord")?.ownText == "persistent")
        #expect(identify.first("adminEmail")?.ownText.contains("@") == true)
    }

    @Test func `a harvest in pages has every record once, those that are gone as deleted`()
        async throws
    {
        for byForm in [false, true] {
            var query = "verb=ListRecords&metadataPrefix=lom"
            var records: [XMLElement] = []
            var pages = 0
            while true {
                let list = try #require(
                    try await ask(query, byForm: byForm).first("ListRecords"))
                records += list.all("record")
                pages += 1
                let token = list.first("resumptionToken")?.ownText ?? ""
                if token.isEmpty { break }
                try #require(pages < 5)
                query = "verb=ListRecords&resumptionToken=" + token
            }
            #expect(pages == 2)
            let headers = records.compactMap { $0.first("header") }
            let ids = headers.compactMap { $0.first("identifier")?.ownText }
            #expect(Set(ids).count == PublishingInstitution.records)
            #expect(ids.count == PublishingInstitution.records)
            let deleted = headers.filter { $0.attribute("status") == "deleted" }
            #expect(
                Set(deleted.compactMap { $0.first("identifier")?.ownText }) == [
                    "oai:uni-a.example:GONE%2F1", "oai:uni-a.example:E-1",
                ])
        }
    }

    @Test func `a saved answer comes in again by our own import`() async throws {
        for prefix in ["lom", "oai_dc"] {
            let answer = try await node.ask(
                "GET", "/oai?verb=ListRecords&metadataPrefix=\(prefix)")
            let report = CatalogueImport.read(
                answer.body, format: .oaiPMH, defaults: PublicationTests.defaults)
            #expect(report.items.count == Limits.changesPage)
            #expect(!report.problems.contains { $0.severity == .error })
        }
    }

    @Test func `sets and spans of time choose among the records`() async throws {
        let half = PublishingInstitution.plainItems / 2
        let set = "verb=ListIdentifiers&metadataPrefix=oai_dc&set=isced:06"
        #expect(try await ask(set).first("ListIdentifiers")?.all("header").count == half)
        // The full item and the withdrawn one are of the other field.
        let other = "verb=ListIdentifiers&metadataPrefix=oai_dc&set=isced:07:071:0714"
        #expect(try await ask(other).first("ListIdentifiers")?.all("header").count == half + 2)
        let record = try await ask(
            "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:uni-a.example:E-1")
        let header = try #require(record.first(["GetRecord", "record", "header"]))
        let stamp = try #require(header.first("datestamp").flatMap { Instant($0.ownText) })
        // The erasure came last.
        #expect(try await identifiers(from: stamp).contains("oai:uni-a.example:E-1"))
        let never = try await ask(
            "verb=ListIdentifiers&metadataPrefix=lom&from=\((stamp + 1).text)")
        #expect(never.first("error")?.attribute("code") == "noRecordsMatch")
    }

    /// All records from a moment on.
    private func identifiers(from time: Instant) async throws -> [String] {
        var query = "verb=ListIdentifiers&metadataPrefix=lom&from=\(time.text)"
        var found: [String] = []
        while true {
            let list = try #require(try await ask(query).first("ListIdentifiers"))
            found += list.all("header").compactMap { $0.first("identifier")?.ownText }
            let token = list.first("resumptionToken")?.ownText ?? ""
            guard !token.isEmpty, found.count < 1000 else { return found }
            query = "verb=ListIdentifiers&resumptionToken=" + token
        }
    }

    @Test(arguments: [
        ("", "badVerb"), ("verb=Nope", "badVerb"), ("verb=Identify&x=1", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"),
        ("verb=GetRecord&metadataPrefix=lom&identifier=oai:uni-a.example:nope", "idDoesNotExist"),
        ("verb=ListRecords&resumptionToken=x", "badResumptionToken"),
        ("verb=Identify&verb=Identify", "badVerb"),
    ])
    func `what is wrong is said as the protocol has it`(query: String, code: String) async throws {
        for byForm in [false, true] {
            let error = try await ask(query, byForm: byForm).first("error")
            #expect(error?.attribute("code") == code, "\(query)")
        }
    }

    @Test func `a form is taken up to its limit, and no byte beyond`() async throws {
        let query = "verb=Identify&"
        let just = query + String(repeating: "&", count: Limits.harvestFormBytes - query.utf8.count)
        #expect(try await ask(just, byForm: true).first("Identify") != nil)
        let answer = try await node.ask(
            "POST", "/oai", headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Array((just + "&").utf8))
        node.expectProblem(answer, [413], .tooLarge, "one byte more")
    }
}
