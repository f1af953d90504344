import Testing

@testable import Catalogue

@Suite struct EWPCoursesTests {
    private static func answer(_ course: String) -> String {
        """
        <courses-response
         xmlns="https://github.com/erasmus-without-paper/ewp-specs-api-courses/tree/stable-v1">
        <learningOpportunitySpecification>\(course)</learningOpportunitySpecification>
        </courses-response>
        """
    }

    @Test func `levels, codes and instances are read`() throws {
        let report = imported(
            Self.answer(
                """
                <los-id>CR/1</los-id><los-code>M101</los-code><title xml:lang="pl">Analiza</title>
                <type>Course</type><iscedCode>0541</iscedCode><eqfLevelProvided>7</eqfLevelProvided>
                <specifies><learningOpportunityInstance><loi-id>CRI/1</loi-id>
                <start>2020-10-01</start><end>2021-01-31</end>
                <credit><scheme>ects</scheme><level>Bachelor</level><value>2,50</value></credit>
                <languageOfInstruction>pl</languageOfInstruction>
                </learningOpportunityInstance><learningOpportunityInstance><loi-id>CRI/2</loi-id>
                <start>2010-10-01</start><end>2011-01-31</end>
                <credit><scheme>ects</scheme><value>9</value></credit>
                </learningOpportunityInstance></specifies>
                """
            ),
            .ewpCourses
        )
        let item = try #require(report.items.first)
        #expect(item.id == "CR/1")
        #expect(item.code == "M101")
        #expect(item.defaultLanguage == "pl")
        #expect(item.eqfLevel == EQF.uri(level: 7))
        #expect(item.creditPoints.map(\.number) == ["2.5"])
        #expect(item.creditPoints.map(\.framework) == [Vocabulary.ects])
        #expect(item.languages == [Language.uri(tag: "pl")])
        #expect(
            report.problems(at: "line 7, column 53, <value>").map(\.message) == [
                "2,50 was read as 2.5: the comma counts as the point"
            ]
        )
    }

    @Test(arguments: [
        ("<title>T</title>", "no <los-id>"), ("<los-id>CR/1</los-id>", "no title"),
        ("<los-id>CR/1</los-id><title></title>", "no title"),
    ])
    func `a course without id or title is refused`(course: String, words: String) {
        let report = imported(Self.answer(course), .ewpCourses)
        #expect(report.isFailure)
        #expect(report.problems.contains { $0.message.contains(words) })
    }

    @Test(arguments: [
        ("<type>Seminar</type>", "type"), ("<iscedCode>14.1</iscedCode>", "iscedCode"),
        ("<eqfLevelProvided>9</eqfLevelProvided>", "eqfLevelProvided"),
        ("<url>javascript:alert(1)</url>", "url"),
    ])
    func `a doubtful value is left out with a warning`(element: String, name: String) {
        let report = imported(
            Self.answer("<los-id>CR/1</los-id><title xml:lang='en'>T</title>\n" + element),
            .ewpCourses
        )
        #expect(report.items.count == 1)
        #expect(
            report.problems(at: "line 4, column 1, <\(name)>").map(\.severity) == [.warning])
    }
}
