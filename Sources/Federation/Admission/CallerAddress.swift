/// The address of whoever asks: 4 or 16 bytes.
package struct CallerAddress: Sendable, Hashable {
    /// In network order; an IPv4 address that came mapped into IPv6 is one of 4 bytes.
    package let bytes: [UInt8]

    /// An address from its bytes; nil unless there are 4 or 16.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        let isMapped = bytes.count == 16 && bytes.starts(with: Self.mapped)
        self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
    }

    /// Whom the limits see as one: the /24 of an IPv4 address, the /56 of an IPv6 address, which is
    /// what a household or a department gets.
    package var network: [UInt8] {
        Array(bytes.prefix(bytes.count == 4 ? 3 : 7))
    }

    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
}

/// How a proxy says for whom it asks. Only one header is read: a proxy passes on the other as the
/// caller wrote it.
package enum ForwardedHeader: String, Sendable, CaseIterable {
    /// `X-Forwarded-For: <client>, <proxy>`
    case xForwardedFor = "x-forwarded-for"
    /// RFC 7239: `Forwarded: for=<client>, for=<proxy>`
    case forwarded

    /// The addresses that a header names, without ports and brackets, the one nearest to this node
    /// first; what is hidden or unknown stays as it is written.
    package func hops(_ field: String) -> [String] {
        field.split(separator: ",", omittingEmptySubsequences: false).reversed().map { element in
            switch self {
            case .xForwardedFor: Self.host(element)
            case .forwarded:
                element.split(separator: ";").map { Self.trimmed($0) }
                    .first { $0.lowercased().hasPrefix("for=") }
                    .map { Self.host($0.dropFirst(4)) } ?? ""
            }
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }

    /// Takes quotes, brackets and port off.
    private static func host(_ text: Substring) -> String {
        var text = trimmed(text)
        if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") {
            text = text.dropFirst().dropLast()
        }
        if text.hasPrefix("[") { return String(text.dropFirst().prefix { $0 != "]" }) }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return String(parts.count == 2 ? parts[0] : text)
    }
}
