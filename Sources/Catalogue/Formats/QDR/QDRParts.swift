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

    /// How many bytes are held at most.
    static let maximumWeight = 256 << 20

    /// In the order of the file.
    private(set) var opportunities: [PackedElement] = []
    /// Achievement specifications and qualifications with their ids, in the order of the file.
    private(set) var specifications: [(id: String, part: PackedElement)] = []
    /// By the qualification that they name.
    private var accreditations: [String: [PackedElement]] = [:]
    private var byID: [Kind: [String: PackedElement]] = [:]
    private(set) var weight = 0

    /// Takes a part in; nil, or why it was not taken.
    mutating func take(_ element: XMLElement) -> ImportProblem? {
        // The kinds that nothing of an item refers to, such as groups.
        guard let kind = Kind(rawValue: element.name) else { return nil }
        let part = PackedElement(element.hollowed(keeping: kind.mapped))
        let id = element.attribute("id")
        // With about what the lists take for each.
        weight += part.count + 2 * (id?.utf8.count ?? 0) + 100
        if kind == .learningOpportunity {
            opportunities.append(part)
            return nil
        }
        guard let id else {
            return problem(element, "no id, so nothing can refer to it", "add the attribute id")
        }
        if let first = byID[kind]?[id] {
            return problem(
                element,
                "the id \"\(PlainText(id).text.prefix(80))\" was already used at "
                    + "\(first.element.position)",
                "give each <\(element.name)> its own id; the first one is read"
            )
        }
        byID[kind, default: [:]][id] = part
        switch kind {
        case .learningAchievementSpecification, .qualification: specifications.append((id, part))
        case .accreditation:
            let limit = element.first("limitQualification")?.attribute("idref")
            if let limit { accreditations[limit, default: []].append(part) }
        default: break
        }
        return nil
    }

    func part(_ kinds: [Kind], _ id: String) -> XMLElement? {
        for kind in kinds {
            if let part = byID[kind]?[id] { return part.element }
        }
        return nil
    }

    /// The accreditations that name a qualification.
    func accreditations(of qualification: String) -> [XMLElement] {
        (accreditations[qualification] ?? []).map(\.element)
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
