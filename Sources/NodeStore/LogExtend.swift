package import Federation
import Foundation
import GRDB
package import Keys
import Synchronization
package import TransparencyLog

extension LogStore {
    /// Takes the verified entries of an extension in one transaction: entries, tiles, fold, wanted
    /// payloads, head.
    ///
    /// - Throws: `ProofError.rootMismatch` when the entries do not lead to the head,
    ///   `NoteError.notSignedBy` when another key signed it, `StoreError.headChanged` when the log
    ///   has grown meanwhile, and what SQLite says.
    package func extend(by extension: LogExtension) throws {
        try `extension`.finish()
        let count = `extension`.staged + `extension`.entries.count
        let target = `extension`.target
        guard target.key == key else { throw NoteError.notSignedBy(key.name) }
        try state.withLock { state in
            guard let loaded = state,
                loaded.tree.range.size + count == target.checkpoint.size
            else { throw StoreError.headChanged }
            let tree = try pool.write { db in
                var tree = loaded.tree
                let statements = try LogStatements(db)
                try db.entries(of: `extension`) { entry in
                    let index = tree.range.size
                    let hash = Digest.ofLeaf(entry)
                    try statements.insert(entry, at: index, hash: hash)
                    tree.append(hash)
                    let verdict = try Fold.judge(entry, index: index) {
                        try statements.state($0)?.state
                    }
                    try statements.apply(verdict, index: index)
                    if case .accepted(let leaf, _, _) = verdict, let payload = leaf.payload {
                        try statements.want(payload, index: index)
                    }
                }
                try tree.flush(db)
                guard tree.range.root == target.checkpoint.root else {
                    throw ProofError.rootMismatch
                }
                try Self.swapHead(db, from: loaded.head, to: target)
                return tree
            }
            state = Loaded(head: target, tree: tree, newestRequest: loaded.newestRequest)
        }
    }

    /// Replaces the head's note by one of the same tree with more cosignatures.
    ///
    /// - Throws: `StoreError.headChanged` when it is of another tree.
    package func update(note: VerifiedCheckpoint) throws {
        try updateNote { _ in note }
    }

    /// Replaces the head's note by what `change` makes of it; nobody else changes it meanwhile.
    ///
    /// - Returns: the head as it then is.
    /// - Throws: `StoreError.headChanged` when there is no head, or `change` gives another tree, and
    ///   what `change` throws.
    @discardableResult
    package func updateNote(
        _ change: (VerifiedCheckpoint) throws -> VerifiedCheckpoint
    ) throws -> VerifiedCheckpoint {
        try state.withLock { state in
            guard let head = state?.head else { throw StoreError.headChanged }
            let note = try change(head)
            guard head.checkpoint == note.checkpoint else { throw StoreError.headChanged }
            guard note != head else { return head }
            try pool.write { try Self.swapHead($0, from: head, to: note) }
            state?.head = note
            return note
        }
    }

    /// Keeps a checkpoint that reached its quorum: of one size the note with the most signatures and
    /// the earliest time.
    package func confirm(_ checkpoint: VerifiedCheckpoint, at time: Instant) throws {
        try pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO confirmed(size, time, note) VALUES (?, ?, ?)
                    ON CONFLICT(size) DO UPDATE SET
                        time = min(time, excluded.time), note = excluded.note
                    WHERE length(excluded.note) > length(confirmed.note)
                    """,
                arguments: [
                    checkpoint.checkpoint.size, time.secondsSince1970,
                    checkpoint.note.bytes.data,
                ]
            )
            // Hourly archives come with the rollback guard; until then a bounded tail is kept.
            try db.execute(
                sql: """
                    DELETE FROM confirmed WHERE size <
                        (SELECT size FROM confirmed ORDER BY size DESC LIMIT 1 OFFSET 1000)
                    """
            )
        }
    }

    /// The newest checkpoint that reached its quorum, and when; nil before the first.
    package func confirmed() throws -> (checkpoint: VerifiedCheckpoint, time: Instant)? {
        let row = try pool.read {
            try Row.fetchOne($0, sql: "SELECT time, note FROM confirmed ORDER BY size DESC")
        }
        return try row.map(Self.confirmation(key: key))
    }

    /// The oldest kept checkpoint with quorum that covers leaf `index`: its time is the leaf's.
    package func confirmed(
        covering index: Int
    ) throws -> (checkpoint: VerifiedCheckpoint, time: Instant)? {
        let row = try pool.read {
            try Row.fetchOne(
                $0,
                sql: "SELECT time, note FROM confirmed WHERE size > ? ORDER BY time, size",
                arguments: [index]
            )
        }
        return try row.map(Self.confirmation(key: key))
    }

    private static func confirmation(
        key: VerifierKey
    ) -> (Row) throws -> (checkpoint: VerifiedCheckpoint, time: Instant) {
        { row in
            let note: Data = row["note"]
            let time: Int64 = row["time"]
            return (
                try VerifiedCheckpoint(Array(note), key: key), Instant(secondsSince1970: time)
            )
        }
    }

    /// Payload hashes that are not held yet, at most `limit`, oldest leaf first.
    package func wantedPayloads(limit: Int) throws -> [Digest] {
        try pool.read { db in
            try Data.fetchAll(
                db,
                sql: "SELECT digest FROM wanted ORDER BY idx LIMIT ?",
                arguments: [limit]
            ).compactMap { Digest(bytes: $0) }
        }
    }

    /// Whether a leaf asks for this payload, which is not held yet.
    package func wants(_ digest: Digest) throws -> Bool {
        try pool.read { db in
            try Bool.fetchOne(
                db,
                sql: "SELECT EXISTS (SELECT 1 FROM wanted WHERE digest = ?)",
                arguments: [digest.bytes.data]
            ) ?? false
        }
    }

    /// How many payloads are not held yet.
    package func wantedCount() throws -> Int {
        try pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM wanted") ?? 0 }
    }

    /// Stores payloads that were wanted; each is hashed first, and what nobody asked for is left.
    ///
    /// - Returns: the hashes that were stored.
    package func store(payloads: [[UInt8]]) throws -> [Digest] {
        try pool.write { db in
            try payloads.compactMap { bytes in
                let digest = Digest(of: bytes)
                try db.execute(
                    sql: "DELETE FROM wanted WHERE digest = ?",
                    arguments: [digest.bytes.data]
                )
                guard db.changesCount == 1 else { return nil }
                try LogStatements(db).storePayload(digest, bytes)
                return digest
            }
        }
    }
}
