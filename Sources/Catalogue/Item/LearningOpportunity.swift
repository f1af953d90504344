/// A catalogue item: one learning opportunity as its institution describes it (domain.md section
/// 3). What is not stated is nil or an empty list. Values are only checked when the item is read
/// from JSON or `validated()`.
package struct LearningOpportunity: Sendable {
    // MARK: Identity

    /// 1 to 64 printable ASCII characters; stable, case-sensitive.
    package var id: String
    /// A code for humans, such as `BC-101`.
    package var code: String?
    /// The edition that the source names; the revision in the log is another thing.
    package var version: String?
    /// Of `Vocabulary.opportunityTypes`.
    package var types: [String] = []
    /// The title.
    package var title: LocalizedText
    /// BCP 47 tag of the language that the item is described in.
    package var defaultLanguage: String
    /// What it is about.
    package var description: LocalizedText?
    /// Its page.
    package var homepage: String?
    /// Free keywords in the default language.
    package var keywords: [String] = []
    /// Who teaches it.
    package var provider: Organisation
    /// Who awards the credential; may differ from the provider.
    package var awardingBody: Organisation
    /// Of `Vocabulary.statuses`.
    package var status: String?
    /// `YYYY-MM-DD`.
    package var approvalDate: String?
    /// `YYYY-MM-DD`.
    package var reviewDate: String?
    /// The licence of the material, a URI.
    package var licence: String?
    /// The ids under which others know the item, its source's own among them.
    package var sameAs: [String] = []

    // MARK: Achievement

    /// What is learned.
    package var learningOutcomes: [LearningOutcome] = []
    /// What has to be done to earn it.
    package var criteria: LocalizedText?
    /// The field in words.
    package var fieldOfStudy: LocalizedText?
    /// The specialisation in words.
    package var specialization: LocalizedText?
    /// Of `ISCEDF.fields`.
    package var iscedFields: [String] = []
    /// URIs of fields of other classifications, such as New Zealand's NZSCED.
    package var otherFields: [String] = []
    /// Of `EQF.levels`, `EQF.unlevelled` included.
    package var eqfLevel: String?
    /// The level of a national framework.
    package var nqfLevel: NationalLevel?
    /// Credits, one entry for each framework.
    package var creditPoints: [CreditPoints] = []
    /// Notional workload in hours, a decimal.
    package var workloadHours: String?
    /// Languages of instruction, of `Language.languages`.
    package var languages: [String] = []
    /// Of `Vocabulary.assessmentTypes`.
    package var assessmentTypes: [String] = []
    /// How results are expressed.
    package var gradingScheme: GradingScheme?
    /// Of `Vocabulary.modes`.
    package var modes: [String] = []
    /// Of `Vocabulary.settings`.
    package var setting: String?
    /// What is needed to enter.
    package var entryRequirements: LocalizedText?
    /// Of `Vocabulary.stackability`.
    package var stackability: String?
    /// Global ids of what the item is a part of.
    package var isPartOf: [String] = []
    /// Global ids of its parts.
    package var hasPart: [String] = []
    /// Of `Vocabulary.supervision`.
    package var supervision: String?
    /// What it entitles to.
    package var entitlements: [Entitlement] = []
    /// Nodes of other frameworks.
    package var alignments: [Alignment] = []

    // MARK: Quality

    /// Of `Vocabulary.qualityAssuranceTypes`.
    package var qualityAssurance: [String] = []
    /// Accreditations.
    package var accreditations: [Accreditation] = []
    /// The validations of the scientific committee.
    package var validations: [CommitteeValidation] = []
    /// Evaluations by students.
    package var studentEvaluations: [StudentEvaluation] = []
    /// Endorsements by others.
    package var endorsements: [Endorsement] = []

    /// An item with what is needed to publish it; all else is not stated.
    package init(
        id: String,
        title: LocalizedText,
        defaultLanguage: String,
        provider: Organisation,
        awardingBody: Organisation
    ) {
        self.id = id
        self.title = title
        self.defaultLanguage = defaultLanguage
        self.provider = provider
        self.awardingBody = awardingBody
    }

    /// The global id, `https://<domain>/items/<percent-encoded id>`.
    package func globalID(domain: String) -> String {
        ItemIdentifier.global(id, domain: domain)
    }

    /// The title in the default language, or in another one when it lacks that.
    package var displayTitle: String { title.best(for: defaultLanguage) ?? id }
}

extension LearningOpportunity: Equatable {
    /// Equality of the written forms: "unchanged" in the sense of domain.md section 3.0.
    package static func == (left: LearningOpportunity, right: LearningOpportunity) -> Bool {
        left.json == right.json
    }
}
