import Foundation
import GRDBSQLite

/// The same rows in SQLite and nothing else, as a program in C would write them: what is left of it
/// with hashing, signing, folding and idempotency is the price of the log.
struct RawSQLiteBenchmark: Benchmark {
    let batch: Int
    let rows: Int
    let name = "raw SQLite, 4,096 a commit"

    func run(in workspace: Workspace) async throws -> [Row] {
        var database: OpaquePointer?
        guard sqlite3_open(workspace.file("raw.sqlite"), &database) == SQLITE_OK else {
            throw Absent(reason: "SQLite does not open a file")
        }
        defer { sqlite3_close(database) }
        for sql in [
            "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
            "CREATE TABLE entry(idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL) STRICT",
        ] { sqlite3_exec(database, sql, nil, nil, nil) }
        var insert: OpaquePointer?
        sqlite3_prepare_v2(database, "INSERT INTO entry VALUES (?, ?)", -1, &insert, nil)
        defer { sqlite3_finalize(insert) }
        let leaf = [UInt8](repeating: 0x61, count: 512)
        let samples = Clock.samples(rows / batch) { number in
            sqlite3_exec(database, "BEGIN IMMEDIATE", nil, nil, nil)
            leaf.withUnsafeBytes { bytes in
                for row in 0..<batch {
                    sqlite3_bind_int64(insert, 1, Int64(number * batch + row))
                    sqlite3_bind_blob(insert, 2, bytes.baseAddress, Int32(bytes.count), nil)
                    sqlite3_step(insert)
                    sqlite3_reset(insert)
                }
            }
            sqlite3_exec(database, "COMMIT", nil, nil, nil)
        }
        let rate = Double(samples.count * batch) / samples.reduce(0, +)
        return [Row(name: name, perSecond: rate, durations: samples)]
    }
}
