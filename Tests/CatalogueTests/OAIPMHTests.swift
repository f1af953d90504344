import Keys
import Testing

@testable import Catalogue

/// Answers of a repository, as tests need them.
enum OAIAnswer {
    static func page(_ content: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
        <responseDate>2026-11-26T10:00:00Z</responseDate><request>https://r.example/oai</request>
        \(content)
        </OAI-PMH>
        """
    }

    static func list(_ records: String, token: String? = nil) -> String {
        page("<ListRecords>\n\(records)\n\(token ?? "")</ListRecords>")
    }

    static func record(_ id: String, metadata: String = dc, status: String = "") -> String {
        """
        <record><header\(status)><identifier>\(id)</identifier>
        <datestamp>2026-01-02T03:04:05Z</datestamp><setSpec>a:b</setSpec></header>
        \(status.isEmpty ? "<metadata>\(metadata)</metadata>" : "")</record>
        """
    }

    static let dc = """
        <oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
         xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title xml:lang="fr">Bilan</dc:title>
        <dc:publisher>Uni C</dc:publisher><dc:language>fre</dc:language><dc:subject>compta</dc:subject>
        <dc:identifier>https://c.example/1</dc:identifier><dc:creator>Prenom Nom</dc:creator>
        <dc:rights>CC BY 4.0</dc:rights><dc:type>Course</dc:type></oai_dc:dc>
        """

    static func error(_ code: OAIErrorCode) -> String {
        page("<error code=\"\(code.rawValue)\">why</error>")
    }

    static func identify(granularity: String = "YYYY-MM-DDThh:mm:ssZ", version: String = "2.0")
        -> String
    {
        page(
            "<Identify><repositoryName>R</repositoryName>"
                + "<protocolVersion>\(version)</protocolVersion>"
                + "<deletedRecord>persistent</deletedRecord><granularity>\(granularity)</granularity>"
                + "</Identify>"
        )
    }

    static func formats(_ prefixes: String...) -> String {
        page(
            "<ListMetadataFormats>"
                + prefixes.map {
                    "<metadataFormat><metadataPrefix>\($0)</metadataPrefix></metadataFormat>"
                }.joined() + "</ListMetadataFormats>"
        )
    }
}

@Suite struct `Records of a repository` {
    @Test func `Dublin Core and LOM become items under the repository's id`() throws {
        let lom = LOMTests.record()
        let report = imported(
            OAIAnswer.list(
                OAIAnswer.record("oai:c.example:1")
                    + OAIAnswer.record("oai:c.example:2", metadata: lom)
            ),
            .oaiPMH
        )
        #expect(report.items.map(\.id) == ["oai:c.example:1", "oai:c.example:2"])
        let item = try #require(report.items.first)
        #expect(item.title == ["fr": "Bilan"])
        #expect(item.provider.name == ["fr": "Uni C"])
        #expect(item.languages == [Language.uri(tag: "fr")])
        #expect(item.keywords == ["compta"])
        #expect(item.homepage == "https://c.example/1")
        #expect(item.licence == "https://creativecommons.org/licenses/by/4.0/")
        #expect(item.types == [Vocabulary.opportunityTypes.uri(labelled: "Course")])
        #expect(item.sameAs == ["oai:c.example:1"])
        #expect(report.problems.contains { $0.message == "not carried over: <creator>" })
        #expect(
            report.items.last?.sameAs == ["oai:c.example:2", "https://ressources.example/cours/42"])
    }

    @Test func `a deleted record is asked about, never withdrawn`() {
        let report = imported(
            OAIAnswer.list(OAIAnswer.record("oai:c.example:1", status: " status=\"deleted\"")),
            .oaiPMH
        )
        #expect(report.items.isEmpty)
        #expect(!report.isFailure)
        #expect(report.problems.map(\.severity) == [.note])
        #expect(report.problems.first?.remedy.contains("asks whether to withdraw") == true)
    }

    @Test func `a deleted record names the item that it once became`() throws {
        func records(_ status: String) throws -> [ImportRecord] {
            var rest: [UInt8]? = Array(
                OAIAnswer.list(
                    OAIAnswer.record("oai:c.example:1", status: status)
                        + OAIAnswer.record("https://c.example/a very long identifier \(status)")
                ).utf8)
            var reader = CatalogueImport.Reader(format: .oaiPMH, defaults: defaults) {
                defer { rest = nil }
                return rest
            }
            var records: [ImportRecord] = []
            while let record = try reader.next() { records.append(record) }
            return records
        }
        let before = try #require(try records("").first?.item?.id)
        let after = try records(" status=\"deleted\"")
        #expect(after.first?.removed == before)
        #expect(after.last?.removed == nil)
    }

    @Test func `one page of several says so`() {
        let token = "<resumptionToken completeListSize=\"70\" cursor=\"0\"> a|b </resumptionToken>"
        let report = imported(OAIAnswer.list(OAIAnswer.record("x:1"), token: token), .oaiPMH)
        #expect(report.items.count == 1)
        #expect(report.problems.last?.message.contains("one page of a list of 70 records") == true)
        let last = imported(
            OAIAnswer.list(OAIAnswer.record("x:1"), token: "<resumptionToken/>"), .oaiPMH)
        #expect(!last.problems.contains { $0.message.contains("one page") })
    }

    @Test(arguments: [
        (OAIAnswer.error(.noRecordsMatch), "noRecordsMatch: why"),
        (OAIAnswer.list("<record><header/></record>"), "no identifier"),
        (
            OAIAnswer.list("<record><header><identifier>x:1</identifier></header></record>"),
            "without metadata"
        ),
        (
            OAIAnswer.list(OAIAnswer.record("x:1", metadata: "<marc/>")),
            "neither LOM nor Dublin Core"
        ),
        (OAIAnswer.list(OAIAnswer.record("x:1", metadata: "<dc/>")), "no title"),
        ("<html/>", "no records in <html>"),
    ])
    func `what is no record is refused with the reason`(text: String, words: String) {
        let report = imported(text, .oaiPMH)
        #expect(report.isFailure)
        #expect(report.problems.contains { $0.message.contains(words) })
    }

    @Test func `an answer is read with its token, sets and times`() throws {
        let token =
            "<resumptionToken expirationDate=\"2026-11-27T00:00:00Z\" completeListSize=\"7\" "
            + "cursor=\"5\">t &amp; u</resumptionToken>"
        let text = OAIAnswer.list(OAIAnswer.record("x:1"), token: token)
        let response = try OAIResponse(Array(text.utf8))
        #expect(response.date == Instant("2026-11-26T10:00:00Z"))
        #expect(response.resumption?.token == "t & u")
        #expect(response.resumption?.completeListSize == 7)
        #expect(response.resumption?.cursor == 5)
        #expect(response.resumption?.expirationDate == Instant("2026-11-27T00:00:00Z"))
        let record = try #require(response.records.first)
        #expect(record.identifier == "x:1")
        #expect(record.sets == ["a:b"])
        #expect(record.datestamp == Instant("2026-01-02T03:04:05Z"))
        #expect(OAIRecordMapping.record(of: record, defaults: defaults).item?.id == "x:1")
        let sets = try OAIResponse(
            Array(
                OAIAnswer.page(
                    "<ListSets><set><setSpec>a</setSpec><setName>A</setName></set></ListSets>"
                ).utf8
            )
        )
        #expect(sets.sets == ["a": "A"])
    }
}
