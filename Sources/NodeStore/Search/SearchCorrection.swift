import Catalogue
import GRDB

extension SearchRun {
    /// Words of a query that may be corrected.
    private static let maximumCorrections = 2
    /// Words of the catalogue that are looked at for one that is not in it.
    private static let maximumTerms = 5000
    /// Words that are tried, the nearest first, of equally near ones the most frequent.
    private static let maximumTries = 5

    /// The same search with words that nothing has replaced by ones that are written nearly so; nil when
    /// there are none, or when nothing is found by them either: a word of a text that is not told must
    /// not be told.
    func correct(_ query: CatalogueQuery) throws -> SearchPage? {
        var query = query
        var corrected: [(word: String, by: String)] = []
        for (place, term) in query.words.terms.enumerated() {
            guard !term.isExcluded, !term.isQuoted, let word = term.words.first,
                term.words.count == 1,
                try !isTold(term)
            else { continue }
            guard corrected.count < Self.maximumCorrections,
                let near = try nearest(to: FoldedText.key(word))
            else { return nil }
            query.words.terms[place].words = [near]
            query.words.terms[place].isPrefix = false
            corrected.append((word, near))
        }
        guard !corrected.isEmpty else { return nil }
        var page = try page(query)
        guard page.total > 0 else { return nil }
        page.corrected = corrected
        return page
    }

    /// Whether a term is in anything that may be told.
    private func isTold(_ term: SearchWords.Term) throws -> Bool {
        try look(TextMatch(all: [term])).found.intersects(visible)
    }

    private func nearest(to word: String) throws -> String? {
        let candidates = try Set(neighbours(of: word) + termsBeginning(like: word))
        let near = candidates.compactMap { term -> (term: String, distance: Int, count: Int)? in
            let distance = EditDistance.between(word, term.term)
            guard distance > 0, distance <= EditDistance.allowed(word),
                term.term.allSatisfy(\.isLetter)
            else { return nil }
            return (term.term, distance, term.count)
        }
        let best = near.sorted {
            ($0.distance, $1.count, $0.term) < ($1.distance, $0.count, $1.term)
        }
        for term in best.prefix(Self.maximumTries) {
            if try isTold(SearchWords.Term(words: [term.term])) { return term.term }
        }
        return nil
    }

    private struct Term: Hashable {
        let term: String
        let count: Int
    }

    /// Words at a distance of one: each that there could be is looked up.
    private func neighbours(of word: String) throws -> [Term] {
        guard EditDistance.allowed(word) > 0 else { return [] }
        return try EditDistance.neighbours(of: word).compactMap { candidate in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT term, doc FROM item_term WHERE term = ?"),
                arguments: [candidate]
            ).map { Term(term: $0["term"], count: $0["doc"]) }
        }
    }

    /// Words that begin with the same three letters, for those that may be two off.
    private func termsBeginning(like word: String) throws -> [Term] {
        guard EditDistance.allowed(word) > 1 else { return [] }
        let start = String(word.prefix(3))
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT term, doc FROM item_term WHERE term >= ? AND term < ?
                    LIMIT \(Self.maximumTerms)
                    """),
            arguments: [start, start + "\u{10ffff}"]
        ).map { Term(term: $0["term"], count: $0["doc"]) }
    }
}
