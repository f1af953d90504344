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
        answer["keys"] = .array(node.identity.keys.map { key($0, $1.publicKey) })
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
        let clock = node.gossip.clock(at: now)
        answer["clock"] = .object(describe(clock))
        if let last = node.gossip.lastPoll { answer["lastPoll"] = .string(last.text) }
        let alarms = try alarms(clock) + excesses(at: now)
        answer["alarms"] = .array(alarms.map { .string($0) })
        answer["waits"] = .array(waits.map { .string($0) })
        answer["converged"] = .bool(waits.isEmpty)
        answer["audits"] = .array(try node.database.scrubs().map(Self.audit))
        answer["traffic"] = node.traffic()
        return .object(answer)
    }

    private func key(_ name: String, _ key: PublicKey) -> JSON {
        [
            "name": .string(name), "kid": JWK.thumbprint(key).map { .string($0) } ?? .null,
            "home": .string(node.identity.home(of: key).rawValue),
        ]
    }

    private static func audit(_ result: ScrubResult) -> JSON {
        [
            "origin": .string(result.origin), "at": .string(result.at.text),
            "size": .number(JSONNumber(Int64(result.size))),
            "found": .number(JSONNumber(Int64(result.found))),
        ]
    }

    /// Whether the own log is written, and if not, why: {"state","reason"?,"since"?,"answers"?,
    /// "wanted"?}.
    private func writing() -> JSON {
        if let fault = node.writer.fault {
            let state: JSON = fault.slug == .readOnly ? "full" : "unsigned"
            return ["state": state, "reason": .string(fault.detail)]
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

    private func describe(_ clock: PeerClock) -> JSONObject {
        var line = JSONObject()
        line["verdict"] = .string(clock.verdict.rawValue)
        line["peers"] = .number(JSONNumber(Int64(clock.peers)))
        line["offsetSeconds"] = clock.offset.map { .number(JSONNumber($0)) }
        return line
    }

    /// What a person must look at.
    private func alarms(_ clock: PeerClock) -> [String] {
        var alarms = (node.registry.current?.alarms ?? []).map { "registry: \($0.description)" }
        alarms += node.quarantine.proven.sorted().filter { node.isQuarantined($0) }.map {
            "\($0) is quarantined: its author has signed two histories"
        }
        if let split = node.splits.open(at: node.registry.version) {
            alarms.append(
                "\(split.member) holds another registry of version \(split.own.version): no new "
                    + "member is accepted until a higher version resolves it")
        }
        if let offset = clock.offset, clock.verdict == .off || clock.verdict == .wrong {
            alarms.append(
                "this clock is off by \(offset) s against the median of \(clock.peers) members")
        }
        return alarms
    }

    /// Copies beyond their quota.
    private func excesses(at now: Instant) throws -> [String] {
        try node.logs.mirrors.compactMap { log in
            let excess = try node.quota(of: log, at: now).excess
            guard excess > 0 else { return nil }
            return "\(log.origin) is beyond its quota: its payloads are not fetched before "
                + (now + excess).text
        }
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
        let now = node.time.now()
        let standing = node.registry.standing(of: ViewFolder.domain(of: log.origin), at: now)
        if standing != "active" { line["standing"] = .string(standing) }
        if node.registry.log(log.origin)?.isOpen == false { line["closed"] = true }
        let newest = try log.confirmed()
        let confirmed = newest?.checkpoint.checkpoint.size ?? 0
        line["confirmedAt"] = newest.map { .string($0.time.text) }
        let count = try log.head?.cosignatures(by: policy.witnesses).count ?? 0
        line["cosignatures"] = .number(JSONNumber(Int64(count)))
        line["quorum"] = .number(JSONNumber(Int64(policy.quorum)))
        line["confirmation"] = .string(policy.standing(cosignatures: count).text)
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
