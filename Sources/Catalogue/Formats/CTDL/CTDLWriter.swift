import CanonicalJSON
import Keys

/// Writes an item as a record of the Credential Transparency Description Language.
struct CTDLWriter {
    private let entry: CatalogueExport.Entry
    private var item: LearningOpportunity { entry.item }

    init(_ entry: CatalogueExport.Entry) {
        self.entry = entry
    }

    static let context: JSON = [
        "ceterms": .string(CTDLClass.terms), "schema": "https://schema.org/",
        "creditUnit": .string(CTDLClass.creditUnits),
        "deliveryType": "https://purl.org/ctdl/vocabs/deliveryType/",
        "lifeCycle": "https://purl.org/ctdl/vocabs/lifeCycle/",
    ]

    var node: JSON {
        var node = NodeWriter(classOfItem, id: entry.globalID)
        node.set("ceterms:ctid", Self.ctid(of: item.id, globalID: entry.globalID))
        node.set("ceterms:name", item.title)
        node.set("ceterms:description", item.description)
        let languages = [item.defaultLanguage] + item.languages.compactMap { Language.tag(of: $0) }
        var tags: [String] = []
        for tag in languages where !tags.contains(tag) { tags.append(tag) }
        node.set("ceterms:inLanguage", tags.map { .string($0) })
        node.set("ceterms:subjectWebpage", references: item.homepage.map { [$0] } ?? [])
        node.set("ceterms:codedNotation", item.code)
        node.set("ceterms:version", item.version)
        node.set("ceterms:keyword", item.keywords.map { .string($0) })
        node.set("ceterms:sameAs", references: item.sameAs.filter { WrittenForm.isURI($0) })
        node.set("ceterms:ownedBy", [Self.organisation(item.awardingBody)])
        node.set("ceterms:offeredBy", [Self.organisation(item.provider)])
        node.set("ceterms:creditValue", item.creditPoints.map(credits))
        node.set("ceterms:teaches", item.learningOutcomes.map(outcome))
        node.set("ceterms:occupationType", item.alignments.map(alignment))
        node.set("ceterms:estimatedDuration", duration)
        node.set("ceterms:learningDeliveryType", item.modes.compactMap(mode))
        node.set("ceterms:isPartOf", references: item.isPartOf)
        node.set("ceterms:hasPart", references: item.hasPart)
        node.set("ceterms:requires", Self.condition(item.criteria))
        node.set("ceterms:entryCondition", Self.condition(item.entryRequirements))
        node.set(
            "ceterms:accreditedBy",
            item.accreditations.compactMap { $0.agency.map(Self.organisation) }
        )
        node.set("ceterms:lifeCycleStatusType", status)
        return node.json
    }

    /// The item's own id when it is a CTID, otherwise one made from the global id: always the same.
    static func ctid(of id: String, globalID: String) -> String {
        if CTDLMapping.isCTID(id) { return id }
        var bytes = Array(Digest(of: Array(globalID.utf8)).bytes.prefix(16))
        // RFC 9562: version 8, a UUID from other means.
        bytes[6] = bytes[6] & 0x0f | 0x80
        bytes[8] = bytes[8] & 0x3f | 0x80
        let hex = Array(Hex.encode(bytes))
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }
        return "ce-" + parts.joined(separator: "-")
    }

    private var classOfItem: String {
        for type in item.types {
            if type.hasPrefix(CTDLClass.terms) {
                return "ceterms:" + type.dropFirst(CTDLClass.terms.count)
            }
        }
        return item.types.contains { Vocabulary.label(of: $0) == "Educational programme" }
            ? "ceterms:LearningProgram" : "ceterms:Course"
    }

    private var status: [JSON] {
        switch item.status {
        case "urn:eccoe:status:released": [term("lifeCycle:Active", ["en": "Active"])]
        case "urn:eccoe:status:obsolete": [term("lifeCycle:Ceased", ["en": "Ceased"])]
        default: []
        }
    }

    private var duration: [JSON] {
        let duration = item.workloadHours.flatMap { ELMWriter.duration($0)?["@value"] }
        guard let duration else { return [] }
        return [["@type": "ceterms:DurationProfile", "ceterms:exactDuration": duration]]
    }

    private func term(_ node: String, _ name: LocalizedText?) -> JSON {
        var term = NodeWriter("ceterms:CredentialAlignmentObject")
        term.set("ceterms:targetNode", references: [node])
        term.set("ceterms:targetNodeName", name)
        return term.json
    }

    private func outcome(_ outcome: LearningOutcome) -> JSON {
        var term = NodeWriter("ceterms:CredentialAlignmentObject")
        let skill = outcome.escoSkills.first ?? outcome.otherSkills.first
        term.set("ceterms:targetNode", references: skill.map { [$0] } ?? [])
        term.set("ceterms:targetNodeName", outcome.title)
        return term.json
    }

    private func alignment(_ alignment: Alignment) -> JSON {
        var term = NodeWriter("ceterms:CredentialAlignmentObject")
        term.set("ceterms:targetNode", references: [alignment.url])
        term.set("ceterms:targetNodeName", alignment.name)
        term.set("ceterms:framework", alignment.framework)
        term.set("ceterms:codedNotation", alignment.code)
        return term.json
    }

    private func mode(_ mode: String) -> JSON? {
        let names = [
            "Online": "OnlineOnly", "Blended": "BlendedLearning", "Presential": "InPerson",
        ]
        guard let label = Vocabulary.modes.label(of: mode), let name = names[label] else {
            return nil
        }
        return term("deliveryType:" + name, ["en": label])
    }

    private func credits(_ points: CreditPoints) -> JSON {
        var profile = NodeWriter("ceterms:ValueProfile")
        profile.set("schema:value", points.number)
        if let framework = points.framework {
            profile.set(
                "ceterms:creditUnitType",
                [
                    term(
                        framework,
                        Vocabulary.creditSystems.label(of: framework).map { ["en": $0] }
                    )
                ]
            )
        }
        return profile.json
    }

    private static func organisation(_ body: Organisation) -> JSON {
        var node = NodeWriter("ceterms:CredentialOrganization", id: body.id)
        node.set("ceterms:name", body.name)
        node.set("ceterms:subjectWebpage", references: body.homepage.map { [$0] } ?? [])
        if let country = body.country, let label = Country.countries.label(of: country) {
            var place = NodeWriter("ceterms:Place")
            place.set("ceterms:addressCountry", label)
            node.set("ceterms:address", [place.json])
        }
        return node.json
    }

    private static func condition(_ text: LocalizedText?) -> [JSON] {
        guard let text else { return [] }
        var profile = NodeWriter("ceterms:ConditionProfile")
        profile.set("ceterms:description", text)
        return [profile.json]
    }
}
