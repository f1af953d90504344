import Federation
import Logging
import NodeClient
import NodeStore
import Recognition
import Yams

/// The daemon's configuration: YAML, every key known, environment `ECCOE_...` above the file.
struct Configuration: Sendable {
    /// The institution's domain.
    var domain: String
    /// The data folder.
    var data: String
    /// Address to listen on.
    var host = "127.0.0.1"
    /// Port to listen on; 0 takes a free one.
    var port = 8443
    /// The node's address as members reach it.
    var url: String
    /// Whether members can connect to this node.
    var isReachable = true
    /// Path of the control socket.
    var socket: String
    /// Folder of the anchor, outside the backup set.
    var anchor: String
    /// PEM file with the certificate chain.
    var certificate: String
    /// PEM file with the private key.
    var privateKey: String
    /// Hosts with fixed addresses.
    var allow: [OutboundAllow] = []
    /// When precedents are published.
    var precedents = PrecedentPolicy.standard
    /// Least level that is logged.
    var logLevel = "info"
    /// `logfmt` or `json`.
    var logFormat = "logfmt"

    /// Keys of the file, with a dot between levels.
    static let keys: Set<String> = [
        "version", "domain", "data", "listen.host", "listen.port", "url", "reachable", "socket",
        "anchor",
        "tls.certificate", "tls.key", "outbound.allow", "precedents", "log.level", "log.format",
    ]

    /// Reads a configuration.
    ///
    /// - Parameters:
    ///   - yaml: the text of the file.
    ///   - path: its name, for errors.
    ///   - environment: `ECCOE_LISTEN_PORT` stands for `listen.port`, and so on.
    /// - Throws: `Problem` that names the key.
    init(yaml: String, path: String, environment: [String: String]) throws(Problem) {
        var values = try Self.flatten(yaml, path: path)
        for key in Self.keys {
            let name = "ECCOE_" + key.uppercased().replacing(".", with: "_")
            if key != "outbound.allow", let value = environment[name] { values[key] = value }
        }
        let reader = ConfigurationReader(values: values, path: path)
        guard try reader.integer("version") == 1 else {
            throw reader.problem("version", "is not 1", "this program reads version 1")
        }
        domain = try reader.text("domain")
        data = try reader.text("data")
        let folder = DataFolder(data)
        url = try reader.text("url")
        isReachable = try reader.boolean("reachable", default: true)
        host = try reader.optional("listen.host") ?? "127.0.0.1"
        port = try reader.integer("listen.port", default: 8443)
        guard (0...65_535).contains(port) else {
            throw reader.problem("listen.port", "is no port", "0 to 65535; 0 takes a free one")
        }
        socket = try reader.optional("socket") ?? folder.socket
        anchor = try reader.optional("anchor") ?? "/var/lib/eccoe-anchor"
        certificate = try reader.optional("tls.certificate") ?? folder.file("tls/server.pem")
        privateKey = try reader.optional("tls.key") ?? folder.file("tls/server.key")
        logLevel = try reader.optional("log.level") ?? "info"
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw reader.problem(
                "log.level", "is unknown",
                "one of " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))
        }
        logFormat = try reader.optional("log.format") ?? "logfmt"
        guard ["logfmt", "json"].contains(logFormat) else {
            throw reader.problem("log.format", "is unknown", "logfmt or json")
        }
        if let text = try reader.optional("precedents") {
            guard let policy = PrecedentPolicy(text) else {
                throw reader.problem(
                    "precedents",
                    "is unknown",
                    "always, threshold, threshold:<k> or never"
                )
            }
            precedents = policy
        }
        allow = try reader.allowed()
    }

    private static func flatten(
        _ yaml: String,
        path: String
    ) throws(Problem) -> [String: Any] {
        let loaded: Any?
        do {
            loaded = try Yams.load(yaml: yaml)
        } catch {
            throw Problem(.configuration, "\(error)", at: path, try: "mend the YAML")
        }
        guard let root = loaded as? [String: Any] else {
            throw Problem(.configuration, "the file holds no mapping", at: path)
        }
        var values: [String: Any] = [:]
        for (name, value) in root {
            // An empty section says nothing, but its name must be one.
            let isSection = keys.contains { $0.hasPrefix(name + ".") }
            if let nested = value as? [String: Any], isSection || !nested.isEmpty {
                for (inner, value) in nested { values["\(name).\(inner)"] = value }
            } else {
                values[name] = value
            }
        }
        if let unknown = values.keys.filter({ !keys.contains($0) }).sorted().first {
            throw Problem(
                .configuration,
                "unknown key \(unknown)",
                at: path,
                try: "the keys are " + keys.sorted().joined(separator: ", ")
            )
        }
        return values
    }
}

/// Takes values out of a flattened file with errors that name the key.
private struct ConfigurationReader {
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
}
