import CanonicalJSON
import Catalogue
import Federation
import Keys
import Logging
import NodeStore
import TransparencyLog

/// Carries out what the recovery gate asks for: questions to the other nodes, healing, opening.
struct RecoveryService: Sendable {
    let node: Node
    let log: LogStore
    let clock: any Clock<Duration>

    /// Runs until the gate is settled or the task is cancelled.
    ///
    /// - Parameter open: called once when the log may be signed.
    func run(open: @escaping @Sendable () async throws -> Void) async throws {
        try forgetAnswers()
        node.gate.close(
            RecoveryGate(
                wasCosigned: try log.wasCosigned(), anchor: try anchor(), at: node.time.now()))
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await self.guarded { try await self.tick() } }
            for await effect in node.gate.effects {
                switch effect {
                case .ask(let domains):
                    group.addTask { await self.guarded { try await self.ask(domains) } }
                case .heal(let heads):
                    group.addTask { await self.guarded { try await self.heal(heads) } }
                case .open(let reason):
                    node.logger.notice("the log may be signed", metadata: ["why": "\(reason)"])
                    try await open()
                case .stop(let head): try await stop(head)
                }
            }
            group.cancelAll()
        }
    }

    /// A store that fails here leaves the gate in a state that nothing would ever end.
    private func guarded(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            if !Task.isCancelled { node.faults.end(with: error) }
        }
    }

    /// Lets time pass for the gate, and tells callers why they must wait once the nodes have had a
    /// moment to answer.
    private func tick() async throws {
        var ticks = 0
        while !Task.isCancelled, node.gate.current?.isSettled != true {
            let panel = try panel()
            node.gate.handle { $0.tick(panel: panel, at: node.time.now()) }
            ticks += 1
            if ticks > 3 || node.gate.current?.isHeldByAnchor == true,
                let problem = node.gate.problem(of: log)
            {
                node.writer.refuse(problem)
            }
            do { try await clock.sleep(for: .seconds(1)) } catch { return }
        }
    }

    /// Answers to requests from before the last restore are not known any more.
    private func forgetAnswers() throws {
        if let restored = try node.database.restored() { log.forgetAnswers(before: restored) }
    }

    /// How the log compares with its anchor.
    func anchor() throws -> RecoveryGate.AnchorVerdict {
        let file = node.anchor(epoch: node.epoch)
        guard let anchor = try file.read(), anchor.origin == log.origin else { return .missing }
        guard anchor.size <= log.size else {
            return .above(anchored: anchor.size, held: log.size)
        }
        guard try anchor.size == 0 || log.root(at: anchor.size) == anchor.root else {
            return .contradicts(size: anchor.size)
        }
        return .notAbove
    }

    /// Whom to ask; nil while there is no registry.
    private func panel() throws -> RecoveryGate.Panel? {
        guard node.registry.current != nil else { return nil }
        let now = node.time.now()
        let then = try log.confirmed()?.time
        return node.registry.panel(of: log.origin, at: now, and: then)
    }

    /// One round. Callers have waited for its answers; now they are told.
    private func ask(_ domains: [String]) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for domain in domains { group.addTask { try await self.ask(domain) } }
        }
        if let problem = node.gate.problem(of: log) { node.writer.refuse(problem) }
    }

    private func ask(_ domain: String) async throws {
        let questions = OwnHeadQuestions(node: node, key: log.key)
        for role in RecoveryGate.Role.allCases {
            let answer = try await questions.ask(domain, as: role).judged(by: log)
            if case .none(let reason) = answer {
                node.logger.info(
                    "no answer to how far the own log is known",
                    metadata: ["peer": "\(domain)", "as": "\(role)", "error": "\(reason)"])
            }
            node.gate.handle { $0.received(answer, from: domain, as: role, at: node.time.now()) }
        }
    }

    /// Two histories are signed with this key: the evidence is kept and shown to everybody, and
    /// nothing is signed again.
    private func stop(_ head: VerifiedCheckpoint) async throws {
        if let problem = node.gate.problem(of: log) { node.writer.stop(problem) }
        let other = String(decoding: head.note.bytes, as: UTF8.self)
        try node.database.audit("log.forked", other, at: node.time.now())
        node.logger.critical(
            "the own log is forked: it is never signed again",
            metadata: [
                "held": "\(log.size)", "other": "\(head.checkpoint.size)",
                "otherRoot": "\(head.checkpoint.root.hex)",
            ])
        if head.checkpoint.size <= log.size {
            try EvidenceDesk(node: node).examine(head)
        } else {
            _ = try await inquire(head)
        }
    }
}

extension RecoveryService {
    /// Fetches what the store lacks, from whoever has it, up to the highest head that can be
    /// reached.
    private func heal(_ heads: [VerifiedCheckpoint]) async throws {
        let before = log.size
        var healed = false
        for head in heads where !healed && head.checkpoint.size > log.size {
            healed = try await heal(to: head)
        }
        if healed {
            try await fetchPayloads()
            try restoreContents(from: before)
            try await node.recoverViews(of: log)
            try node.noteHead(of: log)
        } else {
            try remember(heads)
        }
        let anchor = try anchor()
        let gained = healed
        node.gate.handle { gate in
            gate.healed(anchor: anchor, gained: gained, at: node.time.now())
            return []
        }
    }

    /// What was signed with the own key and cannot be fetched now is anchored: at the next start, when
    /// whoever told of it may be silent, the log is still known to be older.
    private func remember(_ heads: [VerifiedCheckpoint]) throws {
        guard node.gate.current?.isOpen == false,
            let head = heads.map(\.checkpoint).max(by: { $0.size < $1.size }),
            head.size > log.size
        else { return }
        let file = node.anchor(epoch: node.epoch)
        guard try file.read().map({ $0.origin != head.origin || $0.size < head.size }) ?? true
        else { return }
        try file.write(.init(origin: head.origin, size: head.size, root: head.root))
        node.logger.warning(
            "a head beyond the own log was seen, and nobody offers its leaves: it is remembered",
            metadata: ["size": "\(head.size)", "held": "\(log.size)"])
    }

    private func heal(to head: VerifiedCheckpoint) async throws -> Bool {
        var isDoubtful = false
        for source in sources() {
            do {
                let target = try node.known(head)
                let step = try await Replicator(node: node).entries(
                    of: target, beyond: log.range, from: source)
                do { try step.finish() } catch {
                    isDoubtful = true
                    continue
                }
                // First the note that answers were lost, then the state that shows it. What is asked
                // since this start was never answered before.
                try node.database.noteRestored(
                    "healed from \(log.size) to \(head.checkpoint.size) leaves by "
                        + source.peer.domain,
                    at: node.gate.current?.since ?? node.time.now())
                try log.extend(by: step)
                try log.markCosigned()
                try forgetAnswers()
                node.logger.notice(
                    "the log was healed",
                    metadata: [
                        "from": "\(source.peer.domain)", "size": "\(head.checkpoint.size)",
                    ])
                return true
            } catch {
                node.logger.warning(
                    "healing failed",
                    metadata: ["from": "\(source.peer.domain)", "error": "\(error)"])
            }
        }
        if isDoubtful { try await judge(head) }
        return false
    }

    /// Entries that do not continue the store are lies of the server, or the head is of another
    /// tree: tiles that lead to its root tell.
    private func judge(_ head: VerifiedCheckpoint) async throws {
        guard try await inquire(head) else { return }
        node.gate.handle { $0.contradicted(by: head) }
    }

    /// Builds evidence that a larger head does not extend the store, and keeps it.
    ///
    /// - Returns: whether it could be built.
    private func inquire(_ head: VerifiedCheckpoint) async throws -> Bool {
        guard let held = log.head, held.checkpoint.size > 0 else { return false }
        for source in sources() {
            var inquiry = ForkInquiry(held: held, target: head)
            do {
                while let tile = inquiry.next {
                    guard
                        let bytes = try await source.get(
                            "/\(tile.path)", limit: HashTile.maximumBytes)
                    else { throw Problem(.notFound, "\(tile.path) is not served") }
                    try inquiry.receive(bytes)
                }
                guard let fork = try inquiry.conclude() else { continue }
                _ = try EvidenceDesk(node: node).record(fork, reporter: nil)
                return true
            } catch {
                node.logger.info(
                    "no evidence from this node",
                    metadata: ["peer": "\(source.peer.domain)", "error": "\(error)"])
            }
        }
        return false
    }

    /// What counts as the content of an item follows from its payload; without it the same item would
    /// be published once more.
    private func restoreContents(from index: Int) throws {
        for index in index..<log.size {
            guard let entry = try log.entry(index), case .leaf(let leaf) = LeafReading(entry),
                leaf.type == .itemPublished, let subject = leaf.subject,
                let bytes = try leaf.payload.flatMap({ try log.payload($0) }),
                let item = try? ItemPayload(bytes: bytes).item
            else { continue }
            try log.restoreContent(
                item.contentDigest,
                of: SubjectKey(scope: leaf.type.scope, subject: subject), at: index)
        }
    }

    private func fetchPayloads() async throws {
        for source in sources() where try log.wantedCount() > 0 {
            do {
                try await Replicator(node: node).fetchPayloads(of: log, from: source)
            } catch {
                node.logger.warning(
                    "payloads of the healed log were not fetched",
                    metadata: ["from": "\(source.peer.domain)", "error": "\(error)"])
            }
        }
    }

    /// Whoever may hold a copy: the assigned mirrors first.
    private func sources() -> [LogSource] {
        guard let identity = node.registry.log(log.origin) else { return [] }
        let mirrors = Set(node.registry.mirrorDomains(of: log.origin, at: node.time.now()))
        return node.registry.otherNodes
            .sorted { mirrors.contains($0.domain) && !mirrors.contains($1.domain) }
            .map { LogSource(of: identity, at: $0, by: node.transport) }
    }
}

extension RegistryHolder {
    /// Whom to ask how far they know a log: its mirrors, and its witnesses of now and of `then`.
    func panel(
        of origin: String, at now: Instant, and then: Instant? = nil
    ) -> RecoveryGate.Panel {
        let sets = [now, then].compactMap(\.self).map { time in
            let policy = witnesses(of: origin, at: time)
            return RecoveryGate.Panel.Witnesses(
                domains: Set(policy.members.map(\.domain)), quorum: policy.quorum)
        }
        return RecoveryGate.Panel(
            witnesses: sets, mirrors: Set(mirrorDomains(of: origin, at: now)))
    }
}

extension GateHolder {
    /// What callers are told while the log must not be signed; nil when it may be.
    func problem(of log: LogStore) -> Problem? {
        guard let gate = current, let reason = gate.reason else { return nil }
        let remedy =
            gate.state == .stopped
            ? "keep the data folder; the registry must close this epoch"
            : "see eccoe status and bring the other nodes back; if they are lost for good, "
                + "eccoe log override --reason \"...\""
        return Problem(
            .readOnly, "\(log.origin) is not written yet: \(reason)", at: "recovery gate",
            try: remedy)
    }
}
