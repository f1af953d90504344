extension RuleSet {
    /// The Common Microcredential Framework of the European MOOC Consortium (domain.md section
    /// 3.1). Its transcript is judged by what it would have to say; credits are those of ECTS.
    package static let cmf = RuleSet(
        id: "cmf",
        title: "Common Microcredential Framework",
        rules: [
            Rule("workload", .workloadHours, CMFRules.workload),
            Rule("credits", .creditPoints, CMFRules.credits),
            Rule("level", .eqfLevel, CMFRules.level),
            Rule("summative-assessment", .assessmentTypes, CMFRules.assessment),
            Rule("counts-towards-degree", .isPartOf, CMFRules.degree),
            Rule("identity-verification", .supervision, CMFRules.identity),
            Rule("transcript", .learningOutcomes, CMFRules.transcript),
        ]
    )
}

private enum CMFRules {
    /// 100 to 150 hours of study, the assessment included.
    static func workload(_ item: LearningOpportunity) -> Rule.Finding {
        guard let text = item.workloadHours, let hours = Double(text) else { return .notStated }
        return (100...150).contains(hours)
            ? .met : .notMet("\(text) hours are not within 100 to 150")
    }

    static func credits(_ item: LearningOpportunity) -> Rule.Finding {
        guard let points = ects(of: item), let number = Double(points) else {
            return item.creditPoints.isEmpty
                ? .notStated : .notMet("credits, but none of ECTS")
        }
        return (4...6).contains(number) ? .met : .notMet("\(points) ECTS are not within 4 to 6")
    }

    /// Levels 6 and 7, or 4 and 5 of what carries ECTS.
    static func level(_ item: LearningOpportunity) -> Rule.Finding {
        guard let uri = item.eqfLevel else { return .notStated }
        guard let level = EQF.level(of: uri) else { return .notMet("unlevelled") }
        switch level {
        case 6, 7: return .met
        case 4, 5:
            return ects(of: item) != nil ? .met : .notMet("level \(level) without ECTS credits")
        default: return .notMet("level \(level) is not within 4 to 7")
        }
    }

    /// An assessment at the end from which credit follows.
    static func assessment(_ item: LearningOpportunity) -> Rule.Finding {
        guard !item.assessmentTypes.isEmpty else { return .notStated }
        guard item.assessmentTypes.contains(where: { !Vocabulary.isOnlyFormative($0) }) else {
            return .notMet("no assessment at the end")
        }
        return item.creditPoints.isEmpty ? .lacks(.creditPoints) : .met
    }

    /// A larger programme of which it is a part, or a right to continue learning.
    static func degree(_ item: LearningOpportunity) -> Rule.Finding {
        let further = item.entitlements.contains { $0.type == Vocabulary.furtherLearning }
        if !item.isPartOf.isEmpty || further { return .met }
        switch item.stackability {
        case Vocabulary.partOfSomething: return .met
        case Vocabulary.standAlone: return .notMet("stand-alone")
        default: return .notStated
        }
    }

    static func identity(_ item: LearningOpportunity) -> Rule.Finding {
        guard let supervision = item.supervision else { return .notStated }
        return Vocabulary.verifiesIdentity(supervision)
            ? .met : .notMet("nobody checks who is assessed")
    }

    /// Outcomes, hours, level and credits: the first that is missing is the one to fill.
    static func transcript(_ item: LearningOpportunity) -> Rule.Finding {
        if item.learningOutcomes.isEmpty { return .notStated }
        if item.workloadHours == nil { return .lacks(.workloadHours) }
        if item.eqfLevel == nil && item.nqfLevel == nil { return .lacks(.eqfLevel) }
        return item.creditPoints.isEmpty ? .lacks(.creditPoints) : .met
    }

    private static func ects(of item: LearningOpportunity) -> String? {
        item.creditPoints.first { $0.framework == Vocabulary.ects }?.number
    }
}
