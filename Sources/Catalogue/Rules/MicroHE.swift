extension RuleSet {
    /// The required elements of the metadata standard of the project MicroHE (domain.md section
    /// 3.1). The awarding activity is the type of offer that the awarding body awards.
    package static let microHE = RuleSet(
        id: "microhe",
        title: "MicroHE metadata standard",
        rules: [
            MicroHE.identifier, AnnexI.title, MicroHE.field, MicroHE.level,
            MicroHE.awardingActivity,
        ]
    )
}

/// The elements of MicroHE, which the ECCOE profile repeats.
enum MicroHE {
    static let identifier = Rule("identifier", .id) { ItemIdentifier.isValid($0.id) }

    static let field = Rule("isced-field", .iscedFields) { !$0.iscedFields.isEmpty }

    /// A level of the EQF, or the statement that it stands outside of the frameworks.
    static let level = Rule("level", .eqfLevel) { $0.eqfLevel != nil }

    static let awardingActivity = Rule("awarding-activity", .types) { !$0.types.isEmpty }
}
