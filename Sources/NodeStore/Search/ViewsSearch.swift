package import Catalogue
import GRDB

/// A page of what a search has found.
package struct SearchPage: Sendable {
    /// The items in their order.
    package var rows: [CatalogueRow] = []
    /// How many items there are on all pages.
    package var total = 0
    /// Whether there are more than `total`: the words are in too many items to look at all of them.
    package var isAtLeast = false
    /// Where the next page begins; nil on the last one.
    package var next: SearchCursor?
    /// Values of each dimension with the number of items, most frequent first; empty unless asked for.
    package var facets: [FacetDimension: [(value: String, count: Int)]] = [:]
    /// Words that were found nowhere, and what was searched for instead.
    package var corrected: [(word: String, by: String)] = []
}

extension ViewsStore {
    /// Items that match, of logs that are served: what the others hold is neither found nor counted.
    ///
    /// - Parameter isServed: whether a log's texts may be told; asked once for each log.
    package func search(
        _ query: CatalogueQuery, isServed: (String) -> Bool = { _ in true }
    ) throws -> SearchPage {
        let index = try facets()
        // More than one statement must see one state.
        return try pool.read { db in
            let search = SearchRun(db: db, index: index, isServed: isServed)
            let page = try search.page(query)
            guard page.total == 0, let corrected = try search.correct(query) else { return page }
            return corrected
        }
    }

    /// Reads what every search needs, so that the first one does not wait for it.
    ///
    /// - Throws: what SQLite says.
    package func prepareSearch() throws {
        _ = try facets()
    }

    /// The first items that match the words, best first.
    ///
    /// - Parameter domain: only this institution's items, when given.
    package func search(_ words: String, domain: String?, limit: Int) throws -> [CatalogueRow] {
        var query = CatalogueQuery(words, limit: limit)
        if let domain { query.filters[.institution] = [domain] }
        return try search(query).rows
    }
}
