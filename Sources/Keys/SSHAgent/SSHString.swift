/// Fields of the SSH wire format (RFC 4251 section 5).
struct SSHWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func uint32(_ value: Int) {
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func string(_ value: some Collection<UInt8>) {
        uint32(value.count)
        bytes += value
    }

    mutating func string(_ text: String) { string(Array(text.utf8)) }
}

/// Reads such fields; nil beyond the end.
struct SSHReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func uint32() -> Int? {
        guard rest.count >= 4 else { return nil }
        defer { rest = rest.dropFirst(4) }
        return rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func string() -> [UInt8]? {
        guard let count = uint32(), rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}

/// Ed25519 keys as SSH writes them (RFC 8709).
public enum SSHKey {
    static let algorithm = "ssh-ed25519"

    /// The key blob; nil for another kind of key.
    static func blob(_ key: PublicKey) -> [UInt8]? {
        guard case .ed25519(let bytes) = key else { return nil }
        var writer = SSHWriter()
        writer.string(algorithm)
        writer.string(bytes)
        return writer.bytes
    }

    /// The key of a blob; nil for what is no Ed25519 key.
    static func key(blob: [UInt8]) -> PublicKey? {
        var reader = SSHReader(blob)
        guard reader.string() == Array(algorithm.utf8), let bytes = reader.string(),
            bytes.count == 32, reader.isAtEnd
        else { return nil }
        return .ed25519(bytes)
    }

    /// `ssh-ed25519 <base64>`, the line of a `.pub` file without its comment; nil for another kind.
    public static func line(_ key: PublicKey) -> String? {
        blob(key).map { "\(algorithm) \(Base64.encode($0))" }
    }

    /// Reads such a line, with or without a comment; nil for anything else.
    public static func key(line: some StringProtocol) -> PublicKey? {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == algorithm, let blob = Base64.decode(words[1]) else {
            return nil
        }
        return key(blob: blob)
    }
}
