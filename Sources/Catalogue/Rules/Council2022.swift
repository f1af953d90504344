extension RuleSet {
    /// Council Recommendation on a European approach to micro-credentials, 2022/C 243/02, Annex I:
    /// nine of the eleven mandatory elements; a catalogue item has no learner and no date of issue.
    package static let council2022 = RuleSet(
        id: "council-2022",
        title: "Council Recommendation 2022, Annex I",
        rules: [
            AnnexI.title, AnnexI.country, AnnexI.awardingBody, AnnexI.outcomes, AnnexI.workload,
            AnnexI.level, AnnexI.assessment, AnnexI.participation, AnnexI.qualityAssurance,
        ]
    )
}

/// The elements of Annex I, which other sets repeat.
enum AnnexI {
    static let title = Rule("title", .title) { !$0.title.texts.isEmpty }

    /// Country or region of the issuer: of the body that awards.
    static let country = Rule("issuer-country", .awardingBody) { $0.awardingBody.country != nil }

    static let awardingBody = Rule("awarding-body", .awardingBody) {
        !$0.awardingBody.name.texts.isEmpty
    }

    static let outcomes = Rule("learning-outcomes", .learningOutcomes) {
        !$0.learningOutcomes.isEmpty
    }

    /// Hours, or credits of a framework that defines them by hours; a bare number is no workload.
    static let workload = Rule("workload", .workloadHours) { item in
        if item.workloadHours != nil { return .met }
        if item.creditPoints.contains(where: { $0.framework != nil }) { return .met }
        return item.creditPoints.isEmpty ? .notStated : .notMet("credits without their framework")
    }

    /// "If applicable": a level that is explicitly none is an answer.
    static let level = Rule("level", .eqfLevel) { $0.eqfLevel != nil }

    static let assessment = Rule("assessment", .assessmentTypes) { !$0.assessmentTypes.isEmpty }

    static let participation = Rule("participation", .modes) { !$0.modes.isEmpty }

    static let qualityAssurance = Rule("quality-assurance", .qualityAssurance) {
        !$0.qualityAssurance.isEmpty
    }
}
