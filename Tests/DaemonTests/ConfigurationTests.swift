import Federation
import Foundation
import NodeClient
import Recognition
import Testing

@testable import eccoed

/// The daemon's configuration file, and the example that explains every key.
@Suite(.ownThreads) struct ConfigurationTests {
    private static let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Config/eccoed.yaml")

    @Test func `the example loads, and has every key`() throws {
        let yaml = try String(contentsOf: Self.example, encoding: .utf8)
        let configuration = try Configuration(yaml: yaml, path: "eccoed.yaml", environment: [:])
        #expect(configuration.domain == "uni-a.example")
        #expect(configuration.port == 8443)
        for key in Configuration.keys {
            let last = key.split(separator: ".").last ?? ""
            #expect(yaml.contains("\(last):"), "\(key) is not in the example")
        }
    }

    @Test func `the smallest file takes the defaults`() throws {
        let configuration = try Self.read(Self.smallest)
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.socket == "/tmp/x/eccoed.sock")
        #expect(configuration.certificate == "/tmp/x/tls/server.pem")
        #expect(configuration.precedents == .threshold(5))
        #expect(configuration.allow.isEmpty)
    }

    @Test func `the environment wins over the file`() throws {
        let configuration = try Configuration(
            yaml: Self.smallest, path: "f",
            environment: ["ECCOE_LISTEN_PORT": "9000", "ECCOE_PRECEDENTS": "never"])
        #expect(configuration.port == 9000)
        #expect(configuration.precedents == .never)
    }

    @Test func `limits and proxies are read, and the defaults are the protocol's`() throws {
        let plain = try Self.read(Self.smallest)
        #expect(plain.limits == InboundLimits())
        #expect(plain.proxies.isEmpty && plain.proxyHeader == .xForwardedFor)
        let yaml = try String(contentsOf: Self.example, encoding: .utf8)
        let example = try Configuration(yaml: yaml, path: "eccoed.yaml", environment: [:])
        #expect(example.limits == InboundLimits())
        let text =
            Self.smallest + "limits: {connections: 1, member_burst: 1000000}\n"
            + "proxies: {addresses: [\"::1\"], header: Forwarded}\n"
        let configuration = try Configuration(
            yaml: text, path: "f", environment: ["ECCOE_LIMITS_ANONYMOUS_PER_SECOND": "7"])
        #expect(configuration.limits.connections == 1)
        #expect(configuration.limits.member == TokenRate(perSecond: 5, burst: 1_000_000))
        #expect(configuration.limits.anonymous == TokenRate(perSecond: 7, burst: 20))
        #expect(configuration.proxies.map(\.text) == ["::1"])
        #expect(configuration.proxyHeader == .forwarded)
    }

    @Test(arguments: [
        ("listen: \"127.0.0.1:0\"", "127.0.0.1", 0), ("listen: \"[::1]:9443\"", "::1", 9443),
        ("listen: \"10.0.0.1:9443\", exposed: true", "10.0.0.1", 9443),
    ])
    func `the listener for monitoring is read`(_ text: String, _ host: String, _ port: Int) throws {
        #expect(try Self.read(Self.smallest).admin == nil)
        let admin = try Self.read(Self.smallest + "admin: {\(text)}\n").admin
        #expect(admin?.host == host && admin?.port == port)
    }

    @Test func `exceptions for outgoing connections are read`() throws {
        let text =
            Self.smallest
            + "outbound:\n  allow:\n    - {host: b.example, address: 127.0.0.1, port: 0}\n"
        let address = try #require(IPAddress("127.0.0.1"))
        let allow = OutboundAllow(host: "b.example", address: address, port: 0)
        #expect(try Self.read(text).allow == [allow])
    }

    @Test(arguments: [
        (smallest + "colour: red\n", "unknown key colour"),
        (smallest.replacing("version: 1", with: "version: 2"), "version is not 1"),
        (smallest.replacing("url: https://a.example\n", with: ""), "url is missing"),
        (smallest + "listen: {port: 65536}\n", "listen.port is no port"),
        (smallest + "listen: {port: many}\n", "listen.port is no number"),
        (smallest + "precedents: sometimes\n", "precedents is unknown"),
        (smallest + "log: {format: xml}\n", "log.format is unknown"),
        (smallest + "log: {level: loud}\n", "log.level is unknown"),
        (smallest + "outbound: {allow: yes}\n", "outbound.allow is no list"),
        (smallest + "admin: {listen: 9443}\n", "admin.listen is no text"),
        (smallest + "admin: {listen: \"localhost:1\"}\n", "admin.listen is no address"),
        (smallest + "admin: {listen: \"127.0.0.1:65536\"}\n", "admin.listen is no address"),
        (smallest + "admin: {listen: \"0.0.0.0:9443\"}\n", "admin.listen is no loopback"),
        (smallest + "admin: {listen: \"[::]:9443\"}\n", "admin.listen is no loopback"),
        (smallest + "admin: {exposed: perhaps}\n", "admin.exposed is neither"),
        (smallest + "limits: {connections: 0}\n", "limits.connections is 0"),
        (smallest + "limits: {idle_seconds: 3601}\n", "limits.idle_seconds is 3601"),
        (smallest + "limits: {burst: 1}\n", "unknown key limits.burst"),
        (smallest + "limits: {member_burst: many}\n", "limits.member_burst is no number"),
        (smallest + "proxies: {addresses: 10.0.0.1}\n", "proxies.addresses is no list"),
        (smallest + "proxies: {addresses: [a.example]}\n", "which is no address"),
        (smallest + "proxies: {header: x-real-ip}\n", "proxies.header is unknown"),
        (smallest + "outbound: {allow: [{host: b.example}]}\n", "an entry that is none"),
        (smallest + "publishing: {warn: council-2022}\n", "publishing.warn is no list"),
        (smallest + "publishing: {refuse: [council-2023]}\n", "has council-2023, which is no rule"),
        (smallest + "publishing: {refuse: [cmf/title]}\n", "has cmf/title, which is no rule"),
        (smallest + "publishing: {forbid: []}\n", "unknown key publishing.forbid"),
        ("- a list\n", "the file holds no mapping"), ("a: [b\n", "expected"),
    ])
    func `a mistake is named, with the file and a remedy`(yaml: String, reason: String) throws {
        let problem = try #require(throws: Problem.self) { try Self.read(yaml) }
        #expect(problem.slug == .configuration)
        #expect(problem.detail.contains(reason), "\(problem.detail)")
        #expect(problem.pointer == "f")
    }

    @Test func `the policy for gaps is read, and the default only tells`() throws {
        func policy(_ more: String) throws -> (warn: String, refuse: String) {
            let read = try Self.read(Self.smallest + more).publishing
            let parts = Mirror(reflecting: read).children.map { "\($0.value)" }
            return (parts[0], parts[1])
        }
        let standard = try policy("")
        #expect(standard.warn.contains("council-2022") && standard.refuse == "[]")
        #expect(try policy("publishing: {warn: [], refuse: []}\n") == ("[]", "[]"))
        let some = try policy("publishing: {refuse: [cmf, nzqa/level]}\n")
        #expect(some.warn == standard.warn)
        #expect(some.refuse.contains("cmf") && some.refuse.contains("level"))
        #expect(!some.refuse.contains("council-2022"))
    }

    private static let smallest = """
        version: 1
        domain: a.example
        data: /tmp/x
        url: https://a.example

        """

    private static func read(_ yaml: String) throws -> Configuration {
        try Configuration(yaml: yaml, path: "f", environment: [:])
    }
}
