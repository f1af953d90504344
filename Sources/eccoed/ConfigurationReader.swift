import Catalogue
import Federation
import Keys
import NodeClient

/// Takes values out of a flattened file with errors that name the key.
struct ConfigurationReader {
    let values: [String: Any]
    let path: String

    func problem(_ key: String, _ what: String, _ remedy: String) -> Problem {
        Problem(.configuration, "\(key) \(what)", at: path, try: remedy)
    }

    func optional(_ key: String) throws(Problem) -> String? {
        switch values[key] {
        case nil: return nil
        case let text as String where !text.isEmpty: return text
        default: throw problem(key, "is no text", "write it in quotes")
        }
    }

    func text(_ key: String) throws(Problem) -> String {
        guard let text = try optional(key) else {
            throw problem(key, "is missing", "eccoe init writes a whole file")
        }
        return text
    }

    func integer(_ key: String, default fallback: Int? = nil) throws(Problem) -> Int {
        switch values[key] {
        case let number as Int: return number
        case let text as String:
            guard let number = Int(text) else { throw problem(key, "is no number", "write digits") }
            return number
        case nil:
            guard let fallback else { throw problem(key, "is missing", "write a number") }
            return fallback
        default: throw problem(key, "is no number", "write digits")
        }
    }

    func boolean(_ key: String, default fallback: Bool) throws(Problem) -> Bool {
        switch values[key] {
        case let value as Bool: return value
        case "true" as String: return true
        case "false" as String: return false
        case nil: return fallback
        default: throw problem(key, "is neither true nor false", "write true or false")
        }
    }

    func allowed() throws(Problem) -> [OutboundAllow] {
        guard let value = values["outbound.allow"] else { return [] }
        guard let list = value as? [[String: Any]] else {
            throw problem("outbound.allow", "is no list", "- {host: ..., address: ..., port: 0}")
        }
        var allowed: [OutboundAllow] = []
        for entry in list {
            guard let host = entry["host"] as? String, let text = entry["address"] as? String,
                let address = IPAddress(text),
                let port = entry["port"] == nil ? 0 : entry["port"] as? Int
            else {
                throw problem(
                    "outbound.allow",
                    "has an entry that is none",
                    "host, address (an IP address) and port (0: any)"
                )
            }
            allowed.append(OutboundAllow(host: host, address: address, port: port))
        }
        return allowed
    }

    /// The listener for monitoring, which only this machine reaches unless the operator says more.
    func admin() throws(Problem) -> (host: String, port: Int)? {
        let isExposed = try flag("admin.exposed")
        guard let text = try optional("admin.listen") else { return nil }
        guard let colon = text.lastIndex(of: ":"), let address = IPAddress(String(text[..<colon])),
            let port = UInt16(text[text.index(after: colon)...])
        else {
            throw problem("admin.listen", "is no address and port", "127.0.0.1:9443, [::1]:9443")
        }
        let isLoopback =
            address.bytes.count == 4 ? address.bytes[0] == 127 : address == IPAddress("::1")
        guard isLoopback || isExposed else {
            throw problem(
                "admin.listen", "is no loopback address: others could read it, in plain text",
                "127.0.0.1:\(port), or say admin.exposed: true when the network is guarded")
        }
        return (address.text, Int(port))
    }

    private func flag(_ key: String) throws(Problem) -> Bool {
        switch values[key] {
        case nil: return false
        case let flag as Bool: return flag
        case let text as String where ["true", "false"].contains(text): return text == "true"
        default: throw problem(key, "is neither true nor false", "write true or false")
        }
    }

    /// A key that an ssh-agent holds; nil when the key lies in a file.
    func agentKey(_ name: String) throws(Problem) -> SSHAgentKey? {
        guard let text = try optional(name) else { return nil }
        guard let key = SSHAgentKey(text) else {
            throw problem(
                name, "names no key of an agent",
                "agent:<absolute path of its socket> ssh-ed25519 <base64>; eccoe key show prints it"
            )
        }
        return key
    }

    func addresses(_ key: String) throws(Problem) -> [IPAddress] {
        guard let value = values[key] else { return [] }
        guard let list = value as? [String] else {
            throw problem(key, "is no list of addresses", "- 127.0.0.1")
        }
        var addresses: [IPAddress] = []
        for text in list {
            guard let address = IPAddress(text) else {
                throw problem(key, "has \(text), which is no address", "name addresses, not hosts")
            }
            addresses.append(address)
        }
        return addresses
    }

    func publishing() throws(Problem) -> PublishingPolicy {
        PublishingPolicy(
            warn: try rules("publishing.warn") ?? PublishingPolicy.standard.warn,
            refuse: try rules("publishing.refuse") ?? PublishingPolicy.standard.refuse)
    }

    private func rules(_ key: String) throws(Problem) -> [PublishingPolicy.Reference]? {
        guard let value = values[key] else { return nil }
        guard let list = value as? [String] else {
            throw problem(key, "is no list of rules", "- council-2022, or [] for none")
        }
        var rules: [PublishingPolicy.Reference] = []
        for text in list {
            guard let rule = PublishingPolicy.Reference(text) else {
                let known = PublishingPolicy.references.joined(separator: ", ")
                throw problem(key, "has \(text), which is no rule", "one of \(known)")
            }
            rules.append(rule)
        }
        return rules
    }

    func limits(_ keys: [LimitKey]) throws(Problem) -> InboundLimits {
        var limits = InboundLimits()
        for key in keys {
            let name = "limits." + key.name
            let number = try integer(name, default: limits[keyPath: key.path])
            guard (1...key.maximum).contains(number) else {
                throw problem(name, "is \(number)", "a number from 1 to \(key.maximum)")
            }
            limits[keyPath: key.path] = number
        }
        return limits
    }
}

/// A number under `limits`.
struct LimitKey: Sendable {
    let name: String
    /// The largest number; the smallest is 1.
    let maximum: Int
    let path: any WritableKeyPath<InboundLimits, Int> & Sendable

    init(
        _ name: String, _ maximum: Int, _ path: any WritableKeyPath<InboundLimits, Int> & Sendable
    ) {
        self.name = name
        self.maximum = maximum
        self.path = path
    }
}
