package import Catalogue
import Federation
import Foundation
import GRDB
import Keys

/// What the views show of a payload, as the Catalogue and Recognition rooms read it.
package enum ViewDocument: Sendable {
    /// A learning opportunity: its RFC 8785 bytes, texts to search, ids that mean the same, and by what
    /// else it is found.
    case item(
        json: [UInt8], title: String, body: String, sameAs: [String],
        facets: ItemFacets = .none)
    /// A learner-free precedent: its RFC 8785 bytes, the global id of the item, and whether the item was
    /// recognised in whole or in part.
    case precedent(json: [UInt8], item: String, recognises: Bool = true)
    /// A need: its RFC 8785 bytes.
    case need(json: [UInt8])
}

/// The inside of one fold.
struct ViewStep {
    let db: GRDB.Database
    let domain: String
    let origin: String
    let changes: ItemChanges

    func apply(_ leaf: Leaf, key: SubjectKey, state: SubjectState) throws {
        switch leaf.type {
        case .itemPublished, .itemWithdrawn: try applyItem(leaf, key: key, state: state)
        case .needPublished, .needWithdrawn: try applyNeed(leaf, key: key, state: state)
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

    private func applyItem(_ leaf: Leaf, key: SubjectKey, state: SubjectState) throws {
        let row = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT rowid FROM item WHERE domain = ? AND id = ?"),
            arguments: [domain, key.subject])
        if let row { try changes.willChange(row, in: db) }
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
    }

    func show(_ document: ViewDocument, payload: Digest) throws {
        guard try !db.isErasedFromViews(payload, domain: domain) else { return }
        switch document {
        case .item(let json, let title, let body, let sameAs, let facets):
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: "SELECT rowid, at FROM item WHERE domain = ? AND payload = ?"),
                arguments: [domain, payload.bytes.data]
            )
            guard let row else { return }
            let item: Int64 = row["rowid"]
            let at: Int64 = row["at"]
            try changes.willChange(item, in: db)
            try db.cachedStatement(
                sql: "UPDATE item SET title = ?, document = ?, shown = payload WHERE rowid = ?"
            ).execute(arguments: [title, json.data, item])
            try showTexts(title, body, of: item)
            try db.write(ItemIndexRow(facets, title: title, at: at), of: item)
            try showAliases(sameAs, of: item)
        case .need(let json):
            try db.execute(
                sql: "UPDATE need SET document = ? WHERE domain = ? AND payload = ?",
                arguments: [json.data, domain, payload.bytes.data])
        case .precedent(let json, let item, let recognises):
            try changes.willChange(itemsNamed: item, in: db)
            try db.execute(
                sql: """
                    UPDATE precedent SET item = ?, document = ?, recognises = ?
                    WHERE domain = ? AND payload = ?
                    """,
                arguments: [item, json.data, recognises, domain, payload.bytes.data]
            )
        }
    }

    private func showTexts(_ title: String, _ body: String, of item: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM item_text WHERE rowid = ?")
            .execute(arguments: [item])
        try db.cachedStatement(
            sql: "INSERT INTO item_text(rowid, title, body) VALUES (?, ?, ?)"
        ).execute(arguments: [item, FoldedText.words(title), FoldedText.words(body)])
    }

    private func showAliases(_ sameAs: [String], of item: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM alias WHERE item = ?")
            .execute(arguments: [item])
        for alias in sameAs {
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO alias(domain, same_as, item) VALUES (?, ?, ?)"
            ).execute(arguments: [domain, alias, item])
        }
    }
}
