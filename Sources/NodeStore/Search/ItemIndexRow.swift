import Catalogue
import Foundation
import GRDB

/// A row of `item_index`: what items are narrowed down and sorted by, without their texts.
struct ItemIndexRow {
    /// Beyond every number of credits and every level: those that state none are last.
    static let unstated = 1_000_000_000

    /// A tag and a value a line.
    let facets: String
    /// What is sorted by.
    let title: String
    let titleWords: Int
    let credits: Double
    let level: Int
    /// Seconds since 1970 of the leaf.
    let at: Int64

    init(_ item: ItemFacets, title: String, at: Int64) {
        var lines = item.entries.map { FacetIndex.Tag($0.dimension).line($0.value) }
        if let ects = item.ects { lines.append(FacetIndex.Tag.ects.line(ects)) }
        if let hours = item.hours { lines.append(FacetIndex.Tag.hours.line(hours)) }
        facets = lines.joined(separator: "\n")
        let first = title.prefix { $0 != "\n" }
        self.title = String(FoldedText.key(String(first)).prefix(64))
        titleWords = SearchWords.split(FoldedText.words(String(first))[...]).count
        credits = item.ects.flatMap(Double.init) ?? Double(Self.unstated)
        level = item.level ?? Self.unstated
        self.at = at
    }

    /// The facets that a stored text holds.
    static func facets(_ text: String) -> ItemFacets {
        var facets = ItemFacets.none
        for line in text.split(separator: "\n") {
            let value = String(line.dropFirst())
            switch line.first.flatMap(FacetIndex.Tag.init(rawValue:)) {
            case .ects: facets.ects = value
            case .hours: facets.hours = value
            case let tag?:
                if let dimension = dimensions[tag] {
                    facets.entries.append(ItemFacets.Entry(dimension, value))
                }
            case nil: continue
            }
        }
        return facets
    }

    private static let dimensions = Dictionary(
        uniqueKeysWithValues: FacetDimension.allCases.map { (FacetIndex.Tag($0), $0) })
}

extension GRDB.Database {
    func write(_ row: ItemIndexRow, of item: Int64) throws {
        try cachedStatement(
            sql: """
                INSERT OR REPLACE INTO item_index
                    (item, facets, title, title_words, credits, level, at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            item, row.facets, row.title, row.titleWords, row.credits, row.level, row.at,
        ])
    }

    /// What the index says of an item; nil for one that cannot be found: withdrawn, or without text.
    func indexed(_ item: Int64) throws -> IndexedItem? {
        let row = try Row.fetchOne(
            cachedStatement(
                sql: """
                    SELECT item.domain, item.origin, item.global_id, facets, title_words
                    FROM item_index JOIN item ON item.rowid = item_index.item
                    WHERE item_index.item = ? AND item.living
                    """),
            arguments: [item])
        return try row.map { row in
            let recognised = try String.fetchAll(
                cachedStatement(
                    sql: "SELECT DISTINCT origin FROM precedent WHERE item = ? AND recognises"),
                arguments: [row["global_id"] as String])
            return IndexedItem(row, recognised: recognised)
        }
    }

    /// The whole index.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile, and what SQLite says.
    func readFacetIndex() throws -> FacetIndex {
        var recognised: [Int64: [String]] = [:]
        let precedents = try Row.fetchCursor(
            self,
            sql: """
                SELECT DISTINCT item.rowid AS item, precedent.origin AS origin
                FROM precedent JOIN item ON item.global_id = precedent.item
                WHERE precedent.recognises
                """)
        while let row = try precedents.next() {
            recognised[row["item"], default: []].append(row["origin"])
        }
        var index = FacetIndex()
        let rows = try Row.fetchCursor(
            self,
            sql: """
                SELECT item_index.item AS item, item.domain, item.origin, facets, title_words
                FROM item_index JOIN item ON item.rowid = item_index.item
                WHERE item.living ORDER BY item_index.item
                """)
        while let row = try rows.next() {
            // A daemon that stops does not wait for the rest of a million.
            try Task.checkCancellation()
            let item: Int64 = row["item"]
            index.replace(
                Int(item), nil, by: IndexedItem(row, recognised: recognised[item] ?? []))
        }
        return index
    }
}

extension IndexedItem {
    fileprivate init(_ row: Row, recognised: [String]) {
        let facets: String = row["facets"]
        lines = facets.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }
        lines.append(FacetIndex.Tag.institution.line(row["domain"]))
        lines.append(FacetIndex.Tag.origin.line(row["origin"]))
        lines += recognised.map(FacetIndex.Tag.recognised.line)
        titleWords = row["title_words"]
    }
}
