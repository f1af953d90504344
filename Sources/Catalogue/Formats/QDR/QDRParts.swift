import XML

/// The parts of a QDR file by their ids: opportunities come first and refer to what comes later, so
/// that nothing can be read before the end of the file.
struct QDRParts {
    /// The kinds of parts, each with what of it an item has a place for.
    enum Kind: String, CaseIterable {
        case learningOpportunity
        case learningAchievementSpecification
        case qualification
        case learningOutcome
        case learningActivitySpecification
        case learningAssessmentSpecification
        case learningEntitlementSpecification
        case organisation
        case agent
        case accreditation
        case gradingScheme
        case location

        var mapped: Set<String> {
            switch self {
            case .learningOpportunity:
                [
                    "identifier", "title", "description", "type", "additionalNote", "homepage",
                    "mode", "providedBy", "learningAchievementSpecification",
                    "learningActivitySpecification", "hasPart", "isPartOf", "defaultLanguage",
                    "status",
                ]
            case .learningAchievementSpecification, .qualification:
                [
                    "identifier", "title", "description", "additionalNote", "homepage", "category",
                    "status", "learningOutcomeSummary", "ISCEDFCode", "thematicArea",
                    "educationSubject", "volumeOfLearning", "creditPoint", "educationLevel",
                    "language", "mode", "learningSetting", "entryRequirement", "learningOutcome",
                    "influencedBy", "provenBy", "entitlesTo", "awardingOpportunity", "EQFLevel",
                    "NQFLevel", "accreditation",
                ]
            case .learningOutcome: ["title", "type", "relatedSkill", "relatedESCOSkill"]
            case .learningActivitySpecification: ["volumeOfLearning"]
            case .learningAssessmentSpecification: ["type", "gradingScheme"]
            case .learningEntitlementSpecification: ["title", "type", "entitlementStatus"]
            case .organisation: ["legalName", "homepage", "location", "accreditation"]
            case .agent: ["prefLabel", "location"]
            case .accreditation:
                [
                    "title", "type", "accreditingAgent", "issued", "expiryDate", "homepage",
                    "landingPage", "limitQualification",
                ]
            case .gradingScheme: ["title", "description"]
            case .location: ["address"]
            }
        }
    }

    /// How much is held at most.
    static let maximumWeight = 256 << 20

    /// In the order of the file.
    private(set) var opportunities: [XMLElement] = []
    private(set) var specifications: [XMLElement] = []
    private var accreditations: [XMLElement] = []
    private var byID: [Kind: [String: XMLElement]] = [:]
    private(set) var weight = 0

    /// Takes a part in; nil, or why it was not taken.
    mutating func take(_ element: XMLElement) -> ImportProblem? {
        // The kinds that nothing of an item refers to, such as groups.
        guard let kind = Kind(rawValue: element.name) else { return nil }
        let part = element.hollowed(keeping: kind.mapped)
        weight += part.weight
        if kind == .learningOpportunity {
            opportunities.append(part)
            return nil
        }
        guard let id = part.attribute("id") else {
            return problem(part, "no id, so nothing can refer to it", "add the attribute id")
        }
        if let first = byID[kind]?[id] {
            return problem(
                part,
                "the id \"\(PlainText(id).text.prefix(80))\" was already used at \(first.position)",
                "give each <\(part.name)> its own id; the first one is read"
            )
        }
        byID[kind, default: [:]][id] = part
        if kind == .accreditation { accreditations.append(part) }
        if kind == .learningAchievementSpecification || kind == .qualification {
            specifications.append(part)
        }
        return nil
    }

    func part(_ kinds: [Kind], _ id: String) -> XMLElement? {
        for kind in kinds {
            if let part = byID[kind]?[id] { return part }
        }
        return nil
    }

    /// The accreditations that name a qualification.
    func accreditations(of qualification: String) -> [XMLElement] {
        accreditations.filter {
            $0.first("limitQualification")?.attribute("idref") == qualification
        }
    }

    private func problem(_ part: XMLElement, _ message: String, _ remedy: String) -> ImportProblem {
        ImportProblem(
            at: ElementReader.place(part),
            message: message,
            remedy: remedy,
            severity: .warning
        )
    }
}
