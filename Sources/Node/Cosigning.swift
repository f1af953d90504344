import Federation
import Keys
import Logging
import NodeStore
import Recognition
import ServiceLifecycle
package import TransparencyLog

/// Takes the own log's heads to its witnesses, round by round: one checkpoint to all; the next
/// round when all have answered, or after 2 s. The quorum confirms a head at once: a witness that is
/// away delays nobody.
package final class Cosigning: Service, Sendable {
    /// Seconds after which a witness is asked anew for an unchanged head.
    private static let cosignatureLife: Int64 = 86_400
    /// Seconds between looks at the age of the cosignatures.
    private static let renewalCheck: Int64 = 3600

    private let node: Node
    private let clock: any Clock<Duration>
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private let confirmed: @Sendable (VerifiedCheckpoint) -> Void

    /// Rounds for this node.
    ///
    /// - Parameter confirmed: told of every own head that reached its quorum.
    package init(
        node: Node,
        clock: any Clock<Duration>,
        confirmed: @escaping @Sendable (VerifiedCheckpoint) -> Void
    ) {
        self.node = node
        self.clock = clock
        self.confirmed = confirmed
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// There is a new head, or the registry has changed.
    package func headChanged() {
        wake.yield()
    }

    package func run() async throws {
        await untilShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.renew() }
                for await _ in self.wakes {
                    var attempts = 0
                    while !Task.isCancelled, await !self.round() {
                        attempts += 1
                        try? await self.clock.sleep(for: .seconds(min(30, attempts)))
                    }
                }
                group.cancelAll()
            }
        }
    }

    /// Has an unchanged head cosigned anew daily, so that readers can tell how long it was the
    /// newest.
    private func renew() async {
        while !Task.isCancelled {
            try? await clock.sleep(for: .seconds(Self.renewalCheck))
            guard !Task.isCancelled, let head = node.logs.own?.head else { continue }
            let policy = node.registry.witnesses(of: head.checkpoint.origin, at: node.time.now())
            let fresh = fresh(policy.members, on: head).count
            if fresh < policy.quorum { headChanged() }
        }
    }

    /// The witnesses whose latest cosignature of a head is younger than a day.
    private func fresh(
        _ witnesses: [WitnessPolicy.Member],
        on head: VerifiedCheckpoint
    ) -> [WitnessPolicy.Member] {
        let now = node.time.now()
        return witnesses.filter { witness in
            guard let latest = (try? head.cosignatureTimes(by: witness.key))?.last else {
                return false
            }
            return now - latest < Self.cosignatureLife
        }
    }

    /// One round; returns whether the newest head has its quorum.
    private func round() async -> Bool {
        guard let log = node.logs.own, let head = log.head else { return true }
        let policy = node.registry.witnesses(of: log.origin, at: node.time.now())
        do {
            var checkpoint = head
            let fresh = fresh(policy.members, on: head).map(\.key)
            // Lines of witnesses whose clocks were wrong may be enough in number and yet not count.
            let count = try fresh.count < policy.quorum || isConfirmed(head, by: policy)
            let have = count ? Set(fresh) : []
            let missing = policy.members.filter { !have.contains($0.key) }
            if !missing.isEmpty {
                let needed = max(1, policy.quorum - have.count)
                let found = await cosignatures(of: missing, over: head, in: log) { found in
                    // The last answer is kept with the whole round.
                    guard found.count == needed, needed < missing.count else { return }
                    _ = try? self.keep(head.adding(found), policy: policy, in: log)
                }
                checkpoint = try head.adding(found)
            }
            return try keep(checkpoint, policy: policy, in: log)
        } catch {
            node.logger.warning("cosigning round failed", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func isConfirmed(
        _ checkpoint: VerifiedCheckpoint,
        by policy: WitnessPolicy
    ) throws -> Bool {
        try policy.quorum == 0 || node.registry.confirmation(of: checkpoint) != nil
    }

    private func keep(
        _ checkpoint: VerifiedCheckpoint,
        policy: WitnessPolicy,
        in log: LogStore
    ) throws -> Bool {
        let now = node.time.now()
        let count = try node.registry.cosignatures(on: checkpoint, at: now)
        let isConfirmed = try count >= policy.quorum && isConfirmed(checkpoint, by: policy)
        node.metrics.cosigned(isConfirmed: isConfirmed)
        let time = try node.registry.confirmation(of: checkpoint)?.time
        // The log may have grown meanwhile; a confirmed checkpoint is kept all the same.
        if log.head?.checkpoint == checkpoint.checkpoint {
            _ = try? log.updateNote(keepingLastOf: .hour, confirmed: { _ in time }) { _ in
                checkpoint
            }
        }
        if let time { try log.confirm(checkpoint, at: time, keepingLastOf: .hour) }
        node.heads.update(
            checkpoint.checkpoint,
            cosignatures: count,
            isConfirmed: isConfirmed,
            at: now
        )
        node.gossip.holds(
            origin: log.origin,
            size: checkpoint.checkpoint.size,
            root: checkpoint.checkpoint.root,
            cosignatures: count
        )
        if isConfirmed { confirmed(checkpoint) }
        return isConfirmed && log.head?.checkpoint == checkpoint.checkpoint
    }

    private func cosignatures(
        of witnesses: [WitnessPolicy.Member],
        over head: VerifiedCheckpoint,
        in log: LogStore,
        meanwhile: ([NoteSignature]) -> Void
    ) async -> [NoteSignature] {
        await withTaskGroup(of: NoteSignature?.self) { group in
            for witness in witnesses {
                group.addTask { await self.cosignature(of: witness, over: head, in: log) }
            }
            // The slowest witness does not hold the round for more than 2 s.
            group.addTask {
                try? await self.clock.sleep(for: .seconds(2))
                return nil
            }
            var found: [NoteSignature] = []
            var answered = 0
            for await signature in group {
                answered += 1
                if let signature {
                    found.append(signature)
                    meanwhile(found)
                }
                if found.count == witnesses.count || answered == witnesses.count { break }
            }
            group.cancelAll()
            return found
        }
    }

    private func cosignature(
        of witness: WitnessPolicy.Member,
        over head: VerifiedCheckpoint,
        in log: LogStore
    ) async -> NoteSignature? {
        do {
            guard let address = node.registry.address(of: witness.domain) else { return nil }
            // What the witness holds is asked of the witness itself: it answers 409 with its size.
            var old = log.cosignedSize(witness.domain)
            for _ in 0..<3 {
                let proof = try log.consistencyProof(old: old, new: head.checkpoint.size)
                let request = AddCheckpoint(oldSize: old, proof: proof, note: head.note)
                let response = try await node.transport.send(
                    PeerRequest(
                        "POST",
                        "/witness/add-checkpoint",
                        of: address,
                        body: request.bytes,
                        maximumBytes: SignedNote.maximumBytes
                    )
                )
                if response.status == 200 {
                    let line = try verified(response.body, by: witness, over: head)
                    log.cosigned(witness.domain, size: head.checkpoint.size)
                    try log.markCosigned()
                    return line
                }
                guard response.status == 409,
                    let size = Int(
                        String(decoding: response.body, as: UTF8.self).filter { !$0.isNewline }
                    ),
                    size <= head.checkpoint.size, size != old
                else {
                    throw Problem(
                        .unreachable,
                        "\(witness.domain) answered \(response.status)"
                    )
                }
                old = size
            }
        } catch {
            node.logger.info(
                "a witness did not cosign",
                metadata: ["witness": "\(witness.domain)", "error": "\(error)"]
            )
        }
        return nil
    }

    private func verified(
        _ body: [UInt8],
        by witness: WitnessPolicy.Member,
        over head: VerifiedCheckpoint
    ) throws -> NoteSignature? {
        let lines = try body.split(separator: 0x0a).prefix(16).map {
            try NoteSignature(line: Array($0))
        }
        return try lines.first { line in
            guard line.name == witness.key.name, line.keyID == witness.key.keyID else {
                return false
            }
            return try !head.adding([line]).cosignatures(by: [witness.key]).isEmpty
        }
    }
}
