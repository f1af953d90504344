import Catalogue
import Federation
import Keys
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
    /// Where monitoring asks; nil for nowhere.
    var admin: (host: String, port: Int)?
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
    /// The log's key when an ssh-agent holds it.
    var logAgent: SSHAgentKey?
    /// The node's key when an ssh-agent holds it.
    var nodeAgent: SSHAgentKey?
    /// Folder of what the service manager hands over (`$CREDENTIALS_DIRECTORY`).
    var credentials: String?
    /// Hosts with fixed addresses.
    var allow: [OutboundAllow] = []
    /// What others may do to this node.
    var limits = InboundLimits()
    /// Proxies in front of this node, which say for whom they ask.
    var proxies: [IPAddress] = []
    /// The header in which they say it.
    var proxyHeader = ForwardedHeader.xForwardedFor
    /// When precedents are published.
    var precedents = PrecedentPolicy.standard
    /// Whether the log shows that what is issued existed.
    var anchorsIssuances = true
    /// Which gaps of an item are told at publishing, and which keep it from being published.
    var publishing = PublishingPolicy.standard
    /// Least level that is logged.
    var logLevel = "info"
    /// `logfmt` or `json`.
    var logFormat = "logfmt"

    /// Keys of the file, with a dot between levels.
    static let keys: Set<String> = Set([
        "version", "domain", "data", "listen.host", "listen.port", "url", "reachable", "socket",
        "anchor",
        "tls.certificate", "tls.key", "outbound.allow", "precedents", "anchoring", "log.level",
        "log.format",
        "proxies.addresses", "proxies.header", "admin.listen", "admin.exposed", "keys.log",
        "keys.node", "publishing.warn", "publishing.refuse",
    ]).union(limitKeys.map { "limits." + $0.name })

    /// Keys whose values are lists, which no environment variable can hold.
    static let lists: Set<String> = [
        "outbound.allow", "proxies.addresses", "publishing.warn", "publishing.refuse",
    ]

    /// The numbers under `limits`, with the largest that each may be.
    static let limitKeys: [LimitKey] = [
        LimitKey("connections", 65_536, \.connections),
        LimitKey("connections_per_address", 65_536, \.connectionsPerAddress),
        LimitKey("header_seconds", 3600, \.headerSeconds),
        LimitKey("body_seconds", 3600, \.bodySeconds),
        LimitKey("answer_seconds", 3600, \.answerSeconds),
        LimitKey("idle_seconds", 3600, \.idleSeconds),
        LimitKey("anonymous_per_second", 1_000_000, \.anonymous.perSecond),
        LimitKey("anonymous_burst", 1_000_000, \.anonymous.burst),
        LimitKey("member_per_second", 1_000_000, \.member.perSecond),
        LimitKey("member_burst", 1_000_000, \.member.burst),
        LimitKey("rounds_per_second", 1_000_000, \.rounds.perSecond),
        LimitKey("rounds_burst", 1_000_000, \.rounds.burst),
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
            if !Self.lists.contains(key), let value = environment[name] { values[key] = value }
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
        logAgent = try reader.agentKey("keys.log")
        nodeAgent = try reader.agentKey("keys.node")
        credentials = environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
        try readLogging(reader)
        try readCallers(reader)
        allow = try reader.allowed()
        anchorsIssuances = try reader.boolean("anchoring", default: true)
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
    }

    private mutating func readLogging(_ reader: ConfigurationReader) throws(Problem) {
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
    }

    private mutating func readCallers(_ reader: ConfigurationReader) throws(Problem) {
        admin = try reader.admin()
        publishing = try reader.publishing()
        limits = try reader.limits(Self.limitKeys)
        proxies = try reader.addresses("proxies.addresses")
        if let text = try reader.optional("proxies.header") {
            guard let header = ForwardedHeader(rawValue: text.lowercased()) else {
                throw reader.problem(
                    "proxies.header", "is unknown",
                    "one of " + ForwardedHeader.allCases.map(\.rawValue).joined(separator: ", "))
            }
            proxyHeader = header
        }
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
