extension RuleSet {
    /// The ECCOE profile (ours, domain.md section 3.1): Annex I, MicroHE and the four descriptor
    /// groups that ECCOE names. What two of them ask is asked once: `participation` is the mode of
    /// study, `assessment` the assessment methods, `supervision` the authentication means, and
    /// MicroHE's awarding activity is the type of offer that the awarding body awards.
    package static let eccoe = RuleSet(
        id: "eccoe",
        title: "ECCOE profile",
        rules: [
            MicroHE.identifier,
            AnnexI.title, AnnexI.country, AnnexI.awardingBody,
            MicroHE.awardingActivity,
            AnnexI.outcomes, AnnexI.workload, AnnexI.level,
            MicroHE.field,
            AnnexI.assessment, AnnexI.participation,
            Rule("supervision", .supervision) { $0.supervision != nil },
            Rule("grading-scheme", .gradingScheme) { $0.gradingScheme != nil },
            AnnexI.qualityAssurance,
        ]
    )
}
