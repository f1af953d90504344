/// A format in which items are written; the raw value is its name on the command line.
package enum ExportFormat: String, CaseIterable, Sendable {
    /// Our own: a list of items in their written form.
    case json
    /// European Learning Model v3 in JSON-LD, with the RDF names of its terms.
    case elm
    /// Credential Transparency Description Language in JSON-LD.
    case ctdl
    /// Open Badges 3.0: a list of achievements.
    case ob3
    /// schema.org: courses.
    case schemaorg
    /// A sheet of comma-separated values that no spreadsheet takes for formulas.
    case csv

    /// The media type of what is written.
    package var mediaType: String {
        switch self {
        case .json, .ob3: "application/json"
        case .elm, .ctdl, .schemaorg: "application/ld+json"
        case .csv: "text/csv"
        }
    }

    /// The members of an item that the format has no place for, or only a part of them: what the
    /// manual's table tells and a round trip loses.
    package var losses: Set<ItemName> {
        switch self {
        case .json: []
        case .elm:
            [
                .alignments, .approvalDate, .criteria, .endorsements, .fieldOfStudy,
                .gradingScheme, .keywords, .licence, .qualityAssurance, .reviewDate,
                .specialization, .studentEvaluations, .supervision, .validations, .version,
            ]
        case .ctdl:
            [
                .accreditations, .approvalDate, .assessmentTypes, .endorsements, .entitlements,
                .eqfLevel,
                .fieldOfStudy, .gradingScheme, .iscedFields, .learningOutcomes, .licence, .modes,
                .nqfLevel, .otherFields, .qualityAssurance, .reviewDate, .setting, .specialization,
                .studentEvaluations, .supervision, .types, .validations,
            ]
        case .ob3:
            [
                .accreditations, .approvalDate, .assessmentTypes, .creditPoints, .description,
                .endorsements, .entitlements, .entryRequirements, .gradingScheme, .hasPart,
                .isPartOf, .languages, .learningOutcomes, .licence, .modes, .nqfLevel,
                .otherFields, .provider, .qualityAssurance, .reviewDate, .setting, .stackability,
                .status, .studentEvaluations, .supervision, .title, .types, .validations,
                .workloadHours,
            ]
        case .schemaorg: Set(ItemName.allCases)
        case .csv:
            [
                .accreditations, .alignments, .awardingBody, .creditPoints, .description,
                .endorsements, .entitlements, .gradingScheme, .learningOutcomes, .nqfLevel,
                .provider, .studentEvaluations, .title, .validations,
            ]
        }
    }
}
