import CanonicalJSON
import Testing

/// A text that the reader must refuse, with the reason and the place that it must give.
struct Rejection: Sendable, CustomTestStringConvertible {
    let text: [UInt8]
    let reason: JSONError.Reason
    let offset: Int
    let line: Int
    let column: Int

    init(_ text: String, _ reason: JSONError.Reason, at offset: Int) {
        self.init(Array(text.utf8), reason, at: offset)
    }

    /// A rejection on the first line.
    init(_ text: [UInt8], _ reason: JSONError.Reason, at offset: Int) {
        self.init(text, reason, at: offset, line: 1, column: offset + 1)
    }

    init(_ text: [UInt8], _ reason: JSONError.Reason, at offset: Int, line: Int, column: Int) {
        self.text = text
        self.reason = reason
        self.offset = offset
        self.line = line
        self.column = column
    }

    var testDescription: String { String(decoding: text.prefix(40), as: UTF8.self) }
}

@Suite struct `Reading JSON` {
    static let structure: [Rejection] = [
        Rejection("", .unexpectedEnd, at: 0),
        Rejection(" \t\r", .unexpectedEnd, at: 3),
        Rejection("[", .unexpectedEnd, at: 1),
        Rejection("[1", .unexpectedEnd, at: 2),
        Rejection("[1,", .unexpectedEnd, at: 3),
        Rejection("{", .unexpectedEnd, at: 1),
        Rejection("{\"a\"", .unexpectedEnd, at: 4),
        Rejection("{\"a\":", .unexpectedEnd, at: 5),
        Rejection("{\"a\":1", .unexpectedEnd, at: 6),
        Rejection("tru", .unexpectedEnd, at: 3),
        Rejection("nul1", .unexpectedByte(0x31, expected: "null"), at: 3),
        Rejection("fals ", .unexpectedByte(0x20, expected: "false"), at: 4),
        Rejection("True", .unexpectedByte(0x54, expected: "a value"), at: 0),
        Rejection("NaN", .unexpectedByte(0x4e, expected: "a value"), at: 0),
        Rejection("'a'", .unexpectedByte(0x27, expected: "a value"), at: 0),
        Rejection("/* */1", .unexpectedByte(0x2f, expected: "a value"), at: 0),
        Rejection("]", .unexpectedByte(0x5d, expected: "a value"), at: 0),
        Rejection("[1,]", .unexpectedByte(0x5d, expected: "a value"), at: 3),
        Rejection("[,1]", .unexpectedByte(0x2c, expected: "a value"), at: 1),
        Rejection("[1 2]", .unexpectedByte(0x32, expected: "',' or ']'"), at: 3),
        Rejection("[1}", .unexpectedByte(0x7d, expected: "',' or ']'"), at: 2),
        Rejection("{\"a\":1,}", .unexpectedByte(0x7d, expected: "a member name"), at: 7),
        Rejection("{a:1}", .unexpectedByte(0x61, expected: "a member name"), at: 1),
        Rejection("{\"a\" 1}", .unexpectedByte(0x31, expected: "':'"), at: 5),
        Rejection("{\"a\":1 \"b\":2}", .unexpectedByte(0x22, expected: "',' or '}'"), at: 7),
        Rejection("1 2", .trailingBytes, at: 2),
        Rejection("{}\u{0}", .trailingBytes, at: 2),
        Rejection("\u{a0}1", .unexpectedByte(0xc2, expected: "a value"), at: 0),
        Rejection([0xef, 0xbb, 0xbf, 0x31], .unexpectedByte(0xef, expected: "a value"), at: 0),
        Rejection([0xff, 0xfe, 0x31, 0], .unexpectedByte(0xff, expected: "a value"), at: 0),
        Rejection("{\"a\":1,\"b\":2,\"a\":3}", .duplicateName("a"), at: 13),
        Rejection("{\"a\":1,\"\\u0061\":3}", .duplicateName("a"), at: 7),
        Rejection("{\"\":1,\"\":3}", .duplicateName(""), at: 6),
    ]

    static let numbers: [Rejection] = [
        Rejection("-", .unexpectedEnd, at: 1),
        Rejection("1.", .unexpectedEnd, at: 2),
        Rejection("1e", .unexpectedEnd, at: 2),
        Rejection("1e+", .unexpectedEnd, at: 3),
        Rejection("01", .badNumber, at: 0),
        Rejection("-01", .badNumber, at: 0),
        Rejection("00", .badNumber, at: 0),
        Rejection("-a", .badNumber, at: 1),
        Rejection("[1.]", .badNumber, at: 3),
        Rejection("[1.e5]", .badNumber, at: 3),
        Rejection("[1e,2]", .badNumber, at: 3),
        Rejection("[-]", .badNumber, at: 2),
        Rejection("+1", .unexpectedByte(0x2b, expected: "a value"), at: 0),
        Rejection(".5", .unexpectedByte(0x2e, expected: "a value"), at: 0),
        Rejection("0x10", .trailingBytes, at: 1),
        Rejection("1.2.3", .trailingBytes, at: 3),
        Rejection("1e400", .numberOutOfRange, at: 0),
        Rejection("[0, -1e400]", .numberOutOfRange, at: 4),
        Rejection("1.7976931348623159e308", .numberOutOfRange, at: 0),
        Rejection("-Infinity", .badNumber, at: 1),
    ]

    static let strings: [Rejection] = [
        Rejection("\"", .unexpectedEnd, at: 1),
        Rejection("\"abc", .unexpectedEnd, at: 4),
        Rejection("\"ab\\", .unexpectedEnd, at: 4),
        Rejection("\"ab\\n", .unexpectedEnd, at: 5),
        Rejection("\"\\u12", .unexpectedEnd, at: 5),
        Rejection("\"a\tb\"", .controlCharacter(0x09), at: 2),
        Rejection("\"\\na\u{1f}\"", .controlCharacter(0x1f), at: 4),
        Rejection("\"\u{0}\"", .controlCharacter(0x00), at: 1),
        Rejection(Array("\"a\nb\"".utf8), .controlCharacter(0x0a), at: 2),
        Rejection("\"\\x\"", .badEscape, at: 2),
        Rejection("\"\\'\"", .badEscape, at: 2),
        Rejection("\"\\U0041\"", .badEscape, at: 2),
        Rejection("\"\\u00g1\"", .badEscape, at: 5),
        Rejection("\"\\u 041\"", .badEscape, at: 3),
        Rejection("\"a\\ud800\"", .loneSurrogate, at: 2),
        Rejection("\"a\\udc00\"", .loneSurrogate, at: 2),
        Rejection("\"\\ud800x\"", .loneSurrogate, at: 1),
        Rejection("\"\\ud800\\n\"", .loneSurrogate, at: 1),
        Rejection("\"\\ud800\\ud800\"", .loneSurrogate, at: 1),
        Rejection("\"\\ude0a\\ud83d\"", .loneSurrogate, at: 1),
        Rejection("{\"\\udead\":1}", .loneSurrogate, at: 2),
    ]

    /// Ill-formed UTF-8 (Unicode table 3-7), each at byte 3 of the text.
    static let illFormed: [[UInt8]] = [
        [0x80], [0xbf], [0xff], [0xfe], [0xc0, 0xaf], [0xc1, 0xbf], [0xc3], [0xe2, 0x82],
        [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0x80],
        [0xf0, 0x9f, 0x98], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80],
    ]

    @Test(arguments: structure + numbers + strings)
    func `a malformed text is refused with reason and place`(_ expected: Rejection) {
        let error = #expect(throws: JSONError.self) { try JSON.read(expected.text) }
        #expect(error?.reason == expected.reason)
        #expect(error?.offset == expected.offset)
        #expect(error?.line == expected.line)
        #expect(error?.column == expected.column)
    }

    @Test(arguments: illFormed)
    func `text that is not UTF-8 is refused at its first bad byte`(_ bad: [UInt8]) {
        let plain = Array("[\"a".utf8) + bad + Array("b\"]".utf8)
        let afterEscapes = Array("\"\\u0041\\n".utf8) + bad + Array("\\t\"".utf8)
        for (text, offset) in [(plain, 3), (afterEscapes, 9)] {
            let error = #expect(throws: JSONError.self) { try JSON.read(text) }
            #expect(error?.reason == .invalidUTF8)
            #expect(error?.offset == offset)
        }
    }

    @Test func `lines and columns count from one in bytes`() {
        let text = Array("{\n  \"ä\": 1,\r\n  \"b\": x}".utf8)
        let error = #expect(throws: JSONError.self) { try JSON.read(text) }
        #expect(error?.line == 3)
        #expect(error?.column == 8)
        #expect(error?.offset == 21)
        #expect(error?.description == "line 3, column 8 (byte 21): found 'x', expected a value")
    }

    @Test func `every reason has words of its own`() {
        let texts = [
            "", "x", "1 2", "\"\\ud800\"", "\"\u{1}\"", "\"\\x\"", "01", "1e999",
            "{\"a\":1,\"a\":1}", "[[[1]]]", "{\"a\":1,\"b\":2}", "\"abcdefgh\"",
            String(repeating: " ", count: 40),
        ]
        let limits = JSONLimits(depth: 2, members: 1, stringBytes: 7, totalBytes: 32)
        var messages: Set<String> = []
        for text in texts.map({ Array($0.utf8) }) + [[0x22, 0xff, 0x22]] {
            let error = #expect(throws: JSONError.self) { try JSON.read(text, limits: limits) }
            messages.insert(error?.message ?? "")
        }
        #expect(messages.count == texts.count + 1)
        #expect(!messages.contains(""))
    }

    @Test func `an unprintable byte is named by its number`() {
        let error = #expect(throws: JSONError.self) { try JSON.read([0xef, 0xbb, 0xbf]) }
        #expect(error?.message == "found byte 0xef, expected a value")
    }

    @Test func `names that differ only by normal form stay two`() throws {
        let value = try JSON.read(Array("{\"\u{e9}\":1,\"e\u{301}\":2}".utf8))
        #expect(value.object?.count == 2)
        #expect(value["\u{e9}"]?.integer == 1)
        #expect(value["e\u{301}"]?.integer == 2)
    }

    @Test func `names beyond the linear search are found and compared by bytes`() throws {
        let names = (0..<30).map { "n\($0)" } + ["\u{e9}", "e\u{301}"]
        let members = names.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
        let value = try JSON.read(Array("{\(members)}".utf8))
        #expect(value.object?.count == 32)
        for (index, name) in names.enumerated() { #expect(value[name]?.integer == Int64(index)) }
        let error = #expect(throws: JSONError.self) {
            try JSON.read(Array("{\(members),\"n29\":0}".utf8))
        }
        #expect(error?.reason == .duplicateName("n29"))
    }

    @Test func `all escapes and white space are read`() throws {
        let text = " \t\n\r[ \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE0a\" , { } , [ ] ]\n"
        let value = try JSON.read(Array(text.utf8))
        #expect(value[0]?.string == "\"\\/\u{8}\u{c}\n\r\té😊")
        #expect(value[1] == [:])
        #expect(value[2] == [])
    }
}
