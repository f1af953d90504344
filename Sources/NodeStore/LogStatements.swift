import Federation
import GRDB
import Keys

/// The statements by which a log's tables are written, prepared once for a transaction.
struct LogStatements {
    let subjects: SubjectTable
    private let payload: DirectStatement
    private let flag: DirectStatement
    private let wanted: DirectStatement
    private let erased: DirectStatement

    init(_ db: GRDB.Database) throws {
        subjects = try SubjectTable(db)
        payload = try DirectStatement(
            db, "INSERT OR IGNORE INTO payload(digest, bytes) VALUES (?, ?)")
        flag = try DirectStatement(db, "INSERT INTO flagged(idx, reason) VALUES (?, ?)")
        wanted = try DirectStatement(
            db,
            """
            INSERT OR IGNORE INTO wanted(digest, idx)
            SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM payload WHERE digest = ?1)
            AND NOT EXISTS (SELECT 1 FROM erased WHERE digest = ?1)
            """)
        erased = try DirectStatement(db, "SELECT 1 FROM erased WHERE digest = ?")
    }

    func storePayload(_ digest: Digest, _ bytes: [UInt8]) throws {
        try payload.bind(1, digest)
        try payload.run(binding: 2, inPlace: bytes)
    }

    /// Whether a payload was erased: it is never stored again.
    func isErased(_ digest: Digest) throws -> Bool {
        try erased.bind(1, digest)
        return try erased.first { _ in true } ?? false
    }

    /// Notes that a payload is to be fetched, unless it is held.
    func want(_ digest: Digest, index: Int) throws {
        try wanted.bind(1, digest)
        try wanted.bind(2, index)
        try wanted.run()
    }

    /// Notes that the entry at `index` counts for nothing.
    func flag(_ index: Int, _ reason: String) throws {
        try flag.bind(1, index)
        try flag.bind(2, reason)
        try flag.run()
    }
}
