import Testing

@testable import Catalogue

@Suite struct ESCOTests {
    private func read(_ text: String) throws -> (skills: [ESCOSkill], problems: [ImportProblem]) {
        var rest: [UInt8]? = Array(text.utf8)
        var reader = ESCOReader {
            defer { rest = nil }
            return rest
        }
        var skills: [ESCOSkill] = []
        var problems: [ImportProblem] = []
        while let next = try reader.next() {
            switch next {
            case .skill(let skill): skills.append(skill)
            case .problem(let problem): problems.append(problem)
            }
        }
        return (skills, problems)
    }

    @Test func `the official file is read with all its labels`() throws {
        let found = try read(
            "conceptType,conceptUri,skillType,preferredLabel,altLabels,description\n"
                + "KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/1,skill/competence,"
                + "manage musical staff,\"manage staff of music\ndirect musical staff\",Assign\n"
        )
        #expect(
            found.skills == [
                ESCOSkill(
                    uri: "http://data.europa.eu/esco/skill/1",
                    label: "manage musical staff",
                    otherLabels: ["manage staff of music", "direct musical staff"]
                )
            ]
        )
        #expect(found.problems.isEmpty)
        #expect(found.skills.first.flatMap { ESCOSkill(json: $0.json) } == found.skills.first)
    }

    @Test func `labels that run together end where the description begins`() throws {
        let found = try read(
            "id,description\nhttp://data.europa.eu/esco/skill/1,"
                + "manage staff direct staff Assign and manage tasks.\n"
        )
        #expect(found.skills.map(\.label) == ["manage staff direct staff"])
    }

    @Test(arguments: [
        ("", "line 1"), ("a,b\n1,2\n", "line 1"), ("id,description\nx,y\n", "line 2"),
        ("id,description\nhttp://data.europa.eu/esco/skill/1\n", "line 2"),
        ("id,description\nhttp://data.europa.eu/esco/skill/1,\n", "line 2"),
    ])
    func `what is no skill is explained`(text: String, place: String) throws {
        let found = try read(text)
        #expect(found.skills.isEmpty)
        #expect(found.problems.map(\.at) == [place])
    }

    @Test(
        .enabled(
            if: !SharedFiles.samples("samples/esco", ".csv").isEmpty,
            "shared samples absent: skipped"
        ),
        arguments: SharedFiles.samples("samples/esco", ".csv")
    )
    func `every row of the samples is read`(path: String) throws {
        let text = String(decoding: try SharedFiles.bytes(path), as: UTF8.self)
        let found = try read(text)
        #expect(found.problems.isEmpty)
        #expect(found.skills.count > 80)
    }

    @Test(arguments: [
        ("manage musical staff", 0 as Int?), ("Manage musical", 1), ("staff mus", 2),
        ("direct", 3), ("manage opera", nil), ("", nil),
    ])
    func `labels are found by the beginnings of words`(text: String, rank: Int?) {
        let found = LabelSearch(text).rank(
            "manage musical staff",
            others: ["direct musical staff"]
        )
        #expect(found == rank)
    }
}
