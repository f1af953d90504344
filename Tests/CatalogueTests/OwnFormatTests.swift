import CanonicalJSON
import Testing

@testable import Catalogue

@Suite struct OwnFormatTests {
    private static func item(_ id: String, _ more: String = "") -> String {
        #"{"id":"\#(id)","title":{"en":"T"},"defaultLanguage":"en","#
            + #""provider":{"name":{"en":"P"}},"awardingBody":{"name":{"en":"P"}}\#(more)}"#
    }

    @Test(arguments: [
        item("A"), "  \n" + item("A") + "\n", item("A") + "\n" + item("B"),
        item("A") + "\r\n\r\n" + item("B") + "\r\n", "[\(item("A")),\n \(item("B"))]", "[]",
        "\u{feff}" + item("A"),
    ])
    func `an object, a list and JSON Lines are read`(text: String) {
        let report = imported(text, .json)
        let ids = ["A", "B"].filter { text.contains("\"id\":\"\($0)\"") }
        #expect(report.items.map(\.id) == ids)
        #expect(report.problems.allSatisfy { $0.severity == .note })
    }

    @Test func `an object over many lines is read, and its problems have pointers`() {
        let text = Self.item("A", ",\n \"code\": null").split(separator: ",")
            .joined(separator: ",\n")
        let report = imported(text, .json)
        #expect(report.items.isEmpty)
        #expect(report.isFailure)
        #expect(report.problems.map(\.at) == ["/code"])
    }

    @Test func `a bad line does not spoil the others`() {
        let text = [Self.item("A"), #"{"id":"B","#, Self.item("C", #","x":1"#), Self.item("D")]
            .joined(separator: "\n")
        let report = imported(text, .json)
        #expect(report.items.map(\.id) == ["A", "D"])
        #expect(report.problems.map(\.at) == ["line 2, column 11", "line 3, /x"])
        #expect(!report.isFailure)
    }

    @Test func `a bad element does not spoil the others`() {
        let report = imported("[\(Self.item("A")),\n7,{\"a\" 1},\(Self.item("D"))]", .json)
        #expect(report.items.map(\.id) == ["A", "D"])
        #expect(report.problems.map(\.at) == ["/1", "/2 (line 2, column 6)"])
    }

    @Test(arguments: [
        ("", "line 1"), ("  \n\n ", "line 3"), ("[{}", "/0"), ("[{}] x", "line 1, byte 5"),
        ("[{},]", "/1 (line 1, column 1)"), ("{\"id\":\n", "line 1, column 7"),
    ])
    func `a broken source is explained`(text: String, place: String) {
        let report = imported(text, .json)
        #expect(report.isFailure)
        #expect(report.problems.last?.at == place)
        #expect(report.problems.last?.severity == .error)
    }

    @Test func `a byte-order mark is accepted with a note`() {
        let report = imported("\u{feff}" + Self.item("A"), .json)
        #expect(report.items.count == 1)
        #expect(report.problems.map(\.severity) == [.note])
        #expect(report.problems.first?.message == "a byte-order mark was skipped")
    }

    @Test(arguments: [ImportFormat.json, .ob3, .nzqa])
    func `Latin-1 that calls itself UTF-8 is refused with line and byte`(format: ImportFormat) {
        let line = format == .nzqa ? "Title,Developer\n" : Self.item("A") + "\n"
        let bytes = Array(line.utf8) + [0x61, 0x2c, 0xe9, 0x62, 0x0a]
        let report = CatalogueImport.read(bytes, format: format, defaults: defaults)
        let problem = report.problems.last
        #expect(problem?.at == "line 2, byte \(line.utf8.count + 2)")
        #expect(problem?.message.contains("0xE9 is not UTF-8") == true)
        #expect(problem?.remedy.contains("iconv") == true)
    }

    @Test func `UTF-16 is refused with a remedy`() {
        let report = CatalogueImport.read(
            [0xff, 0xfe, 0x7b, 0, 0x7d, 0],
            format: .json,
            defaults: defaults
        )
        #expect(report.isFailure)
        #expect(report.problems.map(\.message) == ["the file is UTF-16"])
    }

    @Test func `the second record with an id is refused and names the first`() {
        let report = imported(
            [Self.item("A"), Self.item("B"), Self.item("A", #","code":"x""#)]
                .joined(separator: "\n"),
            .json
        )
        #expect(report.items.map(\.id) == ["A", "B"])
        #expect(report.problems.map(\.at) == ["line 3"])
        #expect(report.problems.first?.message == #"the id "A" was already used at line 1"#)
        #expect(report.problems.map(\.severity) == [.error])
    }

    @Test func `the same item once more is taken once and is no error`() {
        let report = imported(Self.item("A") + "\n" + Self.item("A"), .json)
        #expect(report.items.map(\.id) == ["A"])
        #expect(report.problems.map(\.severity) == [.note])
        #expect(report.problems.map(\.at) == ["line 2"])
    }

    @Test func `an id that does not fit is derived and kept in sameAs`() {
        let report = imported(Self.item("my course"), .json)
        let id = ItemIdentifier.fitting(format: "json", sourceID: "my course")
        #expect(report.items.map(\.id) == [id])
        #expect(report.items.first?.sameAs == ["my course"])
        #expect(report.problems.map(\.severity) == [.warning])
    }

    @Test func `ids of 64 characters are kept and of 65 derived`() {
        let id = String(repeating: "a", count: 64)
        #expect(imported(Self.item(id), .json).items.map(\.id) == [id])
        #expect(imported(Self.item(id + "a"), .json).items.first?.id.hasPrefix("x-") == true)
    }

    @Test func `P60M for 60 hours is questioned, not swallowed`() {
        let report = imported(Self.item("A", #","workloadHours":"P60M""#), .json)
        #expect(report.items.first?.workloadHours == nil)
        #expect(report.items.count == 1)
        let problem = report.problems(at: "line 1, /workloadHours").first
        #expect(problem?.severity == .warning)
        #expect(problem?.message.contains("60 months") == true)
        #expect(problem?.remedy.contains("PT60H") == true)
    }

    @Test(arguments: [
        (#","workloadHours":"PT60H""#, #""workloadHours":"60""#),
        (#","workloadHours":62.50"#, #""workloadHours":"62.5""#),
        (
            #","creditPoints":[{"framework":"x:y","number":"2,5"}]"#,
            #""creditPoints":[{"framework":"x:y","number":"2.5"}]"#
        ),
        (#","creditPoints":[{"number":3}]"#, #""creditPoints":[{"number":"3"}]"#),
        (#","approvalDate":"2026-01-31T23:00:00+01:00""#, #""approvalDate":"2026-01-31""#),
    ])
    func `values in a clear other form are taken with a note`(more: String, written: String) {
        let report = imported(Self.item("A", more), .json)
        #expect(report.items.first?.json.canonicalText.contains(written) == true)
        #expect(report.problems.map(\.severity) == [.note])
    }

    @Test(arguments: [
        (#","workloadHours":"many""#, "line 1, /workloadHours"),
        (#","workloadHours":true"#, "line 1, /workloadHours"),
        (#","approvalDate":"01/02/2026""#, "line 1, /approvalDate"),
        (#","creditPoints":[{"number":"1.000,5"}]"#, "line 1, /creditPoints/0/number"),
    ])
    func `values that could mean two things are refused`(more: String, place: String) {
        let report = imported(Self.item("A", more), .json)
        #expect(report.items.isEmpty)
        #expect(report.problems.map(\.at) == [place])
    }

    @Test func `markup and empty texts are taken out with a warning`() {
        let report = imported(
            Self.item("A", #","description":{"en":"<b>x</b>\u202e","fr":"<p> </p>"},"code":"""#),
            .json
        )
        #expect(report.items.first?.description == ["en": "x"])
        #expect(report.items.first?.code == nil)
        #expect(
            report.problems.map(\.at) == [
                "line 1, /description/en", "line 1, /description/fr", "line 1, /description/fr",
                "line 1, /code",
            ]
        )
        #expect(report.problems.allSatisfy { $0.severity == .warning })
    }

    @Test func `what is not stated is filled in from the defaults with a note`() {
        let report = imported(#"{"id":"A","title":{"fr":"T"}}"#, .json)
        let item = report.items.first
        #expect(item?.defaultLanguage == "en")
        #expect(item?.provider.name == ["en": "Uni A"])
        #expect(item?.awardingBody.id == "https://uni-a.example")
        #expect(report.problems.map(\.severity) == [.note, .note, .note, .warning])
        #expect(report.problems.last?.message.contains("only there in fr") == true)
    }

    @Test(arguments: [(1 << 20, 1), ((1 << 20) + 1, 0)])
    func `a record of 1 MiB is read and one byte more is not`(bytes: Int, count: Int) {
        let item = Self.item("A")
        let text = item + String(repeating: " ", count: bytes - item.utf8.count) + "\n"
        let report = imported(text + Self.item("B"), .json)
        #expect(report.items.count == count + 1)
        #expect(report.problems.isEmpty == (count == 1))
    }

    @Test func `a complete item comes back as it is`() {
        let report = imported(SampleItem.complete.json.canonicalText, .json)
        #expect(report.items == [SampleItem.complete])
        #expect(report.problems.isEmpty)
    }
}

@Suite struct ReaderTests {
    private static func line(_ index: Int) -> [UInt8] {
        Array(
            (#"{"id":"I\#(index)","title":{"en":"T"},"defaultLanguage":"en","#
                + #""provider":{"name":{"en":"P"}},"awardingBody":{"name":{"en":"P"}}}"# + "\n")
                .utf8
        )
    }

    @Test func `records come before the end of the source has been read`() throws {
        var given = 0
        var reader = CatalogueImport.Reader(format: .json, defaults: defaults) {
            guard given < 5000 else { return nil }
            defer { given += 1 }
            return Self.line(given)
        }
        var count = 0
        while let record = try reader.next() {
            #expect(record.item?.id == "I\(count)")
            count += 1
            // The mark needs three bytes and a line its end: never more than two lines ahead.
            #expect(given <= count + 2)
        }
        #expect(count == 5000)
    }

    @Test func `elements of a list without line ends come before the end, too`() throws {
        var given = 0
        var reader = CatalogueImport.Reader(format: .json, defaults: defaults) {
            guard given < 1000 else { return nil }
            defer { given += 1 }
            let start = [UInt8(ascii: given == 0 ? "[" : ",")]
            return start + Self.line(given).dropLast() + (given == 999 ? Array("]".utf8) : [])
        }
        var count = 0
        while let record = try reader.next() {
            #expect(record.item?.id == "I\(count)")
            count += 1
            #expect(given <= count + 2)
        }
        #expect(count == 1000)
    }

    @Test(arguments: ImportFormat.allCases, [1, 2, 7, 4096])
    func `the size of the chunks does not matter`(format: ImportFormat, size: Int) throws {
        let text =
            format == .nzqa || format == .csv
            ? "\u{feff}Title,Level,Credits,Developer,Approval Date,Review Date\r\n\"A \"\"x\"\",\r\nb\",1,5,D,01/2020,\r\n"
            : "\u{feff}[\(#"{"id":"a:b","type":["Achievement"],"name":"é","title":{"en":"é"}}"#), 7]\n"
        let whole = CatalogueImport.read(Array(text.utf8), format: format, defaults: defaults)
        var rest = Array(text.utf8)[...]
        var reader = CatalogueImport.Reader(format: format, defaults: defaults) {
            defer { rest = rest.dropFirst(size) }
            return rest.isEmpty ? nil : Array(rest.prefix(size))
        }
        var items: [LearningOpportunity] = []
        var problems: [ImportProblem] = []
        while let record = try reader.next() {
            if let item = record.item { items.append(item) }
            problems += record.problems
        }
        #expect(items == whole.items)
        #expect(problems == whole.problems)
    }

    @Test func `what the source throws comes through`() {
        struct Broken: Error {}
        var reader = CatalogueImport.Reader(format: .json, defaults: defaults) { throw Broken() }
        #expect(throws: Broken.self) { try reader.next() }
    }
}
