package import CanonicalJSON

/// The answer of `eccoe catalogue check -o json`, a form that others script against:
/// `{"items":[{"id","title","rules":{"<set>":{"met","of","checks"}}}],"problems":[{"at","message",
/// "remedy"}]}`, items and problems in the order of the source. It is written item by item, so that
/// a long source needs no memory for its items; the whole is RFC 8785.
package struct CheckReport {
    private let ruleSets: [RuleSet]
    private var isFirst = true

    /// What stands before the first item.
    package static let opening = Array(#"{"items":["#.utf8)

    /// A report that grades by `ruleSets`.
    package init(by ruleSets: [RuleSet] = RuleSet.all) {
        self.ruleSets = ruleSets
    }

    /// The next element of `items`, with what separates it from the one before.
    package mutating func next(_ item: LearningOpportunity) -> [UInt8] {
        defer { isFirst = false }
        return (isFirst ? [] : [UInt8(ascii: ",")]) + json(of: item).canonicalBytes
    }

    /// What stands behind the last item.
    package static func closing(_ problems: [ImportProblem]) -> [UInt8] {
        Array(#"],"problems":"#.utf8) + JSON.array(problems.map(\.json)).canonicalBytes
            + Array("}".utf8)
    }

    /// One element of `items`.
    package func json(of item: LearningOpportunity) -> JSON {
        var rules = JSONObject()
        for ruleSet in ruleSets { rules[ruleSet.id] = Grade(item, by: ruleSet).json }
        return ["id": .string(item.id), "title": item.title.json, "rules": .object(rules)]
    }
}
