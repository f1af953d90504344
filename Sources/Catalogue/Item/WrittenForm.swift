import CanonicalJSON

/// The forms of single values that an item accepts: one form for one value, so that "unchanged" can
/// be seen from the text.
package enum WrittenForm {
    /// A decimal number without sign, exponent, leading zeros or trailing zeros of a fraction:
    /// `0`, `5`, `2.5`; at most 16 characters.
    package static func isDecimal(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...16).contains(bytes.count) else { return false }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else {
            return false
        }
        if parts[0].count > 1, parts[0].first == UInt8(ascii: "0") { return false }
        return parts.count == 1 || parts[1].last != UInt8(ascii: "0")
    }

    /// How to write the next time what was taken for a decimal.
    static func decimalRemedy(_ value: JSON) -> String {
        value.string == nil
            ? "write decimals as strings, such as \"2.5\""
            : "write decimals with a point and without needless zeros, such as 2.5"
    }

    /// The decimal that a person or another program wrote: leading zeros and zeros after the
    /// fraction are dropped, a comma counts as the point. nil for anything else, signs, exponents
    /// and thousands' separators included.
    package static func decimal(lenient text: String) -> String? {
        let bytes = text.utf8.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ $0.allSatisfy(isDigit) }),
            let whole = parts.first, !whole.isEmpty, parts.last?.isEmpty == false
        else { return nil }
        let significant = whole.drop { $0 == UInt8(ascii: "0") }
        var result = significant.isEmpty ? [UInt8(ascii: "0")] : Array(significant)
        if parts.count == 2 {
            var fraction = Array(parts[1])
            while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
            if !fraction.isEmpty { result += [UInt8(ascii: ".")] + fraction }
        }
        let decimal = String(decoding: result, as: UTF8.self)
        return isDecimal(decimal) ? decimal : nil
    }

    /// An absolute URI (RFC 3986) by form: scheme, colon and at least one more character, printable
    /// ASCII without the characters that a URI must escape, at most 2,048 bytes.
    package static func isURI(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (3...2048).contains(bytes.count), let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            colon > 0, colon + 1 < bytes.count, isLetter(bytes[0])
        else { return false }
        let scheme = bytes[..<colon].allSatisfy {
            isLetter($0) || isDigit($0) || [UInt8](("+-.").utf8).contains($0)
        }
        return scheme && bytes.allSatisfy(isURIByte)
    }

    /// An `https` or `http` address with a host.
    package static func isWebAddress(_ text: String) -> Bool {
        guard isURI(text) else { return false }
        let lower = text.prefix(8).lowercased()
        let rest: Substring
        if lower.hasPrefix("https://") {
            rest = text.dropFirst(8)
        } else if lower.hasPrefix("http://") {
            rest = text.dropFirst(7)
        } else {
            return false
        }
        return !rest.isEmpty && rest.first != "/"
    }

    /// `text` with every byte escaped that a URI may not carry as it is; what is escaped already
    /// stays.
    package static func escapingURI(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if isURIByte(byte) {
                result.append(byte)
            } else {
                result += PercentEncoding.escape(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let refusedInURI = Array("\"<>\\^`{|}".utf8)

    private static func isURIByte(_ byte: UInt8) -> Bool {
        (0x21...0x7e).contains(byte) && !refusedInURI.contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
}
