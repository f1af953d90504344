import CanonicalJSON

/// Writes an item as a LearningOpportunity of the European Learning Model v3. The names are those
/// of the RDF vocabulary under prefixes that the document itself declares, so that it expands
/// without fetching a context.
struct ELMWriter {
    private let item: LearningOpportunity
    private let id: String

    init(_ entry: CatalogueExport.Entry) {
        item = entry.item
        id = entry.globalID
    }

    static let context: JSON = [
        "adms": "http://www.w3.org/ns/adms#", "dc": "http://purl.org/dc/terms/",
        "elm": "http://data.europa.eu/snb/model/elm/", "foaf": "http://xmlns.com/foaf/0.1/",
        "rov": "http://www.w3.org/ns/regorg#", "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    ]

    var node: JSON {
        var node = NodeWriter("elm:LearningOpportunity", id: id)
        node.set("adms:identifier", identifiers)
        node.set("dc:title", item.title)
        node.set("dc:description", item.description)
        node.set("dc:type", references: item.types)
        node.set(
            "elm:defaultLanguage",
            references: Language.uri(tag: item.defaultLanguage).map { [$0] } ?? []
        )
        node.set("foaf:homepage", Self.pages(item.homepage))
        node.set("elm:mode", references: item.modes)
        node.set("elm:providedBy", [Self.organisation(item.provider)])
        node.set("elm:status", item.status.flatMap { Vocabulary.statuses.label(of: $0) })
        node.set("elm:isPartOf", references: item.isPartOf)
        node.set("elm:hasPart", references: item.hasPart)
        node.set("elm:learningAchievementSpecification", [specification])
        return node.json
    }

    /// The code first; the ids elsewhere are marked as such.
    private var identifiers: [JSON] {
        let code = item.code.map { code -> JSON in
            ["@type": "elm:Identifier", "skos:notation": .string(code)]
        }
        return [code].compactMap { $0 }
            + item.sameAs.map { id in
                [
                    "@type": "elm:Identifier", "elm:schemeName": .string(ELMMapping.sameAsScheme),
                    "skos:notation": .string(id),
                ]
            }
    }

    /// A Qualification when the level is stated, which that class requires.
    private var specification: JSON {
        let isLevelled = item.eqfLevel != nil
        var node = NodeWriter(
            isLevelled ? "elm:Qualification" : "elm:LearningAchievementSpecification",
            id: id + "#specification"
        )
        node.set("dc:title", item.title)
        node.set("dc:language", references: item.languages)
        node.set("elm:EQFLevel", references: item.eqfLevel.map { [$0] } ?? [])
        if let level = item.nqfLevel {
            node.set(
                "elm:NQFLevel",
                [
                    [
                        "@id": .string(level.level),
                        "skos:inScheme": ["@id": .string(level.framework)],
                    ]
                ]
            )
        }
        node.set("elm:ISCEDFCode", references: item.iscedFields)
        node.set("elm:educationSubject", references: item.otherFields)
        node.set("elm:learningOutcome", item.learningOutcomes.map(Self.outcome))
        node.set("elm:creditPoint", item.creditPoints.map(Self.credits))
        node.set("elm:volumeOfLearning", item.workloadHours.flatMap(Self.duration))
        node.set("elm:learningSetting", references: item.setting.map { [$0] } ?? [])
        node.set("elm:entryRequirement", Self.notes(item.entryRequirements))
        node.set("elm:entitlesTo", item.entitlements.map(Self.entitlement))
        node.set("elm:provenBy", assessment.map { [$0] } ?? [])
        node.set("elm:accreditation", item.accreditations.map(Self.accreditation))
        if item.stackability == Vocabulary.partOfSomething {
            node.set("elm:isPartialQualification", .bool(true))
        }
        var awarding = NodeWriter("elm:AwardingOpportunity")
        awarding.set("elm:awardingBody", [Self.organisation(item.awardingBody)])
        node.set("elm:awardingOpportunity", [awarding.json])
        return node.json
    }

    private var assessment: JSON? {
        guard !item.assessmentTypes.isEmpty || item.gradingScheme != nil else { return nil }
        var node = NodeWriter("elm:LearningAssessmentSpecification")
        node.set("dc:title", item.title)
        node.set("dc:type", references: item.assessmentTypes)
        if let scheme = item.gradingScheme {
            var grading = NodeWriter("elm:GradingScheme")
            grading.set("dc:title", scheme.title)
            grading.set("dc:description", scheme.description)
            node.set("elm:gradingScheme", [grading.json])
        }
        return node.json
    }

    // MARK: Parts

    private static func pages(_ address: String?) -> [JSON] {
        guard let address else { return [] }
        var node = NodeWriter("elm:WebResource")
        node.set("elm:contentUrl", ["@type": "xsd:anyURI", "@value": .string(address)])
        return [node.json]
    }

    private static func notes(_ text: LocalizedText?) -> [JSON] {
        guard let text else { return [] }
        var node = NodeWriter("elm:Note")
        node.set("elm:noteLiteral", text)
        return [node.json]
    }

    private static func organisation(_ body: Organisation) -> JSON {
        var node = NodeWriter("elm:Organisation", id: body.id)
        node.set("rov:legalName", body.name)
        node.set("foaf:homepage", pages(body.homepage))
        if let country = body.country {
            var address = NodeWriter("elm:Address")
            address.set("elm:countryCode", references: [country])
            var location = NodeWriter("dc:Location")
            location.set("elm:address", [address.json])
            node.set("elm:location", [location.json])
        }
        return node.json
    }

    private static func outcome(_ outcome: LearningOutcome) -> JSON {
        var node = NodeWriter("elm:LearningOutcome")
        node.set("dc:title", outcome.title)
        node.set("dc:type", references: outcome.type.map { [$0] } ?? [])
        node.set("elm:relatedESCOSkill", references: outcome.escoSkills)
        node.set("elm:relatedSkill", references: outcome.otherSkills)
        return node.json
    }

    private static func credits(_ points: CreditPoints) -> JSON {
        var node = NodeWriter("elm:CreditPoint")
        node.set("elm:framework", references: points.framework.map { [$0] } ?? [])
        node.set("elm:point", points.number)
        return node.json
    }

    /// `PT62H30M` of 62.5 hours; nil for parts of a minute.
    static func duration(_ hours: String) -> JSON? {
        guard let value = Double(hours), value < 1_000_000 else { return nil }
        let minutes = (value * 60).rounded()
        guard abs(minutes - value * 60) < 0.000_1 else { return nil }
        let whole = Int(minutes) / 60
        let rest = Int(minutes) % 60
        let text = rest == 0 ? "PT\(whole)H" : "PT\(whole)H\(rest)M"
        return ["@type": "xsd:duration", "@value": .string(text)]
    }

    private static func entitlement(_ entitlement: Entitlement) -> JSON {
        var node = NodeWriter("elm:LearningEntitlementSpecification")
        node.set("dc:title", entitlement.title)
        node.set("dc:type", references: entitlement.type.map { [$0] } ?? [])
        node.set("elm:entitlementStatus", references: entitlement.status.map { [$0] } ?? [])
        return node.json
    }

    private static func accreditation(_ accreditation: Accreditation) -> JSON {
        var node = NodeWriter("elm:Accreditation")
        node.set("dc:title", accreditation.title)
        node.set("dc:type", references: accreditation.type.map { [$0] } ?? [])
        node.set("elm:accreditingAgent", accreditation.agency.map { [organisation($0)] } ?? [])
        node.set("dc:issued", date(accreditation.date))
        node.set("elm:expiryDate", date(accreditation.expiryDate))
        node.set("elm:landingPage", pages(accreditation.homepage))
        return node.json
    }

    private static func date(_ day: String?) -> JSON? {
        day.map { ["@type": "xsd:dateTime", "@value": .string($0 + "T00:00:00Z")] }
    }
}
