import Testing

@testable import Catalogue

@Suite struct QDRTests {
    static func file(
        opportunity: String = "",
        specification: String = "",
        more: String = ""
    ) -> String {
        """
        <Courses xmlns="http://data.europa.eu/snb/model/ap/loq-constraints/"
         xmlns:skos="http://www.w3.org/2004/02/skos/core#" xsdVersion="3.1.0">
        <learningOpportunityReferences><learningOpportunity id="https://uni-b.example/lo/1">
        <title language="en">Robotics</title><description language="en">Arms</description>
        <providedBy idref="urn:org"/><learningAchievementSpecification idref="urn:spec"/>
        <defaultLanguage uri="http://publications.europa.eu/resource/authority/language/ENG"/>
        \(opportunity)</learningOpportunity></learningOpportunityReferences>
        <learningAchievementSpecificationReferences><learningAchievementSpecification id="urn:spec">
        \(specification)
        </learningAchievementSpecification></learningAchievementSpecificationReferences>
        <agentReferences><organisation id="urn:org"><legalName language="en">Uni B</legalName>
        </organisation></agentReferences>\(more)
        </Courses>
        """
    }

    @Test func `credits, workload and fields are read with their traps told`() throws {
        let report = imported(
            Self.file(
                specification: """
                    <thematicArea uri="http://data.europa.eu/snb/isced-f/0714"/>
                    <volumeOfLearning>P60M</volumeOfLearning>
                    <creditPoint>
                    <framework uri="http://data.europa.eu/snb/education-credit/6fcec5c5af"/>
                    <point>2,5</point></creditPoint>
                    <learningSetting uri="http://data.europa.eu/snb/learning-setting/nope"/>
                    """
            ),
            .qdr
        )
        let item = try #require(report.items.first)
        #expect(report.items.count == 1)
        #expect(item.iscedFields == ["http://data.europa.eu/snb/isced-f/0714"])
        #expect(item.creditPoints.map(\.number) == ["2.5"])
        #expect(item.workloadHours == nil)
        #expect(item.provider.name == ["en": "Uni B"])
        let time = report.problems(at: "line 10, column 1, <volumeOfLearning>").first
        #expect(time?.message.contains("60 months") == true)
        #expect(time?.remedy.contains("if 60 hours are meant") == true)
        #expect(report.problems(at: "line 13, column 1, <point>").count == 1)
        #expect(report.problems(at: "line 14, column 1, <learningSetting>").count == 1)
    }

    @Test func `a reference to nothing is told`() {
        let report = imported(
            Self.file(specification: "<learningOutcome idref='urn:nowhere'/>"), .qdr)
        #expect(report.items.count == 1)
        #expect(
            report.problems.map(\.message).contains {
                $0 == "the file has no <learningOutcome> with the id \"urn:nowhere\""
            }
        )
    }

    @Test func `a second part with an id is told and the first is read`() {
        let report = imported(
            Self.file(
                more: "<agentReferences><organisation id='urn:org'><legalName language='en'>X"
                    + "</legalName></organisation></agentReferences>"
            ),
            .qdr
        )
        #expect(report.items.first?.provider.name == ["en": "Uni B"])
        #expect(report.problems.contains { $0.message.contains("was already used at line 11") })
    }

    @Test func `a description with HTML becomes plain text`() {
        let report = imported(
            Self.file(
                opportunity: "<description language='fr'>&lt;p&gt;Bras &lt;b&gt;mobiles&lt;/b&gt;"
                    + "&lt;/p&gt;</description>"
            ),
            .qdr
        )
        #expect(report.items.first?.description == ["en": "Arms", "fr": "Bras mobiles"])
        #expect(report.problems.contains { $0.message == "HTML markup was removed" })
    }

    @Test func `an opportunity without title or id is refused`() {
        let text = Self.file()
        for (old, new) in [
            ("<title language=\"en\">Robotics</title>", ""),
            (" id=\"https://uni-b.example/lo/1\"", ""),
        ] {
            let report = imported(text.replacing(old, with: new), .qdr)
            #expect(report.items.isEmpty)
            #expect(report.problems.contains { $0.severity == .error })
        }
    }

    @Test func `an address is found in both spellings`() {
        for name in ["contentUrl", "contentURL"] {
            let page = "<homepage><\(name)>https://uni-b.example/1</\(name)></homepage>"
            let report = imported(Self.file(opportunity: page), .qdr)
            #expect(report.items.map(\.homepage) == ["https://uni-b.example/1"])
        }
    }

    @Test func `titles in one language only are told once`() {
        let text = Self.file()
        let second = text.replacing("/lo/1", with: "/lo/2")
        let from = second.firstRange(of: "<learningOpportunity ")?.lowerBound ?? second.startIndex
        let to = second.firstRange(of: "</learningOpportunity>")?.upperBound ?? second.endIndex
        let both = text.replacing(
            "</learningOpportunityReferences>",
            with: second[from..<to] + "</learningOpportunityReferences>"
        )
        let report = imported(both, .qdr)
        #expect(report.items.count == 2)
        let told = report.problems.filter { $0.message.contains("one language only (en)") }
        #expect(told.map(\.at) == ["line 3, column 32"])
        let more = text.replacing(
            "<description ", with: "<title language='pl'>R</title><description ")
        #expect(!imported(more, .qdr).problems.contains { $0.message.contains("one language") })
    }

    @Test func `a title in another language than the default one is told`() {
        let text = Self.file().replacing("/ENG", with: "/FRA")
        let report = imported(text, .qdr)
        #expect(report.items.map(\.defaultLanguage) == ["fr"])
        #expect(
            report.problems.contains {
                $0.message == "the title is only there in en, the default language is fr"
            }
        )
    }
}
