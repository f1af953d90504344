import CanonicalJSON
import Federation
import Keys
import Node
import TransparencyLog

/// What members ask each other.
struct PeerRoutes: Sendable {
    let node: Node
    let charge: OriginCharge

    func answer(_ endpoint: Endpoint, _ asked: Asked) async throws -> Answer {
        switch endpoint {
        case .heads: return heads(asked)
        case .announce:
            let body = try await asked.body(limit: Limits.announcementBytes)
            try AnnouncementDesk(node: node).receive(Announcement(body))
            return .json(["v": 1])
        case .evidence:
            let member = try asked.member()
            let body = try await asked.body(limit: Limits.evidenceBytes)
            return .json(try EvidenceDesk(node: node).receive(body, from: member.domain))
        case .reachability:
            let member = try asked.member()
            try ReachabilityFinding.check(
                question: await asked.body(limit: Limits.reachabilityBytes))
            return .json(try await ReachabilityDesk(node: node).tryAddress(of: member).json)
        case .addCheckpoint:
            return try await charge.charging(asked) {
                try await witness($0, await asked.body(limit: Limits.addCheckpointBytes))
            }
        case .blobBatch:
            let batch = try BlobBatch(await asked.body(limit: Limits.announcementBytes))
            return .bytes(
                BlobBatch.encode(try batch.digests.map { try node.payload($0) }),
                caching: .none
            )
        default:
            let body = try await asked.body(limit: Limits.registryRequestBytes)
            return .json(try RegistryRequestDesk(node: node).receive(body))
        }
    }

    private func heads(_ asked: Asked) -> Answer {
        let page = node.heads.page(
            instance: asked.query("instance"),
            since: asked.query("since").flatMap { Int($0) } ?? 0,
            limit: asked.query("limit").flatMap { Int($0) } ?? Limits.headsPageRows,
            now: node.time.now(),
            snapshot: node.registry.version
        )
        return Answer(type: "application/jsonl", body: page.bytes)
    }

    /// The statuses of tlog-witness; bodies as it asks, problems where it is silent.
    private func witness(_ bill: OriginCharge.Bill, _ body: [UInt8]) async throws -> Answer {
        let request = try AddCheckpoint(body)
        let claimed = try charge.claimed(by: request, bill)
        try await WitnessDesk(node: node).settleDoubt(about: request.note)
        let (verdict, cosignature) = try await WitnessDesk(node: node).addCheckpoint(request)
        if verdict.isSignedByLog { bill.member = claimed }
        return try .witness(verdict, lines: cosignature?.line ?? [])
    }
}

extension Answer {
    /// What a witness answers to add-checkpoint, and a mirror, which has no lines to give.
    ///
    /// - Throws: `Problem` for what the specification gives no body to.
    static func witness(_ verdict: WitnessVerdict, lines: [UInt8]) throws -> Answer {
        switch verdict {
        case .cosign: return .text(lines, caching: .none)
        case .conflict(let size): return conflict(size)
        case .unknownOrigin(let origin):
            throw Problem(
                .unknownOrigin,
                "the registry that this node holds has no log \(origin)"
            )
        case .forbidden(let reason): throw Problem(.forbidden, reason)
        case .malformed(let reason): throw Problem(.malformedRequest, reason)
        case .inconsistent(let reason): throw Problem(.invalidProof, reason)
        }
    }

    private static func conflict(_ size: Int) -> Answer {
        Answer(status: 409, type: "text/x.tlog.size", body: Array("\(size)\n".utf8))
    }
}
