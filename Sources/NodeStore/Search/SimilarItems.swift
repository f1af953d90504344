package import Catalogue
import GRDB

/// An item that is similar to another one.
package struct SimilarRow: Sendable {
    /// The item.
    package let row: CatalogueRow
    /// How near it is, and why.
    package let similarity: Similarity
}

extension ViewsStore {
    /// Items that are most similar to one, the nearest first, of equally near ones the newest.
    ///
    /// - Parameter globalID: of an item that may be withdrawn, but not of one without text.
    /// - Returns: nil when there is no such item that may be told.
    package func similar(
        to globalID: String, limit: Int, isServed: (String) -> Bool = { _ in true }
    ) throws -> [SimilarRow]? {
        let index = try facets()
        return try pool.read { db in
            let search = SearchRun(db: db, index: index, isServed: isServed)
            let source = try Row.fetchOne(
                db,
                sql: """
                    SELECT item.origin, item_index.item, item_index.facets
                    FROM item JOIN item_index ON item_index.item = item.rowid
                    WHERE item.global_id = ?
                    """, arguments: [globalID])
            guard let source, isServed(source["origin"]) else { return nil }
            let facets = ItemIndexRow.facets(source["facets"])
            return try search.nearest(to: facets, limit: limit, except: source["item"])
        }
    }
}

extension SearchRun {
    /// Items that are compared.
    static let maximumCompared = 2000

    /// Items that state what facets state, the nearest first.
    func nearest(to facets: ItemFacets, limit: Int, except own: Int? = nil) throws -> [SimilarRow] {
        let profile = Similarity.Profile(facets)
        let ranked = try candidates(for: facets).filter { $0 != own }
            .compactMap { item -> (item: Int, similarity: Similarity)? in
                guard let other = try self.facets(of: item) else { return nil }
                let similarity = Similarity(profile, Similarity.Profile(other))
                return similarity.score > 0 ? (item, similarity) : nil
            }
            .sorted { ($0.similarity.score, $0.item) > ($1.similarity.score, $1.item) }
        return try ranked.prefix(limit).compactMap { item, similarity in
            try row(of: item).map { SimilarRow(row: $0, similarity: similarity) }
        }
    }

    /// What an item states.
    func facets(of item: Int) throws -> ItemFacets? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT facets FROM item_index WHERE item = ?"),
            arguments: [item]
        ).map(ItemIndexRow.facets)
    }

    /// Items with a skill or the field in common: those of the rarest values first, then the newest ones.
    func candidates(for facets: ItemFacets) -> [Int] {
        let skills = facets.values(.skill).compactMap { index[.skill][$0] }
        let fields = facets.values(.field).sorted { $0.count > $1.count }
            .compactMap { index[.field][$0] }
        var items: [Int] = []
        var known = FoundItems()
        for set in skills.sorted(by: { $0.count < $1.count }) + fields {
            var found = FoundItems(set)
            found.intersect(visible)
            found.subtract(known)
            items += found.items.suffix(Self.maximumCompared - items.count)
            guard items.count < Self.maximumCompared else { break }
            set.unite(into: &known)
        }
        return items
    }
}
