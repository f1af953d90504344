import CanonicalJSON
import Federation
import Foundation
import Testing

/// Nodes in networks of their own: links go down, and packets vanish.
@Suite(
    .ownThreads, .serialized,
    .enabled(if: NetworkNamespace.canBeMade, "\(NetworkNamespace.needs)"))
struct PartitionTests {
    /// Logs by their domain, as a node holds them.
    private typealias Heads = [String: Head]

    private struct Head: Equatable {
        let size: Int
        let root: String
        let isConfirmed: Bool
    }

    private static let count = 5

    /// What a node holds of all logs, the own one included.
    private func heads(_ status: JSON) -> Heads {
        let logs = (status["followed"]?.array ?? []) + [status["log"] ?? .null]
        return logs.reduce(into: [:]) { heads, log in
            guard let origin = log["origin"]?.string, let size = log["size"]?.integer
            else { return }
            heads[String(origin.prefix { $0 != "/" })] = Head(
                size: Int(size), root: log["root"]?.string ?? "",
                isConfirmed: log["confirmedSize"]?.integer == size
                    && log["payloadsMissing"]?.integer == 0)
        }
    }

    /// Every one of these publishes an item; the daemon alone is needed for it.
    private func publish(_ id: String, _ nodes: some Sequence<Participant>) throws {
        for node in nodes {
            let outcome = try node.publish([id])
            try #require(outcome.status == 0, "\(node.domain): \(outcome.error)")
        }
    }

    /// All nodes hold all logs in one state, of this size and confirmed.
    private func settle(_ federation: RoutedFederation, size: Int) throws {
        var seen: Heads?
        for node in federation.nodes {
            var found: Heads = [:]
            // What a node has not heard of yet it does not wait for, so it may be early.
            let end = ContinuousClock.now.advanced(by: .seconds(60))
            repeat {
                let outcome = try node.converge()
                try #require(outcome.status == 0, "\(node.domain): \(outcome.error)")
                found = heads(outcome.json)
                if found.values.allSatisfy({ $0.size == size }), found.count == Self.count { break }
            } while ContinuousClock.now < end
            #expect(found.count == Self.count, "\(node.domain)")
            for (domain, head) in found {
                #expect(head.size == size && head.isConfirmed, "\(node.domain), \(domain): \(head)")
            }
            #expect(seen == nil || seen == found, "\(node.domain) holds other logs")
            seen = found
        }
    }

    /// Nobody has two histories, and every stored log is sound.
    private func expectNoForks(_ federation: RoutedFederation) throws {
        for node in federation.nodes {
            let evidence = try federation.expect(node, ["evidence", "list"])
            #expect(evidence["evidence"]?.array?.isEmpty == true, "\(evidence.canonicalText)")
            let status = try federation.expect(node, ["status"])
            #expect(status["quarantined"]?.array?.isEmpty == true)
            try federation.expect(node, ["log", "audit", "--all"])
        }
    }

    @Test func `nodes go on in every part of a network, and agree when it is whole`() throws {
        let federation = try RoutedFederation.founded(count: Self.count)
        try publish("A", federation.nodes)
        try settle(federation, size: 2)
        try linksDown(federation)
        try settle(federation, size: 3)
        try packetsVanish(federation)
        try settle(federation, size: 4)
        try expectNoForks(federation)
        for node in federation.nodes { #expect(node.stop() == 0) }
    }

    /// Two nodes are cut off, from the others and from each other.
    private func linksDown(_ federation: RoutedFederation) throws {
        let (together, alone) = (federation.nodes[..<3], federation.nodes[3...])
        for index in alone.indices { try federation.link(index, isUp: false) }
        try publish("B", federation.nodes)
        for node in together {
            let status = try node.status { status in
                together.allSatisfy { heads(status)[$0.domain]?.size == 3 }
            }
            for domain in alone.map(\.domain) { #expect(heads(status)[domain]?.size == 2) }
        }
        for node in alone {
            let status = try federation.expect(node, ["status"])
            #expect(heads(status)[node.domain]?.size == 3)
            #expect(heads(status)[node.domain]?.isConfirmed == false)
            for other in federation.nodes where other.domain != node.domain {
                #expect(heads(status)[other.domain]?.size == 2)
            }
        }
        for index in alone.indices { try federation.link(index, isUp: true) }
    }

    /// What is sent to the last node vanishes, so that connections to it and from it hang. Each of
    /// the other logs has three witnesses; two of them answer and are enough.
    private func packetsVanish(_ federation: RoutedFederation) throws {
        let (others, last) = (federation.nodes.dropLast(), federation.nodes[Self.count - 1])
        try federation.swallow(Self.count - 1, true)
        try publish("C", federation.nodes)
        for node in others {
            let status = try node.status { status in
                others.allSatisfy { other in
                    let head = heads(status)[other.domain]
                    return head?.size == 4 && head?.isConfirmed == true
                }
            }
            #expect(heads(status)[last.domain]?.size == 3)
        }
        let seen = try federation.expect(others[0], ["peer", "show", last.domain])
        #expect(seen["answers"]?.bool == false, "\(seen.canonicalText)")
        let status = try federation.expect(last, ["status"])
        #expect(heads(status)[last.domain]?.size == 4)
        #expect(heads(status)[last.domain]?.isConfirmed == false)
        try federation.swallow(Self.count - 1, false)
    }
}
