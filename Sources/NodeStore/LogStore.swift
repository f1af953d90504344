import Federation
import Foundation
import GRDB
import Keys
import Synchronization
package import TransparencyLog

/// One log on disk, the institution's own or the copy of another's: one SQLite file, one writer.
///
/// Everything that `commit` or `extend` returns is on disk; nothing they sign or believe leaves
/// them before.
package final class LogStore: Sendable {
    /// The log.
    package let origin: String
    /// The key that signs its checkpoints.
    package let key: VerifierKey
    let pool: DatabasePool
    let writeAhead: WriteAheadLog
    /// The head in memory and the edge of the tree; nil after a failed commit, until reloaded.
    let state: Mutex<Loaded?>

    /// Subjects that are not in their table yet.
    let fresh = FreshSubjects()

    /// Whether it is known that somebody has cosigned the log.
    let isMarked = Mutex(false)
    /// Milliseconds since 1970: answers to older requests may be lost; 0 when none are.
    let answersSince = Mutex<Int64>(0)
    /// The newest row of `confirmed`, once it was read or written.
    let newestConfirmed = Mutex<ConfirmedCheckpoint?>(nil)

    /// Kept checkpoints whose signature was verified lately, by their notes.
    let verified = Mutex(RecentCache<[UInt8], VerifiedCheckpoint>(capacity: 64))

    /// Sizes that witnesses last cosigned, as far as this process knows; a witness corrects it.
    private let cosignedSizes = Mutex<[String: Int]>([:])

    struct Loaded {
        var head: VerifiedCheckpoint?
        var tree: TreeWriter
        /// The highest id of a stored request.
        var newestRequest: RequestID?
    }

    /// Opens a log.
    ///
    /// - Parameters:
    ///   - create: whether to make it; a log that exists is then refused, and without it a log that
    ///     does not exist.
    ///   - inherited: of a log that is made, what the earlier epochs say of each subject.
    /// - Throws: `StoreError`, and what SQLite says.
    package init(
        path: String,
        key: VerifierKey,
        create: Bool,
        inheriting inherited: [InheritedSubject] = []
    ) throws {
        if create, FileManager.default.fileExists(atPath: path) { throw StoreError.exists(path) }
        origin = key.name
        self.key = key
        pool = try Database.open(path, migrations: LogSchema.migrations, mayCreate: create)
        try pool.write { db in
            let stored = try Row.fetchOne(db, sql: "SELECT origin, vkey FROM log")
            if stored == nil {
                try db.execute(
                    sql: "INSERT INTO log VALUES (1, ?, ?)",
                    arguments: [key.name, key.text]
                )
                for subject in inherited { try db.inherit(subject) }
            } else if stored?["vkey"] != key.text {
                throw StoreError.corrupt(path, reason: "it belongs to another key")
            }
        }
        writeAhead = WriteAheadLog(path: path)
        state = Mutex(nil)
        let loaded = try load()
        state.withLock { $0 = loaded }
    }

    /// Closes the file; whoever still reads gets an error.
    ///
    /// - Throws: what SQLite says.
    package func close() throws {
        try pool.close()
    }

    /// The newest head: of the own log the last one signed, of a copy the last one verified; nil
    /// before the first.
    package var head: VerifiedCheckpoint? {
        state.withLock { $0?.head }
    }

    /// Leaves.
    package var size: Int { head?.checkpoint.size ?? 0 }

    /// The right edge of the tree.
    package var range: CompactRange {
        state.withLock { $0?.tree.range } ?? CompactRange()
    }

    /// The last tile of leaf hashes, which is not stored until it is full.
    var leafEdge: (index: Int, hashes: [UInt8])? {
        state.withLock { $0?.tree.leafEdge }
    }

    /// The size that a witness last cosigned; 0 when it is not known.
    package func cosignedSize(_ witness: String) -> Int {
        cosignedSizes.withLock { $0[witness] ?? 0 }
    }

    /// Notes the size that a witness cosigned.
    package func cosigned(_ witness: String, size: Int) {
        cosignedSizes.withLock { $0[witness] = max($0[witness] ?? 0, size) }
    }

    /// `PRAGMA synchronous` as the writer has it; 2 is FULL.
    package func writerSynchronous() throws -> Int? {
        try Database.synchronous(pool)
    }

    /// Reads what the disk says.
    func load() throws -> Loaded {
        let (loaded, subjects) = try pool.read { db in
            let loaded = try Self.load(db, key: key, path: pool.path)
            return (loaded, try FreshSubjects.load(db, size: loaded.tree.range.size))
        }
        fresh.replace(by: subjects)
        return loaded
    }

    private static func load(
        _ db: GRDB.Database,
        key: VerifierKey,
        path: String
    ) throws -> Loaded {
        let note = try Data.fetchOne(db, sql: "SELECT note FROM head")
        let head = try note.map { try VerifiedCheckpoint(Array($0), key: key) }
        let size = head?.checkpoint.size ?? 0
        let tree = try TreeWriter(size: size, db: db)
        guard tree.range.root == head?.checkpoint.root ?? MerkleTree.emptyRoot else {
            throw StoreError.corrupt(path, reason: "tiles and head disagree")
        }
        return Loaded(head: head, tree: tree, newestRequest: try RequestTable.newest(db))
    }

    /// Replaces the head by compare-and-swap on the note; the row must still be what memory holds.
    ///
    /// - Parameter folded: how many entries the table of subjects has taken; unchanged when nil.
    static func swapHead(
        _ db: GRDB.Database,
        from old: VerifiedCheckpoint?,
        to new: VerifiedCheckpoint,
        folded: Int? = nil
    ) throws {
        let head = new.checkpoint
        if let old {
            try db.cachedStatement(
                sql: """
                    UPDATE head SET size = ?, root = ?, note = ?, folded = coalesce(?, folded)
                    WHERE id = 1 AND note = ?
                    """
            ).execute(arguments: [
                head.size, head.root.bytes.data, new.note.bytes.data, folded, old.note.bytes.data,
            ])
        } else {
            try db.execute(
                sql: "INSERT INTO head(id, size, root, note, folded) VALUES (1, ?, ?, ?, ?)",
                arguments: [head.size, head.root.bytes.data, new.note.bytes.data, folded ?? 0]
            )
        }
        guard db.changesCount == 1 else { throw StoreError.headChanged }
    }
}
