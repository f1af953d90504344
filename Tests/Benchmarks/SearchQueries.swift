import Catalogue
import Foundation

/// A question, as it is asked here and as it is asked of PostgreSQL.
struct BenchmarkQuery {
    let kind: String
    let own: CatalogueQuery
    /// Statements; the first line of the last one's rows ends with the number of results.
    let sql: String
    /// Whether both must find equally many.
    let isComparable: Bool

    static let kinds = [
        "one word", "two words", "prefix", "phrase", "filters", "word and filters",
        "word with facets", "typo",
    ]

    /// The n-th question: about what some item is about.
    init(_ number: Int, of catalogue: SyntheticCatalogue) {
        let kind = Self.kinds[number % Self.kinds.count]
        let topic = Topic(number, of: catalogue)
        self.init(kind, topic)
    }

    private init(_ kind: String, _ topic: Topic) {
        let (word, next) = (topic.word, topic.next)
        switch kind {
        // In quotation marks: not the beginning of a longer word.
        case "one word": self.init(kind, words: "\"\(word)\"", match: word)
        case "two words":
            self.init(kind, words: "\"\(word)\" \"\(next)\"", match: "\(word) & \(next)")
        case "prefix":
            self.init(kind, words: String(word.prefix(4)), match: "\(word.prefix(4)):*")
        case "phrase": self.init(kind, words: "\"\(word) \(next)\"", match: "\(word) <-> \(next)")
        case "filters": self.init(filtersOf: topic, kind)
        case "word and filters":
            self.init(
                kind, words: "\"\(word)\"", match: word,
                filters: [.country: [topic.country], .mode: [topic.mode]],
                condition: "countries @> '{\(topic.country)}' AND modes @> '{\(topic.mode)}'")
        case "word with facets":
            self.init(kind, words: "\"\(word)\"", match: word, hasFacets: true)
        default: self.init(misspelt: String(word.dropLast(2) + word.suffix(1)), kind)
        }
    }

    private init(
        _ kind: String, words: String, match: String, hasFacets: Bool = false,
        filters: [FacetDimension: Set<String>] = [:], condition: String? = nil
    ) {
        self.kind = kind
        var query = CatalogueQuery(words)
        query.filters = filters
        query.hasFacets = hasFacets
        own = query
        isComparable = true
        let tsquery = "to_tsquery('simple', '\(match)')"
        let all = "tsv @@ \(tsquery)" + (condition.map { " AND " + $0 } ?? "")
        sql =
            (hasFacets ? Self.facets(all) : "")
            + Self.page(all, by: "ts_rank(tsv, \(tsquery)) DESC, id")
    }

    private init(filtersOf topic: Topic, _ kind: String) {
        self.kind = kind
        var query = CatalogueQuery("")
        query.filters = [.country: [topic.country], .eqf: ["\(topic.level)"]]
        query.sort = .newest
        own = query
        isComparable = true
        sql = Self.page(
            "countries @> '{\(topic.country)}' AND level = \(topic.level)", by: "at DESC, id DESC")
    }

    private init(misspelt word: String, _ kind: String) {
        self.kind = kind
        own = CatalogueQuery(word + " ")
        isComparable = false
        let tsquery = "to_tsquery('simple', :'word')"
        sql =
            Self.correction(of: word)
            + Self.page("tsv @@ \(tsquery)", by: "ts_rank(tsv, \(tsquery)) DESC, id")
    }

    private static func page(_ condition: String, by order: String) -> String {
        "SELECT id, count(*) OVER () FROM item WHERE \(condition) ORDER BY \(order) LIMIT 20;\n"
    }

    /// What somebody may look for.
    private struct Topic {
        let word: String
        let next: String
        let country: String
        let mode: String
        let level: Int

        init(_ number: Int, of catalogue: SyntheticCatalogue) {
            var chance = Chance(seed: UInt64(number) &+ 99)
            let item = catalogue.item(chance.below(catalogue.items))
            let title = (item.title.best(for: "en") ?? "").split(separator: " ").map(String.init)
            let place = chance.below(title.count - 1)
            word = title[place]
            next = title[place + 1]
            country = item.provider.country.flatMap(Country.code) ?? "DE"
            mode = FacetDimension.mode.value(of: item.modes[0]) ?? ""
            level = item.eqfLevel.flatMap(EQF.level) ?? 6
        }
    }

    private static func correction(of word: String) -> String {
        """
        SELECT coalesce((SELECT word FROM vocabulary WHERE word % '\(word)'
        ORDER BY word <-> '\(word)', ndoc DESC LIMIT 1), '\(word)') AS word \\gset

        """
    }

    private static func facets(_ condition: String) -> String {
        let single = ["domain", "level", "bucket"].map {
            "(SELECT '\($0)', \($0)::text, count(*) FROM m GROUP BY 2 ORDER BY 3 DESC LIMIT 20)"
        }
        let lists = ["countries", "fields", "languages", "modes", "types", "skills", "quality"].map
        {
            "(SELECT '\($0)', v, count(*) FROM m, unnest(\($0)) v GROUP BY 2 ORDER BY 3 DESC LIMIT 20)"
        }
        return "WITH m AS MATERIALIZED (SELECT * FROM item WHERE \(condition)) "
            + (single + lists).joined(separator: " UNION ALL ") + ";\n"
    }
}
