/// How the bytes of an XML text become UTF-8. Decided here and not by the library, which would load
/// converters of the system.
enum XMLEncoding {
    case utf8
    /// Windows-1252, which is what files that declare Latin-1 are.
    case western

    /// The bytes that are needed to decide, unless the text is shorter.
    static let headBytes = 256

    private static let start = XMLPosition(line: 1, column: 1)

    /// The encoding that the first bytes of a text show or declare (XML 1.0, appendix F).
    init(head: [UInt8]) throws(XMLFault) {
        if head.starts(with: [0xff, 0xfe]) || head.starts(with: [0xfe, 0xff])
            || head.prefix(2).contains(0)
        {
            throw XMLFault(
                Self.start,
                "the text is UTF-16 or UTF-32",
                "save it as UTF-8, for example: iconv -f UTF-16 -t UTF-8 in > out, and change the "
                    + "encoding in the first line"
            )
        }
        let declared = Self.declared(in: head)
        switch declared?.lowercased() {
        case nil, "utf-8", "utf8", "us-ascii", "ascii": self = .utf8
        case "iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252":
            self = .western
        default:
            throw XMLFault(
                Self.start,
                "the first line declares the encoding \"\(declared?.prefix(40) ?? "")\", which is not read",
                "save the text as UTF-8 (iconv -f ... -t UTF-8) and change the encoding in the "
                    + "first line"
            )
        }
    }

    /// The value of `encoding` in an XML declaration.
    private static func declared(in head: [UInt8]) -> String? {
        guard head.starts(with: Array("<?xml".utf8)) else { return nil }
        let text = String(decoding: head.prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self)
        guard let match = text.firstMatch(of: /\sencoding\s*=\s*["']([^"']*)["']/) else {
            return nil
        }
        return String(match.1)
    }

    /// The bytes as UTF-8; those of a text that claims to be UTF-8 as they are.
    func utf8(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .utf8: return bytes
        case .western:
            if bytes.allSatisfy({ $0 < 0x80 }) { return bytes }
            var result: [UInt8] = []
            result.reserveCapacity(bytes.count + bytes.count / 8)
            for byte in bytes {
                if byte < 0x80 {
                    result.append(byte)
                } else {
                    result += Array(String(Self.scalar(of: byte)).utf8)
                }
            }
            return result
        }
    }

    private static func scalar(of byte: UInt8) -> Unicode.Scalar {
        guard (0x80..<0xa0).contains(byte) else { return Unicode.Scalar(byte) }
        return upperControls[Int(byte - 0x80)]
    }

    /// 0x80 to 0x9f in Windows-1252; what is undefined there is the replacement character.
    private static let upperControls: [Unicode.Scalar] = [
        "€", "\u{fffd}", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\u{fffd}", "Ž",
        "\u{fffd}", "\u{fffd}", "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ",
        "\u{fffd}", "ž", "Ÿ",
    ]
}
