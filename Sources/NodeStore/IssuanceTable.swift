package import Federation
import Foundation
import GRDB
package import Keys

/// A credential that this institution has issued, as far as its anchor needs it.
package struct StoredIssuance: Sendable, Equatable {
    /// The salt of its entry.
    package let salt: [UInt8]
    /// The batch that it is in; nil while it waits for one.
    package let batch: String?
    /// Its entry's index within the batch.
    package let position: Int
}

/// The credentials that one leaf `issuance.anchored` covers.
package struct IssuanceBatch: Sendable, Equatable {
    /// The leaf's subject: 16 random bytes in hexadecimal.
    package let subject: String
    /// The request under which the leaf is appended.
    package let request: RequestID
    /// Leaf hashes of the entries, in the order of the tree.
    package let entries: [Digest]
    /// Index of the leaf; nil while it is only intended.
    package let index: Int?
}

/// What `node.sqlite` knows of issued credentials: digests and salts, no credential.
extension NodeDatabase {
    /// Notes a credential for the next batch; one that is known already stays as it is.
    ///
    /// - Parameter entry: the leaf hash of salt ‖ digest.
    package func noteIssuance(
        of digest: Digest, salt: [UInt8], entry: Digest, at time: Instant
    ) throws {
        try pool.write { db in
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO issuance(digest, salt, entry, created)
                    VALUES (?, ?, ?, ?)
                    """,
                arguments: [
                    digest.bytes.data, salt.data, entry.bytes.data, time.secondsSince1970,
                ])
        }
    }

    /// Makes a batch of the oldest credentials that wait, in the bytewise order of salt ‖ digest.
    ///
    /// - Returns: nil when none waits.
    package func gatherIssuances(
        subject: String, request: RequestID, limit: Int, at time: Instant
    ) throws -> IssuanceBatch? {
        try pool.write { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id FROM
                        (SELECT * FROM issuance WHERE batch IS NULL ORDER BY id LIMIT ?)
                    ORDER BY salt, digest
                    """,
                arguments: [limit])
            guard !rows.isEmpty else { return nil }
            try db.execute(
                sql: "INSERT INTO issuance_batch(subject, request, created) VALUES (?, ?, ?)",
                arguments: [subject, request.bytes.data, time.secondsSince1970])
            for (position, row) in rows.enumerated() {
                let id: Int64 = row["id"]
                try db.execute(
                    sql: "UPDATE issuance SET batch = ?, position = ? WHERE id = ?",
                    arguments: [subject, position, id])
            }
            return try Self.batch(subject, in: db)
        }
    }

    /// Batches whose leaf may not have been appended, oldest first.
    package func unfinishedIssuances() throws -> [IssuanceBatch] {
        try pool.read { db in
            try String.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT subject FROM issuance_batch WHERE idx IS NULL
                        ORDER BY created, subject
                        """)
            ).compactMap { try Self.batch($0, in: db) }
        }
    }

    /// A batch; nil when there is none of that subject.
    package func issuanceBatch(_ subject: String) throws -> IssuanceBatch? {
        try pool.read { try Self.batch(subject, in: $0) }
    }

    /// Notes where the leaf of a batch stands.
    package func completeIssuance(_ subject: String, index: Int) throws {
        try pool.write { db in
            try db.execute(
                sql: "UPDATE issuance_batch SET idx = ? WHERE subject = ?",
                arguments: [index, subject])
        }
    }

    /// Batches that were completed at an index from `size` on.
    package func completedIssuances(from size: Int) throws -> [String] {
        try pool.look {
            try String.fetchAll(
                $0.cachedStatement(sql: "SELECT subject FROM issuance_batch WHERE idx >= ?"),
                arguments: [size])
        }
    }

    /// Makes an intent again of a batch whose leaf no log holds: the log was put back further than
    /// this file.
    package func reopenIssuance(_ subject: String) throws {
        try pool.write { db in
            try db.execute(
                sql: "UPDATE issuance_batch SET idx = NULL WHERE subject = ?",
                arguments: [subject])
        }
    }

    /// What is known of a credential; nil when it was not issued here, or was erased.
    package func issuance(of digest: Digest) throws -> StoredIssuance? {
        try pool.look { db in
            try Row.fetchOne(
                db.cachedStatement(
                    sql: "SELECT salt, batch, position FROM issuance WHERE digest = ?"),
                arguments: [digest.bytes.data])
        }.map { row in
            let salt: Data = row["salt"]
            let position: Int? = row["position"]
            return StoredIssuance(
                salt: Array(salt), batch: row["batch"], position: position ?? 0)
        }
    }

    /// Forgets a credential. Of one that is in a batch the entry's hash is left, by which the others
    /// of the batch are proven: without the salt it tells nothing.
    ///
    /// - Returns: whether it was known.
    package func eraseIssuance(
        of digest: Digest, reason: String, at time: Instant
    ) throws -> Bool {
        try pool.write { db in
            try db.execute(
                sql: "DELETE FROM issuance WHERE digest = ? AND batch IS NULL",
                arguments: [digest.bytes.data])
            let deleted = db.changesCount
            try db.execute(
                sql: "UPDATE issuance SET digest = NULL, salt = NULL WHERE digest = ?",
                arguments: [digest.bytes.data])
            guard deleted + db.changesCount > 0 else { return false }
            try db.execute(
                sql: "INSERT INTO audit(at, action, detail) VALUES (?, 'issuance.erased', ?)",
                arguments: [time.secondsSince1970, reason])
            return true
        }
    }

    private static func batch(_ subject: String, in db: GRDB.Database) throws -> IssuanceBatch? {
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT * FROM issuance_batch WHERE subject = ?"),
                arguments: [subject])
        else { return nil }
        let request: Data = row["request"]
        let entries = try Data.fetchAll(
            db.cachedStatement(
                sql: "SELECT entry FROM issuance WHERE batch = ? ORDER BY position"),
            arguments: [subject]
        ).compactMap { Digest(bytes: $0) }
        guard let id = RequestID(uuidBytes: Array(request)), !entries.isEmpty else {
            throw StoreError.corrupt("issuance_batch", reason: "no request id or no entries")
        }
        return IssuanceBatch(subject: subject, request: id, entries: entries, index: row["idx"])
    }
}
