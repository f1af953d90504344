import CanonicalJSON
import Keys
import Testing

@testable import Catalogue

private enum CTDL {
    static let ctid = "ce-3fa85f64-5717-4562-b3fc-2c963f66afa6"

    static func record(_ more: String = "", type: String = "ceterms:Course") -> String {
        #"{"@context":"https://credreg.net/ctdl/schema/context/json","@type":"\#(type)","#
            + #""@id":"https://credentialengineregistry.org/resources/\#(ctid)","#
            + #""ceterms:ctid":"\#(ctid)","ceterms:name":{"en":"Welding"},"#
            + #""ceterms:description":{"en":"Metal"},"ceterms:inLanguage":["en"],"#
            + #""ceterms:subjectWebpage":"https://school.example/w","#
            + #""ceterms:ownedBy":[{"@type":"ceterms:CredentialOrganization","#
            + #""ceterms:name":{"en":"School"},"ceterms:address":[{"ceterms:addressCountry":"#
            + #""United States"}]}]\#(more)}"#
    }

    static func item(_ more: String) throws -> (LearningOpportunity, ImportReport) {
        let report = imported(record(more), .ctdl)
        return (try #require(report.items.first), report)
    }

    static func term(_ node: String, _ name: String) -> String {
        #"{"@type":"ceterms:CredentialAlignmentObject","ceterms:targetNode":"\#(node)","#
            + #""ceterms:targetNodeName":{"en":"\#(name)"}}"#
    }
}

@Suite struct CTDLTests {
    @Test func `a state that a catalogue does not have takes no other away`() throws {
        let (item, report) = try CTDL.item(
            #","ceterms:credentialStatusType":\#(CTDL.term("credentialStat:Active", "Active")),"#
                + #""ceterms:lifeCycleStatusType":\#(CTDL.term("lifeCycle:Planned", "Planned"))"#
        )
        #expect(item.status == "urn:eccoe:status:released")
        #expect(
            report.problems.map(\.message) == [
                "the status Planned is none of a catalogue; left out"
            ]
        )
    }

    @Test func `a record becomes an item`() throws {
        let (item, report) = try CTDL.item("")
        #expect(item.id == CTDL.ctid)
        #expect(item.sameAs == ["https://credentialengineregistry.org/resources/\(CTDL.ctid)"])
        #expect(item.title == ["en": "Welding"])
        #expect(item.description == ["en": "Metal"])
        #expect(item.homepage == "https://school.example/w")
        #expect(item.languages == [Language.uri(tag: "en") ?? ""])
        #expect(item.types.map { Vocabulary.label(of: $0) } == ["Course"])
        #expect(item.awardingBody.name == ["en": "School"])
        #expect(item.awardingBody.country?.hasSuffix("/USA") == true)
        #expect(report.problems.isEmpty)
    }

    @Test func `terms go where they belong`() throws {
        let (item, report) = try CTDL.item(
            #","ceterms:teaches":[\#(CTDL.term("https://c.example/1", "Weld"))],"#
                + #""ceterms:subject":[{"ceterms:targetNodeName":"Metal"}],"#
                + #""ceterms:keyword":["Fire","Metal"],"#
                + #""ceterms:occupationType":[\#(CTDL.term("https://o.example/1", "Welder")),"#
                + #"{"ceterms:targetNodeName":"Smith"}],"#
                + #""ceterms:learningDeliveryType":[\#(CTDL.term("deliveryType:OnlineOnly", "O"))],"#
                + #""ceterms:assessmentMethodType":[\#(CTDL.term("assessMethod:Exam", "E")),"#
                + #"\#(CTDL.term("assessMethod:Guess", "Guess"))],"#
                + #""ceterms:credentialStatusType":[\#(CTDL.term("credentialStat:Active", "A"))],"#
                + #""ceterms:isPartOf":["https://p.example/1"],"#
                + #""ceterms:requires":[{"ceterms:description":"Pass"},"#
                + #"{"ceterms:description":"*** Condition PROFILE DESCRIPTION MISSING ***"}],"#
                + #""ceterms:accreditedBy":[{"ceterms:name":"Agency"}],"ceterms:image":"x""#
        )
        #expect(item.learningOutcomes.map(\.title) == [["en": "Weld"]])
        #expect(item.learningOutcomes.map(\.otherSkills) == [["https://c.example/1"]])
        #expect(item.keywords == ["Metal", "Fire", "Smith"])
        #expect(item.alignments.map(\.url) == ["https://o.example/1"])
        #expect(item.modes.map { Vocabulary.label(of: $0) } == ["Online"])
        #expect(item.assessmentTypes.map { Vocabulary.label(of: $0) } == ["written examination"])
        #expect(item.status == "urn:eccoe:status:released")
        #expect(item.stackability == Vocabulary.partOfSomething)
        #expect(item.criteria == ["en": "Pass"])
        #expect(item.accreditations.map(\.title) == [["en": "Accredited by Agency"]])
        #expect(
            report.problems.map(\.at) == [
                "line 1, /ceterms:occupationType/0", "line 1, /ceterms:assessmentMethodType/1",
                "line 1",
            ]
        )
        #expect(report.problems.last?.message.hasSuffix(": image") == true)
    }

    @Test(arguments: [
        (
            #""ceterms:creditValue":[{"schema:value":3,"ceterms:creditUnitType":[{"#
                + #""ceterms:targetNode":"creditUnit:ECTS"}]}]"#, Vocabulary.ects
        ),
        (
            #""ceterms:creditValue":[{"schema:value":3,"ceterms:creditUnitType":[{"#
                + #""ceterms:targetNode":"creditUnit:SemesterHours"}]}]"#,
            "https://credreg.net/ctdl/terms/creditUnit/SemesterHours"
        ),
        (#""ceterms:creditUnitValue":"3""#, nil as String?),
    ])
    func `credits keep their unit, and without one a warning is given`(
        member: String,
        framework: String?
    ) throws {
        let (item, report) = try CTDL.item("," + member)
        #expect(item.creditPoints.map(\.number) == ["3"])
        #expect(item.creditPoints.map(\.framework) == [framework])
        #expect(report.problems.map(\.severity) == (framework == nil ? [.warning] : []))
    }

    @Test func `a duration is no workload, unless it is in hours`() throws {
        func duration(_ text: String) -> String {
            #","ceterms:estimatedDuration":[{"ceterms:exactDuration":"\#(text)"}]"#
        }
        #expect(try CTDL.item(duration("PT60H")).0.workloadHours == "60")
        let (item, report) = try CTDL.item(duration("P2Y"))
        #expect(item.workloadHours == nil)
        #expect(report.problems.map(\.severity) == [.note])
    }

    @Test func `old records with English language names and schema names are read`() throws {
        let text =
            #"{"@type":"ceterms:Certificate","schema:name":"Welding","#
            + #""ceterms:ctid":"urn:ctid:1","ceterms:inLanguage":"English","#
            + #""schema:url":"http://s.example/ w","ceterms:owner":["http://s.example"]}"#
        let report = imported(text, .ctdl)
        let item = try #require(report.items.first)
        #expect(item.id == "urn:ctid:1")
        #expect(item.languages == [Language.uri(tag: "en") ?? ""])
        #expect(item.homepage == "http://s.example/%20w")
        #expect(item.awardingBody.id == "http://s.example")
        #expect(
            report.problems(at: "line 1, /ceterms:owner/0").map(\.severity) == [.warning]
        )
        #expect(report.problems(at: "line 1, /ceterms:ctid").map(\.severity) == [.note])
        #expect(report.problems(at: "line 1, /ceterms:description").map(\.severity) == [.warning])
    }

    @Test func `a graph names its organisations by reference`() throws {
        let text =
            #"{"@graph":[{"@type":"ceterms:Course","@id":"https://r.example/1","#
            + #""ceterms:ctid":"\#(CTDL.ctid)","ceterms:name":"A","#
            + #""ceterms:offeredBy":["https://r.example/2"]},"#
            + #"{"@type":"ceterms:CredentialOrganization","@id":"https://r.example/2","#
            + #""ceterms:name":"School"}]}"#
        let item = try #require(imported(text, .ctdl).items.first)
        #expect(item.provider.name == ["en": "School"])
        #expect(item.provider.id == "https://r.example/2")
    }

    @Test(arguments: [
        (#"{"@type":"ceterms:CredentialOrganization","ceterms:name":"A"}"#, "an organisation"),
        (#"{"@type":"ceasn:Competency"}"#, "nothing that is learned: Competency"),
        ("{}", "no @type"), ("7", "a number where a CTDL record is expected"),
    ])
    func `what is no item is refused and named`(text: String, message: String) {
        let report = imported(text, .ctdl)
        #expect(report.isFailure)
        #expect(report.problems.first?.message.contains(message) == true)
    }
}

@Suite struct RegistryEnvelopeTests {
    private func envelope(
        header: String = EnvelopeSample.header,
        payload: String = EnvelopeSample.payload,
        signature: String = EnvelopeSample.signature,
        key: String = EnvelopeSample.pkcs1,
        more: [String: JSON] = [:]
    ) -> String {
        var object = JSONObject()
        object["envelope_version"] = "1.0.0"
        object["resource"] = .string("\(header).\(payload).\(signature)")
        object["resource_encoding"] = "jwt"
        object["resource_public_key"] = .string(key)
        for (name, value) in more { object[name] = value }
        return JSON.object(object).canonicalText
    }

    @Test(arguments: [EnvelopeSample.pkcs1, EnvelopeSample.spki])
    func `a resource is taken when its signature fits the key`(key: String) throws {
        let report = imported(envelope(key: key), .ctdl)
        #expect(report.items.map(\.id) == [CTDL.ctid])
        #expect(report.problems.first?.at == "line 1, /resource")
        #expect(report.problems.first?.severity == .note)
    }

    @Test func `a changed resource is refused`() {
        let changed = EnvelopeSample.payload.replacing("ey", with: "eY", maxReplacements: 1)
        for text in [
            envelope(payload: changed), envelope(header: "eyJhbGciOiJub25lIn0"),
            envelope(signature: ""), envelope(signature: "AAAA"), envelope(key: "none"),
            envelope(more: ["decoded_resource": ["ceterms:name": "Other"]]),
            envelope(more: ["resource": "one.two"]),
        ] {
            let report = imported(text, .ctdl)
            #expect(report.isFailure)
            #expect(report.problems.map(\.severity) == [.error])
        }
    }

    @Test func `a decoded copy that is the same does no harm`() throws {
        let bytes = try #require(Base64URL.decode(EnvelopeSample.payload))
        let copy = try JSON.read(bytes)
        #expect(imported(envelope(more: ["decoded_resource": copy]), .ctdl).items.count == 1)
    }
}
