package import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore
import TransparencyLog

/// How the node is doing, in one answer.
package struct StatusDesk: Sendable {
    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// The state; `converged` when everything that was heard of is held, confirmed and complete.
    package func status() throws -> JSON {
        let now = node.time.now()
        var answer = JSONObject()
        answer["domain"] = .string(node.identity.domain)
        answer["url"] = .string(node.identity.url)
        answer["software"] = .string("\(Software.name)/\(Software.version)")
        answer["standing"] = .string(node.registry.standing(of: node.identity.domain, at: now))
        answer["registry"] = registry(at: now)
        var waits: [String] = []
        if let own = node.logs.own { answer["log"] = try describe(own, waits: &waits) }
        if node.logs.own != nil { answer["writing"] = writing() }
        let counts = try node.views.itemCounts()
        var followed: [JSON] = []
        for mirror in node.logs.mirrors where mirror.head != nil {
            guard case .object(var line) = try describe(mirror, waits: &waits) else { continue }
            let domain = ViewFolder.domain(of: mirror.origin)
            line["items"] = .number(JSONNumber(Int64(counts[domain] ?? 0)))
            followed.append(.object(line))
        }
        answer["followed"] = .array(followed)
        answer["items"] = .number(JSONNumber(Int64(counts.values.reduce(0, +))))
        for (origin, size) in node.gossip.outstanding.sorted(by: { $0.key < $1.key }) {
            waits.append("\(origin) has \(size) leaves, not fetched yet")
        }
        if node.registry.current == nil { waits.append("no registry yet") }
        let quarantined = node.quarantine.proven.sorted().filter { node.isQuarantined($0) }
        answer["quarantined"] = .array(quarantined.map { .string($0) })
        answer["waits"] = .array(waits.map { .string($0) })
        answer["converged"] = .bool(waits.isEmpty)
        answer["traffic"] = node.traffic()
        return .object(answer)
    }

    /// Whether the own log is written, and if not, why: {"state","reason"?,"since"?,"answers"?,
    /// "wanted"?}.
    private func writing() -> JSON {
        if let fault = node.writer.fault {
            return ["state": "full", "reason": .string(fault.detail)]
        }
        if let log = node.logs.own, node.isQuarantined(log.origin) {
            return ["state": "stopped", "reason": "two histories were signed with this log's key"]
        }
        guard let gate = node.gate.current else { return ["state": "open"] }
        var line = JSONObject()
        line["state"] = .string(gate.word)
        if let reason = gate.reason {
            line["reason"] = .string(reason)
            line["since"] = .string(gate.since.text)
            line["answers"] = .number(JSONNumber(Int64(gate.answered)))
            line["wanted"] = .number(JSONNumber(Int64(gate.wanted)))
        }
        return .object(line)
    }

    /// The members as peers.
    package func peers() -> JSON {
        let peers: [JSON] = node.gossip.peers.sorted { $0.key < $1.key }.map { domain, peer in
            var line = JSONObject()
            line["domain"] = .string(domain)
            line["url"] = node.registry.address(of: domain).map { .string($0.url) }
            line["neighbour"] = .bool(peer.isNeighbour)
            line["failures"] = .number(JSONNumber(Int64(peer.failures)))
            line["lastSuccess"] = peer.lastSuccess.map { .string($0.text) }
            line["lastError"] = peer.lastError.map { .string($0) }
            line["nextPoll"] = peer.nextPoll.map { .string($0.text) }
            return .object(line)
        }
        return ["peers": .array(peers)]
    }

    /// The registry's members.
    package func members() -> JSON {
        let now = node.time.now()
        let members: [JSON] = (node.registry.current?.members ?? []).map { member in
            [
                "domain": .string(member.document.domain),
                "name": .string(
                    member.document.names.sorted { $0.key < $1.key }.first?.value ?? ""
                ),
                "standing": .string(node.registry.standing(of: member.document.domain, at: now)),
                "url": member.document.node.map { .string($0) } ?? .null,
                "keys": .number(JSONNumber(Int64(member.document.keys.count))),
                "logs": .array(
                    member.document.epochs.map {
                        .string(member.document.origin(epoch: $0.number))
                    }
                ),
            ]
        }
        return ["members": .array(members), "registry": registry(at: now)]
    }

    private func registry(at now: Instant) -> JSON {
        guard let registry = node.registry.current else { return .null }
        return [
            "name": .string(registry.network.name),
            "snapshot": .number(JSONNumber(registry.snapshotVersion)),
            "sha256": .string(registry.snapshotDigest.hex),
            "ageSeconds": .number(JSONNumber(registry.age(at: now))),
            "freshness": .string("\(registry.freshness(at: now))"),
            "members": .number(JSONNumber(Int64(registry.members.count))),
        ]
    }

    private func describe(_ log: LogStore, waits: inout [String]) throws -> JSON {
        let policy = node.registry.witnesses(of: log.origin, at: node.time.now())
        var line = JSONObject()
        line["origin"] = .string(log.origin)
        line["size"] = .number(JSONNumber(Int64(log.size)))
        line["root"] = log.head.map { .string($0.checkpoint.root.hex) }
        let confirmed = try log.confirmed()?.checkpoint.checkpoint.size ?? 0
        let count = try log.head?.cosignatures(by: policy.witnesses).count ?? 0
        line["cosignatures"] = .number(JSONNumber(Int64(count)))
        line["quorum"] = .number(JSONNumber(Int64(policy.quorum)))
        line["confirmedSize"] = .number(JSONNumber(Int64(confirmed)))
        let missing = try log.wantedCount()
        line["payloadsMissing"] = .number(JSONNumber(Int64(missing)))
        if node.isQuarantined(log.origin) {
            // Nothing more of it will come, so nothing is waited for.
            line["quarantined"] = true
            return .object(line)
        }
        if policy.quorum > 0, confirmed < log.size || count < policy.quorum {
            waits.append(
                "\(log.origin) is confirmed up to \(confirmed) of \(log.size) leaves "
                    + "(\(count) of \(policy.quorum) cosignatures)"
            )
        }
        if missing > 0 { waits.append("\(log.origin) lacks \(missing) payloads") }
        return .object(line)
    }
}

/// What `/` and `/v1/node` say of a node.
package struct NodeDescription: Sendable {
    private let node: Node

    /// A description of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Software and what is offered. The signed manifest comes with the registry's deeper issue.
    package var json: JSON {
        [
            "v": 1, "domain": .string(node.identity.domain),
            "software": .string(Software.name), "version": .string(Software.version),
            "log": node.logs.own.map { .string($0.origin) } ?? .null,
            "witness": .bool(node.identity.witnessKey != nil),
            "endpoints": .array(Endpoint.allCases.map { .string($0.rawValue) }),
        ]
    }

    /// The same in words.
    package var text: [UInt8] {
        var lines = ["\(node.identity.domain): a node of the credit clearinghouse network", ""]
        if let log = node.logs.own { lines.append("log: \(log.origin), \(log.size) leaves") }
        lines.append("search: /v1/catalogue?q=<words>")
        lines.append("description: /v1/node")
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}
