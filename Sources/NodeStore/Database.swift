import Foundation
import GRDB

/// How every database of the node is opened.
enum Database {
    /// Opens (or makes) a database in WAL mode with FULL synchronisation and a known schema.
    ///
    /// - Throws: `StoreError.newer`, `.missing`, and what SQLite says.
    static func open(
        _ path: String,
        schemaVersion: Int,
        mayCreate: Bool,
        schema: (GRDB.Database) throws -> Void
    ) throws -> DatabasePool {
        if !mayCreate, !FileManager.default.fileExists(atPath: path) {
            throw StoreError.missing(path)
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        let pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB sets NORMAL on the writer after its own preparation, so FULL must come after it.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try pool.write { db in
            let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            guard found <= schemaVersion else {
                throw StoreError.newer(path, found: found, known: schemaVersion)
            }
            guard found < schemaVersion else { return }
            try schema(db)
            try db.execute(sql: "PRAGMA user_version = \(schemaVersion)")
        }
        return pool
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
