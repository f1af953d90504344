import GRDB
import GRDBSQLite
import Synchronization

/// How far the write-ahead log of a busy database has grown, and carrying it over into the database
/// beside the commits: a commit that did it itself would wait for thousands of pages.
final class WriteAheadLog: Sendable {
    /// Pages from which on it is worth carrying over.
    private static let worthwhile = 1000
    /// Pages at which a commit carries over itself, since whoever does it beside cannot keep up.
    private static let limit: Int32 = 8192
    /// KiB of pages that a busy writer keeps in memory: the fold's tables have random keys.
    private static let cache = 16 << 10

    private let frames = Atomic<Int>(0)
    private let isCarried = Atomic<Bool>(false)
    private let path: String
    private let connection = Mutex<DatabaseQueue?>(nil)

    /// The log of the database at `path`.
    init(path: String) {
        self.path = path
    }

    /// Takes over from SQLite's own rule, by which the commit that makes 1,000 pages full pays.
    ///
    /// The pool must not outlive this object.
    func attach(to pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA cache_size = -\(Self.cache)")
            sqlite3_wal_hook(
                db.sqliteConnection,
                { context, connection, name, frames in
                    guard let context else { return SQLITE_OK }
                    let log = Unmanaged<WriteAheadLog>.fromOpaque(context).takeUnretainedValue()
                    log.frames.store(Int(frames), ordering: .relaxed)
                    guard frames >= WriteAheadLog.limit else { return SQLITE_OK }
                    sqlite3_wal_checkpoint_v2(
                        connection, name, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                    return SQLITE_OK
                },
                Unmanaged.passUnretained(self).toOpaque())
        }
    }

    /// Whether it should be carried over now; true once, until `carryOver` has run.
    func isDue() -> Bool {
        frames.load(ordering: .relaxed) >= Self.worthwhile
            && !isCarried.exchange(true, ordering: .acquiringAndReleasing)
    }

    /// Carries over what no reader still needs, by a connection of its own; a writer goes on
    /// meanwhile.
    func carryOver() throws {
        defer { isCarried.store(false, ordering: .releasing) }
        try connection.withLock { connection in
            let queue = try connection ?? DatabaseQueue(path: path)
            connection = queue
            _ = try queue.writeWithoutTransaction { try $0.checkpoint(.passive) }
        }
        frames.store(0, ordering: .relaxed)
    }
}

extension LogStore {
    /// Readies the store for many commits: pages are kept in memory, and the write-ahead log is
    /// carried over by `carryOver`.
    package func prepareForCommits() throws {
        try writeAhead.attach(to: pool)
    }

    /// Whether `carryOver` is due; true once, until it has run.
    package var isCarryOverDue: Bool { writeAhead.isDue() }

    /// Carries the write-ahead log over into the database, beside commits. Nothing depends on it:
    /// what was committed is on disk already.
    package func carryOver() throws { try writeAhead.carryOver() }
}
