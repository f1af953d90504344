import CanonicalJSON
import Testing
import XML

@testable import Catalogue

/// Numbers that look random and are the same in each run (SplitMix64).
struct FixedNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var number = state
        number = (number ^ (number >> 30)) &* 0xbf58_476d_1ce4_e5b9
        number = (number ^ (number >> 27)) &* 0x94d0_49bb_1331_11eb
        return number ^ (number >> 31)
    }
}

@Suite struct HostileXMLTests {
    private static let sources: [(ImportFormat, String)] = [
        (.lom, LOMTests.record()), (.qdr, QDRTests.file()),
        (.oaiPMH, OAIAnswer.list(OAIAnswer.record("x:1"))),
        (
            .ewpCourses,
            "<courses-response><learningOpportunitySpecification><los-id>CR/1</los-id>"
                + "<title>T</title></learningOpportunitySpecification></courses-response>"
        ),
        (
            .qdr,
            String(
                decoding: QDRWriter.write([SampleItem.complete], domain: "uni-a.example").bytes,
                as: UTF8.self
            )
        ),
    ]

    private static let pieces = [
        "<", ">", "&", "\"", "</", "<![CDATA[", "]]>", "<!--", "&#0;", "&#x1F;", "xmlns=\"\"",
        "<!DOCTYPE a>", "\u{feff}", "\u{202e}", "P60M", "-1", "999999999999999999999", "http://",
        " id=\"urn:spec\"", "idref=\"urn:org\"", "lom", "record", "<a:b>",
    ]

    /// `bytes` with some of them changed, taken out, doubled or replaced by pieces.
    private static func damaged(_ bytes: [UInt8], _ numbers: inout FixedNumbers) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0..<4, using: &numbers) where bytes.count > 10 {
            let place = Int.random(in: 0..<bytes.count, using: &numbers)
            let end = min(bytes.count, place + Int.random(in: 1...40, using: &numbers))
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            default:
                let piece = pieces[Int.random(in: 0..<pieces.count, using: &numbers)]
                bytes.insert(contentsOf: Array(piece.utf8), at: place)
            }
        }
        return bytes
    }

    @Test(arguments: sources.indices)
    func `damaged sources are read or refused with places, and nothing unsafe comes out`(
        index: Int
    ) throws {
        let (format, text) = Self.sources[index]
        var numbers = FixedNumbers(state: UInt64(index))
        var refused = 0
        for _ in 0..<400 {
            let bytes = Self.damaged(Array(text.utf8), &numbers)
            let report = CatalogueImport.read(bytes, format: format, defaults: defaults)
            #expect(!report.items.isEmpty || !report.problems.isEmpty)
            if report.items.isEmpty { refused += 1 }
            for problem in report.problems {
                #expect(problem.at.hasPrefix("line "))
                #expect(
                    !problem.message.unicodeScalars.contains {
                        $0 != "\n" && PlainText.isRefused($0)
                    })
            }
            for item in report.items { #expect(try LearningOpportunity(json: item.json) == item) }
            // However it arrives, it is read the same.
            let pieces = try Self.read(bytes, format, size: 1 + Int(numbers.next() % 60))
            #expect(pieces == report.items.map(\.json))
        }
        #expect((1..<400).contains(refused))
    }

    private static func read(
        _ bytes: [UInt8],
        _ format: ImportFormat,
        size: Int
    ) throws -> [JSON] {
        var rest = bytes[...]
        var reader = CatalogueImport.Reader(format: format, defaults: defaults) {
            defer { rest = rest.dropFirst(size) }
            return rest.isEmpty ? nil : Array(rest.prefix(size))
        }
        var items: [JSON] = []
        while let record = try reader.next() {
            if let item = record.item { items.append(item.json) }
        }
        return items
    }
}
