import CanonicalJSON
import Testing

@Suite struct `Limits of reading` {
    private static func nested(_ depth: Int, open: String, close: String) -> [UInt8] {
        Array((String(repeating: open, count: depth) + String(repeating: close, count: depth)).utf8)
    }

    private static func object(members: Int) -> [UInt8] {
        Array(("{" + (0..<members).map { "\"\($0)\":0" }.joined(separator: ",") + "}").utf8)
    }

    private static func string(bytes: Int, start: String = "") -> [UInt8] {
        Array("\"\(start)".utf8) + [UInt8](repeating: 0x61, count: bytes) + [0x22]
    }

    private func reason(_ text: [UInt8], _ limits: JSONLimits = .ownMessage) -> JSONError.Reason? {
        #expect(throws: JSONError.self) { try JSON.read(text, limits: limits) }?.reason
    }

    @Test func `sixteen levels are read and the seventeenth is refused`() throws {
        _ = try JSON.read(Self.nested(16, open: "[", close: "]"))
        #expect(reason(Self.nested(17, open: "[", close: "]")) == .tooDeep(limit: 16))
        let mixed = Array(
            (String(repeating: "{\"a\":[", count: 8) + String(repeating: "]}", count: 8)).utf8
        )
        _ = try JSON.read(mixed)
        let deeper = Array("[".utf8) + mixed + Array("]".utf8)
        let error = #expect(throws: JSONError.self) { try JSON.read(deeper) }
        #expect(error?.reason == .tooDeep(limit: 16))
        #expect(error?.offset == 1 + 6 * 7 + 5)
    }

    @Test func `depth counts nesting and not the number of arrays`() throws {
        let many = Array(
            ("[" + Array(repeating: "[[]]", count: 500).joined(separator: ",") + "]").utf8
        )
        _ = try JSON.read(
            many,
            limits: JSONLimits(depth: 3, members: 1, stringBytes: 1, totalBytes: 4096)
        )
    }

    @Test func `very deep texts are refused without harm`() {
        let text = Self.nested(400_000, open: "[", close: "]")
        #expect(reason(text) == .tooDeep(limit: 16))
        #expect(reason(text, .operatorFile) == .tooDeep(limit: 128))
    }

    @Test func `512 members are read and the next is refused`() throws {
        #expect(try JSON.read(Self.object(members: 512)).object?.count == 512)
        let text = Self.object(members: 513)
        let error = #expect(throws: JSONError.self) { try JSON.read(text) }
        #expect(error?.reason == .tooManyMembers(limit: 512))
        #expect(error?.offset == text.count - "\"512\":0}".utf8.count)
    }

    @Test func `strings of 65,536 bytes are read and one more is refused`() throws {
        _ = try JSON.read(Self.string(bytes: 65_536))
        let error = #expect(throws: JSONError.self) { try JSON.read(Self.string(bytes: 65_537)) }
        #expect(error?.reason == .stringTooLong(limit: 65_536))
        #expect(error?.offset == 1)
    }

    @Test func `the limit of strings counts bytes after escapes`() throws {
        let escaped = Self.string(bytes: 65_533, start: "\\u20ac")
        #expect(try JSON.read(escaped).string?.utf8.count == 65_536)
        #expect(
            reason(Self.string(bytes: 65_534, start: "\\u20ac")) == .stringTooLong(limit: 65_536)
        )
        #expect(reason(Self.string(bytes: 65_536, start: "é")) == .stringTooLong(limit: 65_536))
    }

    @Test func `member names have the limit of strings`() throws {
        let colon = Array(":1}".utf8)
        _ = try JSON.read(Array("{".utf8) + Self.string(bytes: 65_536) + colon)
        #expect(
            reason(Array("{".utf8) + Self.string(bytes: 65_537) + colon)
                == .stringTooLong(limit: 65_536)
        )
    }

    @Test func `one mebibyte is read and one byte more is refused`() throws {
        let text = [UInt8](repeating: 0x20, count: 1 << 20 - 1) + [0x31]
        #expect(try JSON.read(text).integer == 1)
        let error = #expect(throws: JSONError.self) { try JSON.read([0x20] + text) }
        #expect(error?.reason == .textTooLong(limit: 1 << 20))
        #expect(error?.offset == 1 << 20)
    }

    @Test func `credentials from outside may nest deeper and carry a picture`() throws {
        _ = try JSON.read(Self.nested(64, open: "[", close: "]"), limits: .outsideCredential)
        #expect(
            reason(Self.nested(65, open: "[", close: "]"), .outsideCredential)
                == .tooDeep(limit: 64)
        )
        _ = try JSON.read(Self.string(bytes: 1 << 20 - 2), limits: .outsideCredential)
    }

    @Test func `a number of a million digits is read in time`() throws {
        let text = [UInt8](repeating: 0x31, count: 1 << 20)
        #expect(reason(text) == .numberOutOfRange)
        let fraction = Array("0.".utf8) + [UInt8](repeating: 0x33, count: 1 << 20 - 2)
        #expect(try JSON.read(fraction).number?.canonicalText == "0.3333333333333333")
    }
}
