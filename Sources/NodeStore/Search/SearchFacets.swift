import Catalogue
import GRDB

/// What was found, and what it would be without one of the filters.
struct NarrowedItems {
    /// What the words are in.
    let base: FoundItems
    let filters: [FacetDimension: FoundItems]
    let range: FoundItems?
    /// What all filters leave.
    let found: FoundItems

    /// What all filters but that of one dimension leave: others of its values can be counted then.
    func disregarding(_ dimension: FacetDimension) -> FoundItems {
        guard dimension == .credits ? range != nil : filters[dimension] != nil else { return found }
        var items = base
        for (other, filter) in filters where other != dimension { items.intersect(filter) }
        if let range, dimension != .credits { items.intersect(range) }
        return items
    }
}

extension SearchRun {
    /// Items of which the values are read one by one, rather than all values of all items counted.
    private static let few = 2000

    /// The most frequent values of every dimension, with exact counts.
    ///
    /// - Parameter asked: fields that are asked for: they are told with the fields just below them, and
    ///   with the broad ones.
    func facets(
        of items: NarrowedItems, asked: Set<String>
    ) throws -> [FacetDimension: [(value: String, count: Int)]] {
        var facets: [FacetDimension: [(value: String, count: Int)]] = [:]
        for dimension in FacetDimension.allCases {
            let found = items.disregarding(dimension)
            facets[dimension] =
                switch dimension {
                case .recognisedBy:
                    Self.first(recognisers().map { ($0.value, $0.items.count(with: found)) })
                case .field: Self.first(counts(.field, in: found) { Self.isTold($0, asked: asked) })
                case .skill where found.count < Self.few: Self.first(try skills(of: found))
                default: Self.first(counts(FacetIndex.Tag(dimension), in: found))
                }
        }
        return facets
    }

    private static func isTold(_ field: String, asked: Set<String>) -> Bool {
        field.count == 2 || asked.contains(field) || asked.contains(String(field.dropLast()))
    }

    /// Counts of values, but for those that cannot be among the most frequent.
    private func counts(
        _ tag: FacetIndex.Tag, in found: FoundItems, where isTold: (String) -> Bool = { _ in true }
    ) -> [(String, Int)] {
        let values = index[tag]
        var counts: [(String, Int)] = []
        var least = 0
        for (name, items) in zip(values.names, values.sets)
        where items.count >= max(1, least) && isTold(name) {
            let count = items.count(in: found)
            guard count > 0 else { continue }
            counts.append((name, count))
            if counts.count >= 4 * Self.maximumValues {
                counts = Self.first(counts)
                least = counts.last?.1 ?? 0
            }
        }
        return counts
    }

    private func skills(of found: FoundItems) throws -> [(String, Int)] {
        let skill = FacetIndex.Tag.skill.rawValue
        var counts: [Substring: Int] = [:]
        for item in found.items {
            let text = try String.fetchOne(
                db.cachedStatement(sql: "SELECT facets FROM item_index WHERE item = ?"),
                arguments: [item])
            for line in (text ?? "").split(separator: "\n") where line.first == skill {
                counts[line.dropFirst(), default: 0] += 1
            }
        }
        return counts.map { (String($0.key), $0.value) }
    }

    /// The most frequent first; of equal ones by name.
    private static func first(_ counts: [(String, Int)]) -> [(value: String, count: Int)] {
        counts.filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
            .prefix(maximumValues).map { (value: $0.0, count: $0.1) }
    }
}

extension FoundItems {
    /// How many are also among the others.
    fileprivate func count(with other: FoundItems) -> Int {
        zip(words, other.words).reduce(0) { $0 + ($1.0 & $1.1).nonzeroBitCount }
    }
}
