/// Lower-case hexadecimal.
public enum Hex {
    /// Two digits a byte.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.underestimatedCount)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes; nil for odd lengths, upper case or anything that is no digit.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let source = Array(text.utf8)
        guard source.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count / 2)
        for index in stride(from: 0, to: source.count, by: 2) {
            guard let high = value(of: source[index]), let low = value(of: source[index + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// Whether `text` is lower-case hexadecimal of so many bytes.
    public static func isHex(_ text: String, bytes: Int) -> Bool {
        text.utf8.count == 2 * bytes && text.utf8.allSatisfy { value(of: $0) != nil }
    }

    static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}

/// RFC 4648 section 4: the standard alphabet, always padded.
public enum Base64 {
    /// The padded text.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        RFC4648(alphabet: .standard).encode(bytes, padded: true)
    }

    /// The bytes; nil for missing padding, foreign characters or non-zero trailing bits.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        RFC4648(alphabet: .standard).decode(text, padded: true)
    }
}

/// RFC 4648 section 5: the URL-safe alphabet, never padded.
public enum Base64URL {
    /// The unpadded text.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        RFC4648(alphabet: .urlSafe).encode(bytes, padded: false)
    }

    /// The bytes; nil for padding, foreign characters or non-zero trailing bits.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        RFC4648(alphabet: .urlSafe).decode(text, padded: false)
    }
}

private struct RFC4648 {
    enum Alphabet {
        case standard
        case urlSafe
    }

    let alphabet: Alphabet

    func encode(_ bytes: some Collection<UInt8>, padded: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(character(UInt8(buffer >> UInt32(bits) & 63)))
            }
        }
        if bits > 0 { text.append(character(UInt8(buffer << UInt32(6 - bits) & 63))) }
        while padded, !text.count.isMultiple(of: 4) { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    func decode(_ text: some StringProtocol, padded: Bool) -> [UInt8]? {
        var source = Array(text.utf8)
        if padded {
            guard source.count.isMultiple(of: 4) else { return nil }
            for _ in 0..<2 where source.last == UInt8(ascii: "=") { source.removeLast() }
        }
        guard source.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in source {
            guard let value = value(of: byte) else { return nil }
            buffer = (buffer << 6 | UInt32(value)) & 0xffffff
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        guard buffer & (1 << UInt32(bits) - 1) == 0 else { return nil }
        return bytes
    }

    private func character(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: alphabet == .standard ? UInt8(ascii: "+") : UInt8(ascii: "-")
        default: alphabet == .standard ? UInt8(ascii: "/") : UInt8(ascii: "_")
        }
    }

    private func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+") where alphabet == .standard: 62
        case UInt8(ascii: "/") where alphabet == .standard: 63
        case UInt8(ascii: "-") where alphabet == .urlSafe: 62
        case UInt8(ascii: "_") where alphabet == .urlSafe: 63
        default: nil
        }
    }
}

/// The Bitcoin alphabet of base 58, as multibase `z` uses it.
public enum Base58 {
    /// The text; leading zero bytes become leading ones.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        let zeros = bytes.prefix { $0 == 0 }.count
        var digits: [UInt8] = []
        for byte in bytes.dropFirst(zeros) {
            var carry = Int(byte)
            for index in digits.indices {
                carry += Int(digits[index]) << 8
                digits[index] = UInt8(carry % 58)
                carry /= 58
            }
            while carry > 0 {
                digits.append(UInt8(carry % 58))
                carry /= 58
            }
        }
        let text =
            Array(repeating: alphabet[0], count: zeros)
            + digits.reversed().map { alphabet[Int($0)] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes; nil for a character outside the alphabet or more than 1,024 characters (the
    /// algorithm is quadratic, and no key or signature is longer).
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let source = Array(text.utf8)
        guard source.count <= 1024 else { return nil }
        let zeros = source.prefix { $0 == alphabet[0] }.count
        var bytes: [UInt8] = []
        for character in source.dropFirst(zeros) {
            guard let digit = alphabet.firstIndex(of: character) else { return nil }
            var carry = digit
            for index in bytes.indices {
                carry += Int(bytes[index]) * 58
                bytes[index] = UInt8(carry & 255)
                carry >>= 8
            }
            while carry > 0 {
                bytes.append(UInt8(carry & 255))
                carry >>= 8
            }
        }
        return Array(repeating: 0, count: zeros) + bytes.reversed()
    }

    private static let alphabet = Array(
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8
    )
}
