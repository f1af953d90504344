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
            let step = try pool.write { db in
                var step = try ExtendStep(db, origin: origin, tree: loaded.tree, fresh: fresh)
                try db.entries(of: `extension`) { try step.take($0) }
                let folded = try step.flush()
                guard step.tree.range.root == target.checkpoint.root else {
                    throw ProofError.rootMismatch
                }
                try Self.swapHead(db, from: loaded.head, to: target, folded: folded)
                return step
            }
            fresh.take(step.subjects)
            state = Loaded(
                head: target, tree: step.tree, newestRequest: loaded.newestRequest)
            // The bytes are deleted; when a reader is in the way, the next opening scrubs the file.
            if step.hasErased { try? scrub() }
        }
    }

    /// Replaces the head's note by one of the same tree with more cosignatures.
    ///
    /// - Throws: `StoreError.headChanged` when it is of another tree.
    package func update(note: VerifiedCheckpoint) throws {
        try updateNote { _ in note }
    }

    /// Replaces the head's note by what `change` makes of it, and keeps its confirmation if there is one;
    /// nobody else changes it meanwhile. One transaction.
    ///
    /// - Parameters:
    ///   - interval: as of `confirm`.
    ///   - confirmed: when the note reached its quorum; nil when it has not.
    /// - Returns: the head as it then is.
    /// - Throws: `StoreError.headChanged` when there is no head, or `change` gives another tree, and
    ///   what `change` and `confirmed` throw.
    @discardableResult
    package func updateNote(
        keepingLastOf interval: ArchiveInterval? = nil,
        confirmed: (VerifiedCheckpoint) throws -> Instant? = { _ in nil },
        _ change: (VerifiedCheckpoint) throws -> VerifiedCheckpoint
    ) throws -> VerifiedCheckpoint {
        try state.withLock { state in
            guard let head = state?.head else { throw StoreError.headChanged }
            let note = try change(head)
            guard head.checkpoint == note.checkpoint else { throw StoreError.headChanged }
            let time = try confirmed(note).flatMap { isKept(note, at: $0) ? nil : $0 }
            guard note != head || time != nil else { return head }
            try pool.write { db in
                if note != head { try Self.swapHead(db, from: head, to: note) }
                if let time { try keep(note, at: time, keepingLastOf: interval, db) }
            }
            state?.head = note
            return note
        }
    }

    /// Payload hashes that are not held yet, at most `limit`, oldest leaf first.
    package func wantedPayloads(limit: Int) throws -> [Digest] {
        try pool.look { db in
            try Data.fetchAll(
                db.cachedStatement(sql: "SELECT digest FROM wanted ORDER BY idx LIMIT ?"),
                arguments: [limit]
            ).compactMap { Digest(bytes: $0) }
        }
    }

    /// Whether a leaf asks for this payload, which is not held yet.
    package func wants(_ digest: Digest) throws -> Bool {
        try pool.look { db in
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM wanted WHERE digest = ?)"),
                arguments: [digest.bytes.data]
            ) ?? false
        }
    }

    /// How many payloads are not held yet.
    package func wantedCount() throws -> Int {
        try pool.look {
            try Int.fetchOne($0.cachedStatement(sql: "SELECT count(*) FROM wanted")) ?? 0
        }
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

/// The inside of one extension.
private struct ExtendStep {
    private let db: GRDB.Database
    private let origin: String
    private let statements: LogStatements
    private var entries: EntryWriter
    private(set) var subjects: SubjectStep
    private(set) var tree: TreeWriter
    private(set) var hasErased = false
    private let before: Int

    init(
        _ db: GRDB.Database, origin: String, tree: TreeWriter, fresh: FreshSubjects
    ) throws {
        self.db = db
        self.origin = origin
        self.tree = tree
        before = tree.range.size
        statements = try LogStatements(db)
        entries = try EntryWriter(db, first: tree.range.size)
        subjects = try SubjectStep(fresh, statements, db)
    }

    mutating func take(_ entry: [UInt8]) throws {
        let index = tree.range.size
        let hash = Digest.ofLeaf(entry)
        try entries.append(entry, hash: hash)
        tree.append(hash)
        let verdict = try Fold.judge(entry, index: index) { try subjects.state($0)?.state }
        try subjects.apply(verdict, index: index)
        if subjects.changed.count >= FreshSubjects.limit { try subjects.settle(at: index + 1) }
        guard case .accepted(let leaf, _, _) = verdict else { return }
        if let payload = leaf.payload { try statements.want(payload, index: index) }
        if leaf.type == .payloadErased {
            try entries.flush()
            try db.carryOutErasure(leaf, at: index, origin: origin)
            hasErased = true
        }
    }

    /// Writes what is left.
    ///
    /// - Returns: how many entries the table of subjects has taken.
    mutating func flush() throws -> Int {
        try entries.flush()
        try tree.flush(db)
        return try subjects.settle(at: tree.range.size, leaves: tree.range.size - before)
    }
}
