package import CanonicalJSON
package import Federation
import Keys
import Logging
package import NodeStore
import Synchronization
package import TransparencyLog

/// The logs whose authors have been proven to have forked them.
///
/// Owns: their origins in memory. The evidence itself lies in `node.sqlite`, for ever.
package final class Quarantine: Sendable {
    private let origins: Mutex<Set<String>>

    /// What the database holds.
    ///
    /// - Throws: what the store throws.
    package init(_ database: NodeDatabase) throws {
        origins = Mutex(Set(try database.evidence().map(\.origin)))
    }

    /// Every log that there is evidence against, of closed epochs too.
    package var proven: Set<String> { origins.withLock { $0 } }

    /// Whether there is evidence against a log.
    package func holds(_ origin: String) -> Bool { origins.withLock { $0.contains(origin) } }

    func add(_ origin: String) { origins.withLock { _ = $0.insert(origin) } }
}

extension Node {
    /// Whether nothing new of a log is accepted. Only closing its epoch lifts it.
    package func isQuarantined(_ origin: String) -> Bool {
        quarantine.holds(origin) && registry.log(origin)?.isOpen ?? true
    }

    /// Why an own log must never be signed again; nil when there is no evidence against it.
    func fork(of origin: String) -> Problem? {
        guard isQuarantined(origin) else { return nil }
        return Problem(
            .readOnly, "\(origin) is forked: two histories were signed with its key",
            try: "keep the data folder; the registry must close this epoch")
    }

    /// Signs nothing more of the own log once there is evidence against it.
    fileprivate func stopWriting(_ origin: String) {
        guard origin == logs.own?.origin, let problem = fork(of: origin) else { return }
        gate.handle { $0.forked() }
        writer.stop(problem)
    }

    /// Whether any log of an institution is quarantined.
    package func isQuarantined(domain: String) -> Bool {
        quarantine.proven.contains { ViewFolder.domain(of: $0) == domain && isQuarantined($0) }
    }
}

/// Finds, takes and keeps evidence of forked logs, apart from HTTP.
package struct EvidenceDesk: Sendable {
    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Takes a report; it proves itself, whoever sends it.
    ///
    /// - Parameter reporter: the member that sent it, which is not told of it again.
    /// - Returns: {"v","origin","known"}.
    /// - Throws: `Problem` `unknown-origin`, or `invalid-proof` when it does not prove itself.
    package func receive(_ body: [UInt8], from reporter: String?) throws -> JSON {
        let claim = try ForkEvidence(body)
        guard let origin = claim.origin else {
            throw Problem(.invalidProof, "the notes are no checkpoints of one log", at: "/notes")
        }
        guard let log = node.registry.log(origin) else {
            node.gossip.handle { $0.announcedUnknown(at: node.time.now()) }
            throw Problem(
                .unknownOrigin, "the registry that this node holds has no log \(origin)",
                at: "/notes", try: "if it was admitted just now, send it again in a minute")
        }
        let isNews = try record(ProvenFork(claim, key: log.key), reporter: reporter)
        return ["v": 1, "origin": .string(origin), "known": .bool(!isNews)]
    }

    /// Compares a head that the author signed with all that is held of its log: the tree, and what
    /// this witness cosigned.
    ///
    /// - Returns: whether the log is quarantined.
    @discardableResult
    package func examine(_ head: VerifiedCheckpoint) throws -> Bool {
        if let fork = try fork(shownBy: head) { _ = try record(fork, reporter: nil) }
        return node.isQuarantined(head.checkpoint.origin)
    }

    /// Compares what this witness cosigned of a log with the tree that is held now.
    func examineWitnessed(_ log: LogStore) throws {
        guard let note = try node.database.witnessed(log.origin),
            let head = try? VerifiedCheckpoint(note, key: log.key)
        else { return }
        try examine(head)
    }

    private func fork(shownBy head: VerifiedCheckpoint) throws -> ProvenFork? {
        let origin = head.checkpoint.origin
        if let fork = try node.logs.log(origin)?.fork(contradicting: head) { return fork }
        guard let note = try node.database.witnessed(origin),
            let witnessed = try? VerifiedCheckpoint(note, key: head.key),
            witnessed.checkpoint.size == head.checkpoint.size,
            witnessed.checkpoint.root != head.checkpoint.root
        else { return nil }
        return try ProvenFork(ForkEvidence(witnessed.note, head.note), key: head.key)
    }

    /// Keeps a proven fork, quarantines its log and has it passed on.
    ///
    /// - Returns: whether it is the first of its log.
    package func record(_ fork: ProvenFork, reporter: String?) throws -> Bool {
        let origin = fork.origin
        guard try node.database.keep(fork, reporter: reporter, at: node.time.now()) else {
            return false
        }
        node.quarantine.add(origin)
        node.logger.critical(
            "the author of a log has signed two histories: the log is quarantined",
            metadata: [
                "origin": "\(origin)", "sizes": "\(fork.first.size), \(fork.second.size)",
                "reporter": "\(reporter ?? "this node")",
            ])
        node.stopWriting(origin)
        tellGossip(origin, reporter: reporter)
        return true
    }

    /// The logs that there is evidence against.
    func list() throws -> JSON {
        let lines = try node.database.evidence().map { try describe($0).json }
        return ["evidence": .array(lines)]
    }

    /// The evidence against one log.
    ///
    /// - Throws: `Problem` `not-found`.
    func show(_ origin: String) throws -> JSON {
        guard let stored = try node.database.evidence(of: origin) else {
            throw Problem(
                .notFound, "this node has no evidence against \(origin)",
                try: "eccoe evidence list shows all")
        }
        let (key, json) = try describe(stored)
        var line = json.object ?? JSONObject()
        line["vkey"] = .string(key.text)
        line["evidence"] = try JSON.read(stored.body)
        return .object(line)
    }

    private func describe(_ stored: StoredEvidence) throws -> (key: VerifierKey, json: JSON) {
        guard let key = node.registry.log(stored.origin)?.key else {
            throw Problem(
                .registryUnavailable, "this node's registry has no log \(stored.origin)",
                try: "eccoe registry refresh")
        }
        var line = try ProvenFork(ForkEvidence(stored.body), key: key).json.object ?? JSONObject()
        line["time"] = .string(stored.time.text)
        line["reporter"] = stored.reporter.map { .string($0) }
        line["quarantined"] = .bool(node.isQuarantined(stored.origin))
        return (key, .object(line))
    }

    /// Tells gossip which logs are quarantined, and which are no more: at start, and when the
    /// registry has changed.
    func tellGossip() {
        for origin in node.quarantine.proven.sorted() { tellGossip(origin, reporter: nil) }
    }

    private func tellGossip(_ origin: String, reporter: String?) {
        guard node.isQuarantined(origin) else {
            return node.gossip.handle { $0.released(origin) }
        }
        let known = Set([reporter, ViewFolder.domain(of: origin)].compactMap(\.self))
        let registryNode = node.registryNode
        node.gossip.handle {
            $0.quarantined(origin, knownTo: known, registryNode: registryNode)
        }
    }
}

extension Node {
    /// The member at whose address the registry is served; nil when it is none, or this node.
    var registryNode: String? {
        guard case .url(let url, let authority)? = try? RegistrySource(folder: folder),
            let address = RegistryAddress(url: url, authority: authority)
        else { return nil }
        return registry.otherNodes.first { $0.url == address.peer.url }?.domain
    }
}
