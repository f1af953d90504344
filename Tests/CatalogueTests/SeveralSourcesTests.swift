import CanonicalJSON
import Testing

@testable import Catalogue

@Suite struct SeveralSourcesTests {
    private static func item(_ id: String, _ title: String) -> String {
        #"{"id":"\#(id)","title":{"en":"\#(title)"},"defaultLanguage":"en","#
            + #""provider":{"name":{"en":"P"}},"awardingBody":{"name":{"en":"P"}}}"#
    }

    private static func read(
        _ text: String, _ label: String?, _ seen: SeenItems
    ) throws -> (records: [ImportRecord], seen: SeenItems) {
        var rest: [UInt8]? = Array(text.utf8)
        var reader = CatalogueImport.Reader(
            format: .json, defaults: defaults, label: label, seen: seen
        ) {
            defer { rest = nil }
            return rest
        }
        var records: [ImportRecord] = []
        while let record = try reader.next() { records.append(record) }
        return (records, reader.seen)
    }

    @Test func `a second source goes on from what the first had`() throws {
        let first = try Self.read(
            "[\(Self.item("A", "x")),\(Self.item("B", "x"))]", "a.json", .init())
        #expect(first.records.compactMap(\.item?.id) == ["A", "B"])
        let second = try Self.read(
            "[\(Self.item("A", "x")),\(Self.item("B", "other")),\(Self.item("C", "x")),7]",
            "b.json",
            first.seen)
        #expect(second.records.compactMap(\.item?.id) == ["C"])
        #expect(second.seen.ids == ["A", "B", "C"])
        let problems = second.records.flatMap(\.problems)
        #expect(problems.map(\.severity).filter { $0 != .warning } == [.note, .error, .error])
        #expect(problems.allSatisfy { $0.at.hasPrefix("b.json: ") }, "\(problems)")
        let conflict = try #require(problems.first { $0.message.contains("already used") })
        #expect(conflict.message.hasSuffix("at a.json: /1"))
        #expect(conflict.at == "b.json: /1")
    }

    @Test func `without a label places stay as they are`() throws {
        let read = try Self.read("[7]", nil, .init())
        #expect(read.records.flatMap(\.problems).first?.at == "/0")
    }

    @Test func `what is wrong with the whole source names it, too`() {
        let read = try? Self.read("\u{fe}\u{ff}", "c.json", .init())
        #expect(read?.records.flatMap(\.problems).first?.at.hasPrefix("c.json") == true)
    }

    @Test(arguments: ImportFormat.allCases)
    func `every format says by which endings its files are found`(_ format: ImportFormat) {
        #expect(!format.fileExtensions.isEmpty)
        #expect(format.fileExtensions.allSatisfy { $0 == $0.lowercased() && !$0.hasPrefix(".") })
        #expect(format.accept.contains("*/*"))
    }
}

@Suite struct PublishingPolicyTests {
    private static func references(_ texts: String...) throws -> [PublishingPolicy.Reference] {
        try texts.map { try #require(PublishingPolicy.Reference($0)) }
    }

    @Test(arguments: [
        "", "council-2023", "council-2022/", "council-2022/nothing", "council-2022/title/x",
        "/title", "title",
    ])
    func `what names no rule is refused`(_ text: String) {
        #expect(PublishingPolicy.Reference(text) == nil)
    }

    @Test func `all that is offered can be read`() {
        let all = PublishingPolicy.references
        #expect(all.contains("cmf") && all.contains("council-2022/learning-outcomes"))
        for text in all { #expect(PublishingPolicy.Reference(text) != nil, "\(text)") }
    }

    @Test func `gaps are told once, in the order of the sets, and refuse where either list does`()
        throws
    {
        let policy = PublishingPolicy(
            warn: try Self.references("committee/legal", "council-2022"),
            refuse: try Self.references("council-2022/level", "council-2022/title"))
        let gaps = policy.gaps(of: SampleItem.smallest)
        #expect(gaps.map(\.rule).first == "council-2022/issuer-country")
        #expect(gaps.map(\.rule).last == "committee/legal")
        #expect(Set(gaps.map(\.rule)).count == gaps.count)
        // The title is there, so the rule that asks for it is no gap.
        #expect(gaps.filter(\.refuses).map(\.rule) == ["council-2022/level"])
        #expect(gaps.first { $0.refuses }?.check.field == "/eqfLevel")
        #expect(gaps.first?.json["refuses"] == nil)
        #expect(policy.gaps(of: SampleItem.complete).contains { $0.refuses } == false)
    }

    @Test func `no rules, no gaps; and the default only tells`() {
        let none = PublishingPolicy(warn: [], refuse: [])
        #expect(none.gaps(of: SampleItem.smallest).isEmpty)
        let gaps = PublishingPolicy.standard.gaps(of: SampleItem.smallest)
        #expect(gaps.count == 7 && !gaps.contains { $0.refuses })
    }
}
