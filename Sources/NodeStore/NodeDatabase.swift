package import Federation
import Foundation
import GRDB
package import Keys
import Synchronization

/// `node.sqlite`: what only this node knows. Private records, the witness's memory, the audit log.
package final class NodeDatabase: Sendable {
    let pool: DatabasePool
    /// Logs without a row that others have been asked about since the start.
    let settled = Mutex<Set<String>>([])

    /// Opens the database, making it when it is not there.
    ///
    /// - Throws: `StoreError.newer`, and what SQLite says.
    package init(path: String) throws {
        pool = try Database.open(path, migrations: NodeSchema.migrations, mayCreate: true)
    }

    /// Appends a line to the audit log.
    package func audit(_ action: String, _ detail: String, at time: Instant) throws {
        try pool.write { db in
            try db.execute(
                sql: "INSERT INTO audit(at, action, detail) VALUES (?, ?, ?)",
                arguments: [time.secondsSince1970, action, detail]
            )
        }
    }
}

/// A decision as the node keeps it: the private record with the key of its commitment.
package struct StoredDecision: Sendable, Equatable {
    /// 16 random bytes in hexadecimal: the leaf's subject.
    package let subject: String
    /// The request under which its leaves are appended.
    package let request: RequestID
    /// RFC 8785 bytes of the private record.
    package let record: [UInt8]
    /// 64 random bytes: the key of the commitment.
    package let r: [UInt8]
    /// The learner-free precedent's payload, when policy asks for one.
    package let precedent: [UInt8]?
    /// The precedent's subject; refers to nothing.
    package let precedentSubject: String?
    /// Index of the leaf; nil while it is only intended.
    package let index: Int?

    /// A decision from its parts.
    package init(
        subject: String,
        request: RequestID,
        record: [UInt8],
        r: [UInt8],
        precedent: [UInt8]?,
        precedentSubject: String?,
        index: Int?
    ) {
        self.subject = subject
        self.request = request
        self.record = record
        self.r = r
        self.precedent = precedent
        self.precedentSubject = precedentSubject
        self.index = index
    }
}

extension NodeDatabase {
    /// Writes the intent: before any leaf, so that a crash between the files loses nothing. Of one
    /// request the first intent is kept.
    ///
    /// - Returns: the decision that now stands for the request.
    package func intend(_ decision: StoredDecision, at time: Instant) throws -> StoredDecision {
        try pool.write { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT * FROM decision WHERE request = ?",
                arguments: [decision.request.bytes.data]
            )
            if let row { return try Self.decision(row) }
            try db.execute(
                sql: """
                    INSERT INTO decision
                        (subject, request, record, r, precedent, precedent_subject, created)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    decision.subject, decision.request.bytes.data, decision.record.data,
                    decision.r.data, decision.precedent?.data, decision.precedentSubject,
                    time.secondsSince1970,
                ]
            )
            return decision
        }
    }

    /// Notes where the leaf of an intended decision stands.
    package func complete(subject: String, index: Int) throws {
        try pool.write { db in
            try db.execute(
                sql: "UPDATE decision SET idx = ? WHERE subject = ?",
                arguments: [index, subject]
            )
        }
    }

    /// Decisions whose leaf may not have been appended: to be resumed at start.
    package func intendedDecisions() throws -> [StoredDecision] {
        try pool.look { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM decision WHERE idx IS NULL ORDER BY created")
            )
            .map(Self.decision)
        }
    }

    /// A decision; nil when this node has none of that subject.
    package func decision(_ subject: String) throws -> StoredDecision? {
        try pool.look { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT * FROM decision WHERE subject = ?"),
                arguments: [subject]
            ).map(Self.decision)
        }
    }

    private static func decision(_ row: Row) throws -> StoredDecision {
        let request: Data = row["request"]
        let record: Data = row["record"]
        let r: Data = row["r"]
        let precedent: Data? = row["precedent"]
        guard let id = RequestID(uuidBytes: Array(request)) else {
            throw StoreError.corrupt("decision", reason: "no request id")
        }
        return StoredDecision(
            subject: row["subject"],
            request: id,
            record: Array(record),
            r: Array(r),
            precedent: precedent.map { Array($0) },
            precedentSubject: row["precedent_subject"],
            index: row["idx"]
        )
    }
}
