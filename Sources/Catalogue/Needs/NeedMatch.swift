/// How well an item serves a need, and why.
package struct NeedMatch: Sendable, Equatable {
    /// What an item must be in any case: of one of the languages and modes, if both state any.
    package static func isPossible(_ need: ItemFacets, _ item: ItemFacets) -> Bool {
        [FacetDimension.language, .mode].allSatisfy { dimension in
            let wanted = need.values(dimension)
            let offered = item.values(dimension)
            return wanted.isEmpty || offered.isEmpty || !Set(wanted).isDisjoint(with: offered)
        }
    }

    /// 1 to 100: the share of what the need states that the item has, of which skills weigh 40, the field 35,
    /// the level 15, and the credits 10.
    package let score: Int
    /// Skills that are needed and taught, sorted.
    package let skills: [String]
    /// The narrowest fields that hold one of each, sorted.
    package let fields: [String]
    /// Whether the item has one of the levels; nil when none is asked for.
    package let isOfLevel: Bool?
    /// Whether the item has as many credits; nil when no number is asked for.
    package let hasCredits: Bool?

    /// Compares a need with an item.
    ///
    /// - Parameter facets: of the need.
    /// - Returns: nil when the item does not serve it.
    package init?(_ need: Need, _ facets: ItemFacets, _ item: ItemFacets) {
        guard Self.isPossible(facets, item) else { return nil }
        let wanted = Similarity.Profile(facets)
        let offered = Similarity.Profile(item)
        let shared = Similarity(wanted, offered)
        skills = shared.skills
        fields = shared.fields
        let levels = Set(facets.values(.eqf))
        isOfLevel = levels.isEmpty ? nil : !levels.isDisjoint(with: item.values(.eqf))
        let ects = item.ects.flatMap(Double.init)
        hasCredits = need.credits.map { range in ects.map(range.contains) ?? false }
        let digits = fields.map(\.count).max() ?? 0
        let asked = wanted.fields.map(\.count).min() ?? 0
        let parts: [(weight: Double, share: Double)] = [
            (
                wanted.skills.isEmpty ? 0 : 40,
                Double(skills.count) / Double(max(1, wanted.skills.count))
            ),
            (asked == 0 ? 0 : 35, digits >= asked ? 1 : digits == 3 ? 0.7 : digits == 2 ? 0.35 : 0),
            (levels.isEmpty ? 0 : 15, isOfLevel == true ? 1 : 0),
            (need.credits == nil ? 0 : 10, hasCredits == true ? 1 : 0),
        ]
        let whole = parts.reduce(0) { $0 + $1.weight }
        let reached = parts.reduce(0) { $0 + $1.weight * $1.share }
        // A need of languages and modes only is served by every possible item.
        score = whole == 0 ? 100 : Int((100 * reached / whole).rounded())
        guard score > 0 else { return nil }
        // Level and credits alone say nothing when skills or a field are asked for.
        let isAboutContent = !wanted.skills.isEmpty || !wanted.fields.isEmpty
        guard !isAboutContent || !skills.isEmpty || !fields.isEmpty else { return nil }
    }
}
