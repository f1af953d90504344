import Testing

@testable import XML

/// The events of a text as one line, given in pieces of `size` bytes.
func events(_ bytes: [UInt8], size: Int = 1 << 20) -> [String] {
    let parser = XMLEventParser()
    var result: [String] = []
    func drain() {
        while let event = parser.next() {
            switch event {
            case .start(let element):
                let attributes = element.attributes.map { " \($0.name)=\($0.value)" }.joined()
                result.append("<\(element.name)\(attributes)> \(element.position)")
            case .text(let text):
                // Where pieces of text break depends on the pieces given.
                if let last = result.last, last.hasPrefix("'") {
                    result[result.count - 1] = last + text
                } else {
                    result.append("'" + text)
                }
            case .end: result.append("/")
            case .doubt(let fault): result.append("? \(fault.position): \(fault.message)")
            case .fault(let fault): result.append("! \(fault.position): \(fault.message)")
            }
        }
    }
    for start in stride(from: 0, to: bytes.count, by: size) {
        parser.take(Array(bytes[start..<min(bytes.count, start + size)]))
        drain()
    }
    parser.finish()
    drain()
    return result
}

func events(_ text: String, size: Int = 1 << 20) -> [String] {
    events(Array(text.utf8), size: size)
}

@Suite struct `The parser` {
    private static let text = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- a < comment > -->
        <a xmlns="urn:x" xml:lang="fr"
           xmlns:x="urn:y">
          <b c="1 &amp; &#38; &lt;" d='"'/>é<e>1<![CDATA[<&]]>2 &gt; &#233;</e
          ><f/>
        </a>
        """

    @Test func `every start tag has its line and column`() {
        #expect(
            events(Self.text) == [
                "<a lang=fr> line 3, column 1", "'\n  ", "<b c=1 & & < d=\"> line 5, column 3", "/",
                "'é", "<e> line 5, column 37", "'1<&2 > é", "/", "<f> line 6, column 4", "/", "'\n",
                "/",
            ]
        )
    }

    @Test(arguments: 1...40)
    func `the pieces in which a text arrives change nothing`(size: Int) {
        #expect(events(Self.text, size: size) == events(Self.text))
    }

    @Test func `positions hold over many pieces of the library's buffer`() {
        let line = "<r><t>" + String(repeating: "é", count: 99) + "</t><u v='1'/></r>\n"
        let text = "<a>\n" + String(repeating: line, count: 5000) + "</a>"
        let places = events(text, size: 4099).filter { $0.hasPrefix("<u") }
        #expect(places.count == 5000)
        #expect(places.last == "<u v=1> line 5001, column 110")
    }

    @Test(arguments: [
        ("", "line 1, column 1"), ("<abc>", "line 1, column 6"), ("<a><b></a>", "line 1, column"),
        ("<a>\n<b></a></b>", "line 2, column"), ("<a/>\n<b/>", "line 2, column 1"),
        ("<a>&nope;</a>", "line 1, column"), ("<a b=1/>", "line 1, column"),
        ("<a>\u{1}</a>", "line 1, column 4"), ("no", "line 1, column 1"),
        ("<a b='1' b='2'/>", "line 1, column"),
    ])
    func `what is not well-formed is a fault with its place`(text: String, place: String) {
        for size in [1, 3, 1000] {
            let last = events(text, size: size).last
            #expect(last?.hasPrefix("! " + place) == true, "\(last ?? "")")
            #expect(last?.contains("not well-formed") == true)
        }
    }

    @Test(arguments: [
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
        "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;&x;\">]><a>&y;</a>",
        "<!DOCTYPE a SYSTEM \"http://x.invalid/a.dtd\"><a/>",
        "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://x.invalid/a.ent\"> %p;]><a/>",
        "<!DOCTYPE a><a/>",
    ])
    func `a document type declaration is refused`(text: String) {
        for size in [1, 7, 1000] {
            let all = events("<?xml version='1.0'?>\n" + text, size: size)
            #expect(all.count == 1)
            #expect(all.first?.hasPrefix("! line 2, column 1: a document type") == true, "\(all)")
        }
    }

    @Test func `bytes that are not UTF-8 are a fault at their place`() {
        for size in [1, 5, 1000] {
            let bytes =
                Array("<?xml version='1.0'?>\n<a>\n<b>fran".utf8) + [0xe7]
                + Array("ais</b></a>".utf8)
            let last = events(bytes, size: size).last
            #expect(
                last == "! line 3, column 8: 0xE7 is not UTF-8; the file looks like Latin-1 or "
                    + "Windows-1252"
            )
        }
    }

    @Test func `a declared Latin-1 is read as Windows-1252`() {
        let bytes =
            Array("<?xml version='1.0' encoding='ISO-8859-1'?><a>fran".utf8) + [0xe7, 0x80, 0x92]
            + Array("</a>".utf8)
        for size in [1, 5, 1000] {
            #expect(events(bytes, size: size).contains("'franç€’"))
        }
    }

    @Test(arguments: ["UTF-16", "EUC-JP", "UTF-7"])
    func `other encodings are refused`(name: String) {
        let all = events("<?xml version='1.0' encoding='\(name)'?><a/>")
        #expect(all.count == 1)
        #expect(all.first?.hasPrefix("! line 1, column 1: ") == true)
        #expect(all.first?.contains(name) == true)
    }

    @Test func `UTF-16 without a mark is refused`() {
        let bytes = "<a/>".utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        #expect(events(bytes) == ["! line 1, column 1: the text is UTF-16 or UTF-32"])
    }

    @Test func `elements that lie too deep are refused`() {
        let text = String(repeating: "<a>", count: 200)
        #expect(events(text).last?.contains("more than 100 deep") == true)
        let enough = String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100)
        #expect(events(enough).count == 200)
    }

    @Test func `a prefix that nobody declared is a doubt`() {
        let all = events("<a><x:b/><x:c/></a>")
        #expect(all.filter { $0.hasPrefix("?") }.count == 1)
        #expect(all.contains("<b> line 1, column 4") || all.contains("<x:b> line 1, column 4"))
    }

    @Test func `a text of 100,000 records keeps its events few`() {
        let parser = XMLEventParser()
        parser.take(Array("<a>".utf8))
        let piece = Array(String(repeating: "<r>text</r>", count: 1000).utf8)
        var records = 0
        for _ in 0..<100 {
            parser.take(piece)
            while let event = parser.next() { if case .start = event { records += 1 } }
        }
        #expect(records == 100_001)
    }
}
