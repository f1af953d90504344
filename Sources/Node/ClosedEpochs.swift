import Federation
import Keys
import Logging
import MemberRegistry
import NodeStore
import TransparencyLog

/// How much of a closed epoch a copy holds.
private enum ClosedCopy {
    /// All that counts.
    case whole
    /// The beginning, as far as can be told.
    case shorter
    /// Another tree than the one that the registry closed.
    case otherBranch
}

extension LogStore {
    fileprivate func compared(to closing: LogEpoch.Closing) throws -> ClosedCopy {
        guard size >= Int(closing.size) else { return .shorter }
        return try root(at: Int(closing.size)) == closing.root ? .whole : .otherBranch
    }
}

extension Node {
    /// Whether a closed epoch is held up to its closing, on the branch that was closed.
    func isWhole(_ log: LogIdentity) throws -> Bool {
        guard let closing = log.closing, let store = logs.log(log.key.name) else { return false }
        return try store.compared(to: closing) == .whole
    }

    /// Before the closed head is pushed: a copy of another branch is put aside, and what is pending
    /// beyond the closing is forgotten.
    ///
    /// - Throws: what the store throws.
    func makeRoom(for log: LogIdentity, closedAt closing: LogEpoch.Closing) throws {
        guard let store = logs.log(log.key.name) else { return }
        if try store.compared(to: closing) == .otherBranch { return try putAside(log) }
        if try store.mirrorInfo().pendingSize > Int(closing.size) {
            try store.dropPending(below: .max)
        }
    }

    fileprivate func putAside(_ identity: LogIdentity) throws {
        let path = try logs.setAside(identity.key.name)
        logger.critical(
            "a copy is of another branch than the registry closed: it is put aside",
            metadata: ["origin": "\(identity.key.name)", "file": "\(path ?? "")"])
    }

    /// Asks the authors for closed epochs that are not held as they were closed.
    func fetchClosedEpochs() {
        let missing = registry.logs.filter {
            $0.closing != nil && logs.own(epoch: $0.epoch)?.origin != $0.key.name
                && (try? isWhole($0)) != true
        }
        gossip.handle { _ in
            missing.map { .fetch(origin: $0.key.name, from: $0.domain) }
        }
    }
}

extension Replicator {
    /// Brings the copy of a closed epoch to its closing, whose size and root the registry vouches
    /// for. A copy of another branch is put aside as evidence and fetched anew.
    ///
    /// - Throws: `Problem`.
    func fetch(
        _ identity: LogIdentity,
        closedAt closing: LogEpoch.Closing,
        from source: LogSource
    ) async throws {
        switch try node.mirror(of: identity).compared(to: closing) {
        case .whole: return try await complete(node.mirror(of: identity), from: source)
        case .otherBranch: try node.putAside(identity)
        case .shorter: break
        }
        let target = try await checkpoint(of: closing, key: identity.key, from: source)
        do {
            try await take(target, into: node.mirror(of: identity), from: source)
        } catch let problem as Problem
            where problem.slug == .invalidProof || problem.slug == .notFound
        {
            // Either the source lies or what is held is of another branch: only the whole tells.
            guard try node.mirror(of: identity).size > 0 else { throw problem }
            let whole = try await entries(of: target, beyond: CompactRange(), from: source)
            guard (try? whole.finish()) != nil else { throw problem }
            try node.putAside(identity)
            try node.mirror(of: identity).extend(by: whole)
        }
        let log = try node.mirror(of: identity)
        guard try log.compared(to: closing) == .whole else {
            // A larger head, signed with the key that the closing disowns, led elsewhere.
            try node.putAside(identity)
            throw Problem(
                .invalidProof,
                "\(source.peer.domain) serves another branch of \(identity.key.name) than the "
                    + "registry closed")
        }
        try node.carryErasures(of: log)
        node.freshness.fetched(log, at: node.time.now())
        try await node.foldViews(of: log)
        try await complete(log, from: source)
    }

    /// A signed checkpoint that leads to the closing: the one of exactly its size, wherever the source
    /// keeps it, otherwise a larger one, whose tree must then have the closing's root at its size.
    private func checkpoint(
        of closing: LogEpoch.Closing,
        key: VerifierKey,
        from source: LogSource
    ) async throws -> VerifiedCheckpoint {
        var larger: VerifiedCheckpoint?
        for path in ["/checkpoint/\(closing.size)", "/checkpoint/confirmed", "/checkpoint"] {
            guard let note = try await source.get(path, limit: SignedNote.maximumBytes),
                let found = try? VerifiedCheckpoint(note, key: key)
            else { continue }
            if found.checkpoint.size == Int(closing.size), found.checkpoint.root == closing.root {
                return try node.known(found)
            }
            if found.checkpoint.size > Int(closing.size), larger == nil { larger = found }
        }
        guard let larger else {
            throw Problem(
                .notFound,
                "\(source.peer.domain) has no checkpoint of \(key.name) that reaches its closing "
                    + "at \(closing.size) leaves")
        }
        return try node.known(larger)
    }
}
