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
    /// Pages that a commit may wait for while the rest is carried over.
    private static let remainder = 64
    /// KiB of pages that a busy writer keeps in memory: the fold's tables have random keys.
    private static let cache = 16 << 10

    private let frames = Atomic<Int>(0)
    /// Of these, those that were carried over.
    private let carried = Atomic<Int>(0)
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
                    log.note(Int(frames))
                    guard frames >= WriteAheadLog.limit else { return SQLITE_OK }
                    sqlite3_wal_checkpoint_v2(
                        connection, name, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                    return SQLITE_OK
                },
                Unmanaged.passUnretained(self).toOpaque())
        }
    }

    /// Notes the length after a commit; it is shorter when the file has begun anew.
    private func note(_ length: Int) {
        frames.store(length, ordering: .relaxed)
        if length < carried.load(ordering: .relaxed) { carried.store(0, ordering: .relaxed) }
    }

    /// Whether it should be carried over now; true once, until `carryOver` has run.
    func isDue() -> Bool {
        frames.load(ordering: .relaxed) - carried.load(ordering: .relaxed) >= Self.worthwhile
            && !isCarried.exchange(true, ordering: .acquiringAndReleasing)
    }

    /// Carries over what no reader still needs, by a connection of its own; a writer goes on
    /// meanwhile. When little is left by then, the writer waits for that too, and begins the file
    /// anew: to write over what is there costs half of what it costs to make a file longer.
    func carryOver() throws {
        defer { isCarried.store(false, ordering: .releasing) }
        try connection.withLock { connection in
            let queue = try connection ?? DatabaseQueue(path: path)
            connection = queue
            try queue.writeWithoutTransaction { db in
                let done = try db.checkpoint(.passive).checkpointedFrameCount
                let rest = frames.load(ordering: .relaxed) - done
                carried.store(done, ordering: .relaxed)
                guard rest <= Self.remainder else { return }
                try Self.beginAnew(db)
            }
        }
    }

    /// When a reader is in the way the file goes on.
    private static func beginAnew(_ db: GRDB.Database) throws {
        do {
            _ = try db.checkpoint(.restart)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {}
    }
}

extension LogStore {
    /// Readies the store for many commits: pages are kept in memory, and the write-ahead log is
    /// carried over by `tidy`.
    package func prepareForCommits() throws {
        try writeAhead.attach(to: pool)
    }

    /// Whether `tidy` is due; true once, until it has run.
    package var isCarryOverDue: Bool { writeAhead.isDue() }

    /// Carries the write-ahead log over into the database, and bundles up a little of what has rows,
    /// beside commits. Nothing depends on it: what was committed is on disk already.
    package func tidy() throws {
        try writeAhead.carryOver()
        for _ in 0..<Self.bundlesAtOnce { guard try bundleUp() else { break } }
    }

    /// More than a single client's commits fill until the write-ahead log is due again.
    private static let bundlesAtOnce = 4
}
