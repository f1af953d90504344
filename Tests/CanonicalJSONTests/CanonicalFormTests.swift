import CanonicalJSON
import Foundation
import Testing

@Suite struct `Canonical form` {
    static let triples = ["arrays", "french", "structures", "unicode", "values", "weird"]

    @Test(
        .enabled(if: SharedVectors.arePresent, "shared vectors absent: skipped"),
        arguments: triples
    )
    func `the vectors of RFC 8785 come out byte for byte`(_ name: String) throws {
        let value = try JSON.read(SharedVectors.bytes("testdata/input/\(name).json"))
        let expected = try SharedVectors.bytes("testdata/output/\(name).json")
        #expect(value.canonicalBytes == expected)
        #expect(JSON.isCanonical(expected))
        #expect(try JSON.read(expected) == value)
        let hex = try String(
            decoding: SharedVectors.bytes("testdata/outhex/\(name).txt"),
            as: UTF8.self
        )
        let listed = hex.split(whereSeparator: \.isWhitespace).map { UInt8($0, radix: 16) }
        #expect(value.canonicalBytes == listed)
    }

    @Test(
        .enabled(if: SharedVectors.arePresent, "shared vectors absent: skipped"),
        arguments: ["es6numbers-1000.txt", "es6numbers-10000.txt"]
    )
    func `numbers are written as ECMAScript writes them`(_ file: String) throws {
        let lines = try String(decoding: SharedVectors.bytes(file), as: UTF8.self)
            .split(whereSeparator: \.isNewline)
        #expect(lines.count >= 1000)
        for line in lines {
            let parts = line.split(separator: ",")
            let bits = try #require(UInt64(parts[0], radix: 16))
            // Seventeen digits and an exponent: never the text that is to come out.
            let token = String(format: "%.16e", Double(bitPattern: bits))
            let number = try #require(try JSON.read(Array(token.utf8)).number)
            #expect(number.value == Double(bitPattern: bits))
            #expect(number.canonicalText == String(parts[1]), "\(line)")
        }
    }

    /// ECMA-262 Number::toString and RFC 8785 appendix B.
    static let numbers: [(token: String, canonical: String)] = [
        ("0", "0"), ("-0", "0"), ("-0.0", "0"), ("0e5", "0"), ("1.0", "1"), ("-1.50", "-1.5"),
        ("1e2", "100"), ("1E+2", "100"), ("10e-1", "1"), ("0.000001", "0.000001"),
        ("0.0000001", "1e-7"), ("123e-9", "1.23e-7"), ("1e20", "100000000000000000000"),
        ("1e21", "1e+21"), ("123456789012345678901", "123456789012345680000"),
        ("1234567890123456789012", "1.2345678901234568e+21"),
        ("333333333.33333329", "333333333.3333333"),
        ("1E30", "1e+30"), ("4.50", "4.5"), ("2e-3", "0.002"),
        ("0.000000000000000000000000001", "1e-27"), ("5e-324", "5e-324"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"), ("1e-400", "0"), ("-1e-400", "0"),
        ("9007199254740991", "9007199254740991"), ("9007199254740992", "9007199254740992"),
        ("9007199254740993", "9007199254740992"), ("-9007199254740993", "-9007199254740992"),
        ("9007199254740995", "9007199254740996"),
        ("295147905179352830000", "295147905179352830000"),
        ("9223372036854775808", "9223372036854776000"), ("1.5e300", "1.5e+300"),
        ("999999999999999900000", "999999999999999900000"), ("0.1", "0.1"),
    ]

    @Test(arguments: numbers)
    func `a token becomes the shortest text of its double`(token: String, canonical: String) throws
    {
        let number = try #require(try JSON.read(Array(token.utf8)).number)
        #expect(number.token == token)
        #expect(number.canonicalText == canonical)
        #expect(try JSON.read(Array(canonical.utf8)).canonicalText == canonical)
    }

    @Test func `only exact integers are integers`() throws {
        let tokens: [(String, Int64?)] = [
            ("9007199254740991", 9_007_199_254_740_991), ("9007199254740992", nil),
            ("-9007199254740991", -9_007_199_254_740_991), ("-9007199254740992", nil),
            ("9007199254740993", nil), ("1.0", nil), ("1e2", nil), ("-0", 0),
            ("99999999999999999999", nil),
        ]
        for (token, integer) in tokens {
            #expect(try JSON.read(Array(token.utf8)).integer == integer, "\(token)")
        }
    }

    @Test func `members are sorted by UTF-16 code units also beyond the basic plane`() throws {
        // U+10000 is D800 DC00 in UTF-16 and so stands before U+E000, unlike in UTF-8.
        let value: JSON = [
            "\u{ffff}": 1, "\u{10000}": 2, "\u{e000}": 3, "\u{d7ff}": 4, "a": 5, "aa": 6, "": 7,
            "A": 8, "\u{10ffff}": 9, "a\u{10000}": 10, "a\u{ffff}": 11,
        ]
        let order = try #require(try JSON.read(value.canonicalBytes).object).names
        let expected = [
            "", "A", "a", "aa", "a\u{10000}", "a\u{ffff}", "\u{d7ff}", "\u{10000}", "\u{10ffff}",
            "\u{e000}", "\u{ffff}",
        ]
        #expect(order.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    }

    @Test func `only what must be escaped is escaped`() {
        let value: JSON = .string("\u{0}\u{8}\t\n\u{b}\u{c}\r\u{1f} \"\\/<é\u{7f}\u{2028}😊")
        #expect(
            value.canonicalText
                == "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f \\\"\\\\/<é\u{7f}\u{2028}😊\""
        )
    }

    @Test func `text is kept as it is and never normalised`() throws {
        let text = Array("[\"e\u{301}\",\"\u{e9}\",\"\u{212a}\",\"\u{1112}\u{1161}\"]".utf8)
        #expect(try JSON.read(text).canonicalBytes == text)
    }

    @Test(arguments: [
        "[1, 2]", " 1", "1\n", "{\"b\":1,\"a\":2}", "1.0", "1e2", "-0", "\"\\u0041\"", "\"\\/\"",
        "\"\\u000A\"", "\"\\u000B\"", "[1", "1E5", "1e+05", "{\"a\":1,\"a\":1}",
    ])
    func `another spelling is not canonical`(_ text: String) {
        #expect(!JSON.isCanonical(Array(text.utf8)))
    }

    @Test(arguments: ["1e+21", "{\"a\":2,\"b\":[null,true,false,\"\\u000b\"]}", "[]", "{}", "\"\""])
    func `the canonical spelling is canonical`(_ text: String) {
        #expect(JSON.isCanonical(Array(text.utf8)))
    }
}
