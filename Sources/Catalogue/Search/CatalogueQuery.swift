/// What somebody asks of the catalogue.
package struct CatalogueQuery: Sendable, Equatable {
    /// Results that one page may hold.
    package static let maximumResults = 100
    /// Values of one dimension that may be asked for.
    package static let maximumValues = 50
    /// The names of the parameters, in the order in which they are told.
    package static let parameters =
        ["q", "similar"] + FacetDimension.allCases.filter { $0 != .credits }.map(\.rawValue)
        + ["credits_min", "credits_max", "sort", "cursor", "limit", "facets"]

    /// The words that must occur.
    package var words: SearchWords
    /// Values of each dimension, in their stored form: one of each dimension must be the item's.
    package var filters: [FacetDimension: Set<String>] = [:]
    /// ECTS credits; items that state none are in no range.
    package var credits: CreditsRange?
    /// The order.
    package var sort: SearchSort = .relevance
    /// Where the page begins; nil for the first one.
    package var cursor: SearchCursor?
    /// 1 to `maximumResults`.
    package var limit: Int
    /// Whether the values of each dimension are counted.
    package var hasFacets = false

    /// A search for words.
    ///
    /// - Parameter limit: taken to the next number from 1 to `maximumResults`.
    package init(_ words: String, limit: Int = 20) {
        self.words = SearchWords(words)
        self.limit = max(1, min(limit, Self.maximumResults))
    }

    /// Reads parameters, of which those of dimensions may be repeated or hold several values with commas
    /// between; all but `similar`.
    ///
    /// - Throws: `SearchProblem` for the first one that cannot be meant so.
    package init(parameters: [(name: String, value: String)]) throws(SearchProblem) {
        self.init("")
        for (name, value) in parameters where name != "similar" {
            if let dimension = FacetDimension(rawValue: name), dimension != .credits {
                try add(dimension, value)
            } else {
                try set(name, value)
            }
        }
        try checkCursor()
    }

    private mutating func add(
        _ dimension: FacetDimension, _ text: String
    ) throws(SearchProblem) {
        // A URI of a skill may have a comma in it.
        let parts =
            text.contains(":")
            ? [text[...]] : text.split(separator: ",", omittingEmptySubsequences: true)
        for part in parts {
            guard let value = dimension.value(of: String(part)) else {
                throw SearchProblem(
                    dimension.rawValue, "there is no \(dimension.rawValue) \(part.prefix(80))",
                    "take a value that the facets name, such as "
                        + (dimension.example ?? "those of a search with facets"))
            }
            filters[dimension, default: []].insert(value)
        }
        guard filters[dimension, default: []].count <= Self.maximumValues else {
            throw SearchProblem(
                dimension.rawValue, "more than \(Self.maximumValues) values", "ask for fewer")
        }
    }

    private mutating func set(_ name: String, _ value: String) throws(SearchProblem) {
        switch name {
        case "q": words = SearchWords(value)
        case "credits_min":
            credits = CreditsRange(minimum: try Self.number(name, value), maximum: credits?.maximum)
        case "credits_max":
            credits = CreditsRange(minimum: credits?.minimum, maximum: try Self.number(name, value))
        case "limit":
            guard let number = Int(value) else {
                throw SearchProblem(name, "limit is no number", "write digits")
            }
            limit = max(1, min(number, Self.maximumResults))
        case "facets":
            guard value == "true" || value == "false" else {
                throw SearchProblem(name, "neither true nor false", "write true or false")
            }
            hasFacets = value == "true"
        case "sort":
            guard let order = SearchSort(rawValue: value) else {
                let all = SearchSort.allCases.map(\.rawValue).joined(separator: ", ")
                throw SearchProblem(
                    name, "there is no order \(value.prefix(40))", "sort by one of \(all)")
            }
            sort = order
        case "cursor":
            guard let place = SearchCursor(value) else {
                throw SearchProblem(name, "no cursor of this catalogue", SearchCursor.remedy)
            }
            cursor = place
        default:
            throw SearchProblem(
                String(name.prefix(40)), "there is no parameter \(name.prefix(40))",
                "the parameters are " + Self.parameters.joined(separator: ", "))
        }
    }

    private static func number(_ name: String, _ text: String) throws(SearchProblem) -> Double {
        guard WrittenForm.isDecimal(text), let number = Double(text) else {
            throw SearchProblem(name, "no decimal number", "write digits, such as 2.5")
        }
        return number
    }

    private func checkCursor() throws(SearchProblem) {
        guard let cursor, cursor.order != order else { return }
        throw SearchProblem("cursor", "it is of a search in another order", SearchCursor.remedy)
    }

    /// How the results are ordered in effect.
    package var order: SearchCursor.Order {
        switch sort {
        case .relevance: words.terms.contains { !$0.isExcluded } ? .relevance : .id
        case .title: .title
        case .newest: .newest
        case .credits: .credits
        case .level: .level
        }
    }
}

extension FacetDimension {
    /// A value to show what values look like.
    fileprivate var example: String? {
        switch self {
        case .country: "DE"
        case .field: "0613"
        case .eqf: "6"
        case .language: "en"
        case .mode: "online"
        case .type: "course"
        case .quality: Self.qualityMarks.map(\.mark).joined(separator: ", ")
        default: nil
        }
    }
}

/// In which order items are told. Items that have not what they are sorted by come last; those of equal
/// rank in the order in which the node first learnt of them.
package enum SearchSort: String, CaseIterable, Sendable {
    /// Best first; without words in the order of the global ids.
    case relevance
    /// By title from A to Z, without regard to case and diacritics.
    case title
    /// By the time of publication, newest first.
    case newest
    /// Fewest ECTS credits first.
    case credits
    /// Lowest EQF level first.
    case level
}

/// A parameter that cannot be meant so.
package struct SearchProblem: Error, Equatable, Sendable {
    /// Its name.
    package let parameter: String
    /// What is wrong.
    package let message: String
    /// What to do about it.
    package let remedy: String

    /// A problem as given.
    package init(_ parameter: String, _ message: String, _ remedy: String) {
        self.parameter = parameter
        self.message = message
        self.remedy = remedy
    }
}
