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
    /// Held while the index is read from the file or the file is written: neither misses the other.
    private let turn = Mutex(())
    /// nil until the first search.
    private let facetIndex = Mutex<FacetIndex?>(nil)

    /// How often something was written since the views were opened: while it is the same, every read says
    /// the same.
    package var changes: UInt64 { writes.load(ordering: .sequentiallyConsistent) }

    func write<Value: Sendable>(
        _ body: (GRDB.Database, ItemChanges) throws -> Value
    ) throws -> Value {
        defer { writes.add(1, ordering: .sequentiallyConsistent) }
        return try turn.withLock { _ in
            let isTracking = facetIndex.withLock { $0 != nil }
            let (value, changed) = try pool.write { db in
                let changes = ItemChanges(isTracking: isTracking)
                return (try body(db, changes), try changes.changed(in: db))
            }
            facetIndex.withLock { index in
                for change in changed { index?.replace(change.item, change.old, by: change.new) }
            }
            return value
        }
    }

    /// The index as it is now, read from the file when nobody has asked for it yet.
    func facets() throws -> FacetIndex {
        if let index = facetIndex.withLock({ $0 }) { return index }
        return try turn.withLock { _ in
            if let index = facetIndex.withLock({ $0 }) { return index }
            let index = try pool.read { try $0.readFacetIndex() }
            facetIndex.withLock { $0 = index }
            return index
        }
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
        // What others recognised changes with it: the index is read anew.
        defer { facetIndex.withLock { $0 = nil } }
        try write { db, _ in
            let items = "(SELECT rowid FROM item WHERE domain = ?)"
            for sql in [
                "DELETE FROM item_text WHERE rowid IN \(items)",
                "DELETE FROM item_index WHERE item IN \(items)",
                "DELETE FROM alias WHERE item IN \(items)", "DELETE FROM item WHERE domain = ?",
                "DELETE FROM need WHERE domain = ?",
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
        try write { db, changes in
            let size =
                try Int.fetchOne(
                    db,
                    sql: "SELECT size FROM folded WHERE origin = ?",
                    arguments: [origin]
                ) ?? 0
            guard size == from else {
                throw StoreError.corrupt("views", reason: "folded \(size), asked from \(from)")
            }
            let step = ViewStep(db: db, domain: domain, origin: origin, changes: changes)
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
            let isNew = try db.eraseShown(erased, domain: domain, at: times.max(), changes)
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
        try write { db, changes in
            let step = ViewStep(db: db, domain: domain, origin: origin, changes: changes)
            for (digest, document) in payloads { try step.show(document, payload: digest) }
        }
    }
}
