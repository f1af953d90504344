import Testing

@testable import XML

@Suite struct `Records and writing` {
    private func records(
        _ text: String,
        size: Int = 7,
        limits: XMLRecords.Limits = XMLRecords.Limits(),
        named name: String = "r"
    ) -> [XMLRecords.Next] {
        var rest = Array(text.utf8)[...]
        var records = XMLRecords(limits: limits) { $0.last?.name == name }
        var result: [XMLRecords.Next] = []
        while let next = records.next(from: {
            defer { rest = rest.dropFirst(size) }
            return rest.isEmpty ? nil : Array(rest.prefix(size))
        }) {
            result.append(next)
        }
        return result
    }

    @Test func `a record is read with all that is in it`() throws {
        let all = records("<a><x><r k='v'>1<b>2<r>3</r></b>4</r></x><r/><y/></a>")
        let elements = all.compactMap { next in
            if case .record(let element) = next { element } else { nil }
        }
        #expect(all.count == 2)
        let first = try #require(elements.first)
        #expect(first.attribute("k") == "v")
        #expect(first.ownText == "14")
        #expect(first.text == "14 2 3")
        #expect(first.first(["b", "r"])?.ownText == "3")
        #expect(first.first(["b", "x"]) == nil)
        #expect(first.position == XMLPosition(line: 1, column: 7))
        #expect(elements.last?.position == XMLPosition(line: 1, column: 42))
    }

    @Test func `a record beyond its bounds ends the reading`() {
        var limits = XMLRecords.Limits()
        limits.bytes = 100
        let long = String(repeating: "x", count: 101)
        let all = records("<a><r>ok</r><r>\(long)</r><r/></a>", limits: limits)
        #expect(all.count == 2)
        guard case .fault(let fault)? = all.last else {
            Issue.record("no fault")
            return
        }
        #expect(fault.position == XMLPosition(line: 1, column: 13))
        limits.bytes = 1000
        limits.nodes = 10
        let many = String(repeating: "<b/>", count: 11)
        #expect(records("<a><r>\(many)</r></a>", limits: limits).count == 1)
        // Bounds are of one record, not of all.
        #expect(
            records("<a>\(String(repeating: "<r><b/></r>", count: 50))</a>", limits: limits).count
                == 50)
    }

    @Test func `a packed element comes out as it went in`() throws {
        let text = """
            <a xmlns="urn:a" xmlns:b="urn:b" k="v" b:k="w"><b:c>\(String(repeating: "é", count: 300))
            </b:c><d xmlns=""><e xml:lang="fr">x</e></d><f/></a>
            """
        let element = try XMLElement.read(Array(text.utf8))
        #expect(PackedElement(element).element == element)
        #expect(PackedElement(element).count < text.utf8.count + 60)
    }

    @Test func `children that are not kept are hollow`() throws {
        let element = try XMLElement.read(Array("<a><b>1<c/></b><d>2<e/></d></a>".utf8))
        let hollowed = element.hollowed(keeping: ["d"])
        #expect(hollowed.children.map(\.name) == ["b", "d"])
        #expect(hollowed.first("b")?.ownText == "")
        #expect(hollowed.first(["b", "c"]) == nil)
        #expect(hollowed.first("d") == element.first("d"))
    }

    @Test func `a fault comes after the records before it`() {
        let all = records("<a><r/><r></a>")
        #expect(all.count == 2)
        if case .record? = all.first {} else { Issue.record("no record") }
        if case .fault? = all.last {} else { Issue.record("no fault") }
    }

    @Test func `what is written is read as it was`() throws {
        let hostile = "<script>&\"'\r\n\t]]> é 🎓 \u{1}"
        var writer = XMLWriter()
        writer.element("a", ["x": hostile, "y": nil]) {
            $0.element("b", text: hostile)
            $0.element("c")
            $0.element("d") { _ in }
            $0.element("e") { $0.element("f", text: "") }
        }
        let root = try XMLElement.read(writer.bytes)
        let kept = String(hostile.unicodeScalars.filter { $0.value != 1 }.map(Character.init))
        #expect(
            root.attribute("x")?.unicodeScalars.elementsEqual(
                "<script>&\"'\r\n\t]]> é 🎓 ".unicodeScalars) == true)
        #expect(
            root.first("b")?.ownText.unicodeScalars.elementsEqual(
                "<script>&\"'\r\n\t]]> é 🎓 ".unicodeScalars) == true)
        #expect(!kept.isEmpty)
        #expect(root.attributes.count == 1)
        #expect(root.children.map(\.name) == ["b", "c", "d", "e"])
    }

    @Test func `parts are put together`() throws {
        var part = XMLWriter(isPart: true)
        part.element("p", text: "1")
        var writer = XMLWriter()
        writer.element("a") {
            $0.part(part.bytes)
            $0.element("q")
        }
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>\n<p>1</p>\n  <q/>\n</a>\n"
        )
    }
}
