import CanonicalJSON
import Keys
import Testing
import XML

@testable import Catalogue

/// Items in the formats that are XML, and single ones.
@Suite struct WholeExportTests {
    private static let domain = "uni-a.example"

    private func entry(_ item: LearningOpportunity) -> CatalogueExport.Entry {
        CatalogueExport.Entry(item: item, domain: Self.domain)
    }

    private static func named(_ id: String) -> LearningOpportunity {
        var item = SampleItem.smallest
        item.id = id
        return item
    }

    @Test(arguments: [ExportFormat.qdr, .lom], [0, 1, 3])
    func `so many items are one document that comes back`(format: ExportFormat, count: Int) throws {
        let items = (0..<count).map { Self.named("I-\($0)") }
        let bytes = CatalogueExport.write(items.map(entry), format: format)
        let root = try XMLElement.read(bytes)
        #expect(root.name == (format == .qdr ? "Courses" : "records"))
        let back = try #require(ImportFormat(rawValue: format.rawValue))
        let report = CatalogueImport.read(bytes, format: back, defaults: defaults)
        #expect(report.items.map(\.id) == items.map(\.id))
    }

    @Test func `a QDR file written section by section is the one written at once`() {
        let items = [QDRWriterTests.item, QDRWriterTests.programme]
        let whole = QDRWriter.write(items, domain: Self.domain).bytes
        #expect(CatalogueExport.write(items.map(entry), format: .qdr) == whole)
        var writer = QDRWriter(offered: Set(items.map { $0.globalID(domain: Self.domain) }))
        var parts: [UInt8] = []
        for _ in 0..<QDRWriter.passes {
            parts += writer.begin()
            for item in items { parts += writer.next(entry(item)) }
            parts += writer.end()
        }
        #expect(parts == whole)
    }

    @Test func `items of two institutions keep their own global ids in one file`() throws {
        let entries = ["uni-a.example", "uni-b.example"].map {
            CatalogueExport.Entry(item: Self.named("X"), domain: $0)
        }
        for format in [ExportFormat.qdr, .lom] {
            let text = String(
                decoding: CatalogueExport.write(entries, format: format), as: UTF8.self)
            for entry in entries { #expect(text.contains(entry.globalID), "\(format)") }
        }
    }

    @Test(arguments: ExportFormat.allCases)
    func `an item by itself is a document that comes back`(format: ExportFormat) throws {
        let bytes = CatalogueExport.document(of: entry(SampleItem.complete), format: format)
        switch format {
        case .csv: #expect(bytes.starts(with: ItemSheet.header))
        case .qdr, .lom: _ = try XMLElement.read(bytes)
        default:
            let json = try JSON.read(bytes)
            #expect(json.object != nil, "no list")
            #expect((json["@context"] != nil) == (format != .json))
        }
        guard let back = ImportFormat(rawValue: format.rawValue), format != .csv else { return }
        let report = CatalogueImport.read(bytes, format: back, defaults: defaults)
        #expect(report.items.map(\.title) == [SampleItem.complete.title] || format == .ob3)
        #expect(report.items.count == 1)
    }

    @Test(arguments: ExportFormat.allCases)
    func `hostile text is no markup, formula or turn of direction`(format: ExportFormat) {
        var item = SampleItem.smallest
        let hostile = "=HYPERLINK(\"x\") <script>alert(1)</script> & ]]> \u{202e}evil שלום"
        item.title = ["en": hostile]
        item.description = ["en": hostile]
        let bytes = CatalogueExport.document(of: entry(item), format: format)
        let text = String(decoding: bytes, as: UTF8.self)
        switch format {
        case .qdr, .lom: #expect(!text.contains("<script"))
        case .csv: #expect(!text.contains(",=") && !text.contains("\"="))
        default: #expect(throws: Never.self) { try JSON.read(bytes) }
        }
        #expect(text.contains("שלום"))
    }

    @Test func `each format has a file name of its own, and is found by it`() {
        let names = ExportFormat.allCases.map(\.fileName)
        #expect(Set(names).count == names.count)
        for format in ExportFormat.allCases {
            #expect(ExportFormat(fileName: format.fileName) == format)
        }
        #expect(ExportFormat(fileName: "json") == nil)
    }
}

@Suite struct HTTPDateTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("2026-11-27T03:42:18Z", "Fri, 27 Nov 2026 03:42:18 GMT"),
        ("1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func `a time is written as HTTP has it`(text: String, date: String) throws {
        let time = try #require(HTTPDate.instant(date))
        #expect(time.text == text)
        #expect(HTTPDate.text(time) == date)
    }
}
