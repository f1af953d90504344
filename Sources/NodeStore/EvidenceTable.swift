package import Federation
import Foundation
import GRDB
package import Keys
package import TransparencyLog

/// Evidence as the node keeps it.
package struct StoredEvidence: Sendable, Equatable {
    /// The log that was forked.
    package let origin: String
    /// When this node learnt of it.
    package let time: Instant
    /// The member that reported it; nil when this node found it.
    package let reporter: String?
    /// The body of `POST /v1/evidence`; it was verified before it was stored.
    package let body: [UInt8]
}

extension NodeDatabase {
    /// Keeps evidence, once per origin and for ever.
    ///
    /// - Parameter reporter: the member that it came from; nil when this node found it.
    /// - Returns: whether it is the first of its origin.
    package func keep(_ fork: ProvenFork, reporter: String?, at time: Instant) throws -> Bool {
        try pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO evidence(origin, at, reporter, body) VALUES (?, ?, ?, ?)
                    ON CONFLICT(origin) DO NOTHING
                    """,
                arguments: [
                    fork.origin, time.secondsSince1970, reporter, fork.evidence.bytes.data,
                ])
            return db.changesCount == 1
        }
    }

    /// All evidence, by origin.
    package func evidence() throws -> [StoredEvidence] {
        try pool.look { db in
            try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM evidence ORDER BY origin")).map(
                Self.evidence)
        }
    }

    /// The evidence against one log; nil when there is none.
    package func evidence(of origin: String) throws -> StoredEvidence? {
        try pool.look { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT * FROM evidence WHERE origin = ?"),
                arguments: [origin]
            ).map(Self.evidence)
        }
    }

    private static func evidence(_ row: Row) -> StoredEvidence {
        let body: Data = row["body"]
        let time: Int64 = row["at"]
        return StoredEvidence(
            origin: row["origin"], time: Instant(secondsSince1970: time),
            reporter: row["reporter"], body: Array(body))
    }
}

extension LogStore {
    /// Compares another head of this log with the tree that is held.
    ///
    /// - Returns: the fork when they contradict each other; nil when they agree, and when the other
    ///   one is larger, of which nothing can be said.
    package func fork(contradicting other: VerifiedCheckpoint) throws -> ProvenFork? {
        guard let head, other.checkpoint.size > 0,
            other.checkpoint.size <= head.checkpoint.size
        else { return nil }
        return try pool.read { db in
            let reader = TileReader(db: db, size: head.checkpoint.size)
            return try ProvenFork(held: head, contradicting: other, node: reader.node)
        }
    }
}
