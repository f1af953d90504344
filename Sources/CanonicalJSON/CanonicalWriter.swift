extension JSON {
    /// The RFC 8785 (JCS) form in UTF-8: no space, members sorted by UTF-16 code units, numbers as
    /// ECMAScript writes them.
    public var canonicalBytes: [UInt8] {
        var output: [UInt8] = []
        writeCanonical(into: &output)
        return output
    }

    /// The RFC 8785 form as a string.
    public var canonicalText: String {
        String(decoding: canonicalBytes, as: UTF8.self)
    }

    /// Whether `text` is byte for byte the RFC 8785 form of the one value that it holds.
    public static func isCanonical(_ text: [UInt8], limits: JSONLimits = .ownMessage) -> Bool {
        guard let value = try? read(text, limits: limits) else { return false }
        return value.canonicalBytes == text
    }

    private func writeCanonical(into output: inout [UInt8]) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let number): output.append(contentsOf: number.canonicalText.utf8)
        case .string(let value): Self.writeString(value, into: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                element.writeCanonical(into: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            for (index, member) in object.sortedByUTF16().enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                Self.writeString(member.name, into: &output)
                output.append(UInt8(ascii: ":"))
                member.value.writeCanonical(into: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    static func writeString(_ value: String, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        writeContent(value, into: &output)
        output.append(UInt8(ascii: "\""))
    }

    /// What stands between the quotes; in one piece when nothing is to be escaped.
    static func writeContent(_ value: String, into output: inout [UInt8]) {
        let isWritten = value.utf8.withContiguousStorageIfAvailable { bytes in
            for byte in bytes where byte < 0x20 || byte == 0x22 || byte == 0x5c { return false }
            output.append(contentsOf: bytes)
            return true
        }
        if isWritten == true { return }
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0x08: output.append(contentsOf: Array("\\b".utf8))
            case 0x09: output.append(contentsOf: Array("\\t".utf8))
            case 0x0a: output.append(contentsOf: Array("\\n".utf8))
            case 0x0c: output.append(contentsOf: Array("\\f".utf8))
            case 0x0d: output.append(contentsOf: Array("\\r".utf8))
            case 0..<0x20:
                output.append(contentsOf: Array("\\u00".utf8))
                output.append(hexDigit(byte >> 4))
                output.append(hexDigit(byte & 15))
            default: output.append(byte)
            }
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

extension JSONObject {
    /// RFC 8785 section 3.2.3. UTF-8 order differs from UTF-16 order only beyond the basic plane,
    /// so names without four-byte sequences are compared as bytes.
    func sortedByUTF16() -> [(name: String, value: JSON)] {
        guard count > 1 else { return members }
        let beyondBasicPlane = members.contains { $0.name.utf8.contains { $0 >= 0xf0 } }
        if beyondBasicPlane {
            return members.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
        }
        return members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
