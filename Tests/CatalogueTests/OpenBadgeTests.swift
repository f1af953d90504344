import CanonicalJSON
import Testing

@testable import Catalogue

@Suite struct OpenBadgeTests {
    private static func achievement(_ more: String = "", id: String = "https://x.example/a/1")
        -> String
    {
        #"{"id":"\#(id)","type":["Achievement"],"name":"Teamwork","description":"Works","#
            + #""criteria":{"narrative":"Nominated"}\#(more)}"#
    }

    private static func credential(_ achievement: String) -> String {
        #"{"type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:x.example","#
            + #""name":"Example Corp"},"credentialSubject":{"type":["AchievementSubject"],"#
            + #""achievement":\#(achievement)}}"#
    }

    @Test func `an achievement becomes an item`() throws {
        let report = imported(
            Self.achievement(
                #","inLanguage":"en-US","humanCode":"T1","version":"2","fieldOfStudy":"Work","#
                    + #""specialization":"Teams","creditsAvailable":2.5,"tag":["team","work"],"#
                    + #""achievementType":"Course","image":{"id":"https://x.example/i.png"},"#
                    + #""otherIdentifier":[{"identifier":"abde","identifierType":"identifier"}],"#
                    + #""creator":{"id":"https://x.example","name":"X","url":"https://x.example","#
                    + #""address":{"addressCountryCode":"NZ"}}"#
            ),
            .ob3
        )
        let item = try #require(report.items.first)
        #expect(item.id == "https://x.example/a/1")
        #expect(item.sameAs == ["https://x.example/a/1", "abde"])
        #expect(item.title == ["en-US": "Teamwork"])
        #expect(item.defaultLanguage == "en-US")
        #expect(item.description == ["en-US": "Works"])
        #expect(item.criteria == ["en-US": "Nominated"])
        #expect(item.code == "T1")
        #expect(item.version == "2")
        #expect(item.fieldOfStudy == ["en-US": "Work"])
        #expect(item.specialization == ["en-US": "Teams"])
        #expect(item.creditPoints.map(\.number) == ["2.5"])
        #expect(item.creditPoints.map(\.framework) == [nil])
        #expect(item.keywords == ["team", "work"])
        #expect(item.types == ["http://data.europa.eu/snb/learning-opportunity/05053c1cbe"])
        #expect(item.provider.name == ["en-US": "X"])
        #expect(item.awardingBody.country?.hasSuffix("/NZL") == true)
        #expect(
            report.problems.map(\.at) == ["line 1, /creditsAvailable", "line 1, /image"]
        )
    }

    @Test func `alignments are sorted by what they are`() throws {
        func alignment(_ url: String, _ more: String = "") -> String {
            #"{"type":["Alignment"],"targetName":"N","targetUrl":"\#(url)"\#(more)}"#
        }
        let list = [
            alignment("http://data.europa.eu/esco/skill/00f12ec1"),
            alignment("http://data.europa.eu/snb/eqf/6"),
            alignment("http://data.europa.eu/snb/isced-f/0714"),
            alignment("https://i.example/", #","targetFramework":"ISCED-F","targetCode":"0613""#),
            alignment("https://x.example/n", #","targetFramework":"X","targetCode":"1""#),
            alignment("not a uri"), #"{"targetName":"N"}"#,
        ]
        let report = imported(
            Self.achievement(#","alignment":[\#(list.joined(separator: ","))]"#),
            .ob3
        )
        let item = try #require(report.items.first)
        #expect(
            item.learningOutcomes.map(\.escoSkills) == [
                ["http://data.europa.eu/esco/skill/00f12ec1"]
            ]
        )
        #expect(item.learningOutcomes.map(\.title) == [["en": "N"]])
        #expect(item.eqfLevel == "http://data.europa.eu/snb/eqf/6")
        #expect(
            item.iscedFields == [
                "http://data.europa.eu/snb/isced-f/0714", "http://data.europa.eu/snb/isced-f/0613",
            ]
        )
        #expect(item.alignments.map(\.url) == ["https://x.example/n"])
        #expect(item.alignments.map(\.code) == ["1"])
        #expect(
            report.problems(at: "line 1, /alignment/5/targetUrl").map(\.severity) == [.warning]
        )
        #expect(report.problems(at: "line 1, /alignment/6").map(\.severity) == [.warning])
    }

    @Test func `results become the grading scheme`() throws {
        let report = imported(
            Self.achievement(
                #","resultDescription":[{"name":"Grade","resultType":"LetterGrade","#
                    + #""allowedValue":["D","C"],"requiredValue":"C"},{"name":"Other"}]"#
            ),
            .ob3
        )
        let scheme = try #require(report.items.first?.gradingScheme)
        #expect(scheme.title == ["en": "Grade"])
        #expect(scheme.values == ["D", "C"])
        #expect(scheme.passingValue == "C")
        #expect(report.problems(at: "line 1, /resultDescription/1").count == 1)
    }

    @Test func `an achievement in a credential takes the issuer as its body`() throws {
        let report = imported(Self.credential(Self.achievement()), .ob3)
        let item = try #require(report.items.first)
        #expect(item.provider.name == ["en": "Example Corp"])
        #expect(item.provider.id == "did:web:x.example")
        #expect(report.problems.map(\.at) == ["line 1, /credentialSubject/achievement/creator"])
    }

    @Test func `an achievement without creator is the importing institution's`() {
        let report = imported(Self.achievement(), .ob3)
        #expect(report.items.first?.provider.name == ["en": "Uni A"])
    }

    @Test func `lists and lines of achievements and credentials are read`() {
        let one = Self.achievement()
        let two = Self.credential(Self.achievement(id: "https://x.example/a/2"))
        #expect(imported("[\(one),\(two)]", .ob3).items.count == 2)
        #expect(imported(one + "\n" + two, .ob3).items.count == 2)
        let nested =
            #"{"type":"ClrCredential","credentialSubject":{"verifiableCredential":[\#(two)],"#
            + #""achievement":[\#(one)]}}"#
        #expect(imported(nested, .ob3).items.count == 2)
    }

    @Test func `a long id is derived and stays in sameAs`() {
        let id = "https://x.example/" + String(repeating: "a", count: 60)
        let report = imported(Self.achievement(id: id), .ob3)
        #expect(
            report.items.map(\.id) == [ItemIdentifier.fitting(format: "ob3", sourceID: id)]
        )
        #expect(report.items.first?.id.utf8.count == 34)
        #expect(report.items.first?.sameAs == [id])
    }

    @Test func `an achievement of our own catalogue keeps its id`() {
        let report = imported(
            Self.achievement(id: "https://uni-a.example/items/BC%2F101"),
            .ob3
        )
        #expect(report.items.map(\.id) == ["BC/101"])
        #expect(report.items.first?.sameAs == [])
    }

    @Test(arguments: [
        ("{}", "line 1"), ("7", "/"),
        (#"{"type":["VerifiableCredential","EndorsementCredential"]}"#, "line 1"),
        (#"{"type":["Achievement"],"name":"N"}"#, "line 1, /id"),
        (#"{"type":["Achievement"],"id":"x:y"}"#, "line 1, /name"),
        (#"{"type":["Achievement"],"id":"x:y","name":""}"#, "line 1, /name"),
        ("eyJhbGciOiJSUzI1NiJ9.e30.sig", "line 1, column 1"),
    ])
    func `what is no achievement is refused`(text: String, place: String) {
        let report = imported(text, .ob3)
        #expect(report.isFailure)
        #expect(report.problems.last { $0.severity == .error }?.at == place)
    }

    @Test func `HTML and bad members are taken out with a warning`() throws {
        let report = imported(
            Self.achievement(
                #","humanCode":7,"inLanguage":"english_US","creator":{"name":"<b>X</b>","#
                    + #""url":"javascript:alert(1)"}"#
            ),
            .ob3
        )
        let item = try #require(report.items.first)
        #expect(item.provider.name == ["en": "X"])
        #expect(item.provider.homepage == nil)
        #expect(item.code == nil)
        #expect(
            report.problems.map(\.at) == [
                "line 1, /creator/name", "line 1, /inLanguage", "line 1, /creator/url",
                "line 1, /humanCode",
            ]
        )
    }

    @Test func `unknown types of achievement keep their name`() {
        #expect(AchievementType.uri(of: "Degree") == "urn:eccoe:ob3-achievement-type:Degree")
        #expect(
            AchievementType.uri(of: "ext:My Type")
                == "urn:eccoe:ob3-achievement-type:ext%3AMy%20Type"
        )
    }
}
