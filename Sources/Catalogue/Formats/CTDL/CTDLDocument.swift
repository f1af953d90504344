import CanonicalJSON

/// Credential Transparency Description Language in JSON-LD: a record, a graph, or an envelope of
/// the Credential Registry.
struct CTDLDocument: RecordMapper {
    let defaults: ImportDefaults

    func records(of value: JSON, base: String) -> [ImportRecord] {
        var remarks = RecordRemarks(base: base)
        guard RegistryEnvelope.isEnvelope(value) else {
            return records(of: value, at: "", remarks)
        }
        let resource: JSON
        do {
            resource = try RegistryEnvelope.resource(of: value)
        } catch {
            remarks.add(.error, error.pointer, error.message, error.remedy)
            return [remarks.refused()]
        }
        remarks.add(
            .note,
            "/resource",
            "the signature fits the key in the envelope; whose key it is, it does not say",
            "compare the key with the one of the publisher"
        )
        return records(of: resource, at: "/resource", remarks)
    }

    private func records(
        of document: JSON,
        at pointer: String,
        _ remarks: RecordRemarks
    ) -> [ImportRecord] {
        let graph = LinkedGraph(document, at: pointer)
        guard let root = graph.node(document, at: pointer) else {
            return [refused(document, at: pointer, remarks)]
        }
        let members = graph.nodes(root, "graph")
        let nodes = (members.isEmpty ? [root] : members).filter { CTDLClass.isItem($0.types) }
        guard !nodes.isEmpty else {
            let types = (members.isEmpty ? [root] : members).flatMap(\.types)
            return [refused(types, at: pointer, remarks)]
        }
        return nodes.enumerated().map { index, node in
            // What concerns the whole document is said once.
            let remarks = index == 0 ? remarks : RecordRemarks(base: remarks.base)
            var mapping = CTDLMapping(defaults: defaults, graph: graph, remarks: remarks)
            return mapping.record(of: node)
        }
    }

    private func refused(
        _ document: JSON,
        at pointer: String,
        _ remarks: consuming RecordRemarks
    ) -> ImportRecord {
        remarks.add(
            .error,
            pointer,
            "\(document.kind) where a CTDL record is expected",
            "give a record with @type and ceterms:ctid, a @graph, or a registry envelope"
        )
        return remarks.refused()
    }

    private func refused(
        _ types: [String],
        at pointer: String,
        _ remarks: consuming RecordRemarks
    ) -> ImportRecord {
        let names = PlainText(types.joined(separator: ", ")).text
        let isBody = types.contains { CTDLClass.bodies.contains($0) }
        remarks.add(
            .error,
            pointer,
            isBody
                ? "a description of an organisation (\(names)), not of something that is learned"
                : "nothing that is learned: \(names.isEmpty ? "no @type" : names)",
            isBody
                ? "import the credentials and courses: their organisations come with them"
                : "give a credential, a course, a programme or an assessment"
        )
        return remarks.refused()
    }
}

/// Classes of CTDL.
enum CTDLClass {
    /// Where the terms of CTDL live.
    static let terms = "https://purl.org/ctdl/terms/"

    static let bodies: Set<String> = [
        "Agent", "CredentialOrganization", "Organization", "QACredentialOrganization",
    ]

    static func isItem(_ types: [String]) -> Bool {
        types.contains { credentials.contains($0) || opportunities.contains($0) }
    }

    static func isCredential(_ types: [String]) -> Bool {
        types.contains { credentials.contains($0) }
    }

    /// The European type where one means the same, otherwise the class itself.
    static func uri(of types: [String]) -> String? {
        guard let type = types.first(where: { isItem([$0]) }) else { return nil }
        if let label = european[type] { return Vocabulary.opportunityTypes.uri(labelled: label) }
        return terms + type
    }

    private static let european = [
        "Course": "Course", "LearningProgram": "Educational programme",
        "ApprenticeshipCertificate": "Apprenticeship",
    ]

    private static let opportunities: Set<String> = [
        "AssessmentProfile", "Course", "LearningOpportunity", "LearningOpportunityProfile",
        "LearningProgram",
    ]

    private static let credentials: Set<String> = [
        "AcademicCertificate", "ApprenticeshipCertificate", "AssociateDegree",
        "AssociateOfAppliedArtsDegree", "AssociateOfAppliedScienceDegree", "AssociateOfArtsDegree",
        "AssociateOfScienceDegree", "BachelorDegree", "BachelorOfArtsDegree",
        "BachelorOfScienceDegree", "Badge", "BasicTechnicalCertificate", "Certificate",
        "CertificateOfCompletion", "CertificateOfParticipation", "Certification", "Credential",
        "Degree", "DigitalBadge", "Diploma", "DoctoralDegree", "GeneralEducationDevelopment",
        "GeneralEducationLevel1Certificate", "GeneralEducationLevel2Certificate",
        "HigherEducationLevel1Certificate", "HigherEducationLevel2Certificate",
        "JourneymanCertificate", "License", "MasterCertificate", "MasterDegree",
        "MasterOfArtsDegree", "MasterOfScienceDegree", "MicroCredential", "OpenBadge",
        "ParticipationCertificate", "PostBaccalaureateCertificate", "PostMasterCertificate",
        "PreApprenticeshipCertificate", "ProfessionalCertificate", "ProfessionalDoctorate",
        "ProficiencyCertificate", "QualityAssuranceCredential", "ResearchDoctorate",
        "SecondaryEducationCertificate", "SecondarySchoolDiploma", "SpecialistDegree",
        "TechnicalLevel1Certificate", "TechnicalLevel2Certificate", "TechnicalLevel3Certificate",
        "WorkbasedLearningProgram",
    ]
}
