extension JSONReader {
    /// Reads a string from its opening to its closing quote.
    mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        // The common case first: no escapes, one copy.
        while position < text.count, !isSpecial(text[position]) { position += 1 }
        guard position < text.count else { throw error(.unexpectedEnd) }
        if text[position] == UInt8(ascii: "\"") {
            let result = try decoded(text[start..<position], from: start)
            position += 1
            return result
        }
        return try escapedString(from: start)
    }

    private func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20
    }

    private func decoded(
        _ bytes: ArraySlice<UInt8>,
        from start: Int
    ) throws(JSONError) -> String {
        guard bytes.count <= limits.stringBytes else {
            throw error(.stringTooLong(limit: limits.stringBytes), at: start)
        }
        guard let result = String(validating: bytes, as: UTF8.self) else {
            // Escapes are ASCII, so the source is ill-formed exactly where its decoded form is.
            throw error(.invalidUTF8, at: start + validPrefix(of: text[start..<position]))
        }
        return result
    }

    /// Length of the longest prefix that is UTF-8; only walked to place an error.
    private func validPrefix(of bytes: ArraySlice<UInt8>) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var valid = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            valid += UTF8.width(scalar)
        }
        return valid
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var bytes = Array(text[start..<position])
        while position < text.count {
            let byte = text[position]
            switch byte {
            case UInt8(ascii: "\""):
                let result = try decoded(bytes[...], from: start)
                position += 1
                return result
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &bytes)
            case 0..<0x20:
                throw error(.controlCharacter(byte))
            default:
                bytes.append(byte)
                position += 1
            }
            guard bytes.count <= limits.stringBytes else {
                throw error(.stringTooLong(limit: limits.stringBytes), at: start)
            }
        }
        throw error(.unexpectedEnd)
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(JSONError) {
        guard position < text.count else { throw error(.unexpectedEnd) }
        let plain: UInt8
        switch text[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = text[position]
        case UInt8(ascii: "b"): plain = 0x08
        case UInt8(ascii: "f"): plain = 0x0c
        case UInt8(ascii: "n"): plain = 0x0a
        case UInt8(ascii: "r"): plain = 0x0d
        case UInt8(ascii: "t"): plain = 0x09
        case UInt8(ascii: "u"):
            try unicodeEscape(into: &bytes)
            return
        default: throw error(.badEscape)
        }
        bytes.append(plain)
        position += 1
    }

    private mutating func unicodeEscape(into bytes: inout [UInt8]) throws(JSONError) {
        let start = position - 1
        var code = UInt32(try hexUnit())
        if (0xd800..<0xdc00).contains(code) {
            guard position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
                text[position + 1] == UInt8(ascii: "u")
            else { throw error(.loneSurrogate, at: start) }
            position += 1
            let low = UInt32(try hexUnit())
            guard (0xdc00..<0xe000).contains(low) else {
                throw error(.loneSurrogate, at: start)
            }
            code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = UnicodeScalar(code) else { throw error(.loneSurrogate, at: start) }
        bytes.append(contentsOf: Array(String(Character(scalar)).utf8))
    }

    /// Reads `uXXXX`, standing on the `u`.
    private mutating func hexUnit() throws(JSONError) -> UInt16 {
        position += 1
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard position < text.count else { throw error(.unexpectedEnd) }
            let digit: UInt8
            switch text[position] {
            case let byte where (0x30...0x39).contains(byte): digit = byte - 0x30
            case let byte where (0x61...0x66).contains(byte): digit = byte - 0x61 + 10
            case let byte where (0x41...0x46).contains(byte): digit = byte - 0x41 + 10
            default: throw error(.badEscape)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
