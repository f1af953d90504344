package import CanonicalJSON

/// The answer of `eccoe catalogue check -o json`, a form that others script against.
package enum CheckReport {
    /// `{"items":[{"id","title","rules":{"<set>":{"met","of","checks"}}}],"problems":[{"at",
    /// "message","remedy"}]}`, items and problems in the order of the report.
    package static func json(of report: ImportReport, by ruleSets: [RuleSet] = RuleSet.all) -> JSON
    {
        [
            "items": .array(report.items.map { json(of: $0, by: ruleSets) }),
            "problems": .array(report.problems.map(\.json)),
        ]
    }

    /// One element of `items`.
    package static func json(of item: LearningOpportunity, by ruleSets: [RuleSet]) -> JSON {
        var rules = JSONObject()
        for ruleSet in ruleSets { rules[ruleSet.id] = Grade(item, by: ruleSet).json }
        return ["id": .string(item.id), "title": item.title.json, "rules": .object(rules)]
    }
}
