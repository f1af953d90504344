import CanonicalJSON
import XML

/// Writes items as Europass QDR, `Courses` of xsdVersion 3.1.0 (European Learning Model 3). Coded
/// values keep their URIs; texts that the format has no element for become notes with a subject of
/// ours. Lost are the fields of `QDRWriter.lost`.
package struct QDRWriter {
    /// The fields that the format has no place for.
    package static let lost: Set<ItemName> = [
        .approvalDate, .reviewDate, .licence, .alignments, .stackability, .supervision,
        .validations, .studentEvaluations, .endorsements, .qualityAssurance,
    ]

    let domain: String
    private(set) var gaps: [ExportGap] = []
    let items: [LearningOpportunity]
    /// The ids of the opportunities of the file.
    let offered: Set<String>
    var organisations = QDROrganisations()
    private var notations: Set<String> = []

    private init(_ items: [LearningOpportunity], domain: String) {
        self.items = items
        self.domain = domain
        offered = Set(items.map { $0.globalID(domain: domain) })
    }

    /// A file of all items, and what keeps it from being valid or what was left out.
    package static func write(
        _ items: [LearningOpportunity],
        domain: String
    ) -> (bytes: [UInt8], gaps: [ExportGap]) {
        var writer = QDRWriter(items, domain: domain)
        let bytes = writer.document()
        return (bytes, writer.gaps)
    }

    private static let namespaces: KeyValuePairs<String, String?> = [
        "xmlns": "http://data.europa.eu/snb/model/ap/loq-constraints/",
        "xmlns:skos": "http://www.w3.org/2004/02/skos/core#",
        "xmlns:dc": "http://purl.org/dc/terms/", "xsdVersion": "3.1.0",
    ]

    private mutating func document() -> [UInt8] {
        for item in items { remarkOnGaps(of: item) }
        var xml = XMLWriter()
        xml.element("Courses", Self.namespaces) { xml in
            section("learningOpportunityReferences", &xml) { $0.opportunity($1, &$2) }
            section("learningAchievementSpecificationReferences", &xml) {
                $0.specification($1, &$2)
            }
            section("learningOutcomeReferences", &xml) { $0.outcomes($1, &$2) }
            section("learningAssessmentSpecificationReferences", &xml) { $0.assessment($1, &$2) }
            section("learningEntitlementSpecificationReferences", &xml) {
                $0.entitlements($1, &$2)
            }
            writeOrganisations(&xml)
            section("accreditationReferences", &xml) { $0.accreditations($1, &$2) }
            section("gradingSchemeReferences", &xml) { $0.gradingScheme($1, &$2) }
            xml.element("locationReferences") { organisations.writeLocations(&$0) }
        }
        return xml.bytes
    }

    private mutating func section(
        _ name: String,
        _ xml: inout XMLWriter,
        _ write: (inout QDRWriter, LearningOpportunity, inout XMLWriter) -> Void
    ) {
        xml.element(name) { xml in
            for item in items { write(&self, item, &xml) }
        }
    }

    /// Agents come before accreditations, whose agencies are agents: they are noted first.
    private mutating func writeOrganisations(_ xml: inout XMLWriter) {
        for item in items where isQualification(item) {
            for accreditation in item.accreditations {
                if let agency = accreditation.agency { _ = organisations.id(of: agency) }
            }
        }
        xml.element("agentReferences") { organisations.write(&$0) }
    }

    // MARK: Gaps

    mutating func gap(_ item: LearningOpportunity, _ field: ItemName, _ message: String) {
        gaps.append(ExportGap(item, field, message))
    }

    private mutating func remarkOnGaps(of item: LearningOpportunity) {
        let required: [(ItemName, Bool)] = [
            (.iscedFields, item.iscedFields.isEmpty), (.languages, item.languages.isEmpty),
            (.learningOutcomes, item.learningOutcomes.isEmpty),
            (.defaultLanguage, Language.uri(tag: item.defaultLanguage) == nil),
            (.provider, item.provider.country == nil),
            (.awardingBody, item.awardingBody.country == nil),
        ]
        for (field, isMissing) in required where isMissing {
            let what = field == .provider || field == .awardingBody ? "its country" : "it"
            gap(item, field, "QDR requires \(what); the file is not valid without")
        }
        for field in ItemName.allCases
        where Self.lost.contains(field) && item.json[field.rawValue] != nil {
            gap(item, field, "QDR has no place for it; left out")
        }
        if !item.accreditations.isEmpty, !isQualification(item) {
            gap(
                item, .accreditations,
                "QDR ties them to qualifications, with EQF and national level")
        }
        if let level = item.nqfLevel, level.framework != QDRScheme.framework(of: level.level) {
            gap(item, .nqfLevel, "QDR states the level without its framework")
        }
        if let scheme = item.gradingScheme, !scheme.values.isEmpty || scheme.passingValue != nil {
            gap(item, .gradingScheme, "QDR has no place for the grades themselves; left out")
        }
    }

    // MARK: Parts

    /// A specification with EQF and national level is a qualification.
    func isQualification(_ item: LearningOpportunity) -> Bool {
        item.nqfLevel != nil && item.eqfLevel.flatMap { EQF.level(of: $0) } != nil
    }

    /// The id of a part of an item's description.
    func id(_ item: LearningOpportunity, _ part: String) -> String {
        item.globalID(domain: domain) + "#" + part
    }

    static func texts(_ name: String, _ text: LocalizedText?, _ xml: inout XMLWriter) {
        for (tag, text) in (text?.texts ?? [:]).sorted(by: { $0.key < $1.key }) {
            xml.element(name, ["language": tag], text: text)
        }
    }

    static func codes(_ name: String, _ uris: [String], _ xml: inout XMLWriter) {
        for uri in uris { xml.element(name, ["uri": uri]) }
    }

    static func references(_ name: String, _ ids: [String], _ xml: inout XMLWriter) {
        for id in ids { xml.element(name, ["idref": id]) }
    }

    static func page(_ name: String, _ address: String?, _ xml: inout XMLWriter) {
        guard let address else { return }
        xml.element(name) { $0.element("contentUrl", text: address) }
    }

    static func note(
        _ name: String, _ subject: String?, _ tag: String, _ text: String, _ xml: inout XMLWriter
    ) {
        xml.element(name) { xml in
            if let subject { xml.element("dc:subject", ["uri": subject]) }
            xml.element("noteLiteral", ["language": tag], text: text)
        }
    }

    /// Identifiers; a notation must not come twice in a file.
    private mutating func identifier(
        _ notation: String,
        _ scheme: String,
        _ item: LearningOpportunity,
        _ field: ItemName,
        _ xml: inout XMLWriter
    ) {
        guard notations.insert(notation).inserted else {
            return gap(item, field, "another item has the same; QDR knows it once in a file")
        }
        xml.element("identifier") { xml in
            xml.element("skos:notation", ["type": "urn:eccoe:notation:\(scheme)"], text: notation)
            xml.element("schemeName", text: scheme)
        }
    }

    private mutating func opportunity(_ item: LearningOpportunity, _ xml: inout XMLWriter) {
        xml.element("learningOpportunity", ["id": item.globalID(domain: domain)]) { xml in
            if let code = item.code { identifier(code, QDRScheme.code, item, .code, &xml) }
            if let version = item.version {
                // Versions repeat from item to item: the id keeps this one apart.
                xml.element("identifier") { xml in
                    xml.element(
                        "skos:notation",
                        ["type": "urn:eccoe:notation:version"],
                        text: item.globalID(domain: domain) + "#version-" + version
                    )
                    xml.element("schemeName", text: QDRScheme.version)
                    xml.element("schemeVersion", text: version)
                }
            }
            for id in item.sameAs { identifier(id, QDRScheme.sameAs, item, .sameAs, &xml) }
            Self.texts("title", item.title, &xml)
            Self.texts("description", item.description, &xml)
            Self.codes("type", item.types, &xml)
            writeNotes(of: item, &xml)
            Self.page("homepage", item.homepage ?? item.globalID(domain: domain), &xml)
            Self.codes("mode", item.modes, &xml)
            Self.references("providedBy", [organisations.id(of: item.provider)], &xml)
            Self.references("learningAchievementSpecification", [id(item, "specification")], &xml)
            references("hasPart", item.hasPart, item, .hasPart, &xml)
            references("isPartOf", item.isPartOf, item, .isPartOf, &xml)
            Self.codes(
                "defaultLanguage", Language.uri(tag: item.defaultLanguage).map { [$0] } ?? [], &xml)
            if let status = item.status { xml.element("status", text: status) }
        }
    }

    /// References to other opportunities; only those of the same file can be referred to.
    private mutating func references(
        _ name: String,
        _ ids: [String],
        _ item: LearningOpportunity,
        _ field: ItemName,
        _ xml: inout XMLWriter
    ) {
        let known = ids.filter(offered.contains)
        if known.count < ids.count {
            gap(item, field, "QDR refers only to items of the same file; others are left out")
        }
        Self.references(name, known, &xml)
    }

    private func writeNotes(of item: LearningOpportunity, _ xml: inout XMLWriter) {
        let requirements = item.entryRequirements?.texts.filter {
            $0.key != Self.requirementTag(of: item)
        }
        let notes: [(String, LocalizedText?)] = [
            (QDRScheme.criteria, item.criteria), (QDRScheme.fieldOfStudy, item.fieldOfStudy),
            (QDRScheme.specialization, item.specialization),
            (QDRScheme.entryRequirements, requirements.map { LocalizedText($0) }),
        ]
        for (subject, text) in notes {
            for (tag, text) in (text?.texts ?? [:]).sorted(by: { $0.key < $1.key }) {
                Self.note("additionalNote", subject, tag, text, &xml)
            }
        }
    }

    /// The language of the one entry requirement that a specification can state.
    static func requirementTag(of item: LearningOpportunity) -> String? {
        let tags = (item.entryRequirements?.texts ?? [:]).keys.sorted()
        return tags.contains(item.defaultLanguage) ? item.defaultLanguage : tags.first
    }
}
