/// By what a single item is found beside its words, and how it is sorted.
package struct ItemFacets: Sendable, Equatable {
    /// A value in a dimension.
    package struct Entry: Hashable, Sendable {
        /// The dimension.
        package let dimension: FacetDimension
        /// The value in its stored form, one line.
        package let value: String

        /// An entry of this dimension.
        package init(_ dimension: FacetDimension, _ value: String) {
            self.dimension = dimension
            self.value = value
        }
    }

    /// Entries of one dimension that count; an item that states more is found by the first.
    package static let maximumEntries = 64

    /// Without repetition. The institution and who recognised are not of the item, and not here.
    package var entries: [Entry] = []
    /// ECTS credits, a decimal of `WrittenForm`; nil when the item states none.
    package var ects: String?
    /// Hours of work, a decimal of `WrittenForm`.
    package var hours: String?

    /// An item that states nothing.
    package static let none = ItemFacets()

    /// 1 to 8; nil when the item has no level, or says that it has none.
    package var level: Int? {
        entries.first { $0.dimension == .eqf }.flatMap { Int($0.value) }
    }

    /// The values of one dimension.
    package func values(_ dimension: FacetDimension) -> [String] {
        entries.filter { $0.dimension == dimension }.map(\.value)
    }

    mutating func add(_ dimension: FacetDimension, _ values: some Sequence<String>) {
        var known = Set(self.values(dimension))
        for value in values where known.count < Self.maximumEntries {
            guard value.utf8.count <= 512, known.insert(value).inserted else { continue }
            entries.append(Entry(dimension, value))
        }
    }

    /// The fields that hold an ISCED-F field, from the broad one to itself: `06`, `061`, `0613`.
    package static func ancestors(ofField code: String) -> [String] {
        (2...4).filter { $0 <= code.count }.map { String(code.prefix($0)) }
    }
}

extension ItemFacets {
    /// The facets of an item.
    package init(_ item: LearningOpportunity) {
        self.init()
        let countries = [item.provider.country, item.awardingBody.country].compactMap(\.self)
        add(.country, countries.map(FacetDimension.country.stored))
        add(
            .field,
            item.iscedFields.compactMap(ISCEDF.code).flatMap(Self.ancestors(ofField:)))
        add(.eqf, item.eqfLevel.map { [FacetDimension.eqf.stored($0)] } ?? [])
        ects = item.creditPoints.first { $0.framework == Vocabulary.ects }?.number
        add(.credits, ects.flatMap(CreditsRange.bucket).map { [$0] } ?? [])
        hours = item.workloadHours
        add(.language, item.languages.map(FacetDimension.language.stored))
        add(.mode, item.modes.map(FacetDimension.mode.stored))
        add(.type, item.types.map(FacetDimension.type.stored))
        add(.skill, item.learningOutcomes.flatMap { $0.escoSkills + $0.otherSkills })
        add(.quality, Self.marks(of: item))
    }

    private static func marks(of item: LearningOpportunity) -> [String] {
        let assurances = item.qualityAssurance + item.accreditations.compactMap(\.type)
        let checks: [(Bool, String)] = [
            (!item.accreditations.isEmpty, "accredited"),
            (assurances.contains { !Vocabulary.assuresProgramme($0) }, "institutional-qa"),
            (assurances.contains(where: Vocabulary.assuresProgramme), "programme-qa"),
            (isValidated(item), "committee-validated"),
            (!item.studentEvaluations.isEmpty, "student-evaluated"),
            (!item.endorsements.isEmpty, "endorsed"),
        ]
        return checks.filter(\.0).map(\.1)
    }

    private static func isValidated(_ item: LearningOpportunity) -> Bool {
        RuleSet.committee.checks(of: item).allSatisfy { $0.status == .met }
    }
}

/// A range of ECTS credits, both ends included.
package struct CreditsRange: Sendable, Equatable {
    /// From so many; nil for no bound.
    package var minimum: Double?
    /// Up to so many; nil for no bound.
    package var maximum: Double?

    /// A range between these.
    package init(minimum: Double? = nil, maximum: Double? = nil) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Whether a number of credits lies in it.
    package func contains(_ credits: Double) -> Bool {
        credits >= minimum ?? 0 && credits <= maximum ?? .infinity
    }

    private static let edges: [(Double, String)] = [
        (1, "0-1"), (3, "1-3"), (5, "3-5"), (10, "5-10"), (30, "10-30"), (.infinity, "30-"),
    ]

    /// The range of the facet in which a number of credits lies; the upper end is not in it.
    static func bucket(_ credits: String) -> String? {
        guard let number = Double(credits) else { return nil }
        return edges.first { number < $0.0 }?.1
    }
}
