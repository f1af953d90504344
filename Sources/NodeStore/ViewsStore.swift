import Catalogue
package import Federation
import Foundation
import GRDB
package import Keys
import Synchronization

/// `views.sqlite`: the catalogue of all institutions, with full text, and what was recognised.
/// Folded from the logs; it can be thrown away and rebuilt.
package final class ViewsStore: Sendable {
    let pool: DatabasePool
    private let writes = Atomic<UInt64>(0)

    /// How often something was written since the views were opened: while it is the same, every read says
    /// the same.
    package var changes: UInt64 { writes.load(ordering: .sequentiallyConsistent) }

    func write<Value>(_ body: (GRDB.Database) throws -> Value) throws -> Value {
        defer { writes.add(1, ordering: .sequentiallyConsistent) }
        return try pool.write(body)
    }

    /// Opens the views, making them when they are not there.
    ///
    /// - Throws: `StoreError.newer`, and what SQLite says.
    package init(path: String) throws {
        pool = try Database.open(
            path, migrations: ViewsSchema.migrations, mayCreate: true,
            durability: .derived)
    }

    /// How many leaves of a log are folded.
    package func folded(_ origin: String) throws -> Int {
        try pool.read {
            try Int.fetchOne(
                $0,
                sql: "SELECT size FROM folded WHERE origin = ?",
                arguments: [origin]
            ) ?? 0
        }
    }

    /// Drops everything that the views show of a member, to be folded anew.
    package func forget(domain: String) throws {
        try write { db in
            let items = "(SELECT rowid FROM item WHERE domain = ?)"
            for sql in [
                "DELETE FROM item_text WHERE rowid IN \(items)",
                "DELETE FROM alias WHERE item IN \(items)", "DELETE FROM item WHERE domain = ?",
                "DELETE FROM precedent WHERE domain = ?", "DELETE FROM decision WHERE domain = ?",
                "DELETE FROM folded WHERE substr(origin, 1, instr(origin, '/') - 1) = ?",
            ] {
                try db.execute(sql: sql, arguments: [domain])
            }
        }
    }

    /// Folds entries [from, from + count) of a log, and the payloads at hand, in one transaction.
    ///
    /// - Parameters:
    ///   - entries: verdicts of the fold, one per entry, in order.
    ///   - erased: payloads that these entries have erased: their texts go in the same transaction.
    ///   - document: reads a payload into what the views show.
    /// - Returns: whether texts were erased that were not before.
    @discardableResult
    package func fold(
        domain: String,
        origin: String,
        from: Int,
        entries: [FoldVerdict],
        erased: [Digest] = [],
        payload: (Digest) throws -> [UInt8]?,
        document: ([UInt8]) -> ViewDocument?
    ) throws -> Bool {
        try write { db in
            let size =
                try Int.fetchOne(
                    db,
                    sql: "SELECT size FROM folded WHERE origin = ?",
                    arguments: [origin]
                ) ?? 0
            guard size == from else {
                throw StoreError.corrupt("views", reason: "folded \(size), asked from \(from)")
            }
            let step = ViewStep(db: db, domain: domain, origin: origin)
            for verdict in entries {
                guard case .accepted(let leaf, let key?, let state?) = verdict else { continue }
                try step.apply(leaf, key: key, state: state)
                if let digest = leaf.payload, let bytes = try payload(digest),
                    let document = document(bytes)
                {
                    try step.show(document, payload: digest)
                }
            }
            let times = entries.compactMap { verdict -> Instant? in
                guard case .accepted(let leaf, _, _) = verdict, leaf.type == .payloadErased else {
                    return nil
                }
                return leaf.at
            }
            let isNew = try db.eraseShown(erased, domain: domain, at: times.max())
            try db.execute(
                sql: "INSERT OR REPLACE INTO folded(origin, size) VALUES (?, ?)",
                arguments: [origin, from + entries.count]
            )
            return isNew
        }
    }

    /// Shows payloads that arrived after their leaves.
    package func show(
        domain: String,
        origin: String,
        payloads: [(digest: Digest, document: ViewDocument)]
    ) throws {
        try write { db in
            let step = ViewStep(db: db, domain: domain, origin: origin)
            for (digest, document) in payloads { try step.show(document, payload: digest) }
        }
    }
}

/// What the views show of a payload, as the Catalogue and Recognition rooms read it.
package enum ViewDocument: Sendable {
    /// A learning opportunity: its RFC 8785 bytes, texts to search, ids that mean the same.
    case item(json: [UInt8], title: String, body: String, sameAs: [String])
    /// A learner-free precedent: its RFC 8785 bytes and the global id of the item.
    case precedent(json: [UInt8], item: String)
}

/// The inside of one fold.
private struct ViewStep {
    let db: GRDB.Database
    let domain: String
    let origin: String

    func apply(_ leaf: Leaf, key: SubjectKey, state: SubjectState) throws {
        switch leaf.type {
        case .itemPublished, .itemWithdrawn:
            try db.cachedStatement(
                sql: """
                    INSERT INTO item
                        (domain, id, origin, idx, revision, living, at, payload, global_id)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT(domain, id) DO UPDATE SET
                        origin = excluded.origin, idx = excluded.idx,
                        revision = excluded.revision, living = excluded.living,
                        at = excluded.at,
                        document = CASE
                            WHEN excluded.living AND payload IS NOT excluded.payload THEN NULL
                            ELSE document END,
                        payload = CASE WHEN excluded.living THEN excluded.payload ELSE payload END
                    """
            ).execute(arguments: [
                domain, key.subject, origin, state.index, state.revision, state.living,
                leaf.at.secondsSince1970, leaf.payload?.bytes.data,
                ItemIdentifier.global(key.subject, domain: domain),
            ])
        case .precedentPublished:
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO precedent(domain, subject, origin, idx, payload)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    domain, key.subject, origin, state.index, leaf.payload?.bytes.data,
                ]
            )
        case .decisionRecorded, .decisionSuperseded:
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO decision
                        (domain, subject, origin, idx, revision, commitment)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    domain, key.subject, origin, state.index, state.revision,
                    leaf.commitment?.bytes.data,
                ]
            )
        default: break
        }
    }

    func show(_ document: ViewDocument, payload: Digest) throws {
        guard try !db.isErasedFromViews(payload, domain: domain) else { return }
        switch document {
        case .item(let json, let title, let body, let sameAs):
            let row = try Int64.fetchOne(
                db,
                sql: "SELECT rowid FROM item WHERE domain = ? AND payload = ?",
                arguments: [domain, payload.bytes.data]
            )
            guard let row else { return }
            try db.cachedStatement(
                sql: "UPDATE item SET title = ?, document = ?, shown = payload WHERE rowid = ?"
            ).execute(arguments: [title, json.data, row])
            try db.cachedStatement(sql: "DELETE FROM item_text WHERE rowid = ?")
                .execute(arguments: [row])
            try db.cachedStatement(
                sql: "INSERT INTO item_text(rowid, title, body) VALUES (?, ?, ?)"
            ).execute(arguments: [row, title, body])
            try db.cachedStatement(sql: "DELETE FROM alias WHERE item = ?")
                .execute(arguments: [row])
            for alias in sameAs {
                try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO alias(domain, same_as, item) VALUES (?, ?, ?)"
                ).execute(arguments: [domain, alias, row])
            }
        case .precedent(let json, let item):
            try db.execute(
                sql: """
                    UPDATE precedent SET item = ?, document = ?
                    WHERE domain = ? AND payload = ?
                    """,
                arguments: [item, json.data, domain, payload.bytes.data]
            )
        }
    }
}
