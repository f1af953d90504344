package import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore
import TransparencyLog

/// The other members as this node reaches them, for its operator.
package struct PeerDesk: Sendable {
    private let node: Node
    private let gossip: GossipService

    /// A desk of this node.
    package init(node: Node, gossip: GossipService) {
        self.node = node
        self.gossip = gossip
    }

    /// {"peers":[{"domain","url","neighbour","failures","faults","lastSuccess","lastError",
    /// "nextPoll"?,"clockOffset"?,"toldSize"?,"toldAt"?,"toldError"?}]}.
    package func list() -> JSON {
        let peers = node.gossip.peers.sorted { $0.key < $1.key }
        return ["peers": .array(peers.map { .object(line($0, $1)) })]
    }

    /// One member, asked now what it says of itself.
    ///
    /// - Throws: `Problem` `not-a-member`.
    package func show(_ domain: String) async throws -> JSON {
        let peer = try find(domain)
        var line = line(domain, peer)
        line["standing"] = .string(node.registry.standing(of: domain, at: node.time.now()))
        line["ownSize"] = node.logs.own.map { .number(JSONNumber(Int64($0.size))) }
        do {
            let manifest = try await node.manifest(of: domain)
            line["answers"] = true
            line["software"] = .string("\(manifest.software)/\(manifest.version)")
            line["reachable"] = .bool(manifest.isReachable)
            line["roles"] = .array(
                manifest.capabilities.filter { !$0.contains(" ") }.map { .string($0) })
        } catch {
            line["answers"] = false
            line["answerError"] = .string((error as? Problem)?.detail ?? "\(error)")
        }
        return .object(line)
    }

    /// Polls one member, or every one, and waits for the answers.
    ///
    /// - Throws: `Problem` `not-a-member`.
    package func refresh(_ domain: String?) async throws -> JSON {
        let now = node.time.now()
        if let domain { _ = try find(domain) }
        let effects = node.gossip.taking { state in
            domain.map { state.pollNow($0, at: now) } ?? state.pollAll(at: now)
        }
        _ = try await concurrently(effects, limit: 64) { await self.gossip.perform($0) }
        let asked = node.gossip.peers.filter { domain == nil || $0.key == domain }
        return [
            "polled": .number(JSONNumber(Int64(effects.count))),
            "failed": .number(JSONNumber(Int64(asked.values.count { $0.failures > 0 }))),
        ]
    }

    /// Announces the own log's newest head to one member, or to every one.
    ///
    /// - Throws: `Problem` `not-a-member` or `no-log`.
    package func notify(_ domain: String?) async throws -> JSON {
        if let domain { _ = try find(domain) }
        guard let log = node.logs.own, let head = try log.confirmed()?.checkpoint ?? log.head else {
            throw Problem(
                .noLog, "this institution has no log to tell of",
                try: "create it: eccoe log init")
        }
        let addresses = node.registry.otherNodes.filter { domain == nil || $0.domain == domain }
        let told = await HeadDelivery(node: node).tell(head, to: addresses)
        return [
            "origin": .string(log.origin),
            "size": .number(JSONNumber(Int64(head.checkpoint.size))),
            "peers": .array(
                told.map { domain, failure in
                    var line = JSONObject()
                    line["domain"] = .string(domain)
                    line["told"] = .bool(failure == nil)
                    line["error"] = failure.map { .string($0) }
                    return .object(line)
                }),
        ]
    }

    private func find(_ domain: String) throws -> GossipState.Peer {
        guard let peer = node.gossip.peers[domain] else {
            throw Problem(
                .notAMember, "the registry has no other member \(domain) with a node",
                try: "eccoe peer list shows all")
        }
        return peer
    }

    private func line(_ domain: String, _ peer: GossipState.Peer) -> JSONObject {
        var line = JSONObject()
        line["domain"] = .string(domain)
        line["url"] = node.registry.address(of: domain).map { .string($0.url) }
        line["neighbour"] = .bool(peer.isNeighbour)
        line["failures"] = .number(JSONNumber(Int64(peer.failures)))
        line["faults"] = .number(JSONNumber(Int64(peer.faults)))
        line["lastSuccess"] = peer.lastSuccess.map { .string($0.text) }
        line["lastError"] = peer.lastError.map { .string($0) }
        line["nextPoll"] = peer.nextPoll.map { .string($0.text) }
        line["distrustedUntil"] = peer.distrustedUntil.map { .string($0.text) }
        line["clockOffset"] = peer.clockOffset.map { .number(JSONNumber($0)) }
        let delivery = node.deliveries[domain]
        line["toldSize"] = (delivery?.told?.size).map { .number(JSONNumber(Int64($0))) }
        line["toldAt"] = (delivery?.told?.at).map { .string($0.text) }
        line["toldError"] = (delivery?.failure?.reason).map { .string($0) }
        return line
    }
}
