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
    /// The numbers or values behind the verdict: always there when a value fails, with the step
    /// that was reached where a set has steps, nil otherwise.
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
        /// Met, with the step that was reached.
        case reached(String)
        case notMet(String)
        case notStated
        /// Not stated, and another field than the rule's own is the one to fill.
        case lacks(ItemName)
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
        func verdict(_ status: Check.Status, _ name: ItemName, _ detail: String?) -> Check {
            Check(id: id, status: status, field: name.pointer, detail: detail)
        }
        return switch judge(item) {
        case .met: verdict(.met, field, nil)
        case .reached(let step): verdict(.met, field, step)
        case .notMet(let why): verdict(.notMet, field, why)
        case .notStated: verdict(.notStated, field, nil)
        case .lacks(let name): verdict(.notStated, name, nil)
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
    package static let all: [RuleSet] = [
        council2022, cmf, microHE, microEvaluation, nzqa, eccoe, committee,
    ]

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
