package import CanonicalJSON

/// What a rule says about one item.
package struct Check: Equatable, Sendable {
    /// Missing information counts as not met, but is told apart from a value that fails.
    package enum Status: String, Sendable {
        case met
        case notMet = "not-met"
        case notStated = "not-stated"
    }

    /// The rule's id within its set, such as `learning-outcomes`.
    package let id: String
    /// The verdict.
    package let status: Status
    /// JSON pointer of the field to look at or to fill.
    package let field: String
    /// The numbers or values behind `notMet`; nil otherwise.
    package let detail: String?

    /// `{"id":..., "status":"met|not-met|not-stated", "field":...}`.
    package var json: JSON {
        ["id": .string(id), "status": .string(status.rawValue), "field": .string(field)]
    }
}

/// One rule of a set.
struct Rule: Sendable {
    enum Finding {
        case met
        case notMet(String)
        case notStated
    }

    let id: String
    let field: ItemName
    let judge: @Sendable (LearningOpportunity) -> Finding

    init(
        _ id: String,
        _ field: ItemName,
        _ judge: @escaping @Sendable (LearningOpportunity) -> Finding
    ) {
        self.id = id
        self.field = field
        self.judge = judge
    }

    /// A rule that only asks that something is stated.
    init(
        _ id: String,
        _ field: ItemName,
        isStated: @escaping @Sendable (LearningOpportunity) -> Bool
    ) {
        self.init(id, field) { isStated($0) ? .met : .notStated }
    }

    func check(_ item: LearningOpportunity) -> Check {
        switch judge(item) {
        case .met: Check(id: id, status: .met, field: field.pointer, detail: nil)
        case .notMet(let why): Check(id: id, status: .notMet, field: field.pointer, detail: why)
        case .notStated: Check(id: id, status: .notStated, field: field.pointer, detail: nil)
        }
    }
}

/// A published set of criteria that grades an item.
package struct RuleSet: Sendable {
    /// The fixed id, such as `council-2022`.
    package let id: String
    /// The name for people.
    package let title: String
    let rules: [Rule]

    init(id: String, title: String, rules: [Rule]) {
        self.id = id
        self.title = title
        self.rules = rules
    }

    /// Every rule's verdict, in the order of the set.
    package func checks(of item: LearningOpportunity) -> [Check] {
        rules.map { $0.check(item) }
    }

    /// All sets, in the order in which they are shown.
    package static let all: [RuleSet] = [council2022, nzqa, eccoe]

    /// The set with this id; nil when there is none.
    package static func named(_ id: String) -> RuleSet? {
        all.first { $0.id == id }
    }
}

/// An item under one rule set.
package struct Grade: Sendable {
    /// The set's id.
    package let ruleSet: String
    /// One verdict a rule.
    package let checks: [Check]

    /// Grades `item` by `ruleSet`.
    package init(_ item: LearningOpportunity, by ruleSet: RuleSet) {
        self.ruleSet = ruleSet.id
        checks = ruleSet.checks(of: item)
    }

    /// How many rules are met.
    package var met: Int { checks.count { $0.status == .met } }

    /// `{"met":n,"of":m,"checks":[...]}`.
    package var json: JSON {
        [
            "met": .number(JSONNumber(Int64(met))), "of": .number(JSONNumber(Int64(checks.count))),
            "checks": .array(checks.map(\.json)),
        ]
    }
}
