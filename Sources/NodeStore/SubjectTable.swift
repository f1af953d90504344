import Federation
import GRDB
import Keys

/// What the fold says of each subject, as far as it is written: the tables `subject` and `decided`.
///
/// Decisions are many, and have neither payload nor content: a row of `decided` takes half the bytes.
struct SubjectTable {
    /// The scope of which `decided` holds the rows.
    private static let decision = "decision"

    private let find: DirectStatement
    private let put: DirectStatement
    private let remove: DirectStatement
    private let findDecision: DirectStatement
    private let putDecision: DirectStatement
    /// Whether rows of decisions are left from before there was a table for them, or inherited.
    private let hasOldDecisions: Bool

    init(_ db: GRDB.Database) throws {
        find = try DirectStatement(
            db,
            """
            SELECT revision, idx, living, payload, content, earlier FROM subject
            WHERE scope = ? AND subject = ?
            """)
        put = try DirectStatement(
            db,
            """
            INSERT OR REPLACE INTO subject
                (scope, subject, revision, idx, living, payload, content)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        remove = try DirectStatement(db, "DELETE FROM subject WHERE scope = ? AND subject = ?")
        findDecision = try DirectStatement(
            db, "SELECT revision, idx, living FROM decided WHERE id = ?")
        putDecision = try DirectStatement(
            db,
            "INSERT OR REPLACE INTO decided(id, revision, idx, living) VALUES (?, ?, ?, ?)")
        hasOldDecisions =
            try DirectStatement(
                db, "SELECT 1 FROM subject WHERE scope = 'decision' LIMIT 1"
            ).first { _ in true } ?? false
    }

    /// A subject's state and the hash of its content; nil when no leaf counts for it.
    func state(_ key: SubjectKey) throws -> (state: SubjectState, content: Digest?)? {
        if let id = Self.decisionID(key) {
            try findDecision.bind(1, id)
            let found = try findDecision.first { row in
                SubjectState(
                    revision: row.integer(0), index: row.integer(1), living: row.integer(2) != 0,
                    payload: nil)
            }
            if let found { return (found, nil) }
            guard hasOldDecisions else { return nil }
        }
        try find.bind(1, key.scope)
        try find.bind(2, key.subject)
        return try find.first { row in
            (
                SubjectState(
                    revision: row.integer(0), index: row.integer(1), living: row.integer(2) != 0,
                    payload: row.digest(3), isEarlier: row.integer(5) != 0),
                row.digest(4)
            )
        }
    }

    /// Writes a subject's row.
    func put(_ key: SubjectKey, _ state: SubjectState, content: Digest?) throws {
        if let id = Self.decisionID(key), state.payload == nil, content == nil {
            if hasOldDecisions {
                try remove.bind(1, key.scope)
                try remove.bind(2, key.subject)
                try remove.run()
            }
            try putDecision.bind(1, id)
            try putDecision.bind(2, state.revision)
            try putDecision.bind(3, state.index)
            try putDecision.bind(4, state.living ? 1 : 0)
            return try putDecision.run()
        }
        try put.bind(1, key.scope)
        try put.bind(2, key.subject)
        try put.bind(3, state.revision)
        try put.bind(4, state.index)
        try put.bind(5, state.living ? 1 : 0)
        try put.bind(6, state.payload)
        try put.bind(7, content)
        try put.run()
    }

    /// The 16 bytes that name a decision; nil for other subjects.
    private static func decisionID(_ key: SubjectKey) -> [UInt8]? {
        guard key.scope == decision, key.subject.utf8.count == 32 else { return nil }
        return Hex.decode(key.subject)
    }
}
