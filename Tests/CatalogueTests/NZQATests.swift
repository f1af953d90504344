import CanonicalJSON
import Testing

@testable import Catalogue

@Suite struct NZQATests {
    private static let header = "Title,Level,Credits,Developer,Approval Date,Review Date\n"

    @Test func `a row becomes an item`() throws {
        let report = imported(
            Self.header
                + "Barista Training (Micro-credential),2,5,Making Futures Limited,07/2019,14/07/2021\n",
            .nzqa
        )
        let item = try #require(report.items.first)
        #expect(item.title == ["en": "Barista Training (Micro-credential)"])
        #expect(item.nqfLevel?.level == "urn:eccoe:nqf:nzqcf:2")
        #expect(item.nqfLevel?.framework == NZQCF.framework)
        #expect(item.eqfLevel == "http://data.europa.eu/snb/eqf/3")
        #expect(item.creditPoints.map(\.number) == ["5"])
        #expect(item.creditPoints.map(\.framework) == [NZQCF.creditFramework])
        #expect(item.provider.name == ["en": "Making Futures Limited"])
        #expect(item.awardingBody.name == item.provider.name)
        #expect(item.awardingBody.country?.hasSuffix("/NZL") == true)
        #expect(item.approvalDate == "2019-07-01")
        #expect(item.reviewDate == "2021-07-14")
        #expect(item.sameAs.isEmpty)
        #expect(
            item.id
                == ItemIdentifier.derived(
                    format: "nzqa",
                    sourceID: [
                        "Making Futures Limited", "Barista Training (Micro-credential)",
                        "2019-07-01",
                    ]
                )
        )
        #expect(report.problems.map(\.severity) == [.note])
    }

    @Test func `level 8 is unlevelled in the EQF`() {
        let report = imported(Self.header + "T,8,5,D,07/2019,\n", .nzqa)
        #expect(report.items.first?.eqfLevel == EQF.unlevelled)
        #expect(report.items.first?.reviewDate == nil)
    }

    @Test(arguments: [
        ("T,11,5,D,,\n", "line 2, column Level"), ("T,high,5,D,,\n", "line 2, column Level"),
        ("T,1,five,D,,\n", "line 2, column Credits"),
        ("T,1,5,D,13/2019,\n", "line 2, column Approval Date"),
        ("T,1,5,D,,31/02/2020\n", "line 2, column Review Date"),
        ("T,1,5,D,,2020\n", "line 2, column Review Date"),
    ])
    func `a doubtful cell is left out with a warning`(row: String, place: String) {
        let report = imported(Self.header + row, .nzqa)
        #expect(report.items.count == 1)
        #expect(report.problems.map(\.at) == [place])
        #expect(report.problems.map(\.severity) == [.warning])
    }

    @Test(arguments: [
        (",1,5,D,,\n", "line 2, column Title"), ("T,1,5,,,\n", "line 2, column Developer"),
        ("T,1,5,D,\n", "line 2"), ("T,1,2,5,D,,,\n", "line 2"),
        ("\"T,1,5,D,,\n", "line 2"), ("\"T\"x,1,5,D,,\n", "line 2"), ("T\"x,1,5,D,,\n", "line 2"),
    ])
    func `a row without what an item needs is refused`(row: String, place: String) {
        let report = imported(Self.header + row, .nzqa)
        #expect(report.items.isEmpty)
        #expect(report.problems.map(\.at) == [place])
        #expect(report.problems.map(\.severity) == [.error])
    }

    @Test func `quotes, line ends in fields and other separators are read`() {
        let rows =
            Self.header.split(separator: ",").joined(separator: ";").split(separator: "\n")
            .joined(separator: "\r\n")
            + "\r\n\"Tea; \"\"green\"\"\r\nand black\";3;2,5;D;01/2020;\r\n\r\nB;3;5;D;02/2020;"
        let report = imported(rows, .nzqa)
        #expect(report.items.map(\.displayTitle) == ["Tea; \"green\"\nand black", "B"])
        #expect(report.items.first?.creditPoints.map(\.number) == ["2.5"])
        #expect(
            report.problems.map(\.at) == [
                "line 2, column Approval Date", "line 2, column Credits",
            ]
        )
        #expect(report.problems.allSatisfy { $0.severity == .note })
    }

    @Test func `two forms of dates in one column are remarked on once`() {
        let report = imported(
            Self.header + "A,1,5,D,01/2020,\nB,1,5,D,02/03/2020,\nC,1,5,D,04/03/2020,\n",
            .nzqa
        )
        #expect(report.items.map(\.approvalDate) == ["2020-01-01", "2020-03-02", "2020-03-04"])
        let problems = report.problems(at: "line 3, column Approval Date")
        #expect(problems.map(\.severity) == [.warning])
        #expect(report.problems.count == 2)
    }

    @Test func `the same title of the same developer and day is a duplicate`() {
        let report = imported(Self.header + "A,1,5,D,01/2020,\nA,2,6,D,01/01/2020,\n", .nzqa)
        #expect(report.items.count == 1)
        #expect(report.problems.last?.message.contains("already used at line 2") == true)
    }

    @Test(arguments: [
        ("", "line 1"), ("Name,Level\nA,1\n", "line 1"), ("Title,Level\nA,1\n", "line 1"),
    ])
    func `a source without the columns is refused as a whole`(text: String, place: String) {
        let report = imported(text, .nzqa)
        #expect(report.isFailure)
        #expect(report.problems.map(\.at) == [place])
    }

    @Test func `columns are found by name in any order and case`() {
        let report = imported("developer,NOTE,TITLE\nD,n,T\n", .nzqa)
        #expect(report.items.map(\.displayTitle) == ["T"])
        #expect(report.problems.map(\.message) == ["columns that are not read: NOTE"])
    }

    @Test func `an open quote does not eat more than 1 MiB`() {
        let report = imported(
            Self.header + "\"A" + String(repeating: "x\n", count: 600_000),
            .nzqa
        )
        #expect(report.problems.first?.message.contains("longer than 1048576 bytes") == true)
    }
}
