import Federation
import Keys
import Logging
import NodeStore
import Recognition
import TransparencyLog

/// Copies one log from a member: checkpoint, entries, payloads, each checked before it is kept.
package struct Replicator: Sendable {
    let node: Node

    /// A replicator for this node.
    package init(node: Node) {
        self.node = node
    }

    /// Brings the copy of `origin` up to what `domain` serves.
    ///
    /// - Throws: `Problem` when the member does not answer, or what it serves does not verify; then
    ///   nothing of it is kept.
    package func fetch(_ origin: String, from domain: String) async throws {
        guard let identity = node.registry.log(origin) else {
            throw Problem(.unknownOrigin, "the registry vouches for no log \(origin)")
        }
        try refuseQuarantined(origin)
        guard let address = node.registry.address(of: domain) else {
            throw Problem(.notAMember, "\(domain) has no node in the registry")
        }
        for earlier in node.registry.logs(of: identity.domain) where earlier.epoch < identity.epoch
        {
            guard let closing = earlier.closing, try !node.isWhole(earlier) else { continue }
            let source = LogSource(of: earlier, at: address, by: node.transport)
            try await fetch(earlier, closedAt: closing, from: source)
        }
        let source = LogSource(of: identity, at: address, by: node.transport)
        if let closing = identity.closing {
            return try await fetch(identity, closedAt: closing, from: source)
        }
        let log = try node.mirror(of: identity)
        let target = try await newest(of: source, beyond: log.size, key: identity.key)
        let trimmed = try known(target)
        try EvidenceDesk(node: node).examine(trimmed)
        try refuseQuarantined(origin)
        try await take(trimmed, into: log, from: source)
        try await complete(log, from: source)
    }

    /// Fetches the payloads that a copy lacks, and tells gossip how far it is.
    func complete(_ log: LogStore, from source: LogSource) async throws {
        try await fetchPayloads(of: log, from: source)
        try node.noteHead(of: log)
        // No feed repeats the row, so what is missing must be asked for again.
        let missing = try log.wantedCount()
        guard missing == 0 else {
            throw Problem(
                .notFound,
                "\(source.peer.domain) does not have \(missing) payloads of \(log.origin)")
        }
    }

    /// The confirmed checkpoint when it is news, otherwise the newest one.
    private func newest(
        of source: LogSource,
        beyond size: Int,
        key: VerifierKey
    ) async throws -> VerifiedCheckpoint {
        if let note = try await source.get("/checkpoint/confirmed", limit: SignedNote.maximumBytes),
            let confirmed = try? VerifiedCheckpoint(note, key: key),
            confirmed.checkpoint.size > size
        {
            return confirmed
        }
        guard let note = try await source.get("/checkpoint", limit: SignedNote.maximumBytes) else {
            throw Problem(.notFound, "\(source.peer.domain) serves no checkpoint at \(source.base)")
        }
        do {
            return try VerifiedCheckpoint(note, key: key)
        } catch {
            throw Problem(.invalidCheckpoint, error.description, at: source.peer.domain)
        }
    }

    /// The checkpoint with the lines that are known and verified, and no others: what is stored is
    /// served again, and nobody shall fill a note with strangers' lines.
    func known(_ checkpoint: VerifiedCheckpoint) throws -> VerifiedCheckpoint {
        let witnesses = node.registry.witnessKeys
        let keys = [checkpoint.key] + witnesses
        let lines = checkpoint.note.signatures.filter { line in
            keys.contains { $0.name == line.name && $0.keyID == line.keyID }
        }
        let note = try SignedNote(text: checkpoint.note.text, signatures: lines)
        let trimmed = try VerifiedCheckpoint(note, key: checkpoint.key)
        _ = try trimmed.cosignatures(by: witnesses)
        return trimmed
    }

    func take(
        _ target: VerifiedCheckpoint,
        into log: LogStore,
        from source: LogSource
    ) async throws {
        guard target.checkpoint.size >= log.size else { return }
        if let head = log.head, head.checkpoint.size == target.checkpoint.size {
            try log.update(note: head.adding(target.note.signatures))
            return
        }
        let step = try await entries(of: target, beyond: log.range, from: source)
        try refuseQuarantined(log.origin)
        do {
            try log.extend(by: step)
        } catch ProofError.rootMismatch {
            try await inquire(target, of: log, from: source)
            throw Problem(
                .invalidProof,
                "what \(source.peer.domain) serves of \(log.origin) does not lead to the signed root"
            )
        }
        try EvidenceDesk(node: node).examineWitnessed(log)
        try await node.foldViews(of: log)
    }

    /// A larger signed head does not extend what is held: asks the same server for the tiles that
    /// show why, and keeps the evidence when it is the author's doing.
    ///
    /// - Throws: `Problem` `conflict` when the author has forked; whatever else it throws, and when
    ///   it does not throw, the server is to blame.
    private func inquire(
        _ target: VerifiedCheckpoint, of log: LogStore, from source: LogSource
    ) async throws {
        guard let held = log.head, held.checkpoint.size > 0,
            held.checkpoint.size < target.checkpoint.size
        else { return }
        var inquiry = ForkInquiry(held: held, target: target)
        while let tile = inquiry.next {
            guard let bytes = try await source.get("/\(tile.path)", limit: HashTile.maximumBytes)
            else {
                throw Problem(.notFound, "\(source.peer.domain) does not serve \(tile.path)")
            }
            try inquiry.receive(bytes)
        }
        guard let fork = try inquiry.conclude() else { return }
        _ = try EvidenceDesk(node: node).record(fork, reporter: nil)
        try refuseQuarantined(log.origin)
    }

    private func refuseQuarantined(_ origin: String) throws {
        guard node.isQuarantined(origin) else { return }
        throw Problem(
            .conflict,
            "\(origin) is quarantined: its author has signed two histories",
            try: "eccoe evidence show \(origin); only closing the epoch lifts it")
    }

    /// The entries between a tree and the head to reach.
    func entries(
        of target: VerifiedCheckpoint,
        beyond range: CompactRange,
        from source: LogSource
    ) async throws -> LogExtension {
        var step = LogExtension(from: range, to: target)
        while let tile = step.next {
            guard let bytes = try await source.get("/\(tile.path)", limit: Limits.bundleBytes)
            else {
                throw Problem(.notFound, "\(source.peer.domain) does not serve \(tile.path)")
            }
            try step.receive(bytes)
        }
        return step
    }

    func fetchPayloads(of log: LogStore, from source: LogSource) async throws {
        while true {
            let wanted = try log.wantedPayloads(limit: Limits.batchHashes)
            guard !wanted.isEmpty else { return }
            let found = try await source.payloads(wanted)
            let stored = try log.store(payloads: found)
            guard !stored.isEmpty else { return }
            let kept = Set(stored)
            try await node.viewFolder.show(
                found.filter { kept.contains(Digest(of: $0)) },
                of: log
            )
        }
    }
}

extension Node {
    /// Keeps the confirmation of a copy's head, and tells gossip and the heads feed of it. A copy
    /// that lacks payloads is told as one that any row is news for.
    func noteHead(of log: LogStore) throws {
        guard let head = log.head else { return }
        let now = time.now()
        let policy = registry.witnesses(of: log.origin, at: now)
        let count = try head.cosignatures(by: policy.witnesses).count
        let confirmation = try registry.confirmation(of: head)
        if let confirmation { try log.confirm(head, at: confirmation.time) }
        let isComplete = try log.wantedCount() == 0
        gossip.holds(
            origin: log.origin, size: head.checkpoint.size, root: head.checkpoint.root,
            cosignatures: isComplete ? count : -1)
        heads.update(
            head.checkpoint, cosignatures: count, isConfirmed: count >= policy.quorum, at: now)
    }
}

/// A log as a member serves it.
struct LogSource: Sendable {
    let transport: any PeerTransport
    let peer: PeerAddress
    let base: String

    /// A log as its author or anybody with a copy serves it.
    init(of log: LogIdentity, at peer: PeerAddress, by transport: any PeerTransport) {
        self.transport = transport
        self.peer = peer
        base =
            peer.domain == log.domain
            ? "/log/\(log.epoch)" : "/mirror/\(Checkpoint.originHash(log.key.name).hex)"
    }

    /// The bytes of a resource; nil for 404.
    func get(_ path: String, limit: Int) async throws -> [UInt8]? {
        let response = try await transport.send(
            PeerRequest("GET", base + path, of: peer, maximumBytes: limit, isBulk: true)
        )
        switch response.status {
        case 200: return response.body
        case 404, 410: return nil
        default:
            throw Problem(
                .unreachable,
                "\(peer.domain) answered \(response.status) for \(base + path)"
            )
        }
    }

    /// The payloads that the member holds of those asked for, each checked against its hash.
    func payloads(_ digests: [Digest]) async throws -> [[UInt8]] {
        let response = try await transport.send(
            PeerRequest(
                "POST",
                "/v1/blobs/batch",
                of: peer,
                headers: [("content-type", "application/json")],
                body: BlobBatch(digests: digests).bytes,
                maximumBytes: BlobBatch.maximumAnswer,
                isBulk: true
            )
        )
        guard response.status == 200 else {
            throw Problem(.unreachable, "\(peer.domain) answered \(response.status) for payloads")
        }
        return try BlobBatch.decode(response.body, count: digests.count).enumerated()
            .compactMap { index, bytes in
                bytes.flatMap { Digest(of: $0) == digests[index] ? $0 : nil }
            }
    }
}
