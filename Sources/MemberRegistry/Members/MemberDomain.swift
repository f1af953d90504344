/// Rules of names: domains, suffixes, bodies.
package enum MemberDomain {
    /// Whether `text` is a domain in lower-case A-labels with at least two labels, and no address.
    package static func isDomain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isDomain($0) }
    }

    /// The same of bytes, in one pass: for names within what is read by the million.
    package static func isDomain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard (1...253).contains(bytes.count) else { return false }
        var dots = 0
        var start = 0
        var isNumber = true
        for position in 0...bytes.count {
            if position < bytes.count, bytes[position] != UInt8(ascii: ".") {
                let byte = bytes[position]
                guard isDigit(byte) || (0x61...0x7a).contains(byte) || byte == 0x2d else {
                    return false
                }
                if !isDigit(byte) { isNumber = false }
                continue
            }
            guard (1...63).contains(position - start), bytes[start] != 0x2d,
                bytes[position - 1] != 0x2d
            else { return false }
            if position == bytes.count { return dots > 0 && !isNumber }
            dots += 1
            start = position + 1
            isNumber = true
        }
        return false
    }

    /// Whether `text` is one or more lower-case A-labels: a domain or the end of one.
    package static func isSuffix(_ text: String) -> Bool {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (1...253).contains(text.utf8.count) && labels.allSatisfy(isLabel)
    }

    /// Whether `domain` is `suffix` or ends with a dot and `suffix`.
    package static func isUnder(_ domain: String, suffix: String) -> Bool {
        domain == suffix || domain.hasSuffix("." + suffix)
    }

    /// Whether `text` names a body: one label, and no top-level role of TUF.
    package static func isBody(_ text: String) -> Bool {
        isLabel(text.utf8[...]) && !RootMetadata.roleNames.contains(text)
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
            && label.last != UInt8(ascii: "-")
            && label.allSatisfy {
                isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

/// Base URLs as the registry writes them.
package enum NodeAddress {
    /// Whether `text` is `https://<host>[:<port>][/<path>]` in printable ASCII, without user,
    /// query, fragment or final slash.
    package static func isBaseURL(_ text: String) -> Bool {
        guard text.hasPrefix("https://"), text.utf8.count <= 2_048, ObjectReader.isASCII(text),
            !text.hasSuffix("/"), !text.contains(where: { "?#@\\\"<>".contains($0) })
        else { return false }
        let authority = text.dropFirst("https://".count).prefix { $0 != "/" }
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return false }
            return isPort(authority[authority.index(after: end)...])
        }
        let host = authority.prefix { $0 != ":" }
        return MemberDomain.isSuffix(String(host)) && isPort(authority.dropFirst(host.count))
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard let first = text.first else { return true }
        guard first == ":", let port = Int(text.dropFirst()) else { return false }
        return (1...65_535).contains(port) && String(port) == text.dropFirst()
    }
}
