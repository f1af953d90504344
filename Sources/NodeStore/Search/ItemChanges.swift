import GRDB

/// What a transaction of the views changes in the index. Lives as long as the transaction.
final class ItemChanges {
    /// What each item was before; nil for nothing. Items that are new are added by `changed`.
    private var before: [Int64: IndexedItem?] = [:]
    private let isTracking: Bool

    /// - Parameter isTracking: whether there is an index that wants to know.
    init(isTracking: Bool) {
        self.isTracking = isTracking
    }

    /// Must be called before anything of an item changes.
    func willChange(_ item: Int64, in db: GRDB.Database) throws {
        guard isTracking, before[item] == nil else { return }
        before.updateValue(try db.indexed(item), forKey: item)
    }

    /// As the other, for items that somebody's precedent is about.
    func willChange(itemsNamed globalID: String, in db: GRDB.Database) throws {
        guard isTracking else { return }
        let items = try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT rowid FROM item WHERE global_id = ?"),
            arguments: [globalID])
        for item in items { try willChange(item, in: db) }
    }

    /// What each item was and is, at the end of the transaction.
    func changed(in db: GRDB.Database) throws -> [(item: Int, old: IndexedItem?, new: IndexedItem?)]
    {
        try before.compactMap { item, old in
            let new = try db.indexed(item)
            return old == new ? nil : (Int(item), old, new)
        }
    }
}
