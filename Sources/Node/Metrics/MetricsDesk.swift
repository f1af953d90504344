import CanonicalJSON
import Federation
import Foundation
import MemberRegistry
import NodeStore
import TransparencyLog

/// The node's numbers for a monitoring system.
package struct MetricsDesk: Sendable {
    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// All metrics.
    ///
    /// - Parameters:
    ///   - connections: open to the https listener.
    ///   - certificateExpiry: seconds since 1970; nil when it is not known.
    /// - Throws: what the stores throw.
    package func exposition(connections: Int, certificateExpiry: Int?) throws -> String {
        var page = Exposition()
        try addLogs(to: &page)
        addPeers(to: &page)
        addServer(to: &page, connections: connections)
        addRegistry(to: &page)
        page.add(
            "eccoe_database_bytes", .gauge, "Bytes of the databases on disk, WAL included.",
            databases.map { .init($0.bytes, ("database", $0.name)) })
        if let certificateExpiry {
            page.add(
                "eccoe_tls_certificate_expiry_timestamp_seconds", .gauge,
                "When the certificate of the https listener expires.", [.init(certificateExpiry)])
        }
        return page.text
    }

    private func addLogs(to page: inout Exposition) throws {
        let counts = node.metrics.counts
        if let log = node.logs.own {
            let confirmed = try log.confirmed()?.checkpoint.checkpoint.size ?? 0
            page.add("eccoe_log_leaves", .gauge, "Leaves of the own log.", [.init(log.size)])
            page.add(
                "eccoe_log_confirmed_leaves", .gauge,
                "Leaves of the own log's newest checkpoint with its quorum.", [.init(confirmed)])
        }
        page.add(
            "eccoe_log_appended_leaves_total", .counter, "Leaves appended to the own log.",
            [.init(counts.leaves)])
        page.add(
            "eccoe_log_commit_seconds", "How long commits to the own log took.", counts.commits)
        page.add(
            "eccoe_cosign_rounds_total", .counter,
            "Rounds of asking witnesses, by whether the head has its quorum after it.",
            [true, false].map {
                .init(
                    counts.rounds[$0] ?? 0, ("outcome", $0 ? "confirmed" : "unconfirmed"))
            })
        var states = ["confirmed": 0, "unconfirmed": 0, "incomplete": 0, "quarantined": 0]
        for log in node.logs.mirrors where log.head != nil {
            states[try state(of: log), default: 0] += 1
        }
        page.add(
            "eccoe_followed_logs", .gauge, "Copies of other logs by their state.",
            states.sorted { $0.key < $1.key }.map { .init($0.value, ("state", $0.key)) })
    }

    private func state(of log: LogStore) throws -> String {
        if node.isQuarantined(log.origin) { return "quarantined" }
        if try log.wantedCount() > 0 { return "incomplete" }
        let confirmed = try log.confirmed()?.checkpoint.checkpoint.size ?? 0
        return confirmed == log.size ? "confirmed" : "unconfirmed"
    }

    private func addPeers(to page: inout Exposition) {
        var states = ["answering": 0, "failing": 0, "unasked": 0]
        var neighbours = 0
        for peer in node.gossip.peers.values {
            let state =
                peer.failures > 0 ? "failing" : peer.lastSuccess == nil ? "unasked" : "answering"
            states[state, default: 0] += 1
            if peer.isNeighbour { neighbours += 1 }
        }
        page.add(
            "eccoe_peers", .gauge, "Other members' nodes by how the last poll of them went.",
            states.sorted { $0.key < $1.key }.map { .init($0.value, ("state", $0.key)) })
        page.add("eccoe_neighbours", .gauge, "Members that are polled.", [.init(neighbours)])
        let traffic = node.traffic()
        let directions = [("sent", "sent"), ("received", "received")].compactMap { key, label in
            traffic[key]?.integer.map { Exposition.Sample($0, ("direction", label)) }
        }
        page.add(
            "eccoe_outbound_bytes_total", .counter,
            "Bytes of own requests to other nodes and of their answers, without TLS.", directions)
        page.add(
            "eccoe_outbound_requests_total", .counter, "Requests to other nodes.",
            traffic["requests"]?.integer.map { [.init($0)] } ?? [])
    }

    private func addServer(to page: inout Exposition, connections: Int) {
        let counts = node.metrics.counts
        let answers = counts.answers.map { answered, count in
            (answered.endpoint.map { "\($0)" } ?? "none", String(answered.status), count)
        }
        page.add(
            "eccoe_http_requests_total", .counter,
            "Requests to the https listener by endpoint and status.",
            answers.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map {
                .init($0.2, ("endpoint", $0.0), ("status", $0.1))
            })
        page.add(
            "eccoe_refusals_total", .counter, "Callers that ran into a limit.",
            InboundRefusal.allCases.map {
                .init(counts.refusals[$0] ?? 0, ("limit", $0.rawValue))
            })
        page.add(
            "eccoe_http_connections", .gauge, "Connections open to the https listener.",
            [.init(connections)])
        page.add(
            "eccoe_http_bytes_total", .counter, "Bytes over the https listener, TLS included.",
            [
                .init(counts.received, ("direction", "received")),
                .init(counts.sent, ("direction", "sent")),
            ])
    }

    private func addRegistry(to page: inout Exposition) {
        guard let registry = node.registry.current else { return }
        page.add(
            "eccoe_registry_age_seconds", .gauge, "Age of the accepted registry.",
            [.init(registry.age(at: node.time.now()))])
        page.add(
            "eccoe_registry_snapshot", .gauge, "Version of the accepted registry's snapshot.",
            [.init(registry.snapshotVersion)])
        page.add(
            "eccoe_registry_members", .gauge, "Members in the accepted registry.",
            [.init(registry.members.count)])
    }

    private var databases: [(name: String, bytes: Int)] {
        let folder = node.folder
        return [
            ("log", Self.size(ofFilesIn: folder.file("log"))),
            ("mirrors", Self.size(ofFilesIn: folder.file("mirror"))),
            ("node", Self.size(ofDatabase: folder.nodeDatabase)),
            ("views", Self.size(ofDatabase: folder.viewsDatabase)),
        ]
    }

    private static func size(ofDatabase path: String) -> Int {
        size(of: path) + size(of: path + "-wal")
    }

    private static func size(ofFilesIn folder: String) -> Int {
        let names = (try? DurableFile.list(folder)) ?? []
        return names.reduce(0) { $0 + size(of: folder + "/" + $1) }
    }

    private static func size(of path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
}
