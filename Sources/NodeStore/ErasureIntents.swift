package import Federation
import Foundation
import GRDB
package import Keys

/// What this institution has decided to erase, written down before anything is.
package struct ErasureIntent: Sendable, Equatable {
    /// What is erased beside payloads of the log.
    package struct What: Sendable, Equatable {
        /// For people and the audit log; names ids only.
        package let text: String
        /// The decision whose record is deleted.
        package let decision: String?
        /// The decision whose precedent is deleted.
        package let precedentOf: String?

        /// From its parts.
        package init(text: String, decision: String?, precedentOf: String? = nil) {
            self.text = text
            self.decision = decision
            self.precedentOf = precedentOf
        }
    }

    /// The request under which the leaves are appended.
    package let request: RequestID
    /// What it is about.
    package let what: What
    /// Why; for the audit log only.
    package let reason: String
    /// The leaves whose payloads are erased.
    package let references: [LeafReference]

    /// An intent from its parts.
    package init(
        request: RequestID, what: What, reason: String, references: [LeafReference]
    ) {
        self.request = request
        self.what = what
        self.reason = reason
        self.references = references
    }

    fileprivate init(_ row: Row) throws {
        let request: Data = row["request"]
        let references: String = row["refs"]
        guard let id = RequestID(uuidBytes: Array(request)) else {
            throw StoreError.corrupt("erasure", reason: "no request id")
        }
        self.init(
            request: id,
            what: What(
                text: row["what"], decision: row["decision"], precedentOf: row["precedent_of"]),
            reason: row["reason"],
            references: references.split(separator: " ").compactMap { LeafReference(String($0)) })
    }
}

extension NodeDatabase {
    /// Writes the intent: before any leaf. Of one request the first intent is kept.
    package func intend(_ intent: ErasureIntent, at time: Instant) throws {
        try pool.write { db in
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO erasure
                        (request, what, decision, precedent_of, reason, refs, created)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    intent.request.bytes.data, intent.what.text, intent.what.decision,
                    intent.what.precedentOf, intent.reason,
                    intent.references.map(\.text).joined(separator: " "), time.secondsSince1970,
                ]
            )
        }
    }

    /// The erasure that a request has begun or finished; nil when none.
    package func erasure(_ request: RequestID) throws -> ErasureIntent? {
        try pool.look {
            try Row.fetchOne(
                $0.cachedStatement(sql: "SELECT * FROM erasure WHERE request = ?"),
                arguments: [request.bytes.data])
        }.map(ErasureIntent.init)
    }

    /// Erasures that were begun and not finished, oldest first.
    package func unfinishedErasures() throws -> [ErasureIntent] {
        try pool.look {
            try Row.fetchAll(
                $0.cachedStatement(sql: "SELECT * FROM erasure WHERE done IS NULL ORDER BY created")
            )
        }.map(ErasureIntent.init)
    }

    /// Deletes what this file holds of what was erased, and writes that it is done: record, key of
    /// the commitment, the precedent's payload with its salt and what would lead to its leaf.
    package func complete(_ intent: ErasureIntent, at time: Instant) throws {
        try pool.write { db in
            try db.execute(
                sql: "UPDATE erasure SET done = ? WHERE request = ? AND done IS NULL",
                arguments: [time.secondsSince1970, intent.request.bytes.data])
            guard db.changesCount == 1 else { return }
            if let subject = intent.what.precedentOf {
                try db.execute(
                    sql: """
                        UPDATE decision SET precedent = NULL, precedent_subject = NULL
                        WHERE subject = ?
                        """,
                    arguments: [subject])
            }
            if let subject = intent.what.decision {
                try db.execute(
                    sql: "UPDATE decision SET record = x'', r = x'' WHERE subject = ?",
                    arguments: [subject])
            }
            try db.execute(
                sql: "INSERT INTO audit(at, action, detail) VALUES (?, 'payload.erased', ?)",
                arguments: [time.secondsSince1970, "\(intent.what.text): \(intent.reason)"])
        }
    }

    /// Makes sure that deleted bytes are gone from the file and its write-ahead log.
    ///
    /// - Throws: what SQLite says, when a reader is in the way; the next opening does it then.
    package func scrub() throws {
        try Database.scrub(pool)
    }
}

extension StoredDecision {
    /// Whether record and key were erased; only the leaf is left.
    package var isErased: Bool { record.isEmpty }
}
