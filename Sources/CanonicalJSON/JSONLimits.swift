/// Upper bounds that a reader enforces before it believes anything.
public struct JSONLimits: Sendable {
    /// Nesting of arrays and objects.
    public var depth: Int
    /// Members of one object.
    public var members: Int
    /// UTF-8 bytes of one string or member name.
    public var stringBytes: Int
    /// Bytes of the whole text.
    public var totalBytes: Int

    /// Bounds as given; see the presets for what the protocol asks.
    public init(depth: Int, members: Int, stringBytes: Int, totalBytes: Int) {
        self.depth = depth
        self.members = members
        self.stringBytes = stringBytes
        self.totalBytes = totalBytes
    }

    /// The network's own messages: depth 16, 512 members, strings of 64 KiB, 1 MiB in all.
    public static let ownMessage = JSONLimits(
        depth: 16,
        members: 512,
        stringBytes: 64 << 10,
        totalBytes: 1 << 20
    )

    /// Credentials from outside: depth 64, otherwise as `ownMessage` with 1 MiB strings, since a
    /// credential may carry its picture.
    public static let outsideCredential = JSONLimits(
        depth: 64,
        members: 512,
        stringBytes: 1 << 20,
        totalBytes: 1 << 20
    )

    /// Files that an operator names on the command line: bounded only against accidents.
    public static let operatorFile = JSONLimits(
        depth: 128,
        members: 1 << 20,
        stringBytes: 64 << 20,
        totalBytes: 1 << 30
    )
}

/// Why a text is not acceptable JSON, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of rejection.
    public enum Reason: Equatable, Sendable {
        case unexpectedEnd
        case unexpectedByte(UInt8, expected: String)
        case trailingBytes
        case invalidUTF8
        case loneSurrogate
        case controlCharacter(UInt8)
        case badEscape
        case badNumber
        case numberOutOfRange
        case duplicateName(String)
        case tooDeep(limit: Int)
        case tooManyMembers(limit: Int)
        case stringTooLong(limit: Int)
        case textTooLong(limit: Int)
    }

    /// What is wrong.
    public let reason: Reason
    /// Offset of the offending byte, from 0.
    public let offset: Int
    /// Line of the offending byte, from 1.
    public let line: Int
    /// Column of the offending byte in bytes, from 1.
    public let column: Int

    init(_ reason: Reason, offset: Int, in text: [UInt8]) {
        self.reason = reason
        self.offset = offset
        let before = text.prefix(offset)
        line = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        column = offset - lineStart + 1
    }

    /// One sentence with the place.
    public var description: String {
        "line \(line), column \(column) (byte \(offset)): \(message)"
    }

    /// What is wrong, without the place.
    public var message: String {
        switch reason {
        case .unexpectedEnd: "the text ends in the middle of a value"
        case .unexpectedByte(let byte, let expected):
            "found \(Self.name(of: byte)), expected \(expected)"
        case .trailingBytes: "something follows the end of the value"
        case .invalidUTF8: "not UTF-8"
        case .loneSurrogate: "a lone surrogate is no character"
        case .controlCharacter(let byte):
            "control character 0x\(String(byte, radix: 16)) in a string must be escaped"
        case .badEscape: "unknown escape sequence"
        case .badNumber: "malformed number"
        case .numberOutOfRange: "number beyond the range of IEEE 754 doubles"
        case .duplicateName(let name): "member name \"\(name)\" appears twice"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        case .tooManyMembers(let limit): "object with more than \(limit) members"
        case .stringTooLong(let limit): "string longer than \(limit) bytes"
        case .textTooLong(let limit): "text longer than \(limit) bytes"
        }
    }

    private static func name(of byte: UInt8) -> String {
        (0x21...0x7e).contains(byte)
            ? "'\(Character(UnicodeScalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
    }
}
