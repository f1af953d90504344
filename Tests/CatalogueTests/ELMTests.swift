import CanonicalJSON
import Keys
import Testing

@testable import Catalogue

/// Texts of the European Learning Model, as small as they can be.
private enum ELM {
    static func concept(_ id: String, _ label: String = "L") -> String {
        #"{"id":"\#(id)","type":"Concept","prefLabel":{"en":"\#(label)"}}"#
    }

    static let body =
        #"{"id":"https://school.example","type":"Organisation","legalName":{"en":"School"},"#
        + #""location":{"type":"Location","address":{"type":"Address","countryCode":"#
        + concept("http://publications.europa.eu/resource/authority/country/IRL") + "}}}"

    static func specification(_ more: String = "", id: String = "urn:epass:qualification:1")
        -> String
    {
        #"{"id":"\#(id)","type":"Qualification","title":{"en":"Robots"}\#(more)}"#
    }

    static func credential(_ specification: String?, claim: String = "") -> String {
        let specifiedBy = specification.map { #","specifiedBy":\#($0)"# } ?? ""
        return #"{"type":["VerifiableCredential","EuropeanDigitalCredential"],"issuer":\#(body),"#
            + #""credentialSubject":{"type":"Person","givenName":{"en":"Secret"},"hasClaim":"#
            + #"{"id":"urn:epass:learningAchievement:1","type":"LearningAchievement","#
            + #""title":{"en":"Robots"},"awardedBy":{"awardingBody":\#(body)}\#(specifiedBy)\#(claim)}}}"#
    }

    /// The one item of a credential with this specification.
    static func item(_ more: String) throws -> (LearningOpportunity, ImportReport) {
        let report = imported(credential(specification(more)), .elm)
        return (try #require(report.items.first), report)
    }
}

@Suite struct ELMCredentialTests {
    @Test func `a specification in a credential becomes an item`() throws {
        let more =
            #","eqfLevel":\#(ELM.concept("http://data.europa.eu/snb/eqf/6")),"#
            + #""nqfLevel":{"id":"http://data.europa.eu/snb/qdr/c_c392e7a2","type":"Concept","#
            + #""inScheme":{"id":"http://data.europa.eu/snb/qdr/25831c2","type":"ConceptScheme"}},"#
            + #""ISCEDFCode":[\#(ELM.concept("http://data.europa.eu/snb/isced-f/0714"))],"#
            + #""creditPoint":{"framework":\#(ELM.concept(Vocabulary.ects)),"point":"2.5"},"#
            + #""volumeOfLearning":"PT60H","#
            + #""entryRequirement":{"noteLiteral":{"en":"None"}},"#
            + #""learningOutcome":{"title":{"en":"Build","es":"Construir"},"#
            + #""relatedESCOSkill":\#(ELM.concept("http://data.europa.eu/esco/skill/1"))},"#
            + #""mode":\#(ELM.concept("http://data.europa.eu/snb/learning-assessment/e92d221e4d"))"#
        let (item, report) = try ELM.item(more)
        #expect(item.title == ["en": "Robots"])
        #expect(item.eqfLevel == "http://data.europa.eu/snb/eqf/6")
        #expect(item.nqfLevel?.framework == NQF.scheme)
        #expect(NQF.levels.label(of: item.nqfLevel?.level ?? "") == "RQF Level 6")
        #expect(item.iscedFields == ["http://data.europa.eu/snb/isced-f/0714"])
        #expect(item.creditPoints.map(\.number) == ["2.5"])
        #expect(item.creditPoints.map(\.framework) == [Vocabulary.ects])
        #expect(item.workloadHours == "60")
        #expect(item.entryRequirements == ["en": "None"])
        #expect(item.learningOutcomes.map(\.title) == [["en": "Build", "es": "Construir"]])
        #expect(
            item.learningOutcomes.map(\.escoSkills) == [["http://data.europa.eu/esco/skill/1"]]
        )
        #expect(item.awardingBody.name == ["en": "School"])
        #expect(item.awardingBody.country?.hasSuffix("/IRL") == true)
        #expect(report.problems.allSatisfy { $0.severity == .note })
        #expect(!item.json.canonicalText.contains("Secret"))
        #expect(!report.problems.contains { $0.message.contains("Secret") })
    }

    @Test func `an id that holds in its file only is replaced by one of body and title`() throws {
        let (item, report) = try ELM.item("")
        #expect(item.id.hasPrefix("x-"))
        #expect(item.sameAs == [])
        let (again, _) = try ELM.item(#","eqfLevel":"http://data.europa.eu/snb/eqf/6""#)
        #expect(again.id == item.id)
        #expect(report.problems.contains { $0.message.contains("holds in this file only") })
        let other = imported(
            ELM.credential(#"{"type":"Qualification","title":{"en":"Other"}}"#),
            .elm
        )
        #expect(other.items.first?.id != item.id)
    }

    @Test func `an id that holds everywhere is kept`() throws {
        let report = imported(
            ELM.credential(ELM.specification(id: "https://school.example/q/1")),
            .elm
        )
        #expect(report.items.map(\.id) == ["https://school.example/q/1"])
        #expect(report.items.map(\.sameAs) == [["https://school.example/q/1"]])
        let own = imported(
            ELM.credential(ELM.specification(id: "https://uni-a.example/items/BC%2F1")),
            .elm
        )
        #expect(own.items.map(\.id) == ["BC/1"])
    }

    @Test(arguments: [true, false])
    func `a JAdES credential is read like the one inside`(isEncoded: Bool) throws {
        let inner = ELM.credential(ELM.specification())
        let payload = isEncoded ? Base64URL.encode(Array(inner.utf8)) : inner
        let signed: JSON = ["payload": .string(payload), "signatures": []]
        let report = imported(signed.canonicalText, .elm)
        #expect(report.items == imported(inner, .elm).items)
        #expect(report.problems.first?.at == "line 1, /signatures")
        #expect(
            report.problems.contains {
                $0.at == "line 1, /payload/credentialSubject/hasClaim/specifiedBy"
            }
        )
    }

    @Test func `a signed text that is no JSON is refused with its place`() {
        let report = imported(#"{"payload":"{\"a\":}","signatures":[]}"#, .elm)
        #expect(report.isFailure)
        #expect(report.problems.map(\.at) == ["line 1, /payload"])
        #expect(report.problems.first?.message.contains("column 6") == true)
    }

    @Test func `the upload of the credential builder is unwrapped`() {
        let inner = ELM.credential(ELM.specification())
        #expect(imported(#"{"credential":\#(inner)}"#, .elm).items == imported(inner, .elm).items)
    }

    @Test func `an achievement without specification is taken with a warning`() {
        let report = imported(ELM.credential(nil), .elm)
        #expect(report.items.map(\.title) == [["en": "Robots"]])
        #expect(report.problems.contains { $0.message.hasPrefix("an achievement without") })
    }

    @Test func `many holders of one credential are one item`() {
        let one = ELM.credential(ELM.specification())
        let report = imported(one + "\n" + one, .elm)
        #expect(report.items.count == 1)
        #expect(!report.problems.contains { $0.severity == .error })
    }

    @Test(arguments: [
        "{}", "7", #"{"type":"Person"}"#, #"{"@context":"x"}"#,
        #"{"type":"Qualification","title":{}}"#,
    ])
    func `what is no item is refused`(text: String) {
        let report = imported(text, .elm)
        #expect(report.isFailure)
        #expect(report.problems.allSatisfy { !$0.remedy.isEmpty })
    }
}

@Suite struct ELMTrapTests {
    private func problems(_ more: String, at end: String) throws -> [ImportProblem] {
        try ELM.item(more).1.problems.filter { $0.at.hasSuffix(end) }
    }

    @Test func `P60M for 60 hours is questioned, also where the hours are known`() throws {
        let (item, _) = try ELM.item(#","volumeOfLearning":"P60M""#)
        #expect(item.workloadHours == nil)
        let problem = try problems(#","volumeOfLearning":"P60M""#, at: "/volumeOfLearning").first
        #expect(problem?.severity == .warning)
        #expect(problem?.message.contains("60 months") == true)
        #expect(problem?.remedy.contains("PT60H") == true)
        let activity = #","influencedBy":{"specifiedBy":{"volumeOfLearning":"P60M"}}"#
        let both = imported(
            ELM.credential(ELM.specification(#","volumeOfLearning":"PT60H""#), claim: activity),
            .elm
        )
        #expect(both.items.first?.workloadHours == "60")
        #expect(
            both.problems.filter { $0.severity == .warning }.map(\.at) == [
                "line 1, /credentialSubject/hasClaim/influencedBy/specifiedBy/volumeOfLearning"
            ]
        )
    }

    @Test(arguments: [
        ("2.5", "2.5", "a JSON number where a string"), (#""2,5""#, "2.5", "2,5 was read as"),
    ])
    func `credit points as a number or with a comma are taken with a note`(
        point: String,
        number: String,
        message: String
    ) throws {
        let more =
            #","creditPoint":{"framework":\#(ELM.concept(Vocabulary.ects)),"point":\#(point)}"#
        let (item, report) = try ELM.item(more)
        #expect(item.creditPoints.map(\.number) == [number])
        let problem = report.problems.first { $0.at.hasSuffix("/creditPoint/point") }
        #expect(problem?.severity == .note)
        #expect(problem?.message.hasPrefix(message) == true)
    }

    @Test func `credit points that are no number are left out`() throws {
        let (item, report) = try ELM.item(#","creditPoint":{"point":"many"}"#)
        #expect(item.creditPoints.isEmpty)
        #expect(report.problems.contains { $0.severity == .warning && $0.at.hasSuffix("/point") })
    }

    @Test func `thematicArea is ISCEDFCode, and a difference of the two is said`() throws {
        let area = #","thematicArea":"http://data.europa.eu/snb/isced-f/0714""#
        let (item, _) = try ELM.item(area)
        #expect(item.iscedFields == ["http://data.europa.eu/snb/isced-f/0714"])
        #expect(try problems(area, at: "/thematicArea").map(\.severity) == [.note])
        let both = area + #","ISCEDFCode":"http://data.europa.eu/snb/isced-f/0613""#
        #expect(try ELM.item(both).0.iscedFields.count == 2)
        #expect(try problems(both, at: "/thematicArea").map(\.severity) == [.warning])
    }

    @Test func `contentUrl is contentURL, and a difference of the two is said`() throws {
        func page(_ members: String) -> String {
            #","homepage":{"type":"WebResource",\#(members)}"#
        }
        let json = page(#""contentURL":"https://x.example/""#)
        let rdf = page(#""contentUrl":"https://x.example/""#)
        let both = page(#""contentURL":"https://x.example/","contentUrl":"https://y.example/""#)
        for text in [json, rdf, both] {
            #expect(try ELM.item(text).0.homepage == "https://x.example/")
        }
        #expect(try problems(json, at: "/contentURL").isEmpty)
        #expect(try problems(rdf, at: "/contentUrl").map(\.severity) == [.note])
        #expect(try problems(both, at: "/contentUrl").map(\.severity) == [.warning])
    }

    @Test func `markup is taken out with a warning`() throws {
        let more = #","description":{"en":"<p>One</p><script>x()</script>two\u202e"}"#
        let (item, report) = try ELM.item(more)
        #expect(item.description == ["en": "One\ntwo"])
        #expect(
            report.problems.filter { $0.severity == .warning }.map(\.at) == [
                "line 1, /credentialSubject/hasClaim/specifiedBy/description/en"
            ]
        )
    }

    @Test func `a title in one language only is said when it is another one`() {
        let opportunity =
            #"{"type":"LearningOpportunity","id":"https://school.example/1","#
            + #""title":{"fr":"Robots"},"defaultLanguage":"#
            + #""http://publications.europa.eu/resource/authority/language/ENG"}"#
        let report = imported(opportunity, .elm)
        #expect(report.items.first?.defaultLanguage == "fr")
        #expect(report.items.first?.title == ["fr": "Robots"])
        #expect(
            report.problems.contains {
                $0.severity == .warning && $0.message.contains("only there in fr")
            }
        )
    }

    @Test func `a value that a list has by its label only is taken from the list`() throws {
        let claim =
            #","provenBy":{"specifiedBy":{"dcType":\#(ELM.concept("urn:epass:concept:1", "quiz"))}}"#
        let report = imported(ELM.credential(ELM.specification(), claim: claim), .elm)
        #expect(
            report.items.first?.assessmentTypes == [
                Vocabulary.assessmentTypes.uri(labelled: "quiz") ?? ""
            ]
        )
    }

    @Test func `a level that is none is left out with a warning`() throws {
        let (item, report) = try ELM.item(#","eqfLevel":"http://data.europa.eu/snb/eqf/9""#)
        #expect(item.eqfLevel == nil)
        #expect(
            report.problems.contains { $0.severity == .warning && $0.at.hasSuffix("/eqfLevel") })
    }
}

@Suite struct ELMOpportunityTests {
    @Test func `opportunities of a graph follow references and RDF names`() throws {
        let text = #"""
            {"@context":"x","@graph":[
            {"@id":"https://s.example/o/1","@type":"elm:LearningOpportunity",
             "dc:title":[{"@language":"en","@value":"Robots"},{"@language":"fr","@value":"Robots!"}],
             "elm:defaultLanguage":{"@id":"http://publications.europa.eu/resource/authority/language/ENG"},
             "dc:type":{"@id":"http://data.europa.eu/snb/learning-opportunity/17744a2647"},
             "elm:providedBy":{"@id":"https://s.example/org"},
             "foaf:homepage":{"@id":"https://s.example/page"},
             "elm:learningAchievementSpecification":{"@id":"https://s.example/s/1"},
             "elm:priceDetail":{"@type":"elm:PriceDetail"}},
            {"@id":"https://s.example/page","@type":"elm:WebResource",
             "elm:contentUrl":"https://s.example/robots"},
            {"@id":"https://s.example/org","@type":"elm:Organisation","rov:legalName":{"en":"S"}},
            {"@id":"https://s.example/s/1","@type":"elm:LearningAchievementSpecification",
             "dc:title":{"en":"Spec"},"elm:volumeOfLearning":{"@type":"xsd:duration","@value":"PT60H"},
             "elm:learningOutcome":[{"@type":"elm:LearningOutcome","dc:title":{"en":"Build"}}]}]}
            """#
        let report = imported(text.replacing("\n", with: ""), .elm)
        let item = try #require(report.items.first)
        #expect(report.items.count == 1)
        #expect(item.id == "https://s.example/o/1")
        #expect(item.title == ["en": "Robots", "fr": "Robots!"])
        #expect(item.provider.name == ["en": "S"])
        #expect(item.homepage == "https://s.example/robots")
        #expect(item.workloadHours == "60")
        #expect(item.learningOutcomes.map(\.title) == [["en": "Build"]])
        #expect(item.types.map { Vocabulary.label(of: $0) } == ["MOOC"])
        #expect(report.problems.contains { $0.message.hasSuffix(": priceDetail") })
    }

    @Test func `specifications alone are items, their parts too, nested others are not`() {
        let text =
            #"{"type":"Qualification","id":"https://s.example/1","title":{"en":"A"},"hasPart":"#
            + #"{"type":"Qualification","id":"https://s.example/2","title":{"en":"B"},"#
            + #""specialisationOf":{"type":"Qualification","title":{"en":"Standard"}}}}"#
        #expect(imported(text, .elm).items.map(\.displayTitle) == ["A", "B"])
    }
}
