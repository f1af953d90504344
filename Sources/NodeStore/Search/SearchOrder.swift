import Catalogue
import Foundation
import GRDB

/// Puts what was found in order and cuts a page out of it.
struct SearchOrder {
    let run: SearchRun
    let found: FoundItems
    let total: Int

    private var db: GRDB.Database { run.db }

    /// Items of a page, and where the next one begins.
    struct Places {
        var items: [Int] = []
        var next: SearchCursor?
    }

    // MARK: By relevance

    /// Few matches are weighed by BM25, a word in the title eight times. Of many, those with the words in
    /// the title come first, the shortest titles before longer ones, then the rest, the newest first.
    func byRelevance(_ query: CatalogueQuery, matches: Int) throws -> Places {
        let match = TextMatch(all: query.words.terms.filter { !$0.isExcluded })
        let offset = Int(query.cursor?.item ?? 0)
        let end = min(offset + query.limit, SearchCursor.maximumOffset)
        let ranked =
            matches <= SearchRun.maximumWeighed
            ? try weighed(match, count: end) : try tiered(match, count: end)
        var places = Places()
        places.items = Array(ranked.dropFirst(offset).prefix(end - offset))
        if end < total, end < SearchCursor.maximumOffset {
            places.next = SearchCursor(order: .relevance, key: "", item: Int64(end))
        }
        return places
    }

    private func weighed(_ match: TextMatch, count: Int) throws -> [Int] {
        let items = try Int.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT rowid FROM item_text WHERE item_text MATCH ?
                    ORDER BY bm25(item_text, 8.0, 1.0), rowid
                    """),
            arguments: [match.text])
        var ranked: [Int] = []
        while ranked.count < count, let item = try items.next() {
            if found.contains(item) { ranked.append(item) }
        }
        return ranked
    }

    private func tiered(_ match: TextMatch, count: Int) throws -> [Int] {
        let inTitle = try run.look(match.inTitle)
        var titles = inTitle.found
        titles.intersect(found)
        var ranked: [Int]
        if inTitle.count <= SearchRun.maximumWeighed {
            ranked = try weighed(match.inTitle, count: count)
        } else {
            let words = run.index.titleWords
            // Longer titles than these are all the same.
            var byLength = [[Int]](repeating: [], count: 256)
            for item in titles.items.reversed() { byLength[Int(words[item])].append(item) }
            ranked = Array(byLength.joined().prefix(count))
        }
        guard ranked.count < count else { return ranked }
        var rest = found
        rest.subtract(titles)
        ranked += rest.items.suffix(count - ranked.count).reversed()
        return ranked
    }

    // MARK: By a key

    /// A column to sort by.
    private struct Key {
        let column: String
        let table: String
        let item: String
        var isDescending = false

        init(_ order: SearchCursor.Order) {
            switch order {
            case .relevance, .id: (column, table, item) = ("global_id", "item", "rowid")
            case .title: (column, table, item) = ("title", "item_index", "item")
            case .newest:
                (column, table, item) = ("at", "item_index", "item")
                isDescending = true
            case .credits: (column, table, item) = ("credits", "item_index", "item")
            case .level: (column, table, item) = ("level", "item_index", "item")
            }
        }

        var direction: String { isDescending ? "DESC" : "ASC" }
        var beyond: String { isDescending ? "<" : ">" }

        /// The value of a cursor as the column holds it; nil when it can be none.
        func value(_ cursor: SearchCursor) -> (any DatabaseValueConvertible)? {
            switch column {
            case "credits": Double(cursor.key)
            case "at", "level": Int64(cursor.key)
            default: cursor.key
            }
        }
    }

    func byKey(_ query: CatalogueQuery) throws -> Places {
        let key = Key(query.order)
        var items = try first(query.limit + 1, by: key, after: query.cursor)
        var places = Places()
        if items.count > query.limit {
            items.removeLast()
            places.next = try items.last.flatMap { try cursor(at: $0, key, query.order) }
        }
        places.items = items
        return places
    }

    /// Goes along the index until enough are found, or sorts what was found when that is quicker.
    private func first(_ count: Int, by key: Key, after cursor: SearchCursor?) throws -> [Int] {
        let steps = run.index.all.count / max(1, total) * count
        if total < 20_000, total < steps { return try sorted(count, by: key, after: cursor) }
        guard let cursor, let value = key.value(cursor) else {
            return try walk(count, key, where: "true", [])
        }
        // First those of the same rank, so that the index leads to the place.
        var items = try walk(
            count, key, where: "\(key.column) = ? AND \(key.item) \(key.beyond) ?",
            [value, cursor.item])
        items += try walk(
            count - items.count, key, where: "\(key.column) \(key.beyond) ?", [value])
        return items
    }

    private func walk(
        _ count: Int, _ key: Key, where condition: String,
        _ arguments: [any DatabaseValueConvertible]
    ) throws -> [Int] {
        let cursor = try Int.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT \(key.item) FROM \(key.table) WHERE \(condition)
                    ORDER BY \(key.column) \(key.direction), \(key.item) \(key.direction)
                    """),
            arguments: StatementArguments(arguments))
        var items: [Int] = []
        while items.count < count, let item = try cursor.next() {
            if found.contains(item) { items.append(item) }
        }
        return items
    }

    private func sorted(_ count: Int, by key: Key, after cursor: SearchCursor?) throws -> [Int] {
        let list = "[" + found.items.map(String.init).joined(separator: ",") + "]"
        var arguments: [any DatabaseValueConvertible] = [list]
        var condition = "true"
        if let cursor, let value = key.value(cursor) {
            condition = "(\(key.column), \(key.item)) \(key.beyond) (?, ?)"
            arguments += [value, cursor.item]
        }
        return try Int.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(key.item) FROM \(key.table)
                    WHERE \(key.item) IN (SELECT value FROM json_each(?)) AND \(condition)
                    ORDER BY +\(key.column) \(key.direction), \(key.item) \(key.direction)
                    LIMIT ?
                    """),
            arguments: StatementArguments(arguments + [count]))
    }

    private func cursor(
        at item: Int, _ key: Key, _ order: SearchCursor.Order
    ) throws -> SearchCursor? {
        try String.fetchOne(
            db.cachedStatement(
                sql: "SELECT CAST(\(key.column) AS TEXT) FROM \(key.table) WHERE \(key.item) = ?"),
            arguments: [item]
        ).map { SearchCursor(order: order, key: $0, item: Int64(item)) }
    }
}
