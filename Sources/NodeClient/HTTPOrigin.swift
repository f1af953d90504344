/// Scheme, host and port of a URL, read strictly and written anew, so that what was checked is what
/// is connected to.
package struct HTTPOrigin: Hashable, Sendable {
    /// `https`, or `http` where plain text is allowed.
    package let scheme: String
    /// A host name in lower case, or an address without brackets.
    package let host: String
    /// The port, the scheme's default included.
    package let port: Int

    /// Reads the beginning of a URL and returns what follows, from `/` or empty; nil unless it is
    /// http or https with a host in ASCII and without user information.
    package static func read(_ url: String) -> (origin: HTTPOrigin, rest: String)? {
        let lower = url.prefix(8).lowercased()
        let scheme: String
        if lower.hasPrefix("https://") {
            scheme = "https"
        } else if lower.hasPrefix("http://") {
            scheme = "http"
        } else {
            return nil
        }
        let afterScheme = url.dropFirst(scheme.utf8.count + 3)
        let authority = afterScheme.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let rest = afterScheme[authority.endIndex...]
        guard rest.isEmpty || rest.hasPrefix("/"), !rest.contains("#"),
            rest.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            let (host, port) = split(authority, defaultPort: scheme == "https" ? 443 : 80)
        else { return nil }
        return (HTTPOrigin(scheme: scheme, host: host, port: port), String(rest))
    }

    /// The origin as a URL without path.
    package var url: String {
        let isDefault = port == (scheme == "https" ? 443 : 80)
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(name)" + (isDefault ? "" : ":\(port)")
    }

    /// The host when it is an address literal.
    var address: IPAddress? { IPAddress(host) }

    /// Whether a text is a DNS name of letters, digits, hyphens, underscores and dots; no address.
    static func isHostName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let isAllowed = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy {
                    switch $0 {
                    case 0x61...0x7a, 0x41...0x5a, 0x30...0x39, 0x2d, 0x5f: true
                    default: false
                    }
                }
        }
        // A last label of digits would be an IPv4 address in one of its many old spellings.
        let endsInNumber = labels.last?.utf8.first.map { (0x30...0x39).contains($0) } ?? true
        return isAllowed && !endsInNumber && text.utf8.count <= 253
    }

    private static func split(
        _ authority: Substring,
        defaultPort: Int
    ) -> (host: String, port: Int)? {
        var host = authority
        var port = defaultPort
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            let digits = authority[authority.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = UInt16(digits), number > 0
            else { return nil }
            port = Int(number)
            host = authority[..<colon]
        }
        if host.hasPrefix("[") || host.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e })
        {
            guard let address = IPAddress(String(host)) else { return nil }
            return (address.text, port)
        }
        guard isHostName(String(host)) else { return nil }
        return (host.lowercased(), port)
    }
}
