import Federation
import GRDB

/// Reading the fold's tables; `LogStatements` writes them in the transaction of their entries.
extension GRDB.Database {
    func subjectState(_ key: SubjectKey) throws -> SubjectState? {
        let statement = try DirectStatement(
            self,
            """
            SELECT revision, idx, living, payload, earlier FROM subject
            WHERE scope = ? AND subject = ?
            """)
        try statement.bind(1, key.scope)
        try statement.bind(2, key.subject)
        return try statement.first { row in
            SubjectState(
                revision: row.integer(0), index: row.integer(1), living: row.integer(2) != 0,
                payload: row.digest(3), isEarlier: row.integer(4) != 0)
        }
    }
}
