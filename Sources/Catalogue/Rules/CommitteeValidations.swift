extension RuleSet {
    /// The four validations of a scientific committee (domain.md section 1): pedagogical,
    /// scientific, technical, legal, each with its date. The last verdict of a committee counts.
    package static let committee = RuleSet(
        id: "committee",
        title: "Validations of the scientific committee",
        rules: Vocabulary.committees.codes.map { committee in
            Rule(committee.label, .validations) { item in
                CommitteeRules.finding(committee.uri, in: item)
            }
        }
    )
}

private enum CommitteeRules {
    static func finding(_ committee: String, in item: LearningOpportunity) -> Rule.Finding {
        let own = item.validations.filter { $0.committee == committee }
        guard let last = own.max(by: { ($0.date ?? "") < ($1.date ?? "") }) else {
            return .notStated
        }
        let verdict = Vocabulary.verdicts.label(of: last.verdict) ?? last.verdict
        guard let date = last.date else { return .notMet("\(verdict), but without its date") }
        switch last.verdict {
        case Vocabulary.accepted, Vocabulary.acceptedWithChanges: return .met
        default: return .notMet("\(verdict) on \(date)")
        }
    }
}
