import CanonicalJSON
import FoundationEssentials
import Testing

@testable import Catalogue

@Suite struct QDRWriterTests {
    /// An item that has all that QDR requires and all that it can carry.
    static var item: LearningOpportunity {
        var item = SampleItem.complete
        item.provider.country = Country.uri(code: "DE")
        item.accreditations[0].agency?.country = Country.uri(code: "FR")
        item.isPartOf = ["https://uni-a.example/items/P"]
        item.hasPart = []
        // What the format cannot carry.
        item.approvalDate = nil
        item.reviewDate = nil
        item.licence = nil
        item.alignments = []
        item.supervision = nil
        item.validations = []
        item.studentEvaluations = []
        item.endorsements = []
        item.gradingScheme?.values = []
        item.gradingScheme?.passingValue = nil
        item.entryRequirements = ["en": "none", "fr": "aucun"]
        return item
    }

    static var programme: LearningOpportunity {
        var item = item
        item.id = "P"
        item.code = "P1"
        item.sameAs = []
        item.nqfLevel = nil
        item.accreditations = []
        item.qualityAssurance = []
        item.isPartOf = []
        item.stackability = nil
        item.hasPart = ["https://uni-a.example/items/BC-101"]
        return item
    }

    @Test func `what is written is read as it was`() throws {
        let items = [Self.item, Self.programme]
        let written = QDRWriter.write(items, domain: "uni-a.example")
        let report = CatalogueImport.read(written.bytes, format: .qdr, defaults: defaults)
        #expect(report.items.count == 2)
        for (read, item) in zip(report.items, items) {
            #expect(read.changes(since: item) == [])
        }
        #expect(report.problems.filter { $0.severity != .note } == [])
        #expect(
            written.gaps.map(\.field) == ["/stackability", "/qualityAssurance"],
            "they come again from isPartOf and from the accreditations"
        )
    }

    @Test func `hostile text comes out as it went in`() {
        var item = SampleItem.smallest
        item.description = ["en": "a < b && c > \"d\" ]]> 🎓\n\tשלום"]
        let written = QDRWriter.write([item], domain: "uni-a.example")
        let report = CatalogueImport.read(written.bytes, format: .qdr, defaults: defaults)
        #expect(report.items.first?.description == item.description)
    }

    @Test func `what QDR requires and what it has no place for is told`() {
        let smallest = QDRWriter.write([SampleItem.smallest], domain: "uni-a.example").gaps
        #expect(
            smallest.map(\.field) == [
                "/iscedFields", "/languages", "/learningOutcomes", "/provider", "/awardingBody",
            ]
        )
        let complete = QDRWriter.write([SampleItem.complete], domain: "uni-a.example").gaps
        let lost = complete.filter { $0.message.contains("no place") }.map(\.field)
        #expect(Set(lost) == Set((Array(QDRWriter.lost) + [.gradingScheme]).map(\.pointer)))
        #expect(complete.contains { $0.field == "/hasPart" })
    }

    @Test func `a code that two items share is written once`() {
        var other = Self.item
        other.id = "other"
        let written = QDRWriter.write([Self.item, other], domain: "uni-a.example")
        let fields = written.gaps.filter {
            $0.item == "other" && $0.message.contains("has the same")
        }
        #expect(fields.map(\.field) == ["/code", "/sameAs"])
    }

    @Test(arguments: [
        ("62.5", "PT62H30M"), ("1", "PT1H"), ("0.25", "PT0H15M"), ("2.01", "PT2H36S"),
        ("10.999", "PT10H59M56S"),
    ])
    func `hours are written as durations`(hours: String, text: String) {
        #expect(ISODuration.text(hours: hours) == text)
    }

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: QDRSchema.source),
            "shared samples absent: skipped"
        )
    )
    func `the file is valid against the published XSD`() throws {
        let schema = try QDRSchema()
        defer { schema.remove() }
        let sample = try SharedFiles.bytes(SharedFiles.folder + "/samples/elm/loq.xml")
        #expect(SchemaCheck.problems(of: sample, schema: schema.path) == [], "the stand-ins hold")
        let items = [Self.item, Self.programme]
        let written = QDRWriter.write(items, domain: "uni-a.example").bytes
        #expect(SchemaCheck.problems(of: written, schema: schema.path) == [])
        // The gaps are those of the XSD: each of them makes the file invalid.
        let smallest = QDRWriter.write([SampleItem.smallest], domain: "uni-a.example").bytes
        let problems = SchemaCheck.problems(of: smallest, schema: schema.path) ?? []
        #expect(!problems.isEmpty)
    }
}
