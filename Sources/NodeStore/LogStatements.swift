import Federation
import GRDB
import Keys

/// The statements by which a log's tables are written, prepared once for a transaction.
struct LogStatements {
    private let entry: DirectStatement
    private let subject: DirectStatement
    private let putSubject: DirectStatement
    private let payload: DirectStatement
    private let flag: DirectStatement
    private let wanted: DirectStatement
    private let erased: DirectStatement

    init(_ db: GRDB.Database) throws {
        entry = try DirectStatement(db, "INSERT INTO entry(idx, leaf) VALUES (?, ?)")
        subject = try DirectStatement(
            db,
            """
            SELECT revision, idx, living, payload, content, earlier FROM subject
            WHERE scope = ? AND subject = ?
            """)
        putSubject = try DirectStatement(
            db,
            """
            INSERT OR REPLACE INTO subject
                (scope, subject, revision, idx, living, payload, content)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
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

    /// Appends an entry. Its hash is taken once more from the memory that SQLite is given: one
    /// flipped bit has killed public logs.
    ///
    /// - Throws: `StoreError.hashChanged`.
    func insert(_ leaf: [UInt8], at index: Int, hash: Digest) throws {
        try entry.bind(1, index)
        try entry.run(binding: 2, inPlace: leaf) { bytes in
            guard Digest.ofLeaf(bytes) == hash else { throw StoreError.hashChanged(index: index) }
        }
    }

    /// A subject's state and the hash of its content; nil when no leaf counts for it.
    func state(_ key: SubjectKey) throws -> (state: SubjectState, content: Digest?)? {
        try subject.bind(1, key.scope)
        try subject.bind(2, key.subject)
        return try subject.first { row in
            (
                SubjectState(
                    revision: row.integer(0), index: row.integer(1), living: row.integer(2) != 0,
                    payload: row.digest(3), isEarlier: row.integer(5) != 0),
                row.digest(4)
            )
        }
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

    /// Keeps what the fold makes of the entry at `index`.
    func apply(_ verdict: FoldVerdict, index: Int, content: Digest? = nil) throws {
        switch verdict {
        case .unknownType: break
        case .flagged(let reason):
            try flag.bind(1, index)
            try flag.bind(2, reason)
            try flag.run()
        case .accepted(_, let key, let state):
            guard let key, let state else { return }
            try putSubject.bind(1, key.scope)
            try putSubject.bind(2, key.subject)
            try putSubject.bind(3, state.revision)
            try putSubject.bind(4, state.index)
            try putSubject.bind(5, state.living ? 1 : 0)
            try putSubject.bind(6, state.payload)
            try putSubject.bind(7, content)
            try putSubject.run()
        }
    }
}
