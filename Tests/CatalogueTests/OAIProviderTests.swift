import CanonicalJSON
import FoundationEssentials
import Keys
import Testing

@testable import Catalogue

/// A repository with a list in memory.
struct SmallRepository {
    var provider = OAIProvider(
        baseURL: "https://uni-a.example/oai",
        domain: "uni-a.example",
        name: "Uni A",
        adminEmail: "catalogue@uni-a.example",
        earliest: Instant(secondsSince1970: 1_700_000_000),
        pageSize: 2
    )
    var entries: [OAIProvider.Entry] = []
    static let now = Instant(secondsSince1970: 1_795_687_200)

    /// Items `R-0` to `R-<count - 1>`, a second apart, the last one withdrawn.
    init(_ count: Int) {
        for index in 0..<count {
            var item = SampleItem.complete
            item.id = "R-\(index)"
            if index == 0 { item.iscedFields = ["http://data.europa.eu/snb/isced-f/0411"] }
            entries.append(
                OAIProvider.Entry(
                    id: item.id,
                    time: Instant(secondsSince1970: 1_795_000_000 + Int64(index)),
                    item: index == count - 1 ? nil : item,
                    sets: index == count - 1 ? ["isced:07:071:0714"] : nil
                )
            )
        }
    }

    func ask(_ query: String) -> [UInt8] {
        switch provider.understand(query, at: Self.now) {
        case .nothing(let bytes): return bytes
        case .record(let id, let request):
            return provider.answer(entries.first { $0.id == id }, to: request, at: Self.now)
        case .list(let selection, let limit, let request):
            let found = entries.filter { entry in
                (selection.from.map { $0 <= entry.time } ?? true)
                    && (selection.until.map { entry.time <= $0 } ?? true)
                    && (selection.set.map { OAISets.isMember(entry.sets, of: $0) } ?? true)
                    && (selection.after.map { ($0.time, $0.id) < (entry.time, entry.id) } ?? true)
            }
            return provider.answer(
                Array(found.prefix(limit)), of: selection, to: request, at: Self.now)
        }
    }

    func response(_ query: String) throws -> OAIResponse {
        try OAIResponse(ask(query))
    }
}

@Suite struct `Our repository` {
    @Test func `a harvest takes every record once and knows the deleted ones`() throws {
        let repository = SmallRepository(5)
        var harvest = OAIHarvest(OAIHarvest.Plan())
        var effects = harvest.start()
        var taken: [OAIRecord] = []
        var requests = 0
        var summary: OAIHarvest.Summary?
        while let effect = effects.first {
            effects.removeFirst()
            switch effect {
            case .request(let request, _):
                requests += 1
                effects += harvest.receive(
                    status: 200, body: repository.ask(request.query), at: SmallRepository.now)
            case .take(let records, _): taken += records
            case .finish(let done): summary = done
            case .fail(let failure): Issue.record("\(failure)")
            }
        }
        #expect(requests == 5)
        #expect(taken.map(\.identifier) == (0..<5).map { "oai:uni-a.example:R-\($0)" })
        #expect(taken.map(\.isDeleted) == [false, false, false, false, true])
        #expect(summary?.records == 5)
        #expect(summary?.deleted == 1)
        #expect(summary?.tellsDeleted == true)
        let items = taken.compactMap { OAIRecordMapping.record(of: $0, defaults: defaults).item }
        #expect(items.count == 4)
        #expect(items.first?.title == SampleItem.complete.title)
        #expect(items.first?.sameAs.contains("https://uni-a.example/items/R-0") == true)
    }

    @Test(arguments: [
        ("", OAIErrorCode.badVerb), ("verb=Nope", .badVerb),
        ("verb=Identify&verb=Identify", .badVerb),
        ("verb=Identify&set=a", .badArgument), ("verb=Identify&x=1", .badArgument),
        ("verb=ListRecords", .badArgument), ("verb=GetRecord&identifier=x", .badArgument),
        ("verb=ListRecords&metadataPrefix=lom&metadataPrefix=lom", .badArgument),
        ("verb=ListRecords&metadataPrefix=marc", .cannotDisseminateFormat),
        (
            "verb=GetRecord&metadataPrefix=marc&identifier=oai%3Auni-a.example%3AR-0",
            .cannotDisseminateFormat
        ),
        ("verb=GetRecord&metadataPrefix=lom&identifier=oai%3Auni-a.example%3AR-9", .idDoesNotExist),
        ("verb=GetRecord&metadataPrefix=lom&identifier=other", .idDoesNotExist),
        ("verb=ListMetadataFormats&identifier=other", .idDoesNotExist),
        ("verb=ListRecords&resumptionToken=junk", .badResumptionToken),
        ("verb=ListSets&resumptionToken=junk", .badResumptionToken),
        ("verb=ListRecords&resumptionToken=junk&metadataPrefix=lom", .badArgument),
        ("verb=ListRecords&metadataPrefix=lom&from=2030-01-01", .noRecordsMatch),
        ("verb=ListRecords&metadataPrefix=lom&set=isced%3A99", .noRecordsMatch),
        ("verb=ListRecords&metadataPrefix=lom&from=yesterday", .badArgument),
        ("verb=ListRecords&metadataPrefix=lom&from=2026-01-02&until=2026-01-01", .badArgument),
        (
            "verb=ListRecords&metadataPrefix=lom&from=2026-01-02&until=2026-01-03T00%3A00%3A00Z",
            .badArgument
        ),
        ("verb=%zz", .badArgument), ("verb=ListRecords&metadataPrefix=a%20b", .badArgument),
        ("verb=ListRecords&metadataPrefix=lom&set=a%3A%3Ab", .badArgument),
        ("verb=ListRecords&metadataPrefix=lom&set=%C3%A9", .badArgument),
        ("verb=GetRecord&metadataPrefix=lom&identifier=%3Ca%3E", .badArgument),
    ])
    func `what is wrong with a request is answered with its code`(
        query: String,
        code: OAIErrorCode
    ) throws {
        let bytes = SmallRepository(3).ask(query)
        #expect(try OAIResponse(bytes).failures.map(\.code) == [code])
        #expect(OAISchema.problems(of: bytes) == [])
        // Unclear requests are not repeated (section 3.2).
        let text = String(decoding: bytes, as: UTF8.self)
        let isUnclear = code == .badVerb || code == .badArgument
        #expect(text.contains("<request>") == isUnclear)
    }

    @Test(arguments: [
        "verb=Identify", "verb=ListSets", "verb=ListMetadataFormats",
        "verb=ListMetadataFormats&identifier=oai%3Auni-a.example%3AR-0",
        "verb=GetRecord&metadataPrefix=lom&identifier=oai%3Auni-a.example%3AR-0",
        "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:uni-a.example:R-2",
        "verb=ListRecords&metadataPrefix=lom", "verb=ListRecords&metadataPrefix=oai_dc",
        "verb=ListIdentifiers&metadataPrefix=oai_dc",
    ])
    func `every answer has the form of the protocol`(query: String) throws {
        let bytes = SmallRepository(3).ask(query)
        #expect(OAISchema.problems(of: bytes) == [])
        #expect(try OAIResponse(bytes).failures == [])
    }

    @Test func `times and sets choose`() throws {
        let repository = SmallRepository(5)
        func ids(_ arguments: String) throws -> [String] {
            try repository.response("verb=ListIdentifiers&metadataPrefix=lom" + arguments)
                .records.map { String($0.identifier.suffix(3)) }
        }
        let second = Instant(secondsSince1970: 1_795_000_001).text
        let day = Instant(secondsSince1970: 1_795_000_000).date
        #expect(try ids("&until=\(second)") == ["R-0", "R-1"])
        #expect(try ids("&from=\(second)&until=\(second)") == ["R-1"])
        #expect(try ids("&from=\(day)&until=\(day)") == ["R-0", "R-1"])
        #expect(try ids("&set=isced:04") == ["R-0"])
        #expect(try ids("&set=isced:04:041:0411") == ["R-0"])
        #expect(try ids("&set=isced:07") == ["R-1", "R-2"])
        #expect(try ids("&set=isced") == ["R-0", "R-1"])
    }

    @Test func `a token keeps the whole selection, and only ours are taken`() throws {
        let repository = SmallRepository(5)
        let first = try repository.response("verb=ListRecords&metadataPrefix=lom&set=isced%3A07")
        let token = try #require(first.resumption?.token)
        #expect(first.resumption?.cursor == 0)
        let second = try repository.response("verb=ListRecords&resumptionToken=\(token)")
        #expect(second.records.map(\.identifier).map { $0.suffix(3) } == ["R-3", "R-4"])
        #expect(second.resumption?.token == nil)
        #expect(second.resumption?.cursor == 2)
        let made = [
            #"{"c":"2","i":"R-2","p":"lom","s":7,"t":"2026-11-18T11:06:42Z","v":"ListRecords"}"#,
            #"{"c":"2","i":"R-2","p":"lom","t":"2026-11-18T11:06:42Z","v":"ListRecords","x":"1"}"#,
            #"{"c":"02","i":"R-2","p":"lom","t":"2026-11-18T11:06:42Z","v":"ListRecords"}"#,
        ].map { Base64URL.encode(Array($0.utf8)) }
        for other in made + [token + "A", String(token.dropLast()), "e30"] {
            let answer = try repository.response("verb=ListRecords&resumptionToken=\(other)")
            #expect(answer.failures.map(\.code) == [.badResumptionToken], "\(other)")
        }
        let wrongVerb = try repository.response("verb=ListIdentifiers&resumptionToken=\(token)")
        #expect(wrongVerb.failures.map(\.code) == [.badResumptionToken])
    }

    @Test func `sets stand after those that they belong to`() {
        let specs = OAISets.all.map(\.spec)
        #expect(specs.contains("isced:06:061:0613"))
        #expect(Set(specs).count == specs.count)
        for (index, spec) in specs.enumerated() {
            guard let colon = spec.lastIndex(of: ":") else { continue }
            #expect(specs.prefix(index).contains(String(spec[..<colon])), "\(spec)")
        }
        #expect(!OAISets.isMember(["isced:06:061"], of: "isced:06:06"))
    }

    @Test func `ids of any form lead back`() {
        let provider = SmallRepository(1).provider
        for id in ["BC-101", "CR/1", "a:b?c&d=e#f", "%41"] {
            #expect(provider.id(of: provider.identifier(of: id)) == id)
        }
        for text in ["oai:uni-b.example:1", "oai:uni-a.example:", "oai:uni-a.example:%41", "x"] {
            #expect(provider.id(of: text) == nil)
        }
    }
}

/// The form of OAI-PMH 2.0 answers, written after the protocol's section 3 and 4.
enum OAISchema {
    static func problems(of document: [UInt8]) -> [String]? {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("oai-\(UUID().uuidString).xsd")
        guard (try? Data(text.utf8).write(to: path)) != nil else { return nil }
        defer { try? FileManager.default.removeItem(at: path) }
        return SchemaCheck.problems(of: document, schema: path.path)
    }

    private static func group(_ content: String) -> String {
        "<xs:complexType><xs:sequence>\(content)</xs:sequence></xs:complexType>"
    }

    private static func list(_ name: String, _ content: String) -> String {
        "<xs:element name=\"\(name)\">\(group(content))</xs:element>"
    }

    private static func element(_ name: String, _ type: String, _ bounds: String = "") -> String {
        "<xs:element name=\"\(name)\" type=\"\(type)\" \(bounds)/>"
    }

    private static func values(_ name: String, _ values: [String]) -> String {
        "<xs:simpleType name=\"\(name)\"><xs:restriction base=\"xs:string\">"
            + values.map { "<xs:enumeration value=\"\($0)\"/>" }.joined()
            + "</xs:restriction></xs:simpleType>"
    }

    private static func pattern(_ name: String, _ pattern: String) -> String {
        "<xs:simpleType name=\"\(name)\"><xs:restriction base=\"xs:string\">"
            + "<xs:pattern value=\"\(pattern)\"/></xs:restriction></xs:simpleType>"
    }

    private static let many = "maxOccurs=\"unbounded\""
    private static let token = element("resumptionToken", "o:token", "minOccurs=\"0\"")

    private static let types =
        values("verb", OAIVerb.allCases.map(\.rawValue))
        + values("code", OAIErrorCode.allCases.map(\.rawValue))
        + pattern("time", "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ")
        + "<xs:simpleType name=\"dayOrTime\"><xs:union memberTypes=\"xs:date o:time\"/></xs:simpleType>"
        + pattern("email", "\\S+@(\\S+\\.)+\\S+")
        + pattern("set", "([A-Za-z0-9_.!~*'()\\-])+(:[A-Za-z0-9_.!~*'()\\-]+)*")
        + pattern("prefix", "[A-Za-z0-9_.!~*'()\\-]+")
        + "<xs:complexType name=\"token\"><xs:simpleContent><xs:extension base=\"xs:string\">"
        + "<xs:attribute name=\"cursor\" type=\"xs:nonNegativeInteger\"/>"
        + "<xs:attribute name=\"completeListSize\" type=\"xs:positiveInteger\"/>"
        + "</xs:extension></xs:simpleContent></xs:complexType>"
        + "<xs:complexType name=\"error\"><xs:simpleContent><xs:extension base=\"xs:string\">"
        + "<xs:attribute name=\"code\" type=\"o:code\" use=\"required\"/>"
        + "</xs:extension></xs:simpleContent></xs:complexType>"
        + "<xs:complexType name=\"request\"><xs:simpleContent><xs:extension base=\"xs:anyURI\">"
        + "<xs:attribute name=\"verb\" type=\"o:verb\"/>"
        + [
            "identifier": "xs:anyURI", "metadataPrefix": "o:prefix", "set": "o:set",
            "from": "o:dayOrTime", "until": "o:dayOrTime", "resumptionToken": "xs:string",
        ].map { "<xs:attribute name=\"\($0.key)\" type=\"\($0.value)\"/>" }.joined()
        + "</xs:extension></xs:simpleContent></xs:complexType>"
        + "<xs:complexType name=\"header\"><xs:sequence>" + element("identifier", "xs:anyURI")
        + element("datestamp", "o:time")
        + element("setSpec", "o:set", "minOccurs=\"0\" \(many)") + "</xs:sequence>"
        + "<xs:attribute name=\"status\" fixed=\"deleted\"/></xs:complexType>"
        + "<xs:complexType name=\"record\"><xs:sequence>" + element("header", "o:header")
        + "<xs:element name=\"metadata\" minOccurs=\"0\">"
        + group("<xs:any namespace=\"##other\" processContents=\"skip\"/>")
        + "</xs:element></xs:sequence></xs:complexType>"

    private static let verbs =
        list(
            "Identify",
            element("repositoryName", "xs:string") + element("baseURL", "xs:anyURI")
                + "<xs:element name=\"protocolVersion\" fixed=\"2.0\"/>"
                + element("adminEmail", "o:email", many) + element("earliestDatestamp", "o:time")
                + "<xs:element name=\"deletedRecord\" fixed=\"persistent\"/>"
                + "<xs:element name=\"granularity\" fixed=\"YYYY-MM-DDThh:mm:ssZ\"/>"
        )
        + list(
            "ListMetadataFormats",
            "<xs:element name=\"metadataFormat\" \(many)>"
                + group(
                    element("metadataPrefix", "o:prefix") + element("schema", "xs:anyURI")
                        + element("metadataNamespace", "xs:anyURI")
                ) + "</xs:element>"
        )
        + list(
            "ListSets",
            "<xs:element name=\"set\" \(many)>"
                + group(element("setSpec", "o:set") + element("setName", "xs:string"))
                + "</xs:element>"
        ) + list("GetRecord", element("record", "o:record"))
        + list("ListRecords", element("record", "o:record", many) + token)
        + list("ListIdentifiers", element("header", "o:header", many) + token)

    private static let text =
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
        + "xmlns:o=\"http://www.openarchives.org/OAI/2.0/\" "
        + "targetNamespace=\"http://www.openarchives.org/OAI/2.0/\" elementFormDefault=\"qualified\">"
        + list(
            "OAI-PMH",
            element("responseDate", "o:time") + element("request", "o:request")
                + "<xs:choice>" + element("error", "o:error", many) + verbs + "</xs:choice>"
        ) + types + "</xs:schema>"
}
