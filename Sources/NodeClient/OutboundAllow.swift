package import CanonicalJSON

/// An entry of `outbound.allow`: an operator's word that a host may be reached at an address
/// (protocol section 8). It stands in for DNS and for the rules on ports and addresses.
package struct OutboundAllow: Hashable, Sendable {
    /// The host name in URLs, in lower case.
    package let host: String
    /// Where it is.
    package let address: IPAddress
    /// The only port; 0 for any.
    package let port: Int

    /// An entry from its parts.
    package init(host: String, address: IPAddress, port: Int) {
        self.host = host.lowercased()
        self.address = address
        self.port = port
    }

    /// Reads `host=address` or `host=address:port`; an IPv6 address with port is in brackets. nil
    /// for anything else.
    package init?(_ text: String) {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let host = text[..<equals]
        var rest = text[text.index(after: equals)...]
        var port = 0
        if IPAddress(String(rest)) == nil {
            guard let colon = rest.lastIndex(of: ":"),
                let number = UInt16(rest[rest.index(after: colon)...])
            else { return nil }
            port = Int(number)
            rest = rest[..<colon]
        }
        guard HTTPOrigin.isHostName(String(host)), let address = IPAddress(String(rest)) else {
            return nil
        }
        self.init(host: String(host), address: address, port: port)
    }

    /// Reads {"host","address","port"?}; nil for anything else.
    package init?(json: JSON) {
        guard let host = json["host"]?.string, HTTPOrigin.isHostName(host),
            let text = json["address"]?.string, let address = IPAddress(text)
        else { return nil }
        var port = 0
        if let value = json["port"] {
            guard let integer = value.integer, (0...65_535).contains(integer) else { return nil }
            port = Int(integer)
        }
        self.init(host: host, address: address, port: port)
    }

    /// {"host","address","port"}.
    package var json: JSON {
        [
            "host": .string(host), "address": .string(address.text),
            "port": .number(JSONNumber(Int64(port))),
        ]
    }

    /// Whether the entry speaks for a host and port.
    func covers(_ origin: HTTPOrigin) -> Bool {
        host == origin.host && (port == 0 || port == origin.port)
    }
}
