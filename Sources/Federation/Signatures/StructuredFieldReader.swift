import Keys

/// Reads structured fields from the front; nil of any method means: malformed.
struct StructuredFieldReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// RFC 9651 section 4.2.2, with keys that stand twice refused.
    mutating func dictionary() -> [String: StructuredField.Member]? {
        skip(" ")
        var members: [String: StructuredField.Member] = [:]
        while position < bytes.count {
            guard let key = key(), let member = member(),
                members.updateValue(member, forKey: key) == nil
            else { return nil }
            skipOptionalSpace()
            guard position < bytes.count else { return members }
            guard take(",") else { return nil }
            skipOptionalSpace()
            guard position < bytes.count else { return nil }
        }
        return members
    }

    private mutating func member() -> StructuredField.Member? {
        guard take("=") else {
            return parameters().map { .item(StructuredField.Item(.boolean(true), $0)) }
        }
        guard take("(") else { return item().map { .item($0) } }
        var items: [StructuredField.Item] = []
        while true {
            skip(" ")
            if take(")") { return parameters().map { .innerList(items, $0) } }
            guard let item = item(), peek == UInt8(ascii: " ") || peek == UInt8(ascii: ")") else {
                return nil
            }
            items.append(item)
        }
    }

    private mutating func item() -> StructuredField.Item? {
        guard let value = value(), let parameters = parameters() else { return nil }
        return StructuredField.Item(value, parameters)
    }

    private mutating func parameters() -> [StructuredField.Parameter]? {
        var found: [StructuredField.Parameter] = []
        while take(";") {
            skip(" ")
            guard let key = key(), !found.contains(where: { $0.key == key }) else { return nil }
            guard take("=") else {
                found.append(StructuredField.Parameter(key, .boolean(true)))
                continue
            }
            guard let value = value() else { return nil }
            found.append(StructuredField.Parameter(key, value))
        }
        return found
    }

    private mutating func key() -> String? {
        guard let first = peek, Self.isLower(first) || first == UInt8(ascii: "*") else {
            return nil
        }
        return run { Self.isLower($0) || Self.isDigit($0) || "_-.*".utf8.contains($0) }
    }

    private mutating func value() -> StructuredField.Value? {
        guard let first = peek else { return nil }
        return switch first {
        case UInt8(ascii: "\""): string().map { .string($0) }
        case UInt8(ascii: ":"): binary().map { .bytes($0) }
        case UInt8(ascii: "?"): boolean().map { .boolean($0) }
        case UInt8(ascii: "-"), 0x30...0x39: integer().map { .integer($0) }
        case _ where Self.isLetter(first) || first == UInt8(ascii: "*"):
            .token(run { Self.isLetter($0) || Self.isDigit($0) || Self.tokenMarks.contains($0) })
        default: nil
        }
    }

    private mutating func integer() -> Int64? {
        let isNegative = take("-")
        let digits = run(Self.isDigit)
        // At most 15 digits; a decimal's point is left over and ends the reading.
        guard (1...15).contains(digits.utf8.count), let number = Int64(digits) else { return nil }
        return isNegative ? -number : number
    }

    private mutating func string() -> String? {
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = peek, escaped == byte || escaped == UInt8(ascii: "\"") else {
                    return nil
                }
                position += 1
                text.append(escaped)
            case 0x20...0x7e: text.append(byte)
            default: return nil
            }
        }
        return nil
    }

    private mutating func binary() -> [UInt8]? {
        position += 1
        let text = run { $0 != UInt8(ascii: ":") }
        guard take(":") else { return nil }
        return Base64.decode(text)
    }

    private mutating func boolean() -> Bool? {
        position += 1
        if take("1") { return true }
        return take("0") ? false : nil
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skip(_ character: Unicode.Scalar) {
        while take(character) {}
    }

    private mutating func skipOptionalSpace() {
        while take(" ") || take("\t") {}
    }

    private mutating func run(_ belongs: (UInt8) -> Bool) -> String {
        let start = position
        while let byte = peek, belongs(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static let tokenMarks = Set("!#$%&'*+-.^_`|~:/".utf8)
    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }
}
