extension RuleSet {
    /// The seven criteria of micro-evaluation (project e-VALUATE, Nuffic; domain.md section 3.1),
    /// each in the steps strong, substantial, weak and none. A criterion is met from substantial.
    /// What the steps ask of a catalogue item is ours, since the tool questions a person.
    package static let microEvaluation = RuleSet(
        id: "micro-evaluation",
        title: "Seven criteria of micro-evaluation",
        rules: [
            Rule("quality-assurance", .qualityAssurance, MicroEvaluation.qualityAssurance),
            Rule("verification", .homepage, MicroEvaluation.verification),
            Rule("level", .eqfLevel, MicroEvaluation.level),
            Rule("learning-outcomes", .learningOutcomes, MicroEvaluation.outcomes),
            Rule("workload", .workloadHours, MicroEvaluation.workload),
            Rule("testing", .assessmentTypes, MicroEvaluation.testing),
            Rule("identification", .supervision, MicroEvaluation.identification),
        ]
    )
}

private enum MicroEvaluation {
    private static let strong = Rule.Finding.reached("strong")
    private static let substantial = Rule.Finding.reached("substantial")

    private static func weak(_ why: String) -> Rule.Finding { .notMet("weak: \(why)") }

    private static func none(_ why: String) -> Rule.Finding { .notMet("none: \(why)") }

    /// Strong: an agency decided on the item's programme. Substantial: the institution is licensed
    /// or assures quality by itself. Weak: only students or third parties speak for it.
    static func qualityAssurance(_ item: LearningOpportunity) -> Rule.Finding {
        let types = item.qualityAssurance + item.accreditations.compactMap(\.type)
        if item.accreditations.contains(where: { $0.agency != nil }) { return strong }
        if types.contains(where: { Vocabulary.assuresProgramme($0) }) { return strong }
        if !types.isEmpty || !item.accreditations.isEmpty { return substantial }
        if !item.studentEvaluations.isEmpty { return weak("only evaluations by students") }
        if !item.endorsements.isEmpty { return weak("only endorsements") }
        if !item.validations.isEmpty { return weak("only validations of a committee") }
        return .notStated
    }

    /// Substantial: a certificate can be compared with a public page. That a credential verifies
    /// by itself is a property of the credential, not of the item.
    static func verification(_ item: LearningOpportunity) -> Rule.Finding {
        if item.homepage != nil { return substantial }
        let others = item.sameAs.contains { WrittenForm.isWebAddress($0) }
        return others ? weak("only an id elsewhere") : .notStated
    }

    static func level(_ item: LearningOpportunity) -> Rule.Finding {
        if let level = item.eqfLevel {
            return EQF.level(of: level) != nil ? strong : none("unlevelled")
        }
        return item.nqfLevel != nil ? substantial : .notStated
    }

    static func outcomes(_ item: LearningOpportunity) -> Rule.Finding {
        let outcomes = item.learningOutcomes
        let coded = outcomes.contains {
            !$0.escoSkills.isEmpty || !$0.otherSkills.isEmpty || $0.type != nil
        }
        if coded { return strong }
        if !outcomes.isEmpty { return substantial }
        return item.criteria != nil || item.description != nil
            ? weak("only a description") : .notStated
    }

    static func workload(_ item: LearningOpportunity) -> Rule.Finding {
        let counted = item.creditPoints.contains { $0.framework != nil }
        switch (item.workloadHours != nil, counted) {
        case (true, true): return strong
        case (true, false), (false, true): return substantial
        case (false, false):
            return item.creditPoints.isEmpty
                ? .notStated : weak("credits without their framework")
        }
    }

    static func testing(_ item: LearningOpportunity) -> Rule.Finding {
        let types = item.assessmentTypes
        guard !types.isEmpty else { return .notStated }
        if types.allSatisfy({ $0 == Vocabulary.attendance }) { return none("only attendance") }
        guard types.contains(where: { !Vocabulary.isOnlyFormative($0) }) else {
            return weak("no assessment at the end")
        }
        return item.gradingScheme != nil ? strong : substantial
    }

    static func identification(_ item: LearningOpportunity) -> Rule.Finding {
        guard let supervision = item.supervision else { return .notStated }
        if Vocabulary.verifiesIdentity(supervision) { return strong }
        return Vocabulary.isSupervised(supervision)
            ? weak("supervised, but without identification") : none("unsupervised")
    }
}
