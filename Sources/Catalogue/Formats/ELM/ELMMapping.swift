import CanonicalJSON

/// Maps one learning opportunity or achievement of the European Learning Model v3 to an item.
/// Names are those of its JSON-LD contexts and of its RDF vocabulary.
struct ELMMapping {
    let defaults: ImportDefaults
    let graph: LinkedGraph
    var reading: SourceReading
    var source = ELMSource()

    init(defaults: ImportDefaults, graph: LinkedGraph, remarks: RecordRemarks) {
        self.defaults = defaults
        self.graph = graph
        reading = SourceReading(remarks: remarks, language: defaults.language)
    }

    mutating func record(of source: ELMSource) -> ImportRecord {
        self.source = source
        let described = [source.opportunity, source.specification, source.claim].compactMap { $0 }
        readLanguage()
        guard let title = described.lazy.compactMap({ $0.member("title") }).first,
            let text = reading.text(title)
        else {
            reading.remark(
                .error,
                (described.first?.pointer ?? "") + "/title",
                "missing",
                "add a title; an item needs it"
            )
            return reading.remarks.refused()
        }
        let bodies = organisations()
        var item = LearningOpportunity(
            id: "",
            title: text,
            defaultLanguage: text.covers(reading.language)
                ? reading.language : text.texts.keys.sorted().first ?? reading.language,
            provider: bodies.provider,
            awardingBody: bodies.awardingBody
        )
        identify(&item, described)
        readIdentity(described, into: &item)
        readAchievement(into: &item)
        readConditions(into: &item)
        remarkOnKind()
        remarkOnRest()
        remarkOnLanguage(of: item)
        return reading.remarks.record(item, rename: { "mapped item " + $0 })
    }

    /// Scheme of the identifiers under which others know an item, in what we write.
    static let sameAsScheme = "sameAs"

    // MARK: Identity

    private mutating func readLanguage() {
        let stated = graph.concepts(source.opportunity, "defaultLanguage")
        let taught = graph.concepts(source.specification, "language")
        for concept in stated + taught {
            guard let tag = concept.uri.flatMap({ Language.tag(of: $0) }) else { continue }
            reading.language = tag
            return
        }
    }

    /// The source's id when it holds beyond its document; otherwise one derived from what tells
    /// the item apart: who awards it, its code and its title.
    private mutating func identify(
        _ item: inout LearningOpportunity,
        _ described: [LinkedNode]
    ) {
        for node in described.flatMap({ graph.nodes($0, "identifier") }) {
            guard let notation = reading.string(node.member("notation")) else { continue }
            let isCode = node.member("schemeName")?.value.string != Self.sameAsScheme
            if isCode, item.code == nil {
                item.code = notation
            } else {
                item.sameAs.append(notation)
            }
        }
        let ids = [source.opportunity, source.specification].compactMap { $0?.id }
        let format = ImportFormat.elm.rawValue
        guard let id = ids.first(where: { !LocalIdentifier.isLocal($0) }) else {
            let body = item.awardingBody
            let name = body.id ?? body.name.best(for: item.defaultLanguage) ?? ""
            item.id = ItemIdentifier.derived(
                format: format,
                sourceID: [name, item.code ?? "", item.displayTitle]
            )
            let why = ids.first.map { "the id \"\(PlainText($0).text)\" holds in this file only" }
            reading.remark(
                .note,
                described.first?.pointer ?? "",
                "\(why ?? "no id"); the item became \(item.id), from awarding body, code and title",
                "give the specification a URI of its own"
            )
            return
        }
        if let own = ItemIdentifier.local(id, domain: defaults.domain) {
            item.id = own
            return
        }
        item.id = ItemIdentifier.fitting(format: format, sourceID: id)
        if !item.sameAs.contains(id) { item.sameAs.append(id) }
    }

    private mutating func readIdentity(
        _ described: [LinkedNode],
        into item: inout LearningOpportunity
    ) {
        let pages = described + activities()
        item.description = pages.lazy.compactMap { $0.member("description") }.first
            .flatMap { reading.text($0) }
        item.homepage = page(of: pages.flatMap { graph.nodes($0, "homepage") })
        let types = [source.opportunity, source.specification].flatMap {
            graph.concepts($0, "dcType")
        }
        item.types = reading.codes(types, of: Vocabulary.opportunityTypes)
        let status = reading.string(source.opportunity?.member("status"))
        if let status {
            item.status = Vocabulary.statuses.uri(labelled: status)
            if item.status == nil {
                reading.remark(
                    .warning,
                    (source.opportunity?.pointer ?? "") + "/status",
                    "\"\(status)\" is no status of a catalogue; left out",
                    "use released, to be reviewed, obsolete or withdrawn"
                )
            }
        }
        for node in graph.nodes(source.opportunity, "isPartOf")
            + graph.nodes(source.specification, "isPartOf")
        {
            if let id = node.id, !LocalIdentifier.isLocal(id) { item.isPartOf.append(id) }
        }
        for node in graph.nodes(source.opportunity, "hasPart")
            + graph.nodes(source.specification, "hasPart")
        {
            if let id = node.id, !LocalIdentifier.isLocal(id) { item.hasPart.append(id) }
        }
    }

    /// The address of the first web resource: `contentUrl` in RDF, `contentURL` in the JSON of
    /// Europass.
    mutating func page(of resources: [LinkedNode]) -> String? {
        for node in resources {
            let json = node.member("contentURL")
            let rdf = node.member("contentUrl")
            if let json, let rdf, json.value != rdf.value {
                reading.remark(
                    .warning,
                    rdf.pointer,
                    "contentUrl and contentURL are the same property, but differ here; contentURL "
                        + "was taken",
                    "keep one of the two"
                )
            } else if let rdf, json == nil {
                reading.remark(
                    .note,
                    rdf.pointer,
                    "contentUrl, the RDF name of contentURL, was read as it",
                    "the JSON context of Europass only knows contentURL"
                )
            }
            guard let member = json ?? rdf ?? node.member("id") else { continue }
            if let address = reading.web(member) { return address }
        }
        return nil
    }

    // MARK: Around the specification

    /// The specifications of what is done to learn, and the activities of a claim.
    func activities() -> [LinkedNode] {
        let own = graph.nodes(source.opportunity, "learningActivitySpecification")
        let planned = graph.nodes(source.specification, "influencedBy")
        let done = graph.nodes(source.claim, "influencedBy")
        let claimed = source.claim.map { $0.isOfType("LearningActivity") ? [$0] : [] } ?? []
        let actual = done + claimed
        return own + planned + actual.flatMap { graph.nodes($0, "specifiedBy") } + actual
    }

    /// The specifications of assessments, and the assessments of a claim.
    func assessments() -> [LinkedNode] {
        let planned = graph.nodes(source.specification, "provenBy")
        let done = graph.nodes(source.claim, "provenBy")
        return planned + done.flatMap { graph.nodes($0, "specifiedBy") } + done
    }

    /// A title that is missing in the language that the source calls authoritative.
    private mutating func remarkOnLanguage(of item: LearningOpportunity) {
        guard let stated = source.opportunity?.member("defaultLanguage"),
            !item.title.covers(reading.language)
        else { return }
        reading.remark(
            .warning,
            stated.pointer,
            "the title is only there in \(item.title.texts.keys.sorted().joined(separator: ", ")), "
                + "the default language is \(reading.language); \(item.defaultLanguage) was taken",
            "add a title in \(reading.language), or change defaultLanguage"
        )
    }

    private mutating func remarkOnKind() {
        guard let claim = source.claim, source.specification == nil else { return }
        let isActivity = claim.isOfType("LearningActivity")
        reading.remark(
            .warning,
            claim.pointer,
            isActivity
                ? "an activity, not an achievement: it says what was done, not what was learned"
                : "an achievement without specification: little more than its title is known",
            "add outcomes, level and workload before publishing"
        )
    }

    private mutating func remarkOnRest() {
        if let opportunity = source.opportunity {
            reading.remarkOnRest(
                of: opportunity,
                read: Self.readOfOpportunity,
                why: "not carried over, since an item has no place for it"
            )
        }
        if let specification = source.specification {
            reading.remarkOnRest(
                of: specification,
                read: Self.readOfSpecification,
                why: "not carried over, since an item has no place for it"
            )
        }
    }

    private static let readOfOpportunity: Set<String> = [
        "context", "dcType", "defaultLanguage", "description", "hasPart", "homepage", "id",
        "identifier", "isPartOf", "learningAchievementSpecification",
        "learningActivitySpecification", "mode", "providedBy", "status", "title", "type",
    ]

    private static let readOfSpecification: Set<String> = [
        "EQFLevel", "ISCEDFCode", "NQFLevel", "accreditation", "awardingOpportunity", "context",
        "creditPoint", "dcType", "description", "educationSubject", "entitlesTo",
        "entryRequirement", "eqfLevel", "hasPart", "homepage", "id", "identifier", "influencedBy",
        "isPartOf", "isPartialQualification", "language", "learningOutcome",
        "learningOutcomeSummary", "learningSetting", "mode", "nqfLevel", "provenBy",
        "thematicArea", "title", "type", "volumeOfLearning",
    ]
}
