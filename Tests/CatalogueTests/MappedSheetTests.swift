import CanonicalJSON
import FoundationEssentials
import Testing

@testable import Catalogue

private func read(_ sheet: String, _ mapping: String) throws -> ImportReport {
    CatalogueImport.read(
        Array(sheet.utf8),
        format: .csv,
        mapping: try ColumnMapping(bytes: Array(mapping.utf8)),
        defaults: defaults
    )
}

/// The example files of Config/.
private enum ConfigFile {
    static func mapping(_ name: String) throws -> ColumnMapping {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let path = tests.deletingLastPathComponent().appending(path: "Config/\(name)").path
        return try ColumnMapping(bytes: SharedFiles.bytes(path))
    }
}

@Suite struct MappedSheetTests {
    private static let smallest =
        "version: 1\nconstants:\n  provider.name: P\ncolumns:\n  T: title\n"

    @Test func `the example of a MOOC platform reads its sheet without a remark`() throws {
        let sheet =
            "Course ID;Title;Titre;Summary;URL;Hours;ECTS;EQF;Field;Language;Outcomes;Mode;Exam;"
            + "Start;Seats\n"
            + "M-1;Robots;Robotique;About;https://m.example/1;60;2.5;6;0714, 0613;en, French;"
            + "Build|Repair;Hybrid;proctored;31/01/2026;12\n"
        let report = CatalogueImport.read(
            Array(sheet.utf8),
            format: .csv,
            mapping: try ConfigFile.mapping("mapping-mooc-platform.yaml"),
            defaults: defaults
        )
        let item = try #require(report.items.first)
        #expect(report.problems.isEmpty)
        #expect(item.id == "M-1")
        #expect(item.title == ["en": "Robots", "fr": "Robotique"])
        #expect(item.workloadHours == "60")
        #expect(item.creditPoints.map(\.framework) == [Vocabulary.ects])
        #expect(item.creditPoints.map(\.number) == ["2.5"])
        #expect(item.eqfLevel == EQF.uri(level: 6))
        #expect(item.iscedFields.compactMap { ISCEDF.code(of: $0) } == ["0714", "0613"])
        #expect(item.languages == ["en", "fr"].compactMap { Language.uri(tag: $0) })
        #expect(item.learningOutcomes.map(\.title) == [["en": "Build"], ["en": "Repair"]])
        #expect(item.modes.map { Vocabulary.label(of: $0) } == ["Blended"])
        #expect(item.supervision == "urn:eccoe:supervision:supervised-online-with-id")
        #expect(item.approvalDate == "2026-01-31")
        #expect(item.types.map { Vocabulary.label(of: $0) } == ["MOOC"])
        #expect(item.provider.name == ["en": "Example MOOC Platform"])
        #expect(item.awardingBody.country?.hasSuffix("/FRA") == true)
    }

    @Test func `the example of student evaluations gives evidence for existing items`() throws {
        let sheet =
            "Course;Mean score;Lowest;Highest;Answers;Survey closed;Report\n"
            + "BC-101;4,2;1;5;120;31.01.2026;https://uni-a.example/r\n"
            + "BC-102;5.5;1;5;3;31/01/2026;\n"
            + ";3;1;5;3;31/01/2026;\n"
        let report = CatalogueImport.read(
            Array(sheet.utf8),
            format: .csv,
            mapping: try ConfigFile.mapping("mapping-student-evaluations.yaml"),
            defaults: defaults
        )
        #expect(report.items.isEmpty)
        #expect(!report.isFailure)
        let evidence = try #require(report.evidence.first)
        #expect(report.evidence.count == 1)
        #expect(evidence.itemID == "BC-101")
        #expect(
            evidence.evaluation.json == [
                "score": "4.2", "scaleMinimum": "1", "scaleMaximum": "5", "sampleSize": 120,
                "date": "2026-01-31", "url": "https://uni-a.example/r",
            ]
        )
        #expect(
            report.problems.filter { $0.severity == .error }.map(\.at) == [
                "line 3, column Mean score", "line 4, /item",
            ]
        )
        let once = evidence.added(to: SampleItem.smallest)
        #expect(once.studentEvaluations.count == 1)
        #expect(evidence.added(to: once) == once)
        #expect(try once.validated() == once)
    }

    @Test func `remarks name the column`() throws {
        let report = try read(
            "T,H,C,E,D,P\n<b>Robots</b>,P60M,\"2,5\",9,31/01/2026,<i>x</i>\n",
            Self.smallest + "  H: workloadHours\n  C: creditPoints.ects\n  E: eqfLevel\n"
                + "  D: approvalDate\n  P: provider.name\n"
        )
        let item = try #require(report.items.first)
        #expect(item.title == ["en": "Robots"])
        #expect(item.workloadHours == nil)
        #expect(item.creditPoints.map(\.number) == ["2.5"])
        #expect(item.eqfLevel == nil)
        #expect(item.approvalDate == nil)
        #expect(report.problems.allSatisfy { $0.at.hasPrefix("line 2, column ") })
        #expect(
            report.problems.filter { $0.severity == .warning }.map { $0.at.suffix(1) } == [
                "E", "D", "P", "T", "H",
            ]
        )
        #expect(report.problems.filter { $0.severity == .note }.map { $0.at.suffix(1) } == ["C"])
        let workload = report.problems(at: "line 2, column H").first
        #expect(workload?.message.contains("60 months") == true)
        let date = report.problems(at: "line 2, column D").first
        #expect(date?.remedy.contains("dates in the mapping file") == true)
    }

    @Test func `two forms of dates in one column are said once`() throws {
        let report = try read(
            "T,D\nA,2026-01-31\nB,31/01/2026\nC,31.01.2026\nD,2026-02-28\nE,28/02/2026\n",
            Self.smallest
                + "  D:\n    to: approvalDate\n    dates: [YYYY-MM-DD, DD/MM/YYYY]\n"
        )
        #expect(
            report.items.map(\.approvalDate) == [
                "2026-01-31", "2026-01-31", nil, "2026-02-28", "2026-02-28",
            ]
        )
        #expect(report.problems.map(\.at) == ["line 3, column D", "line 4, column D"])
        #expect(report.problems.map(\.severity) == [.warning, .warning])
    }

    @Test func `rows without an id get one that stays`() throws {
        let first = try read("T\nRobots\n", Self.smallest).items.first
        let again = try read("T,X\nRobots,1\n", Self.smallest).items.first
        #expect(first?.id.hasPrefix("x-") == true)
        #expect(first?.id == again?.id)
    }

    @Test(arguments: [
        ("", "line 1", "empty"), ("A,B\n1,2\n", "line 1", "lacks columns of the mapping: t"),
        ("T\na,b\n", "line 2", "2 fields where the header has 1"),
        ("T\n\"a\n", "line 2", "never closed"),
    ])
    func `a sheet that does not fit is explained`(
        sheet: String,
        place: String,
        message: String
    ) throws {
        let report = try read(sheet, Self.smallest)
        #expect(report.isFailure)
        #expect(report.problems.last?.at == place)
        #expect(report.problems.last?.message.contains(message) == true)
    }

    @Test func `columns that nobody reads are named, ignored ones are not`() throws {
        let report = try read("T,X,Y\na,1,2\n", Self.smallest + "  X: ignore\n")
        #expect(report.problems.map(\.message) == ["columns that are not read: Y"])
    }

    @Test func `without a mapping nothing is read`() {
        let report = imported("T\nRobots\n", .csv)
        #expect(report.isFailure)
        #expect(report.problems.first?.remedy.contains("--mapping") == true)
    }

    @Test func `a long sheet is read row by row`() throws {
        var given = 0
        let mapping = try ColumnMapping(bytes: Array(Self.smallest.utf8))
        var reader = CatalogueImport.Reader(format: .csv, mapping: mapping, defaults: defaults) {
            guard given < 5000 else { return nil }
            defer { given += 1 }
            return Array((given == 0 ? "T\n" : "Title \(given)\n").utf8)
        }
        var count = 0
        while let record = try reader.next() {
            #expect(record.item != nil)
            count += 1
            #expect(given <= count + 3)
        }
        #expect(count == 4999)
    }
}

@Suite struct ColumnMappingTests {
    @Test func `YAML and JSON say the same`() throws {
        let yaml = """
            # a comment
            version: 1   # another
            columns:
              "A: b": title
              'C#':
                to: modes
                split: "|"
                values:
                  far away: Online
              D:
                to: approvalDate
                dates:
                  - MM/YYYY
            """
        let json = """
            {"version":1,"columns":{"A: b":"title","C#":{"to":"modes","split":"|",
            "values":{"far away":"Online"}},"D":{"to":"approvalDate","dates":["MM/YYYY"]}}}
            """
        let sheet = "A: b,C#,D\nRobots,far away|Blended,01/2026\n"
        let one = try read(sheet, yaml)
        #expect(one.problems.map(\.at) == ["line 1"])
        #expect(one.problems.first?.message.contains("no column names the provider") == true)
        #expect(one.items.first?.modes.count == 2)
        #expect(one.items.first?.approvalDate == "2026-01-01")
        #expect(try read(sheet, json).items == one.items)
    }

    @Test(arguments: [
        ("columns:\n  T: title\n", "/version"), ("version: 2\ncolumns:\n  T: title\n", "/version"),
        ("version: 1\n", "/columns"), ("version: 1\ncolumns:\n  T: code\n", "/columns"),
        ("version: 1\ncolumns:\n  T: titel\n", "/columns/T"),
        ("version: 1\ncolumns:\n  T: homepage.en\n", "/columns/T"),
        ("version: 1\nkind: people\ncolumns:\n  T: title\n", "/kind"),
        ("version: 1\nkind: evaluations\ncolumns:\n  T: item\n", "/columns"),
        ("version: 1\nlanguage: english_US\ncolumns:\n  T: title\n", "/language"),
        ("version: 1\ncolumns:\n  T: title\nextra: 1\n", "/extra"),
        ("version: 1\ncolumns:\n  T: title\nconstants:\n  colour: red\n", "/constants/colour"),
        ("version: 1\ncolumns:\n  T:\n    to: title\n    as: x\n", "/columns/T/as"),
        ("version: 1\ncolumns:\n  T:\n    to: reviewDate\n    dates: YY\n", "/columns/T/dates"),
        ("version: 1\ncolumns:\n  T: title\n  T: code\n", "line 4"),
        ("version: 1\ncolumns:\n\tT: title\n", "line 3"),
        ("version: 1\ncolumns:\n  T: &a title\n", "line 3"),
        ("version: 1\ncolumns:\n  T: \"title\n", "line 3"), ("version: 1\ncolumns:\n", "line 2"),
        ("version: 1\ncolumns:\n  T: title\n    U: code\n", "line 4"),
        ("version: 1\ncolumns\n", "line 2"), ("{\"version\":1,}", "line 1, column 14"),
        ("[1]", "line 1"),
    ])
    func `a mapping that cannot be used is refused with place and remedy`(
        text: String,
        place: String
    ) {
        do {
            _ = try ColumnMapping(bytes: Array(text.utf8))
            Issue.record("accepted: \(text)")
        } catch {
            #expect(error.at == place)
            #expect(!error.remedy.isEmpty)
        }
    }

    @Test func `a mapping in Latin-1 is refused`() {
        #expect(throws: MappingFault.self) { try ColumnMapping(bytes: [0x61, 0xe9]) }
    }
}
