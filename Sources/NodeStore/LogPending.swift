package import Federation
import Foundation
import GRDB
package import Keys
import Synchronization
package import TransparencyLog

/// What is pushed to a copy before it becomes part of it (C2SP tlog-mirror): pending checkpoints,
/// and the entries below them that have arrived.
extension LogStore {
    /// The size of the newest checkpoint that this copy is bound to, pending or held, and the first
    /// entry that it lacks.
    package func mirrorInfo() throws -> MirrorInfo {
        let size = self.size
        return try pool.read { db in
            MirrorInfo(
                pendingSize: try db.pendingHead(beyond: size)?.size ?? size,
                nextEntry: try db.nextEntry(from: size)
            )
        }
    }

    /// Judges add-checkpoint against the newest pending checkpoint, or the head where none is
    /// ahead of it, and keeps what is accepted: check and write are one transaction.
    ///
    /// - Parameter known: the checkpoint with the lines, its own and more, that are worth keeping,
    ///   all verified.
    /// - Throws: what `known` throws, and what SQLite says.
    package func pend(
        _ request: AddCheckpoint,
        known: (VerifiedCheckpoint, [NoteSignature]) throws -> VerifiedCheckpoint
    ) throws -> WitnessVerdict {
        let verdict = try state.withLock { state -> WitnessVerdict in
            guard let loaded = state else { throw StoreError.headChanged }
            let head = loaded.head?.checkpoint
            return try pool.write { db in
                let size = head?.size ?? 0
                let held = try db.pendingHead(beyond: size) ?? head
                let verdict = WitnessVerdict.judge(request, key: key, held: held)
                guard case .cosign(let checkpoint) = verdict, checkpoint.checkpoint.size > size
                else { return verdict }
                try db.pend(try known(checkpoint, []))
                return verdict
            }
        }
        // More cosignatures of the head that is held already.
        if case .cosign(let checkpoint) = verdict, let head = self.head,
            head.checkpoint == checkpoint.checkpoint
        {
            try updateNote { head in
                head.checkpoint == checkpoint.checkpoint
                    ? try known(head, checkpoint.note.signatures) : head
            }
        }
        return verdict
    }

    /// The checkpoint of that size to which an upload may lead: pending, or the head itself.
    package func target(size: Int) throws -> VerifiedCheckpoint? {
        if let head = self.head, head.checkpoint.size == size { return head }
        let note = try pool.look { db in
            try Data.fetchOne(
                db.cachedStatement(sql: "SELECT note FROM pending WHERE size = ?"),
                arguments: [size]
            )
        }
        return try note.map { try VerifiedCheckpoint(Array($0), key: key) }
    }

    /// Hashes of the leaves [from, to) that are held or pending, in order; fewer when some are not.
    package func leafHashes(from: Int, to: Int) throws -> [Digest] {
        let size = self.size
        return try pool.read { db in
            var hashes: [Digest] = []
            try db.forEachEntry(from: from, to: min(to, size)) { hashes.append(Digest.ofLeaf($1)) }
            let pending = try DirectStatement(
                db, "SELECT leaf FROM pending_entry WHERE idx >= ? AND idx < ? ORDER BY idx")
            try pending.bind(1, max(from, size))
            try pending.bind(2, to)
            try pending.forEach { hashes.append(Digest.ofLeaf($0.raw(0))) }
            return hashes
        }
    }

    /// Keeps verified entries beside the log; those that are there already are skipped.
    ///
    /// - Throws: `StoreError.headChanged` when there would be a gap before them, and what SQLite
    ///   says.
    package func pend(_ package: EntryPackage) throws {
        let size = self.size
        try pool.write { db in
            guard package.indices.lowerBound <= (try db.nextEntry(from: size)) else {
                throw StoreError.headChanged
            }
            let insert = try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO pending_entry(idx, leaf) VALUES (?, ?)"
            )
            for (index, entry) in zip(package.indices, package.entries) where index >= size {
                try insert.execute(arguments: [index, entry.data])
            }
        }
    }

    /// Makes the entries below a pending checkpoint part of the log, if that is ahead of it, and
    /// drops what is pending below.
    ///
    /// - Throws: `ProofError.rootMismatch` when the entries do not lead to it: the log has forked
    ///   meanwhile, and nothing of this branch is kept pending. `StoreError.headChanged` when an
    ///   entry is missing or another upload was faster.
    package func commitPending(_ target: VerifiedCheckpoint) throws {
        guard target.checkpoint.size > size else { return }
        var step = LogExtension(from: range, to: target)
        let held = size
        let entries = try pool.look { db in
            try Data.fetchAll(
                db.cachedStatement(
                    sql: "SELECT leaf FROM pending_entry WHERE idx >= ? AND idx < ? ORDER BY idx"),
                arguments: [held, target.checkpoint.size]
            ).map { Array($0) }
        }
        guard entries.count == target.checkpoint.size - held else { throw StoreError.headChanged }
        do {
            for entry in entries { try step.take(entry) }
            try extend(by: step)
        } catch let error as ProofError {
            try dropPending(below: .max)
            throw error
        }
        try dropPending(below: target.checkpoint.size)
    }

    /// Forgets what is pending up to a size.
    ///
    /// - Throws: what SQLite says.
    package func dropPending(below size: Int) throws {
        try pool.write { db in
            try db.execute(sql: "DELETE FROM pending WHERE size <= ?", arguments: [size])
            try db.execute(sql: "DELETE FROM pending_entry WHERE idx < ?", arguments: [size])
        }
    }
}

extension GRDB.Database {
    /// The newest pending checkpoint that is ahead of the head.
    fileprivate func pendingHead(beyond size: Int) throws -> Checkpoint? {
        try Data.fetchOne(
            self,
            sql: "SELECT note FROM pending WHERE size > ? ORDER BY size DESC LIMIT 1",
            arguments: [size]
        ).map { try Checkpoint(text: SignedNote(Array($0)).text) }
    }

    /// The first entry from the head's size on that is not pending. There are never gaps above it.
    fileprivate func nextEntry(from size: Int) throws -> Int {
        let last = try Int.fetchOne(self, sql: "SELECT max(idx) FROM pending_entry")
        return max(size, (last ?? -1) + 1)
    }

    /// Keeps a pending checkpoint: of one size the note with more signatures, and of all the
    /// newest few.
    fileprivate func pend(_ checkpoint: VerifiedCheckpoint) throws {
        try execute(
            sql: """
                INSERT INTO pending(size, note) VALUES (?, ?)
                ON CONFLICT(size) DO UPDATE SET note = excluded.note
                WHERE length(excluded.note) > length(pending.note)
                """,
            arguments: [checkpoint.checkpoint.size, checkpoint.note.bytes.data]
        )
        try execute(
            sql: """
                DELETE FROM pending WHERE size <= (
                    SELECT size FROM pending ORDER BY size DESC LIMIT 1 OFFSET ?)
                """,
            arguments: [Limits.pendingCheckpoints]
        )
    }
}
