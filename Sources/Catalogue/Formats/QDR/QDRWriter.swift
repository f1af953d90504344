import CanonicalJSON
import XML

/// Writes items as Europass QDR, `Courses` of xsdVersion 3.1.0 (European Learning Model 3). Coded
/// values keep their URIs; texts that the format has no element for become notes with a subject of
/// ours. Lost are the fields of `QDRWriter.lost`.
///
/// A file keeps the parts of items apart, in sections. So all items are handed through once for
/// each of its `passes`, in the same order, and memory grows with their organisations and
/// identifiers only: `begin`, `next` for each item, `end`.
package struct QDRWriter: Sendable {
    /// The fields that the format has no place for.
    package static let lost: Set<ItemName> = [
        .approvalDate, .reviewDate, .licence, .alignments, .stackability, .supervision,
        .validations, .studentEvaluations, .endorsements, .qualityAssurance,
    ]

    /// How often all items are handed through.
    package static let passes = sections.count

    /// Where the item at hand comes from.
    private(set) var domain = ""
    private(set) var gaps: [ExportGap] = []
    /// The ids of the opportunities of the file.
    private let offered: Set<String>
    private let keepsGaps: Bool
    var organisations = QDROrganisations()
    private var notations: Set<String> = []
    private var pass = 0

    /// A file of the items with these global ids.
    ///
    /// - Parameter keepsGaps: whether it is noted what keeps the file from being valid and what is
    ///   left out.
    package init(offered: Set<String>, keepsGaps: Bool = false) {
        self.offered = offered
        self.keepsGaps = keepsGaps
    }

    /// A file of all items, and what keeps it from being valid or what was left out.
    package static func write(
        _ items: [LearningOpportunity],
        domain: String
    ) -> (bytes: [UInt8], gaps: [ExportGap]) {
        var writer = QDRWriter(
            offered: Set(items.map { $0.globalID(domain: domain) }), keepsGaps: true)
        let entries = items.map { CatalogueExport.Entry(item: $0, domain: domain) }
        for item in items { writer.remarkOnGaps(of: item) }
        return (writer.write(entries), writer.gaps)
    }

    /// A whole file of items that are at hand.
    mutating func write(_ entries: [CatalogueExport.Entry]) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Self.passes {
            bytes += begin()
            for entry in entries { bytes += next(entry) }
            bytes += end()
        }
        return bytes
    }

    private static let namespaces: KeyValuePairs<String, String?> = [
        "xmlns": "http://data.europa.eu/snb/model/ap/loq-constraints/",
        "xmlns:skos": "http://www.w3.org/2004/02/skos/core#",
        "xmlns:dc": "http://purl.org/dc/terms/", "xsdVersion": "3.1.0",
    ]

    private struct Section {
        let name: String
        let write: @Sendable (inout QDRWriter, LearningOpportunity, inout XMLWriter) -> Void
    }

    /// In the order of the XSD. Agents come before accreditations, whose agencies are agents: the
    /// opportunities note all.
    private static let sections: [Section] = [
        Section(name: "learningOpportunityReferences") {
            $0.noteOrganisations(of: $1)
            $0.opportunity($1, &$2)
        },
        Section(name: "learningAchievementSpecificationReferences") { $0.specification($1, &$2) },
        Section(name: "learningOutcomeReferences") { $0.outcomes($1, &$2) },
        Section(name: "learningAssessmentSpecificationReferences") { $0.assessment($1, &$2) },
        Section(name: "learningEntitlementSpecificationReferences") { $0.entitlements($1, &$2) },
        Section(name: "accreditationReferences") { $0.accreditations($1, &$2) },
        Section(name: "gradingSchemeReferences") { $0.gradingScheme($1, &$2) },
    ]
    private static let beforeAgents = "accreditationReferences"

    /// What stands before the first item of a pass.
    package mutating func begin() -> [UInt8] {
        var bytes: [UInt8] = []
        if pass == 0 {
            bytes = XMLWriter.opening("Courses", Self.namespaces)
        }
        let name = Self.sections[pass].name
        if name == Self.beforeAgents {
            var xml = XMLWriter(isPart: true)
            xml.element("agentReferences") { organisations.write(&$0) }
            bytes += xml.bytes
        }
        return bytes + Array("<\(name)>\n".utf8)
    }

    /// The part of an item in the pass at hand.
    package mutating func next(_ entry: CatalogueExport.Entry) -> [UInt8] {
        domain = entry.domain
        var xml = XMLWriter(isPart: true)
        Self.sections[pass].write(&self, entry.item, &xml)
        return xml.bytes
    }

    /// What stands behind the last item of a pass. Then the next pass begins.
    package mutating func end() -> [UInt8] {
        var bytes = Array("</\(Self.sections[pass].name)>\n".utf8)
        pass += 1
        guard pass == Self.passes else { return bytes }
        var xml = XMLWriter(isPart: true)
        xml.element("locationReferences") { organisations.writeLocations(&$0) }
        bytes += xml.bytes + Array("</Courses>\n".utf8)
        return bytes
    }

    private mutating func noteOrganisations(of item: LearningOpportunity) {
        for body in [item.provider, item.awardingBody] { _ = organisations.id(of: body) }
        guard isQualification(item) else { return }
        for accreditation in item.accreditations {
            if let agency = accreditation.agency { _ = organisations.id(of: agency) }
        }
    }

    // MARK: Gaps

    mutating func gap(_ item: LearningOpportunity, _ field: ItemName, _ message: String) {
        guard keepsGaps else { return }
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
