import CanonicalJSON

/// Writes an item as an Achievement of Open Badges 3.0, in the item's default language: the format
/// has one language.
struct AchievementWriter {
    private let entry: CatalogueExport.Entry
    private var item: LearningOpportunity { entry.item }

    init(_ entry: CatalogueExport.Entry) {
        self.entry = entry
    }

    /// The contexts of Open Badges 3.0, in their order.
    static let context: JSON = [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]

    /// The achievement as a document of its own, outside of a credential.
    var document: JSON {
        guard case .object(var object) = achievement else { return achievement }
        object["@context"] = Self.context
        return .object(object)
    }

    var achievement: JSON {
        var object = JSONObject()
        object["id"] = .string(entry.globalID)
        object["type"] = ["Achievement"]
        object["name"] = .string(item.displayTitle)
        // Required; an item without description has its title to say.
        object["description"] = .string(text(item.description) ?? item.displayTitle)
        object["criteria"] = criteria
        object["inLanguage"] = .string(item.defaultLanguage)
        object["humanCode"] = item.code.map { .string($0) }
        object["version"] = item.version.map { .string($0) }
        object["fieldOfStudy"] = text(item.fieldOfStudy).map { .string($0) }
        object["specialization"] = text(item.specialization).map { .string($0) }
        object["creditsAvailable"] = item.creditPoints.first.flatMap { Self.number($0.number) }
        object["tag"] = list(item.keywords.map { .string($0) })
        object["achievementType"] = item.types.first.flatMap(AchievementType.name)
            .map { .string($0) }
        object["creator"] = creator
        object["alignment"] = list(alignments)
        object["resultDescription"] = item.gradingScheme.map { [result($0)] }
        object["otherIdentifier"] = list(
            item.sameAs.map {
                [
                    "type": "IdentifierEntry", "identifier": .string($0),
                    "identifierType": "identifier",
                ]
            }
        )
        return .object(object)
    }

    private func text(_ text: LocalizedText?) -> String? { text?.best(for: item.defaultLanguage) }

    private func list(_ values: [JSON]) -> JSON? { values.isEmpty ? nil : .array(values) }

    private var criteria: JSON {
        var object = JSONObject()
        object["id"] = item.homepage.map { .string($0) }
        object["narrative"] = text(item.criteria).map { .string($0) }
        return .object(object)
    }

    private var creator: JSON {
        let body = item.awardingBody
        var object = JSONObject()
        object["id"] = .string(body.id ?? "https://\(entry.domain)")
        object["type"] = ["Profile"]
        object["name"] = text(body.name).map { .string($0) }
        object["url"] = body.homepage.map { .string($0) }
        if let code = body.country.flatMap({ Country.code(of: $0) }) {
            object["address"] = ["type": ["Address"], "addressCountryCode": .string(code)]
        }
        return .object(object)
    }

    private static func number(_ decimal: String) -> JSON? {
        try? JSON.read(Array(decimal.utf8))
    }

    private func alignment(
        _ url: String,
        _ name: String?,
        _ framework: String?,
        _ code: String?
    ) -> JSON {
        var object = JSONObject()
        object["type"] = ["Alignment"]
        // Required; what has no name is called by its address.
        object["targetName"] = .string(name ?? url)
        object["targetUrl"] = .string(url)
        object["targetFramework"] = framework.map { .string($0) }
        object["targetCode"] = code.map { .string($0) }
        return .object(object)
    }

    private var alignments: [JSON] {
        let level = item.eqfLevel.map {
            alignment($0, EQF.levels.label(of: $0), "European Qualifications Framework", nil)
        }
        let fields = item.iscedFields.map {
            alignment($0, ISCEDF.fields.label(of: $0), "ISCED-F 2013", ISCEDF.code(of: $0))
        }
        let skills = item.learningOutcomes.flatMap { outcome in
            outcome.escoSkills.map { alignment($0, text(outcome.title), "ESCO", nil) }
        }
        let others = item.alignments.map {
            alignment($0.url, text($0.name), $0.framework, $0.code)
        }
        return [level].compactMap { $0 } + fields + skills + others
    }

    private func result(_ scheme: GradingScheme) -> JSON {
        var object = JSONObject()
        object["id"] = .string(entry.globalID + "#result")
        object["type"] = ["ResultDescription"]
        object["name"] = text(scheme.title).map { .string($0) }
        object["resultType"] = "LetterGrade"
        object["allowedValue"] = list(scheme.values.map { .string($0) })
        object["requiredValue"] = scheme.passingValue.map { .string($0) }
        return .object(object)
    }
}
