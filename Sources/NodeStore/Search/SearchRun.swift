import Catalogue
import GRDB

/// One search in one state of the views.
struct SearchRun {
    let db: GRDB.Database
    let index: FacetIndex
    /// Logs that are not served.
    private let hidden: Set<String>
    /// What may be found at all.
    let visible: FoundItems

    /// Items that one word is looked up in; an index of a million reads so many in some 50 ms.
    static let maximumMatches = 250_000
    /// Matches that are weighed one by one; of more than these, titles decide.
    static let maximumWeighed = 5000
    /// Values of a dimension that are told.
    static let maximumValues = 20

    init(db: GRDB.Database, index: FacetIndex, isServed: (String) -> Bool) {
        self.db = db
        self.index = index
        // Institutions without items may have recognised others'.
        let origins = Set(index[.origin].names).union(index[.recognised].names)
        let hidden = origins.filter { !isServed($0) }
        self.hidden = hidden
        var visible = FoundItems(index.all)
        for origin in hidden {
            if let items = index[.origin][origin] { visible.subtract(FoundItems(items)) }
        }
        self.visible = visible
    }

    func page(_ query: CatalogueQuery) throws -> SearchPage {
        let words = try matches(of: query.words)
        var base = visible
        if let found = words?.found { base.intersect(found) }
        let filters = Dictionary(
            uniqueKeysWithValues: query.filters.map { ($0.key, items(in: $0.key, $0.value)) })
        let range = query.credits.map(items(in:))
        var found = base
        for filter in filters.values { found.intersect(filter) }
        if let range { found.intersect(range) }
        var page = SearchPage()
        page.total = found.count
        page.isAtLeast = words?.isCut ?? false
        try fill(&page, found, query, matches: words?.count ?? 0)
        if query.hasFacets {
            let narrowed = NarrowedItems(base: base, filters: filters, range: range, found: found)
            page.facets = try facets(of: narrowed, asked: query.filters[.field] ?? [])
        }
        return page
    }

    private func fill(
        _ page: inout SearchPage, _ found: FoundItems, _ query: CatalogueQuery, matches: Int
    ) throws {
        guard page.total > 0 else { return }
        let order = SearchOrder(run: self, found: found, total: page.total)
        let places =
            query.order == .relevance
            ? try order.byRelevance(query, matches: matches) : try order.byKey(query)
        page.next = places.next
        page.rows = try places.items.compactMap(row(of:))
    }

    /// A row of the catalogue that is still there.
    func row(of item: Int) throws -> CatalogueRow? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT \(CatalogueRow.columns) FROM item WHERE rowid = ? AND living"),
            arguments: [item]
        ).map(CatalogueRow.init)
    }

    // MARK: Words

    /// What the words are in, with how many there are before anything is left out.
    struct Matches {
        var found = FoundItems()
        var count = 0
        /// Whether the oldest were not looked at.
        var isCut = false
    }

    /// nil when no words are asked for.
    func matches(of words: SearchWords) throws -> Matches? {
        let wanted = words.terms.filter { !$0.isExcluded }
        let unwanted = words.terms.filter(\.isExcluded)
        guard !words.isEmpty else { return nil }
        var result = Matches()
        if wanted.isEmpty {
            result.found = visible
        } else {
            result = try look(TextMatch(all: wanted))
        }
        for term in unwanted { result.found.subtract(try look(TextMatch(all: [term])).found) }
        return result
    }

    /// The items that an expression is in, the newest first.
    func look(_ match: TextMatch) throws -> Matches {
        var result = Matches()
        let items = try Int.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT rowid FROM item_text WHERE item_text MATCH ?
                    ORDER BY rowid DESC LIMIT \(Self.maximumMatches + 1)
                    """),
            arguments: [match.text])
        while let item = try items.next() {
            result.count += 1
            guard result.count <= Self.maximumMatches else {
                result.isCut = true
                break
            }
            result.found.insert(item)
        }
        return result
    }

    // MARK: Filters

    func items(in dimension: FacetDimension, _ wanted: Set<String>) -> FoundItems {
        var found = FoundItems()
        if dimension == .recognisedBy {
            for domain in wanted { recognised(by: domain).forEach { $0.unite(into: &found) } }
            return found
        }
        let values = index[FacetIndex.Tag(dimension)]
        for value in wanted { values[value]?.unite(into: &found) }
        return found
    }

    func items(in range: CreditsRange) -> FoundItems {
        var found = FoundItems()
        let values = index[.ects]
        for (number, items) in zip(values.names, values.sets)
        where Double(number).map(range.contains) == true {
            items.unite(into: &found)
        }
        return found
    }

    private func recognised(by domain: String) -> [ItemSet] {
        let values = index[.recognised]
        return zip(values.names, values.sets).filter {
            Self.domain(of: $0.0) == domain && !hidden.contains($0.0)
        }.map(\.1)
    }

    /// Who recognised anything: institutions whose logs are served.
    func recognisers() -> [(value: String, items: FoundItems)] {
        let values = index[.recognised]
        var byDomain: [String: FoundItems] = [:]
        for (origin, items) in zip(values.names, values.sets) where !hidden.contains(origin) {
            items.unite(into: &byDomain[Self.domain(of: origin), default: FoundItems()])
        }
        return byDomain.map { ($0.key, $0.value) }
    }

    private static func domain(of origin: String) -> String {
        String(origin.prefix { $0 != "/" })
    }
}

/// Terms as an expression of FTS5: every word is quoted, so that none is an operator.
struct TextMatch {
    let text: String

    init(all terms: [SearchWords.Term]) {
        text = terms.map { term in
            "\"" + term.words.map(FoldedText.words).joined(separator: " ") + "\""
                + (term.isPrefix ? " *" : "")
        }.joined(separator: " ")
    }

    private init(text: String) { self.text = text }

    /// The same in titles only.
    var inTitle: TextMatch { TextMatch(text: "title : (\(text))") }
}
