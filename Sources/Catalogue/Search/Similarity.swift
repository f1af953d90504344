/// How near an item is to another by what both state, and why: skills, fields, level and workload.
package struct Similarity: Sendable, Equatable {
    /// What is compared of an item.
    package struct Profile: Sendable, Equatable {
        /// URIs of skills.
        package var skills: Set<String>
        /// ISCED-F codes, the narrowest of each field.
        package var fields: Set<String>
        /// EQF levels.
        package var levels: Set<Int>
        /// Hours of work; of an item that states none, 25 for each ECTS credit.
        package var hours: Double?

        /// The profile of an item.
        package init(_ facets: ItemFacets) {
            skills = Set(facets.values(.skill))
            fields = Self.narrowest(facets.values(.field))
            levels = Set(facets.values(.eqf).compactMap { Int($0) })
            hours =
                facets.hours.flatMap(Double.init)
                ?? facets.ects.flatMap(Double.init).map { 25 * $0 }
        }

        /// Codes without those that another one is within.
        static func narrowest(_ codes: [String]) -> Set<String> {
            Set(codes.filter { code in !codes.contains { $0 != code && $0.hasPrefix(code) } })
        }
    }

    /// 0 to 100: up to 40 for skills, 35 for the field, 15 for the level and 10 for the workload.
    package let score: Int
    /// Skills of both, sorted.
    package let skills: [String]
    /// The narrowest fields that hold one of each, sorted.
    package let fields: [String]
    /// Levels between the two; nil where one has none, or more than one level is between.
    package let levelDistance: Int?
    /// The smaller number of hours as a share of the larger one; nil below a half, or where one states none.
    package let workload: Double?

    /// Compares two profiles; the same both ways.
    package init(_ one: Profile, _ other: Profile) {
        let shared = one.skills.intersection(other.skills)
        skills = shared.sorted()
        var fields: Set<String> = []
        for own in one.fields {
            for code in other.fields {
                let common = own.commonPrefix(with: code)
                if common.count >= 2 { fields.insert(common) }
            }
        }
        self.fields = Profile.narrowest(Array(fields)).sorted()
        let distances = one.levels.flatMap { own in other.levels.map { abs(own - $0) } }
        levelDistance = distances.min().flatMap { $0 <= 1 ? $0 : nil }
        workload = Self.share(one.hours, other.hours)
        let union = one.skills.union(other.skills).count
        let digits = self.fields.map(\.count).max() ?? 0
        let parts: [Double] = [
            union == 0 ? 0 : 40 * Double(shared.count) / Double(union),
            digits == 4 ? 35 : digits == 3 ? 24 : digits == 2 ? 12 : 0,
            levelDistance == 0 ? 15 : levelDistance == 1 ? 7 : 0, 10 * (workload ?? 0),
        ]
        score = Int(parts.reduce(0, +).rounded())
    }

    private static func share(_ one: Double?, _ other: Double?) -> Double? {
        guard let one, let other, one > 0, other > 0 else { return nil }
        let share = min(one, other) / max(one, other)
        return share >= 0.5 ? share : nil
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
