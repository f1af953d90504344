/// The code lists that an item draws on. The URIs and labels under `http://data.europa.eu/snb/` are
/// facts of the European Digital Credentials code lists (learning-opportunity, modes, settings,
/// assessment, accreditation, education-credit, skill-type, entitlement).
package enum Vocabulary {
    private static let snb = "http://data.europa.eu/snb/"

    /// Types of learning opportunity; `open resource` is ours (domain.md section 3).
    package static let opportunityTypes = CodeList(
        "learning-opportunity",
        codes: CodeList(
            "",
            prefix: snb + "learning-opportunity/",
            [
                "05053c1cbe": "Course", "0f7dac46ca": "Programme module",
                "11252a5207": "Mentoring", "17744a2647": "MOOC", "63f9f6180c": "Apprenticeship",
                "65a4cf5de2": "Study visit", "74a4a268e8": "Short learning programme",
                "77b99de990": "Internship", "79343569f3": "Educational programme",
                "7e1ac538db": "Class", "8b965da2d4": "Service learning", "b2434ca358": "Thesis",
            ]
        ).codes + [
            Code(uri: "urn:eccoe:learning-opportunity:open-resource", label: "Open resource")
        ]
    )

    /// Modes of learning and assessment.
    package static let modes = CodeList(
        "mode",
        prefix: snb + "learning-assessment/",
        [
            "729f3bed4b": "Workbased", "7813801c77": "Project based", "9191af2ed9": "Presential",
            "920fbb3cbe": "Online", "e92d221e4d": "Blended", "ed4c557045": "Research-Lab based",
        ]
    )

    /// Learning settings.
    package static let settings = CodeList(
        "learning-setting",
        prefix: snb + "learning-setting/",
        ["6fd4685715": "formal learning", "e207a81fc7": "non-formal learning"]
    )

    /// Types of assessment.
    package static let assessmentTypes = CodeList(
        "assessment",
        prefix: snb + "assessment/",
        [
            "19a2e5e671": "peer assessment", "2939dae15f": "marked assignment",
            "3484bd7e51": "continuous evaluation", "4f03b91c0e": "portfolio",
            "56539a6507": "group performance", "6a4db9f11d": "practical assessment",
            "6e6cb2cc78": "written examination", "7331eb4762": "level of attendance",
            "795dac4096": "project work", "812e3b0ae1": "peer review", "b1b68f6735": "quiz",
            "c4256a2726": "problem based learning", "d30284d7df": "oral examination",
            "de4d165a6c": "artefact assessment",
        ]
    )

    /// Of `assessmentTypes`.
    static let attendance = snb + "assessment/7331eb4762"

    /// Whether an assessment of this type accompanies learning but does not end it: attendance,
    /// continuous evaluation, peer assessment and peer review.
    static func isOnlyFormative(_ type: String) -> Bool {
        type == attendance || type == snb + "assessment/3484bd7e51"
            || type == snb + "assessment/19a2e5e671" || type == snb + "assessment/812e3b0ae1"
    }

    /// Types of quality assurance and of accreditation.
    package static let qualityAssuranceTypes = CodeList(
        "accreditation",
        prefix: snb + "accreditation/",
        [
            "003293d2ce": "Institutional License", "820101cba6": "Program Quality Assurance",
            "bb4618238e": "Institutional Quality Assurance", "e57dddfcf3": "Program License",
        ]
    )

    /// Whether quality assurance of this type looks at the programme, not only at the institution.
    static func assuresProgramme(_ type: String) -> Bool {
        type == snb + "accreditation/820101cba6" || type == snb + "accreditation/e57dddfcf3"
    }

    /// Systems of credit points; New Zealand's is ours, since the European list lacks it.
    package static let creditSystems = CodeList(
        "education-credit",
        codes: [
            Code(uri: ects, label: "European Credit Transfer System"),
            Code(
                uri: snb + "education-credit/60b314e826",
                label: "European credit system for vocational education and training"
            ),
            Code(uri: NZQCF.creditFramework, label: "New Zealand credits (10 notional hours)"),
        ]
    )

    /// The European Credit Transfer System: 25 to 30 hours a credit.
    package static let ects = snb + "education-credit/6fcec5c5af"

    /// Types of learning outcome; the third descriptor of the EQF is ours, since the European list
    /// has two.
    package static let outcomeTypes = CodeList(
        "skill-type",
        codes: [
            Code(uri: snb + "skill-type/knowledge", label: "knowledge"),
            Code(uri: snb + "skill-type/skill", label: "skill"),
            Code(
                uri: "urn:eccoe:skill-type:responsibility-autonomy",
                label: "responsibility and autonomy"
            ),
        ]
    )

    /// Types of entitlement.
    package static let entitlementTypes = CodeList(
        "entitlement",
        prefix: snb + "entitlement/",
        [
            "52f62180c2": "occupation", "64aad92881": "learning opportunity",
            "bebd32e8e6": "membership",
        ]
    )

    /// Of `entitlementTypes`: to learn on.
    static let furtherLearning = snb + "entitlement/64aad92881"

    /// Whether an entitlement is certain.
    package static let entitlementStatuses = CodeList(
        "entitlement-status",
        prefix: snb + "entitlement-status/",
        ["5b8d6b34fb": "prospective", "b7015a8a8c": "actual"]
    )

    /// Every list, for labels whose list is not known.
    package static let all: [CodeList] = [
        opportunityTypes, modes, settings, assessmentTypes, qualityAssuranceTypes, creditSystems,
        outcomeTypes, entitlementTypes, entitlementStatuses, supervision, stackability, statuses,
        committees, verdicts, EQF.levels, NQF.levels, NZQCF.levels, ISCEDF.fields,
        Language.languages,
        Country.countries,
    ]

    private static let labels: [String: String] = Dictionary(
        all.flatMap { $0.codes.map { ($0.uri, $0.label) } },
        uniquingKeysWith: { first, _ in first }
    )

    /// The English label of a coded value of any list; nil when no list has it.
    package static func label(of uri: String) -> String? {
        labels[uri]
    }
}
