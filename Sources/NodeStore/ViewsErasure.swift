import Foundation
import GRDB
package import Keys

extension ViewsStore {
    /// Items of an institution whose texts it has erased.
    package func erasedItems(domain: String) throws -> Int {
        try pool.look {
            try Int.fetchOne(
                $0.cachedStatement(
                    sql: """
                        SELECT count(*) FROM item JOIN erased
                        ON erased.domain = item.domain AND erased.digest = item.payload
                        WHERE item.domain = ?
                        """),
                arguments: [domain]) ?? 0
        }
    }

    /// Takes the texts of payloads that an institution has erased out of the views.
    package func erase(_ payloads: [Digest], domain: String) throws {
        let isNew = try write { try $0.eraseShown(payloads, domain: domain, at: nil, $1) }
        if isNew { try scrub() }
    }

    /// Makes sure that deleted bytes are gone from the file and its write-ahead log.
    ///
    /// - Throws: what SQLite says, when a reader is in the way; the next opening does it then.
    package func scrub() throws {
        try Database.scrub(pool)
    }
}

extension GRDB.Database {
    /// Takes the texts of erased payloads out of the views, for ever.
    ///
    /// - Parameter time: when they were erased: a change of the items, of which harvesters must learn;
    ///   nil where that is not known.
    /// - Returns: whether any of them was there to be erased for the first time.
    func eraseShown(
        _ payloads: [Digest], domain: String, at time: Instant?, _ changes: ItemChanges
    ) throws -> Bool {
        var isNew = false
        for payload in payloads {
            let hash = payload.bytes.data
            try execute(
                sql: "INSERT OR IGNORE INTO erased(domain, digest) VALUES (?, ?)",
                arguments: [domain, hash])
            guard changesCount == 1 else {
                // Where all is folded anew, the change is of the same time as before.
                try execute(
                    sql: "UPDATE item SET at = max(at, ?) WHERE domain = ? AND payload = ?",
                    arguments: [time?.secondsSince1970 ?? 0, domain, hash])
                continue
            }
            isNew = true
            try eraseItems(showing: hash, domain: domain, at: time, changes)
            try erasePrecedents(of: hash, domain: domain, changes)
            try execute(
                sql: "UPDATE need SET document = NULL WHERE domain = ? AND payload = ?",
                arguments: [domain, hash])
        }
        // Words of deleted and replaced rows stay in older segments of the index until they are
        // merged, so that earlier revisions are purged by it too.
        if isNew { try execute(sql: "INSERT INTO item_text(item_text) VALUES ('optimize')") }
        return isNew
    }

    private func eraseItems(
        showing payload: Data, domain: String, at time: Instant?, _ changes: ItemChanges
    ) throws {
        let items = try Int64.fetchAll(
            self,
            sql: "SELECT rowid FROM item WHERE domain = ?1 AND (payload = ?2 OR shown = ?2)",
            arguments: [domain, payload])
        for item in items {
            try changes.willChange(item, in: self)
            try execute(
                sql: """
                    UPDATE item SET title = NULL, document = NULL, at = max(at, ?)
                    WHERE rowid = ?
                    """,
                arguments: [time?.secondsSince1970 ?? 0, item])
            for sql in [
                "DELETE FROM item_text WHERE rowid = ?", "DELETE FROM item_index WHERE item = ?",
                "DELETE FROM alias WHERE item = ?",
            ] {
                try execute(sql: sql, arguments: [item])
            }
        }
    }

    private func erasePrecedents(
        of payload: Data, domain: String, _ changes: ItemChanges
    ) throws {
        let items = try String.fetchAll(
            self,
            sql: "SELECT item FROM precedent WHERE domain = ? AND payload = ? AND item IS NOT NULL",
            arguments: [domain, payload])
        for item in items { try changes.willChange(itemsNamed: item, in: self) }
        try execute(
            sql: """
                UPDATE precedent SET item = NULL, document = NULL, recognises = NULL
                WHERE domain = ? AND payload = ?
                """,
            arguments: [domain, payload])
    }

    /// Whether a payload's texts were taken out of the views.
    func isErasedFromViews(_ payload: Digest, domain: String) throws -> Bool {
        try Row.fetchOne(
            cachedStatement(sql: "SELECT 1 FROM erased WHERE domain = ? AND digest = ?"),
            arguments: [domain, payload.bytes.data]) != nil
    }
}
