/// A position in bytes that arrive in chunks; holds one chunk and what is being looked at.
struct ByteCursor {
    /// A line without its line feed.
    struct Line {
        /// The bytes, cut off at the limit.
        var bytes: [UInt8]
        /// From 1.
        let number: Int
        /// Offset of the first byte in the source, from 0.
        let offset: Int
        /// Whether the line was longer than the limit.
        var isCut = false
    }

    enum Mark {
        case none
        case utf8
        case utf16
    }

    private let source: () throws -> [UInt8]?
    private var chunk: [UInt8] = []
    private var index = 0
    private var isEnded = false
    /// Line of the next byte, from 1.
    private(set) var line = 1
    /// Offset of the next byte, from 0.
    private(set) var offset = 0

    init(_ source: @escaping () throws -> [UInt8]?) {
        self.source = source
    }

    mutating func peek() throws -> UInt8? {
        try fill() ? chunk[index] : nil
    }

    mutating func next() throws -> UInt8? {
        guard try fill() else { return nil }
        let byte = chunk[index]
        index += 1
        offset += 1
        if byte == UInt8(ascii: "\n") { line += 1 }
        return byte
    }

    /// The bytes that are at hand, at least one; nil at the end of the source. Lines are not counted.
    mutating func nextChunk() throws -> [UInt8]? {
        guard try fill() else { return nil }
        let rest = Array(chunk[index...])
        index = chunk.count
        offset += rest.count
        return rest
    }

    /// The rest of the current line; nil at the end of the source.
    mutating func nextLine(limit: Int) throws -> Line? {
        guard try fill() else { return nil }
        var result = Line(bytes: [], number: line, offset: offset)
        while try fill() {
            let end = chunk[index...].firstIndex(of: UInt8(ascii: "\n"))
            let piece = chunk[index..<(end ?? chunk.count)]
            let room = limit - result.bytes.count
            result.bytes += piece.prefix(room)
            if piece.count > room { result.isCut = true }
            index += piece.count
            offset += piece.count
            if end != nil {
                index += 1
                offset += 1
                line += 1
                break
            }
        }
        return result
    }

    /// Takes a byte-order mark at the start away.
    mutating func skipMark() throws -> Mark {
        while chunk.count - index < 3, !isEnded { try append() }
        let head = Array(chunk[index...].prefix(3))
        if head == [0xef, 0xbb, 0xbf] {
            index += 3
            offset += 3
            return .utf8
        }
        return head.starts(with: [0xff, 0xfe]) || head.starts(with: [0xfe, 0xff]) ? .utf16 : .none
    }

    mutating func skipSpace() throws {
        while let byte = try peek(), [0x20, 0x09, 0x0a, 0x0d].contains(byte) { _ = try next() }
    }

    private mutating func append() throws {
        if let more = try source() { chunk += more } else { isEnded = true }
    }

    /// Whether there is a next byte.
    private mutating func fill() throws -> Bool {
        while index == chunk.count {
            if isEnded { return false }
            chunk = []
            index = 0
            try append()
        }
        return true
    }
}

/// What is wrong with the encoding of a piece of a source.
enum EncodingCheck {
    /// A problem that names line and byte, or nil when `bytes` are UTF-8. `offset` and `line` are
    /// those of the first byte.
    static func problem(in bytes: [UInt8], line: Int, offset: Int) -> ImportProblem? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        let valid = validPrefix(of: bytes)
        let feeds = bytes[..<valid].count { $0 == UInt8(ascii: "\n") }
        let value = String(bytes[valid], radix: 16, uppercase: true)
        return ImportProblem(
            at: "line \(line + feeds), byte \(offset + valid)",
            message: "0x\(value) is not UTF-8; the file looks like Latin-1 or Windows-1252",
            remedy: "save it as UTF-8, for example: iconv -f WINDOWS-1252 -t UTF-8 in > out",
            severity: .error
        )
    }

    static let utf16 = ImportProblem(
        at: "line 1, byte 0",
        message: "the file is UTF-16",
        remedy: "save it as UTF-8, for example: iconv -f UTF-16 -t UTF-8 in > out",
        severity: .error
    )

    static let mark = ImportProblem(
        at: "line 1, byte 0",
        message: "a byte-order mark was skipped",
        remedy: "nothing to do; a file without it is better",
        severity: .note
    )

    private static func validPrefix(of bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var valid = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            valid += UTF8.width(scalar)
        }
        return min(valid, bytes.count - 1)
    }
}
