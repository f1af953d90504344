/// A name that a TLS server answers to (RFC 5280 section 4.2.1.6).
public enum ServerName: Hashable, Sendable {
    /// A host name in lower-case A-labels.
    case dns(String)
    /// Four or sixteen bytes.
    case ip([UInt8])

    /// An IPv4 address, an IPv6 address (RFC 4291 section 2.2, forms 1 and 2, with or without
    /// brackets), otherwise a host name; nil when it is none of these.
    public init?(_ text: String) {
        if let bytes = Self.ipv4(text) {
            self = .ip(bytes)
        } else if text.utf8.contains(UInt8(ascii: ":")) {
            var address = text[...]
            if address.hasPrefix("["), address.hasSuffix("]") {
                address = address.dropFirst().dropLast()
            }
            guard let bytes = Self.ipv6(address) else { return nil }
            self = .ip(bytes)
        } else if Self.isHostName(text) {
            self = .dns(text.lowercased())
        } else {
            return nil
        }
    }

    private static func ipv4(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part in
            part.utf8.allSatisfy(DIDURL.isDigit) && (part == "0" || !part.hasPrefix("0"))
                ? UInt8(part) : nil
        }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private static func ipv6(_ text: Substring) -> [UInt8]? {
        guard let gap = text.firstRange(of: "::") else {
            guard let bytes = groups(text), bytes.count == 16 else { return nil }
            return bytes
        }
        guard let head = groups(text[..<gap.lowerBound]),
            let tail = groups(text[gap.upperBound...]),
            head.count + tail.count <= 14
        else { return nil }
        return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        for group in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard (1...4).contains(group.utf8.count), group.utf8.first != UInt8(ascii: "+"),
                let value = UInt16(group, radix: 16)
            else { return nil }
            bytes += [UInt8(value >> 8), UInt8(value & 255)]
        }
        return bytes
    }

    private static func isHostName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.utf8.first != UInt8(ascii: "-")
                    && label.utf8.last != UInt8(ascii: "-")
                    && label.utf8.allSatisfy {
                        DIDURL.isLetter($0) || DIDURL.isDigit($0) || $0 == UInt8(ascii: "-")
                    }
            }
            && !(labels.last?.utf8.allSatisfy(DIDURL.isDigit) ?? true)
    }
}
