import Testing

@testable import Catalogue

@Suite struct BadgeClassTests {
    private static func badge(_ more: String = "") -> String {
        #"{"@context":"https://w3id.org/openbadges/v2","type":"BadgeClass","#
            + #""id":"https://x.example/b/1","name":"Robots","description":"D","#
            + #""criteria":"https://x.example/c","image":"https://x.example/i.png"\#(more)}"#
    }

    @Test func `a badge class becomes an item`() throws {
        let report = imported(
            Self.badge(
                #","@language":"nl","tags":["a","b"],"issuer":{"type":"Profile","#
                    + #""id":"https://x.example","name":"X","url":"https://x.example"},"#
                    + #""alignment":[{"targetName":"N","#
                    + #""targetUrl":"http://data.europa.eu/esco/skill/1"}]"#
            ),
            .ob2
        )
        let item = try #require(report.items.first)
        #expect(item.title == ["nl": "Robots"])
        #expect(item.homepage == "https://x.example/c")
        #expect(item.keywords == ["a", "b"])
        #expect(item.provider.name == ["nl": "X"])
        #expect(item.learningOutcomes.count == 1)
        #expect(report.problems.map(\.at) == ["line 1, /image"])
    }

    @Test func `the extensions that say what an item states are read`() throws {
        let report = imported(
            Self.badge(
                #","extensions:ECTSExtension":{"ECTS":2.5},"extensions:EQFExtension":{"EQF":6},"#
                    + #""extensions:StudyLoadExtension":{"StudyLoad":70},"#
                    + #""extensions:LearningOutcomeExtension":{"LearningOutcome":"Build"},"#
                    + #""extensions:LanguageExtension":{"Language":"nl_NL"}"#
            ),
            .ob2
        )
        let item = try #require(report.items.first)
        #expect(item.creditPoints.map(\.framework) == [Vocabulary.ects])
        #expect(item.creditPoints.map(\.number) == ["2.5"])
        #expect(item.eqfLevel == EQF.uri(level: 6))
        #expect(item.workloadHours == "70")
        #expect(item.learningOutcomes.map(\.title) == [["en": "Build"]])
        #expect(item.languages == [Language.uri(tag: "nl") ?? ""])
    }

    @Test func `an issuer that is only an address is questioned`() throws {
        let report = imported(Self.badge(#","issuer":"https://x.example/issuer""#), .ob2)
        let item = try #require(report.items.first)
        #expect(item.awardingBody.name == ["en": "https://x.example/issuer"])
        #expect(report.problems(at: "line 1, /issuer").map(\.severity) == [.warning])
    }

    @Test func `the badge inside an assertion is read, its recipient is not`() {
        let assertion =
            #"{"type":"Assertion","recipient":{"identity":"ann@x.example"},"badge":\#(Self.badge())}"#
        let report = imported(assertion, .ob2)
        #expect(report.items.map(\.displayTitle) == ["Robots"])
        #expect(!report.problems.contains { $0.message.contains("ann") })
    }

    @Test(arguments: [
        (#"{"type":"Assertion","badge":"https://x.example/b/1"}"#, "line 1, /badge", "fetch it"),
        (#"{"type":["Achievement"],"id":"x:y"}"#, "line 1", "--format ob3"),
        ("{}", "line 1", "give"),
    ])
    func `what holds no badge class is refused`(text: String, place: String, remedy: String) {
        let report = imported(text, .ob2)
        #expect(report.isFailure)
        #expect(report.problems.map(\.at) == [place])
        #expect(report.problems.first?.remedy.contains(remedy) == true)
    }
}
