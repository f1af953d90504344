package import Federation
import Keys
package import NodeStore
package import TransparencyLog

/// The protocol step of a witness, apart from HTTP.
package struct WitnessDesk: Sendable {
    let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Judges an add-checkpoint request; the cosigned head is on disk before this returns.
    ///
    /// - Throws: `Problem` `not-found` when this member is no witness, and what the store throws.
    package func addCheckpoint(
        _ request: AddCheckpoint
    ) async throws -> WitnessAnswer {
        guard let signer = node.identity.witnessSigner else {
            throw Problem(.notFound, "this member is no witness")
        }
        try node.gossip.clock(at: node.time.now()).check()
        guard let claimed = try? Checkpoint(text: request.note.text) else {
            return (.malformed("the note is no checkpoint"), nil)
        }
        let origin = claimed.origin
        let log = node.registry.log(origin)
        let now = node.time.now()
        if let log, let reason = node.refusal(of: log, at: now) { return (.forbidden(reason), nil) }
        if log == nil { node.gossip.handle { $0.announcedUnknown(at: now) } }
        guard try !node.database.isWitnessDoubted(origin) else {
            throw Problem(.busy, "this witness was restored and asks others first")
        }
        if try isForked(request, claimed, log) { return (Self.quarantined, nil) }
        let answer: WitnessAnswer
        do {
            answer = try await node.witness.judge(
                WitnessRequest(ExaminedCheckpoint(request, key: log?.key), origin: origin) {
                    try signer.sign($0.note.text, at: now)
                })
        } catch {
            node.faults.report(error)
            throw error
        }
        if case .cosign = answer.verdict, let log {
            node.gossip.handle { $0.contacted(by: log.domain, at: now) }
        }
        try lookInto(answer.verdict, request, log)
        return answer
    }

    private static let quarantined = WitnessVerdict.forbidden(
        "the log is quarantined: its author has signed two histories; only closing its epoch "
            + "lifts that")

    /// Whether the log is quarantined, or the copy of it that is held contradicts the request.
    /// Signatures are verified only where something does not fit.
    private func isForked(
        _ request: AddCheckpoint, _ claimed: Checkpoint, _ log: LogIdentity?
    ) throws -> Bool {
        if node.isQuarantined(claimed.origin) { return true }
        guard let log, let held = node.logs.log(claimed.origin)?.head?.checkpoint,
            held != claimed, held.size >= claimed.size,
            let head = try? VerifiedCheckpoint(request.note, key: log.key)
        else { return false }
        return try EvidenceDesk(node: node).examine(head)
    }

    /// What a refusal says of the author: another tree of the size that was cosigned is evidence
    /// (the answer stays the one of tlog-witness, from then on it is 403); a proof that does not
    /// verify is a reason to fetch the log and see.
    private func lookInto(
        _ verdict: WitnessVerdict, _ request: AddCheckpoint, _ log: LogIdentity?
    ) throws {
        guard let log, verdict.isContradiction,
            let head = try? VerifiedCheckpoint(request.note, key: log.key),
            try !EvidenceDesk(node: node).examine(head), case .inconsistent = verdict
        else { return }
        node.gossip.handle {
            $0.announced(
                origin: log.key.name, size: head.checkpoint.size, root: head.checkpoint.root,
                cosignatures: 0)
        }
    }

    /// The last checkpoint that this witness cosigned of the log whose origin hashes to these
    /// digits; nil when none.
    package func witnessed(originHash: String) throws -> SignedNote? {
        try node.registry.origin(hash: originHash).flatMap { try node.database.witnessed($0) }
    }
}

extension WitnessVerdict {
    /// Whether it refuses what does not fit to what is held.
    fileprivate var isContradiction: Bool {
        switch self {
        case .conflict, .inconsistent: true
        default: false
        }
    }
}
