import Foundation
import GRDB
package import Keys
import Synchronization
package import TransparencyLog

/// What a node remembers of losses: when its state was put back, and how far its witness had come.
extension NodeDatabase {
    /// Notes that older state was put into place: what was answered before is not known any more.
    package func noteRestored(_ how: String, at time: Instant) throws {
        try pool.write { db in
            try db.execute(
                sql: "INSERT INTO restored(at, how) VALUES (?, ?)",
                arguments: [time.secondsSince1970, how])
            try db.execute(
                sql: "INSERT INTO audit(at, action, detail) VALUES (?, 'restored', ?)",
                arguments: [time.secondsSince1970, how])
        }
    }

    /// When older state was last put into place; nil when never.
    package func restored() throws -> Instant? {
        try pool.look {
            try Int64.fetchOne($0.cachedStatement(sql: "SELECT max(at) FROM restored"))
        }
        .map { Instant(secondsSince1970: $0) }
    }

    /// How often the witness table has changed.
    package func witnessGeneration() throws -> Int {
        try pool.look {
            try Int.fetchOne($0.cachedStatement(sql: "SELECT witness FROM generation"))
        } ?? 0
    }

    /// Compares the witness table with what the anchor remembers. When it is older, every row up to
    /// now is doubted until it is written anew, and so is every log that has no row.
    ///
    /// - Returns: whether the table is older than the anchor.
    package func doubtWitness(ifOlderThan anchored: Int) throws -> Bool {
        try pool.write { db in
            try db.execute(
                sql: """
                    UPDATE generation SET doubted = witness, witness = max(?1, witness) + 1
                    WHERE witness < ?1
                    """,
                arguments: [anchored])
            return db.changesCount > 0
        }
    }

    /// Whether the witness may have cosigned more of this log than it remembers: others are to be
    /// asked before it cosigns.
    package func isWitnessDoubted(_ origin: String) throws -> Bool {
        if settled.withLock({ $0.contains(origin) }) { return false }
        return try pool.read { db in
            let doubted = try Int.fetchOne(db, sql: "SELECT doubted FROM generation") ?? -1
            let written = try Int.fetchOne(
                db, sql: "SELECT generation FROM witnessed WHERE origin = ?", arguments: [origin])
            return (written ?? 0) <= doubted
        }
    }

    /// Others have been asked: the row is believed again, raised to the highest head that they know.
    package func settleWitness(_ origin: String, known: VerifiedCheckpoint?) throws {
        try pool.write { db in
            if let known {
                try db.execute(
                    sql: """
                        INSERT INTO witnessed(origin, size, note) VALUES (?1, ?2, ?3)
                        ON CONFLICT(origin) DO UPDATE SET size = ?2, note = ?3
                        WHERE ?2 > witnessed.size
                        """,
                    arguments: [origin, known.checkpoint.size, known.note.bytes.data])
            }
            // Written anew as it is: what others know is no more than this.
            try db.execute(
                sql: "UPDATE witnessed SET note = note WHERE origin = ?", arguments: [origin])
        }
        settled.withLock { _ = $0.insert(origin) }
    }
}

extension NodeDatabase {
    /// Subjects of all decisions that this node has a record of.
    package func decisionSubjects() throws -> Set<String> {
        try pool.read { try String.fetchSet($0, sql: "SELECT subject FROM decision") }
    }

    /// Decisions that were completed at an index from `size` on.
    package func completedDecisions(from size: Int) throws -> [String] {
        try pool.look {
            try String.fetchAll(
                $0.cachedStatement(sql: "SELECT subject FROM decision WHERE idx >= ?"),
                arguments: [size])
        }
    }

    /// Makes an intent again of a decision whose leaf no log holds: the log was put back further
    /// than the records.
    package func reopenDecision(_ subject: String) throws {
        try pool.write { db in
            try db.execute(
                sql: "UPDATE decision SET idx = NULL WHERE subject = ?", arguments: [subject])
        }
    }
}
