import Federation
import Foundation
import GRDB
import Keys

/// The fold's tables, written in the same transaction as the entries that they come from.
extension GRDB.Database {
    func subjectState(_ key: SubjectKey) throws -> SubjectState? {
        let statement = try cachedStatement(
            sql: """
                SELECT revision, idx, living, payload, earlier FROM subject
                WHERE scope = ? AND subject = ?
                """
        )
        guard let row = try Row.fetchOne(statement, arguments: [key.scope, key.subject]) else {
            return nil
        }
        let payload: Data? = row["payload"]
        return SubjectState(
            revision: row["revision"],
            index: row["idx"],
            living: row["living"],
            payload: payload.flatMap { Digest(bytes: $0) },
            isEarlier: row["earlier"]
        )
    }

    func subjectContent(_ key: SubjectKey) throws -> Digest? {
        let statement = try cachedStatement(
            sql: "SELECT content FROM subject WHERE scope = ? AND subject = ?"
        )
        return try Data.fetchOne(statement, arguments: [key.scope, key.subject])
            .flatMap { Digest(bytes: $0) }
    }

    func storePayload(_ digest: Digest, _ bytes: [UInt8]) throws {
        try cachedStatement(sql: "INSERT OR IGNORE INTO payload(digest, bytes) VALUES (?, ?)")
            .execute(arguments: [digest.bytes.data, bytes.data])
    }

    func apply(_ verdict: FoldVerdict, index: Int, content: Digest? = nil) throws {
        switch verdict {
        case .unknownType: break
        case .flagged(let reason):
            try cachedStatement(sql: "INSERT INTO flagged(idx, reason) VALUES (?, ?)")
                .execute(arguments: [index, reason])
        case .accepted(_, let key, let state):
            guard let key, let state else { return }
            try cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO subject
                        (scope, subject, revision, idx, living, payload, content)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                key.scope, key.subject, state.revision, state.index, state.living,
                state.payload?.bytes.data, content?.bytes.data,
            ])
        }
    }
}
