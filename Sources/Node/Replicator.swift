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
        let trimmed = try node.known(target)
        try EvidenceDesk(node: node).examine(trimmed)
        try refuseQuarantined(origin)
        let isCurrent = trimmed.checkpoint.size >= log.size
        try await take(trimmed, into: log, from: source)
        if isCurrent { node.freshness.fetched(log, at: node.time.now()) }
        try await complete(log, from: source)
    }

    /// Fetches the payloads that a copy lacks, and tells gossip how far it is.
    ///
    /// Of a log beyond its quota no payload is fetched: that is no fault of whom they come from.
    func complete(_ log: LogStore, from source: LogSource) async throws {
        let isWithin = try await fetchPayloads(of: log, from: source)
        try node.noteHead(of: log)
        guard isWithin else { return }
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

    func take(
        _ target: VerifiedCheckpoint,
        into log: LogStore,
        from source: LogSource
    ) async throws {
        guard target.checkpoint.size >= log.size else { return }
        if let head = log.head, head.checkpoint.size == target.checkpoint.size {
            try log.updateNote { head in
                head.checkpoint == target.checkpoint
                    ? try node.known(head, adding: target.note.signatures) : head
            }
            return
        }
        if try await !grow(log, to: target, from: source, resuming: true) {
            // What an earlier attempt left behind may have come from another server.
            _ = try await grow(log, to: target, from: source, resuming: false)
        }
        try EvidenceDesk(node: node).examineWitnessed(log)
        try node.carryErasures(of: log)
        try await node.foldViews(of: log)
    }

    /// Fetches entries and takes them when they lead to the signed root.
    ///
    /// - Returns: false when they do not, and an earlier attempt's are among them.
    private func grow(
        _ log: LogStore,
        to target: VerifiedCheckpoint,
        from source: LogSource,
        resuming: Bool
    ) async throws -> Bool {
        var step = LogExtension(from: log.range, to: target)
        let resumed =
            resuming ? try log.staged(upTo: target.checkpoint.size) { step.resume($0) } : 0
        if resumed == 0 {
            try log.dropStaged()
            if let tile = step.next {
                _ = try await takeRest(of: tile, into: &step, after: log, from: source)
            }
        }
        while try await advance(&step, from: source) {
            guard step.entries.count > LogExtension.entriesInMemory else { continue }
            let (first, entries) = step.drain()
            try log.stage(entries, from: first)
        }
        try refuseQuarantined(log.origin)
        do {
            try log.extend(by: step)
            return true
        } catch ProofError.rootMismatch {
            try log.dropStaged()
            guard resumed == 0 else { return false }
            try await inquire(target, of: log, from: source)
            throw Problem(
                .invalidProof,
                "what \(source.peer.domain) serves of \(log.origin) does not lead to the signed root"
            )
        }
    }

    /// Fetches the next few bundles; returns whether there were any left to fetch.
    private func advance(_ step: inout LogExtension, from source: LogSource) async throws -> Bool {
        let bundles = try await concurrently(
            step.upcoming(Self.bundlesAtOnce), limit: Self.bundlesAtOnce
        ) { tile in
            guard let bytes = try await source.get("/\(tile.path)", limit: Limits.bundleBytes)
            else {
                throw Problem(.notFound, "\(source.peer.domain) does not serve \(tile.path)")
            }
            return bytes
        }
        for bytes in bundles { try step.receive(bytes) }
        return !bundles.isEmpty
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
        while try await advance(&step, from: source) {}
        return step
    }

    /// Takes what follows the held entries of a bundle, and nothing else (protocol section 3);
    /// false when none are held, or the source has no such part: a log on another branch has
    /// others.
    private func takeRest(
        of tile: TileCoordinate,
        into step: inout LogExtension,
        after log: LogStore,
        from source: LogSource
    ) async throws -> Bool {
        let held = step.heldOfNext
        guard !held.isEmpty else { return false }
        let bytes = try log.entries(from: held.lowerBound, to: held.upperBound)
            .reduce(0) { $0 + 2 + $1.count }
        guard
            let rest = try await source.rest(
                "/\(tile.path)", after: bytes, limit: Limits.bundleBytes)
        else { return false }
        do {
            try step.receive(rest: rest)
            return true
        } catch {
            return false
        }
    }

    /// - Returns: false when the log is beyond its quota, so that payloads are left out.
    @discardableResult
    func fetchPayloads(of log: LogStore, from source: LogSource) async throws -> Bool {
        var position = -1
        var vain = 0
        while vain < Self.vainBatches {
            let wanted = try log.wantedPayloads(
                after: position, limit: Self.batchesAtOnce * Limits.batchHashes)
            guard let last = wanted.last else { return true }
            guard try node.takesPayloads(of: log) else { return false }
            let batches = stride(from: 0, to: wanted.count, by: Limits.batchHashes).map { first in
                wanted[first...].prefix(Limits.batchHashes).map(\.digest)
            }
            let answers = try await concurrently(batches, limit: Self.batchesAtOnce) {
                try await source.payloads($0)
            }
            var stored = 0
            for found in answers {
                let digests = Set(try log.store(payloads: found))
                stored += digests.count
                let kept = found.map { (digest: Digest(of: $0), bytes: $0) }
                    .filter { digests.contains($0.digest) }
                try node.charge(kept, wanted: wanted, to: log)
                try await node.viewFolder.show(kept.map(\.bytes), of: log)
            }
            // What is missing may have been cut off by the answer's limit: it is asked for again
            // as long as something comes.
            if stored == 0 {
                position = last.index
                vain += 1
            }
        }
        return true
    }

    /// Bundles of one log that are fetched at once: at most 4 MiB.
    private static let bundlesAtOnce = 8
    /// Batches of payloads that are fetched at once: at most 48 MiB.
    private static let batchesAtOnce = 3
    /// Rounds of batches of which the member has nothing before it is believed to have no more.
    private static let vainBatches = 4
}

extension Node {
    /// The checkpoint with the lines, its own and more, that are known and verified, and no others:
    /// what is stored is served again, and nobody shall fill a note with strangers' lines. Those of
    /// today's witness set come first, and room is left for this node's own as a mirror.
    ///
    /// - Throws: `NoteError` when the line of a known witness does not verify.
    func known(
        _ checkpoint: VerifiedCheckpoint,
        adding more: [NoteSignature] = []
    ) throws -> VerifiedCheckpoint {
        let today = registry.witnesses(of: checkpoint.checkpoint.origin, at: time.now()).witnesses
        let others = registry.witnessKeys.filter { !today.contains($0) }
        var lines: [NoteSignature] = []
        func take(_ key: VerifierKey, room: Int) {
            for line in checkpoint.note.signatures + more where lines.count < room {
                guard line.name == key.name, line.keyID == key.keyID, !lines.contains(line) else {
                    continue
                }
                lines.append(line)
            }
        }
        take(checkpoint.key, room: 1)
        for key in today + others { take(key, room: SignedNote.maximumSignatures - 1) }
        if let mirror = identity.mirrorSigner { take(mirror.key, room: lines.count + 1) }
        let note = try SignedNote(text: checkpoint.note.text, signatures: lines)
        let trimmed = try VerifiedCheckpoint(note, key: checkpoint.key)
        _ = try trimmed.cosignatures(by: today + others)
        return trimmed
    }
}

extension Node {
    /// Cosigns a copy's head as its mirror, keeps its confirmation, and tells gossip and the heads
    /// feed of it. A copy that lacks payloads is told as one that any row is news for.
    func noteHead(of log: LogStore) throws {
        try cosignAsMirror(log)
        guard let head = log.head else { return }
        let now = time.now()
        let policy = registry.witnesses(of: log.origin, at: now)
        let count = try registry.cosignatures(on: head, at: now)
        let confirmation = try registry.confirmation(of: head)
        if let confirmation {
            try log.confirm(head, at: confirmation.time, keepingLastOf: .day)
        }
        let isComplete = try log.wantedCount() == 0
        gossip.holds(
            origin: log.origin, size: head.checkpoint.size, root: head.checkpoint.root,
            cosignatures: isComplete ? count : -1)
        heads.update(
            head.checkpoint, cosignatures: count, isConfirmed: count >= policy.quorum, at: now)
    }
}
