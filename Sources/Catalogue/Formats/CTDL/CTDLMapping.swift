import CanonicalJSON

/// Maps one credential, course or assessment of CTDL to an item. Names are compared without their
/// prefix: `ceterms:name`, and `schema:name` of the older records.
struct CTDLMapping {
    let defaults: ImportDefaults
    let graph: LinkedGraph
    var reading: SourceReading

    init(defaults: ImportDefaults, graph: LinkedGraph, remarks: RecordRemarks) {
        self.defaults = defaults
        self.graph = graph
        reading = SourceReading(remarks: remarks, language: defaults.language)
    }

    mutating func record(of node: LinkedNode) -> ImportRecord {
        let languages = readLanguages(node)
        let ctid = reading.string(node.member("ctid"))
        let sourceID = ctid ?? node.id
        let title = reading.text(node.member("name"))
        if title == nil { missing("name", of: node) }
        if sourceID == nil { missing("ctid", of: node) }
        guard let sourceID, let title else { return reading.remarks.refused() }
        let bodies = organisations(of: node)
        var item = LearningOpportunity(
            id: ItemIdentifier.fitting(format: ImportFormat.ctdl.rawValue, sourceID: sourceID),
            title: title,
            defaultLanguage: title.covers(reading.language)
                ? reading.language : title.texts.keys.sorted().first ?? reading.language,
            provider: bodies.provider,
            awardingBody: bodies.awardingBody
        )
        item.languages = languages
        identify(&item, node, ctid: ctid)
        readIdentity(node, into: &item)
        readCredits(node, into: &item)
        readWorkload(node, into: &item)
        readTerms(node, into: &item)
        readConditions(node, into: &item)
        readAccreditations(node, into: &item)
        remarkOnRequired(node)
        reading.remarkOnRest(
            of: node,
            read: Self.read,
            why: "not carried over, since an item has no place for it"
        )
        return reading.remarks.record(item, rename: { "mapped item " + $0 })
    }

    private mutating func missing(_ name: String, of node: LinkedNode) {
        reading.remark(
            .error,
            node.pointer + "/ceterms:" + name,
            "missing",
            "add ceterms:\(name); CTDL requires it"
        )
    }

    // MARK: Identity

    /// `inLanguage` is a tag, or the English name of a language in the older records.
    private mutating func readLanguages(_ node: LinkedNode) -> [String] {
        var uris: [String] = []
        var tags: [String] = []
        for value in node.values("inLanguage") {
            guard let text = value.value.string else { continue }
            let named = Language.languages.uri(labelled: text)
            let tag = named.flatMap { Language.tag(of: $0) } ?? text
            guard LanguageTag.isValid(tag), let uri = named ?? Language.uri(tag: tag) else {
                reading.remark(
                    .warning,
                    value.pointer,
                    "\"\(PlainText(String(text.prefix(40))).text)\" is no language; left out",
                    "write a BCP 47 tag such as en"
                )
                continue
            }
            if named != nil, !uris.contains(uri) {
                reading.remark(
                    .note,
                    value.pointer,
                    "\(PlainText(text).text) was read as \(tag)",
                    "write the tag"
                )
            }
            if !uris.contains(uri) { uris.append(uri) }
            tags.append(tag)
        }
        if let first = tags.first { reading.language = first }
        return uris
    }

    private mutating func identify(
        _ item: inout LearningOpportunity,
        _ node: LinkedNode,
        ctid: String?
    ) {
        if let id = node.id, let own = ItemIdentifier.local(id, domain: defaults.domain) {
            item.id = own
        } else if let id = node.id, id != item.id, WrittenForm.isURI(id) {
            item.sameAs = [id]
        }
        // A CTID that was made from the item's own id says nothing new.
        let made = CTDLWriter.ctid(of: item.id, globalID: item.globalID(domain: defaults.domain))
        if let ctid, ctid != item.id, ctid != made { item.sameAs.append(ctid) }
        for value in node.values("sameAs") {
            guard let id = value.value.string ?? value.value["@id"]?.string else { continue }
            let plain = PlainText(id).text
            if !plain.isEmpty, !item.sameAs.contains(plain) { item.sameAs.append(plain) }
        }
        guard let ctid, !Self.isCTID(ctid) else { return }
        reading.remark(
            .note,
            node.member("ctid")?.pointer ?? node.pointer,
            "\"\(PlainText(String(ctid.prefix(80))).text)\" is not in the form of a CTID; kept",
            "CTIDs are ce- and a UUID"
        )
    }

    /// Whether `text` is `ce-` and a UUID.
    static func isCTID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.first == "ce", parts.dropFirst().map(\.count) == [8, 4, 4, 4, 12] else {
            return false
        }
        return parts.dropFirst().joined().utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20)
        }
    }

    private mutating func readIdentity(
        _ node: LinkedNode,
        into item: inout LearningOpportunity
    ) {
        item.description = reading.text(node.member("description"))
        item.homepage = reading.web(node.member("subjectWebpage", "url"))
        item.code = reading.string(node.member("codedNotation"))
        item.version = reading.string(node.member("version"))
        item.types = CTDLClass.uri(of: node.types).map { [$0] } ?? []
        let states = ["Active": "released", "Deprecated": "obsolete", "Ceased": "obsolete"]
        for term in terms(node, "credentialStatusType") + terms(node, "lifeCycleStatusType") {
            guard let name = term.localName else { continue }
            let status = states[name].flatMap { Vocabulary.statuses.uri(labelled: $0) }
            item.status = item.status ?? status
            if status == nil {
                reading.remark(
                    .note,
                    term.pointer,
                    "the status \(name) is none of a catalogue; left out"
                )
            }
        }
        for value in node.values("isPartOf") + node.values("isPartOfCollection") {
            let id = value.value.string ?? value.value["@id"]?.string
            if let id, !LocalIdentifier.isLocal(id) { item.isPartOf.append(id) }
        }
        for value in node.values("hasPart") {
            let id = value.value.string ?? value.value["@id"]?.string
            if let id, !LocalIdentifier.isLocal(id) { item.hasPart.append(id) }
        }
        if !item.isPartOf.isEmpty { item.stackability = Vocabulary.partOfSomething }
    }

    private mutating func remarkOnRequired(_ node: LinkedNode) {
        var required = ["ctid", "description", "inLanguage", "subjectWebpage"]
        if CTDLClass.isCredential(node.types) { required.append("credentialStatusType") }
        for name in required where node.member(name, name == "subjectWebpage" ? "url" : name) == nil
        {
            reading.remark(
                .warning,
                node.pointer + "/ceterms:" + name,
                "missing, though CTDL requires it",
                "add ceterms:\(name)"
            )
        }
    }

    private static let read: Set<String> = [
        "accreditedBy", "alternativeInstructionalProgramType", "approvedBy", "assesses",
        "assessmentMethodType", "codedNotation", "context", "creator", "credentialStatusType",
        "creditHourType", "creditHourValue", "creditUnitType", "creditUnitTypeDescription",
        "creditUnitValue", "creditValue", "ctid", "deliveryType", "description", "entryCondition",
        "estimatedDuration", "hasPart", "id", "inLanguage", "industryType",
        "instructionalProgramType", "isPartOf", "isPartOfCollection", "keyword",
        "learningDeliveryType", "lifeCycleStatusType", "name", "occupationType", "offeredBy",
        "ownedBy", "owner", "provider", "recognizedBy", "regulatedBy", "requires", "sameAs",
        "subject", "subjectWebpage", "teaches", "type", "url", "version",
    ]
}
