import CanonicalJSON

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
    /// Europass QDR: the XML of Learning Opportunities and Qualifications.
    case qdr
    /// IEEE LOM in XML: a list of records.
    case lom

    /// The media type of what is written.
    package var mediaType: String {
        switch self {
        case .json, .ob3: "application/json"
        case .elm, .ctdl, .schemaorg: "application/ld+json"
        case .csv: "text/csv"
        case .qdr, .lom: "application/xml"
        }
    }

    /// The name of the file with a whole catalogue below `/catalogue/`: stable, so that others may
    /// poll it.
    package var fileName: String {
        switch self {
        case .json: "items.json"
        case .elm: "elm.jsonld"
        case .ctdl: "ctdl.jsonld"
        case .ob3: "openbadges.json"
        case .schemaorg: "schemaorg.jsonld"
        case .csv: "items.csv"
        case .qdr: "qdr.xml"
        case .lom: "lom.xml"
        }
    }

    /// The format of a file of that name; nil for any other.
    package init?(fileName: String) {
        guard let format = Self.allCases.first(where: { $0.fileName == fileName }) else {
            return nil
        }
        self = format
    }

    /// What people call it.
    package var title: String {
        switch self {
        case .json: "JSON of this network"
        case .elm: "European Learning Model 3 (JSON-LD)"
        case .ctdl: "Credential Transparency Description Language (JSON-LD)"
        case .ob3: "Open Badges 3.0 Achievement (JSON)"
        case .schemaorg: "schema.org Course (JSON-LD)"
        case .csv: "comma-separated values"
        case .qdr: "Europass QDR (XML)"
        case .lom: "IEEE LOM (XML)"
        }
    }

    /// The JSON-LD context of a document.
    var context: JSON? {
        switch self {
        case .elm: ELMWriter.context
        case .ctdl: CTDLWriter.context
        case .ob3: AchievementWriter.context
        case .schemaorg: "https://schema.org"
        case .json, .csv, .qdr, .lom: nil
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
        case .qdr:
            QDRWriter.lost.union([.accreditations, .gradingScheme, .hasPart, .isPartOf, .nqfLevel])
        case .lom:
            LOMWriter.lost.union([.alignments, .learningOutcomes, .provider, .sameAs, .status])
        }
    }
}
