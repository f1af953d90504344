import CanonicalJSON
import Testing

@testable import Catalogue

private let entry = CatalogueExport.Entry(item: SampleItem.complete, domain: "uni-a.example")

private func written(_ entries: [CatalogueExport.Entry], _ format: ExportFormat) -> String {
    String(decoding: CatalogueExport.write(entries, format: format), as: UTF8.self)
}

@Suite struct RoundTripTests {
    /// The members in which an item differs from what comes back.
    private func differences(
        _ item: LearningOpportunity,
        _ back: LearningOpportunity
    ) -> Set<String> {
        Set(
            back.changes(since: item).map {
                String($0.pointer.split(separator: "/").first ?? "")
            }
        )
    }

    @Test(arguments: [
        (ExportFormat.json, ImportFormat.json, [ItemName]()),
        (.elm, .elm, [.qualityAssurance]), (.ctdl, .ctdl, [.modes]), (.ob3, .ob3, [.description]),
        (.qdr, .qdr, [.accreditations, .nqfLevel, .qualityAssurance]),
        (.lom, .lom, [.provider, .status]),
    ])
    func `what a format can carry comes back`(
        format: ExportFormat,
        back: ImportFormat,
        carriedInPart: [ItemName]
    ) throws {
        let report = imported(written([entry], format), back)
        let item = try #require(report.items.first)
        #expect(report.items.count == 1)
        #expect(!report.problems.contains { $0.severity == .error })
        let lost = differences(SampleItem.complete, item)
        #expect(
            lost == Set(format.losses.map(\.rawValue)).subtracting(carriedInPart.map(\.rawValue))
        )
    }

    /// Compact names, such as `deliveryType:OnlineOnly`, among keys, types and references.
    private func prefixes(in value: JSON, isName: Bool = false) -> Set<String> {
        if let array = value.array {
            return array.reduce(into: []) { $0.formUnion(prefixes(in: $1, isName: isName)) }
        }
        guard let object = value.object else {
            guard isName, let text = value.string, let end = text.firstIndex(of: ":"),
                !text[end...].hasPrefix("://")
            else { return [] }
            return [String(text[..<end])]
        }
        var found: Set<String> = []
        for (key, member) in object where key != "@context" {
            found.formUnion(prefixes(in: .string(key), isName: true))
            found.formUnion(prefixes(in: member, isName: key == "@id" || key == "@type"))
        }
        return found
    }

    @Test func `every prefix of CTDL is declared`() throws {
        for status in ["released", "obsolete"] {
            var item = SampleItem.complete
            item.status = "urn:eccoe:status:" + status
            let value = try json(written([.init(item: item, domain: "uni-a.example")], .ctdl))
            let declared = Set(value["@context"]?.object?.names ?? [])
            let used = prefixes(in: value).subtracting(["did", "urn", "mailto"])
            #expect(used.contains("lifeCycle") && used.contains("deliveryType"))
            #expect(used.subtracting(declared) == [])
        }
    }

    @Test func `a sheet comes back by a mapping of its own columns`() throws {
        let header = String(decoding: ItemSheet.header.dropLast(2), as: UTF8.self)
        let lists: Set<Substring> = [
            "types", "keywords", "sameAs", "iscedFields", "otherFields", "languages",
            "assessmentTypes", "modes", "isPartOf", "hasPart", "qualityAssurance",
        ]
        let columns = header.split(separator: ",").map { name in
            lists.contains(name)
                ? "  \(name):\n    to: \(name)\n    split: \" | \"" : "  \(name): \(name)"
        }
        let mapping = "version: 1\nlanguage: en\ncolumns:\n" + columns.joined(separator: "\n")
        let report = CatalogueImport.read(
            CatalogueExport.write([entry], format: .csv),
            format: .csv,
            mapping: try ColumnMapping(bytes: Array(mapping.utf8)),
            defaults: defaults
        )
        let item = try #require(report.items.first)
        #expect(
            differences(SampleItem.complete, item)
                == Set(ExportFormat.csv.losses.map(\.rawValue)).subtracting([
                    "description", "provider", "creditPoints",
                ])
        )
    }

    @Test(arguments: [ExportFormat.json, .elm, .ctdl, .ob3, .schemaorg])
    func `the smallest item and many of them are whole documents`(format: ExportFormat) throws {
        let entries = ["A", "B"].map { id in
            var item = SampleItem.smallest
            item.id = id
            return CatalogueExport.Entry(item: item, domain: "uni-a.example")
        }
        for count in 0...2 {
            let text = written(Array(entries.prefix(count)), format)
            let value = try json(text)
            #expect((value.array ?? value["@graph"]?.array)?.count == count)
        }
    }
}

@Suite struct ExportFormTests {
    @Test func `a CTID is the item's own, or made from its global id`() {
        let own = "ce-3fa85f64-5717-4562-b3fc-2c963f66afa6"
        #expect(CTDLWriter.ctid(of: own, globalID: "x") == own)
        let made = CTDLWriter.ctid(of: "A", globalID: "https://uni-a.example/items/A")
        #expect(CTDLMapping.isCTID(made))
        #expect(made == CTDLWriter.ctid(of: "A", globalID: "https://uni-a.example/items/A"))
        #expect(made != CTDLWriter.ctid(of: "A", globalID: "https://uni-b.example/items/A"))
    }

    @Test(arguments: [
        ("60", "PT60H"), ("62.5", "PT62H30M"), ("0.25", "PT0H15M"), ("1.001", nil as String?),
    ])
    func `hours become a duration`(hours: String, duration: String?) {
        #expect(ELMWriter.duration(hours)?["@value"]?.string == duration)
    }

    @Test(arguments: [
        ("a", "a"), ("=1+1", "'=1+1"), ("@x", "'@x"), ("-1", "'-1"), ("+1", "'+1"),
        ("\t=1", "\"'\t=1\""), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""),
        ("=a,\"b\"", "\"'=a,\"\"b\"\"\""),
    ])
    func `no cell is a formula`(cell: String, written: String) {
        #expect(ItemSheet.field(cell) == written)
    }

    @Test func `every row of a sheet has the columns of its header`() throws {
        var cursor = ByteCursor { nil }
        var rest: [UInt8]? = CatalogueExport.write([entry, entry], format: .csv)
        cursor = ByteCursor {
            defer { rest = nil }
            return rest
        }
        var rows = CSVRows()
        var counts: [Int] = []
        while case .row(let row)? = try rows.next(from: &cursor) { counts.append(row.fields.count) }
        #expect(counts.count == 3)
        #expect(Set(counts).count == 1)
    }

    @Test func `a course of schema.org says what search engines ask for`() throws {
        let course = SchemaOrgCourse(entry).course
        #expect(course["@type"] == "Course")
        #expect(course["@id"] == "https://uni-a.example/items/BC-101")
        #expect(course["provider"]?[0]?["name"]?[0]?["@value"] == "Uni A")
        #expect(course["timeRequired"] == "PT62H30M")
        #expect(course["license"] == "https://creativecommons.org/licenses/by/4.0/")
        #expect(course["educationalCredentialAwarded"]?[0]?["recognizedBy"]?[0]?["address"] != nil)
    }

    @Test func `hostile text stays text`() throws {
        var item = SampleItem.smallest
        item.title = ["en": "</script><script>alert(1)</script> \"quoted\" \\ "]
        let hostile = CatalogueExport.Entry(item: item, domain: "uni-a.example")
        for format in [ExportFormat.json, .elm, .ctdl, .ob3, .schemaorg] {
            #expect(throws: Never.self) { try json(written([hostile], format)) }
        }
    }
}
