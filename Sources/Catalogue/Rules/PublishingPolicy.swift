package import CanonicalJSON

/// Which gaps an institution accepts in what it publishes: rules that an item should meet, and rules
/// without which it is not published.
package struct PublishingPolicy: Equatable, Sendable {
    /// A rule of a set, or all rules of a set.
    package struct Reference: Hashable, Sendable {
        /// The set's id.
        package let ruleSet: String
        /// The rule's id; nil for all.
        package let rule: String?

        /// Reads `council-2022` or `council-2022/learning-outcomes`; nil for a set or rule that there
        /// is not.
        package init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), let set = RuleSet.named(String(parts[0])) else {
                return nil
            }
            let rule = parts.count == 2 ? String(parts[1]) : nil
            guard rule == nil || set.rules.contains(where: { $0.id == rule }) else { return nil }
            ruleSet = set.id
            self.rule = rule
        }
    }

    /// What is told, and published all the same.
    package let warn: [Reference]
    /// What keeps an item from being published.
    package let refuse: [Reference]

    /// A policy as given; what is in both lists refuses.
    package init(warn: [Reference], refuse: [Reference]) {
        self.warn = warn
        self.refuse = refuse
    }

    /// What holds where nothing is configured: the Council Recommendation's gaps are told.
    package static let standard = PublishingPolicy(
        warn: Reference("council-2022").map { [$0] } ?? [], refuse: [])

    /// A rule that an item does not meet.
    package struct Gap: Equatable, Sendable {
        /// `<set>/<rule>`.
        package let rule: String
        /// What the rule says.
        package let check: Check
        /// Whether it keeps the item from being published.
        package let refuses: Bool

        /// `{"rule":"<set>/<rule>","status","field","refuses":true}`; `refuses` is absent when false.
        package var json: JSON {
            var object = JSONObject()
            object["rule"] = .string(rule)
            object["status"] = .string(check.status.rawValue)
            object["field"] = .string(check.field)
            if refuses { object["refuses"] = true }
            return .object(object)
        }
    }

    /// The gaps of an item, each once, in the order of the sets.
    package func gaps(of item: LearningOpportunity) -> [Gap] {
        RuleSet.all.flatMap { set -> [Gap] in
            let warned = warn.filter { $0.ruleSet == set.id }
            let refused = refuse.filter { $0.ruleSet == set.id }
            guard !warned.isEmpty || !refused.isEmpty else { return [] }
            return set.checks(of: item).compactMap { check in
                let refuses = refused.contains { $0.rule == nil || $0.rule == check.id }
                guard check.status != .met,
                    refuses || warned.contains(where: { $0.rule == nil || $0.rule == check.id })
                else { return nil }
                return Gap(rule: "\(set.id)/\(check.id)", check: check, refuses: refuses)
            }
        }
    }

    /// Every reference that can be written, for error messages: sets and their rules.
    package static var references: [String] {
        RuleSet.all.flatMap { set in [set.id] + set.rules.map { "\(set.id)/\($0.id)" } }
    }
}
