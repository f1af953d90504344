import Federation
import Foundation
import GRDB
package import Keys

/// Entries that were fetched and that no signed root has proven yet: they bound what a long fetch
/// holds in memory, and let it go on after an interruption. Nobody is served from them.
extension LogStore {
    /// Puts entries beside the log, behind those that are there.
    ///
    /// - Parameter first: the index of the first one.
    /// - Throws: `StoreError.headChanged` when it does not follow.
    package func stage(_ entries: [[UInt8]], from first: Int) throws {
        let size = size
        try pool.write { db in
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM staged") ?? 0
            guard size + count == first else { throw StoreError.headChanged }
            let insert = try db.cachedStatement(sql: "INSERT INTO staged(idx, leaf) VALUES (?, ?)")
            for (offset, entry) in entries.enumerated() {
                try insert.execute(arguments: [first + offset, entry.data])
            }
        }
    }

    /// Hands out what lies beside the log, in order, when it follows on what is held.
    ///
    /// - Parameter limit: the size of the tree that is wanted; when more is staged, nothing is.
    /// - Returns: how many entries there were.
    package func staged(upTo limit: Int, _ take: ([UInt8]) throws -> Void) throws -> Int {
        let size = size
        return try pool.read { db in
            let first = try Int.fetchOne(db, sql: "SELECT min(idx) FROM staged")
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM staged") ?? 0
            guard first == size, size + count <= limit else { return 0 }
            let rows = try Data.fetchCursor(db, sql: "SELECT leaf FROM staged ORDER BY idx")
            while let leaf = try rows.next() { try take(Array(leaf)) }
            return count
        }
    }

    /// Throws away what lies beside the log.
    package func dropStaged() throws {
        try pool.write { try $0.execute(sql: "DELETE FROM staged") }
    }

    /// Wanted payloads behind a leaf, at most `limit`, oldest leaf first.
    package func wantedPayloads(
        after index: Int,
        limit: Int
    ) throws -> [(index: Int, digest: Digest)] {
        try pool.look { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT idx, digest FROM wanted WHERE idx > ? ORDER BY idx LIMIT ?"),
                arguments: [index, limit]
            ).compactMap { row in
                let bytes: Data = row["digest"]
                return Digest(bytes: bytes).map { (row["idx"], $0) }
            }
        }
    }
}

extension GRDB.Database {
    /// Every staged entry in order, and then the rest of an extension.
    func entries(
        of step: LogExtension,
        _ take: ([UInt8]) throws -> Void
    ) throws {
        if step.staged > 0 {
            let rows = try Data.fetchCursor(self, sql: "SELECT leaf FROM staged ORDER BY idx")
            var count = 0
            while let leaf = try rows.next() {
                try take(Array(leaf))
                count += 1
            }
            guard count == step.staged else { throw StoreError.headChanged }
        }
        for entry in step.entries { try take(entry) }
        try execute(sql: "DELETE FROM staged")
    }
}
