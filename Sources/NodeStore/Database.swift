import Foundation
import GRDB

/// How every database of the node is opened.
enum Database {
    /// Whether a transaction must be on disk when it ends.
    enum Durability: String {
        /// It must: somebody is told.
        case full = "FULL"
        /// The last ones may be lost with the power, in order: they are made again from what is on disk
        /// (decision 035).
        case derived = "NORMAL"
    }

    /// Opens (or makes) a database in WAL mode and brings it to its newest schema: `migrations[n]` leads
    /// from version n to n + 1. A database with content is copied beside itself
    /// (`<path>.before-v<n>`) first; a failed migration leaves it as it was.
    ///
    /// - Throws: `StoreError.newer`, `.missing`, and what SQLite says.
    static func open(
        _ path: String,
        migrations: [String],
        mayCreate: Bool,
        durability: Durability = .full
    ) throws -> DatabasePool {
        if !mayCreate, !FileManager.default.fileExists(atPath: path) {
            throw StoreError.missing(path)
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        // What is deleted is overwritten (erasure), however SQLite was built.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON") }
        let pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB sets NORMAL on the writer after its own preparation, so FULL must come after it.
        try pool.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
        }
        let found = try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } ?? 0
        guard found <= migrations.count else {
            throw StoreError.newer(path, found: found, known: migrations.count)
        }
        // A crash may have come between an erasure and its scrubbing.
        if found > 0 { try? checkpoint(pool) }
        guard found < migrations.count else { return pool }
        if found > 0 { try copy(pool, to: "\(path).before-v\(migrations.count)") }
        try pool.write { db in
            for sql in migrations[found...] { try db.execute(sql: sql) }
            try db.execute(sql: "PRAGMA user_version = \(migrations.count)")
        }
        return pool
    }

    /// Makes sure that deleted bytes are gone: out of the write-ahead log, and with the copies that
    /// were made before changes of the schema.
    static func scrub(_ pool: DatabasePool) throws {
        let name = (pool.path as NSString).lastPathComponent
        let folder = (pool.path as NSString).deletingLastPathComponent
        for file in try FileManager.default.contentsOfDirectory(atPath: folder)
        where file.hasPrefix("\(name).before-v") {
            try FileManager.default.removeItem(atPath: "\(folder)/\(file)")
        }
        try checkpoint(pool)
    }

    /// Moves the write-ahead log into the database and empties it.
    private static func checkpoint(_ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }

    /// A consistent copy of a database that is in use, by SQLite's online backup; on disk when this
    /// returns. A file that is there already is replaced. The copy is one file, without a
    /// write-ahead log beside it.
    static func copy(_ source: some DatabaseReader, to path: String) throws {
        try? FileManager.default.removeItem(atPath: path)
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let target = try DatabaseQueue(path: path, configuration: configuration)
        try source.backup(to: target)
        // The backup took over the mode of the source; outside a transaction it can be changed.
        try target.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
        try target.close()
    }

    /// Opens a database for reading only, also beside a daemon that writes it.
    static func openReadOnly(_ path: String) throws -> DatabaseQueue {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError.missing(path)
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// The value of `PRAGMA synchronous` on the writing connection; 2 is FULL.
    static func synchronous(_ pool: DatabasePool) throws -> Int? {
        try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    }
}

extension Array where Element == UInt8 {
    /// The bytes as SQLite takes them.
    var data: Data { Data(self) }
}

extension DatabasePool {
    /// Reads with one statement, which is a snapshot by itself: `read` would put a transaction of three
    /// more around it. The statement should be a cached one.
    func look<Value>(_ body: (GRDB.Database) throws -> Value) throws -> Value {
        try unsafeRead(body)
    }
}
