import CanonicalJSON
import Foundation
import NodeStore
import Testing

/// Nodes that each have a network of their own, a router between them, and links that can be cut.
/// The first one operates the registry.
final class RoutedFederation {
    let nodes: [Participant]
    private let router: NetworkNamespace
    private let networks: [NetworkNamespace]

    /// Lays the links and makes the nodes' data folders.
    private init(count: Int) throws {
        let router = try NetworkNamespace()
        let networks = try (0..<count).map { _ in try NetworkNamespace(beside: router) }
        try router.run("echo 1 >/proc/sys/net/ipv4/ip_forward")
        for (index, network) in networks.enumerated() {
            try router.run(
                """
                ip link add port\(index) type veth peer name eth0 netns \(network.holder)
                ip address add 10.77.\(index).1/24 dev port\(index)
                ip link set port\(index) up
                """)
            try network.run(
                """
                ip address add \(Self.address(index))/24 dev eth0
                ip link set eth0 up
                ip route add default via 10.77.\(index).1
                """)
        }
        self.router = router
        self.networks = networks
        let domains = (0..<count).map { "uni-\($0).example" }
        let allow = domains.enumerated().map { "\($1)=\(Self.address($0))" }
        nodes = try zip(domains, networks).enumerated().map { index, node in
            try Participant(
                node.0, listen: "\(Self.address(index)):8443", allow: allow, in: node.1)
        }
    }

    private static func address(_ index: Int) -> String { "10.77.\(index).2" }

    /// The network with all nodes admitted, running, and each with a log of its own.
    static func founded(count: Int) throws -> RoutedFederation {
        let federation = try RoutedFederation(count: count)
        let registrar = federation.nodes[0]
        try federation.expect(
            registrar,
            ["registry", "init", "--name", "Test", "--body", "demo"]
                + ["--suffix", "example"])
        try registrar.start()
        let invited = try federation.expect(registrar, ["registry", "invite"])
        let invite = try #require(invited["invite"]?.string)
        let authority = registrar.folder.file("tls/authority.pem")
        for node in federation.nodes.dropFirst() {
            let joined = try federation.expect(node, ["join", invite, "--ca", authority])
            let code = try #require(joined["code"]?.string)
            try federation.expect(registrar, ["registry", "admit", node.domain, "--code", code])
            try node.start()
        }
        for node in federation.nodes {
            try node.knows(members: Int64(count))
            try federation.expect(node, ["log", "init"])
        }
        return federation
    }

    /// Runs a command that must succeed.
    @discardableResult
    func expect(_ node: Participant, _ arguments: [String]) throws -> JSON {
        let outcome = try node.run(arguments)
        try #require(outcome.status == 0, "\(node.domain) \(arguments): \(outcome.error)")
        return outcome.json
    }

    /// Takes a node's link down, or up again: who sends to it learns that there is no way.
    func link(_ index: Int, isUp: Bool) throws {
        try router.run("ip link set port\(index) \(isUp ? "up" : "down")")
    }

    /// Has everything that is sent to a node vanish, or arrive again: nobody learns of it, and what
    /// the node sends still arrives.
    func swallow(_ index: Int, _ isOn: Bool) throws {
        let verb = isOn ? "add" : "del"
        try router.run("ip route \(verb) blackhole \(Self.address(index))/32")
    }
}
