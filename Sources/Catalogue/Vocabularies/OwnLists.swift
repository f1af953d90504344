extension Vocabulary {
    /// Supervision and identity verification during assessment (domain.md section 3). The European
    /// URI is that of the sample credentials of the European Learning Model; the list itself is not
    /// published with the other code lists, so the rest is ours.
    package static let supervision = CodeList(
        "supervision-verification",
        codes: [
            Code(
                uri: "http://data.europa.eu/snb/supervision-verification/c598449d64",
                label: "Unsupervised without ID verification"
            ),
            Code(
                uri: "urn:eccoe:supervision:supervised-without-id",
                label: "Supervised without ID verification"
            ),
            Code(
                uri: "urn:eccoe:supervision:supervised-online-with-id",
                label: "Supervised online with ID verification"
            ),
            Code(
                uri: "urn:eccoe:supervision:supervised-on-site-with-id",
                label: "Supervised on site with ID verification"
            ),
        ]
    )

    /// Whether an assessment of this supervision is watched over.
    static func isSupervised(_ supervision: String) -> Bool {
        supervision.hasPrefix("urn:eccoe:supervision:supervised-")
    }

    /// Whether it is checked who is assessed.
    static func verifiesIdentity(_ supervision: String) -> Bool {
        isSupervised(supervision) && supervision.hasSuffix("-with-id")
    }

    /// Whether an item stands alone or is part of something larger (Council Recommendation 2022,
    /// Annex I).
    package static let stackability = CodeList(
        "stackability",
        prefix: "urn:eccoe:stackability:",
        ["stand-alone": "stand-alone", "part-of": "part of a larger credential"]
    )

    /// Of `stackability`.
    static let standAlone = "urn:eccoe:stackability:stand-alone"

    /// Of `stackability`.
    static let partOfSomething = "urn:eccoe:stackability:part-of"

    /// The state of an item in its catalogue (domain.md section 3).
    package static let statuses = CodeList(
        "status",
        prefix: "urn:eccoe:status:",
        [
            "released": "released", "to-be-reviewed": "to be reviewed", "obsolete": "obsolete",
            "withdrawn": "withdrawn",
        ]
    )

    /// The four validations of a scientific committee (domain.md section 1).
    package static let committees = CodeList(
        "committee",
        prefix: "urn:eccoe:committee:",
        [
            "pedagogical": "pedagogical", "scientific": "scientific", "technical": "technical",
            "legal": "legal",
        ]
    )

    /// What a committee found.
    package static let verdicts = CodeList(
        "verdict",
        prefix: "urn:eccoe:verdict:",
        [
            "accepted": "accepted", "accepted-with-changes": "accepted with changes",
            "refused": "refused",
        ]
    )

    /// Of `verdicts`.
    static let accepted = "urn:eccoe:verdict:accepted"

    /// Of `verdicts`.
    static let acceptedWithChanges = "urn:eccoe:verdict:accepted-with-changes"
}
