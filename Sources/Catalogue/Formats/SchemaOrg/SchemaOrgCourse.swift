import CanonicalJSON

/// Writes an item as a Course of schema.org, for search engines.
struct SchemaOrgCourse {
    private let entry: CatalogueExport.Entry
    private var item: LearningOpportunity { entry.item }

    init(_ entry: CatalogueExport.Entry) {
        self.entry = entry
    }

    var course: JSON {
        var node = NodeWriter("Course", id: entry.globalID)
        node.set("name", item.title)
        node.set("description", item.description)
        node.set("url", item.homepage)
        node.set("courseCode", item.code)
        node.set("version", item.version)
        node.set("provider", [Self.organisation(item.provider)])
        node.set(
            "inLanguage",
            item.languages.compactMap { Language.tag(of: $0) }.map { .string($0) }
        )
        node.set("keywords", item.keywords.map { .string($0) })
        node.set("license", item.licence)
        node.set("sameAs", item.sameAs.filter { WrittenForm.isWebAddress($0) }.map { .string($0) })
        node.set("teaches", item.learningOutcomes.map(Self.outcome))
        node.set("coursePrerequisites", item.entryRequirements)
        node.set("about", (item.iscedFields + item.otherFields).map(Self.term))
        node.set("educationalLevel", item.eqfLevel.map { [Self.term($0)] } ?? [])
        node.set("numberOfCredits", item.creditPoints.map(Self.credits))
        node.set("timeRequired", item.workloadHours.flatMap { ELMWriter.duration($0)?["@value"] })
        node.set("isPartOf", references: item.isPartOf)
        node.set("hasPart", references: item.hasPart)
        node.set("educationalCredentialAwarded", [award])
        return node.json
    }

    private var award: JSON {
        var node = NodeWriter("EducationalOccupationalCredential")
        node.set("name", item.title)
        node.set("recognizedBy", [Self.organisation(item.awardingBody)])
        return node.json
    }

    private static func organisation(_ body: Organisation) -> JSON {
        var node = NodeWriter("Organization", id: body.id)
        node.set("name", body.name)
        node.set("url", body.homepage)
        if let country = body.country.flatMap({ Country.code(of: $0) }) {
            node.set("address", ["@type": "PostalAddress", "addressCountry": .string(country)])
        }
        return node.json
    }

    private static func outcome(_ outcome: LearningOutcome) -> JSON {
        var node = NodeWriter("DefinedTerm", id: outcome.escoSkills.first)
        node.set("name", outcome.title)
        return node.json
    }

    private static func term(_ uri: String) -> JSON {
        var node = NodeWriter("DefinedTerm", id: uri)
        node.set("name", Vocabulary.label(of: uri))
        return node.json
    }

    private static func credits(_ points: CreditPoints) -> JSON {
        var node = NodeWriter("StructuredValue")
        node.set("value", points.number)
        node.set("unitText", points.framework.flatMap { Vocabulary.label(of: $0) })
        return node.json
    }
}
