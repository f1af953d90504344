import XML

/// Maps one learning opportunity of a QDR file, with all that it refers to, to an item.
struct QDRMapping {
    var reader: ElementReader
    let parts: QDRParts
    let opportunity: XMLElement?

    init(_ reader: ElementReader, parts: QDRParts, opportunity: XMLElement?) {
        self.reader = reader
        self.parts = parts
        self.opportunity = opportunity
    }

    mutating func record() -> ImportRecord {
        let reference = opportunity?.first("learningAchievementSpecification")
        let specification = reference.flatMap {
            part(of: $0, [.learningAchievementSpecification, .qualification])
        }
        return record(of: specification)
    }

    /// The record of the opportunity with its specification, or of a specification alone.
    mutating func record(of specification: XMLElement?) -> ImportRecord {
        let main = reader.record
        readLanguage(main)
        guard let id = main.attribute("id"), !id.isEmpty else {
            reader.remark(.error, main, "no id", "add the attribute id, a URI")
            return reader.refused()
        }
        guard let title = texts(main.all("title")) else {
            reader.remark(.error, main, "no title", "add at least one <title>")
            return reader.refused()
        }
        let provider = provider(of: main)
        let bodies = awardingBody(of: specification, provider: provider)
        let local = ItemIdentifier.local(id, domain: reader.defaults.domain)
        var item = LearningOpportunity(
            id: local ?? ItemIdentifier.fitting(format: ImportFormat.qdr.rawValue, sourceID: id),
            title: title,
            defaultLanguage: reader.language,
            provider: bodies.provider,
            awardingBody: bodies.awarding
        )
        if local == nil { item.sameAs = [PlainText(id).text] }
        readIdentifiers(of: main, into: &item)
        readCommon(of: main, into: &item)
        if let opportunity {
            readOpportunity(opportunity, into: &item)
        } else {
            reader.remark(
                .note,
                main,
                "no learning opportunity refers to this specification; it became an item of its own",
                "nothing to do"
            )
        }
        if let specification { readSpecification(specification, into: &item) }
        readActivity(of: specification, into: &item)
        reader.leaveRest(of: main, mapped: QDRParts.Kind(rawValue: main.name)?.mapped ?? [])
        if let specification, opportunity != nil {
            reader.leaveRest(
                of: specification,
                mapped: QDRParts.Kind(rawValue: specification.name)?.mapped ?? []
            )
        }
        return reader.record(item)
    }

    // MARK: Values

    mutating func texts(_ elements: [XMLElement]) -> LocalizedText? {
        reader.texts(elements, tag: { $0.attribute("language") ?? $0.language })
    }

    /// The texts of notes.
    mutating func notes(_ elements: [XMLElement]) -> LocalizedText? {
        texts(elements.flatMap { $0.all("noteLiteral") })
    }

    /// The address of a web resource; `contentURL` is how other editions of the model write it.
    mutating func page(_ resource: XMLElement) -> String? {
        reader.web(resource.first("contentUrl") ?? resource.first("contentURL"))
    }

    /// The part that an element refers to; a remark when the file has none.
    mutating func part(of reference: XMLElement, _ kinds: [QDRParts.Kind]) -> XMLElement? {
        guard let id = reference.attribute("idref") else { return nil }
        if let part = parts.part(kinds, id) { return part }
        reader.remark(
            .warning,
            reference,
            "the file has no <\(kinds[0].rawValue)> with the id \"\(PlainText(id).text.prefix(80))\"",
            "add it to the file, or remove the reference"
        )
        return nil
    }

    private mutating func readLanguage(_ main: XMLElement) {
        guard let element = main.first("defaultLanguage"), let uri = element.attribute("uri") else {
            if let tag = Self.firstTag(of: main) { reader.language = tag }
            return
        }
        if let tag = Language.tag(of: uri) {
            reader.language = tag
            return
        }
        if let tag = Self.firstTag(of: main) { reader.language = tag }
        reader.remark(
            .warning,
            element,
            "no two-letter tag is known for \(PlainText(uri).text.prefix(100)); the default language "
                + "became \(reader.language)",
            "name one of the languages that the titles are written in"
        )
    }

    private static func firstTag(of main: XMLElement) -> String? {
        let title = main.first("title")
        guard let text = title?.attribute("language") ?? title?.language,
            case .tag(let tag) = LanguageName.tag(of: text)
        else { return nil }
        return tag
    }

    // MARK: Identity

    private mutating func readIdentifiers(
        of main: XMLElement,
        into item: inout LearningOpportunity
    ) {
        for identifier in main.all("identifier") {
            guard let notation = reader.text(identifier.first("notation")) else { continue }
            switch identifier.first("schemeName")?.ownText {
            case QDRScheme.version:
                item.version = reader.text(identifier.first("schemeVersion")) ?? notation
            case QDRScheme.sameAs:
                if !item.sameAs.contains(notation) { item.sameAs.append(notation) }
            default:
                if item.code == nil {
                    item.code = notation
                } else if !item.sameAs.contains(notation) {
                    item.sameAs.append(notation)
                }
            }
        }
    }

    /// What opportunities and specifications have in common.
    private mutating func readCommon(of main: XMLElement, into item: inout LearningOpportunity) {
        item.description = texts(main.all("description"))
        let pages = main.all("homepage")
        item.homepage = pages.first.flatMap { page($0) }
        reader.leave(Array(pages.dropFirst()))
        if let element = main.first("status"), let text = reader.text(element) {
            item.status =
                Vocabulary.statuses.contains(text)
                ? text : Vocabulary.statuses.uri(labelled: text)
            if item.status == nil { reader.leave([element]) }
        }
        readNotes(of: main, into: &item)
    }

    /// Notes with a subject of ours hold what QDR has no element for; others stay in the source.
    private mutating func readNotes(of main: XMLElement, into item: inout LearningOpportunity) {
        var ours: [String: [XMLElement]] = [:]
        for note in main.all("additionalNote") {
            let subject = note.first("subject")?.attribute("uri") ?? ""
            if QDRScheme.notes.contains(subject) {
                ours[subject, default: []].append(note)
            } else {
                reader.leave([note])
            }
        }
        item.criteria = notes(ours[QDRScheme.criteria] ?? [])
        item.fieldOfStudy = notes(ours[QDRScheme.fieldOfStudy] ?? [])
        item.specialization = notes(ours[QDRScheme.specialization] ?? [])
        item.entryRequirements = notes(ours[QDRScheme.entryRequirements] ?? [])
    }

    private mutating func readOpportunity(
        _ opportunity: XMLElement,
        into item: inout LearningOpportunity
    ) {
        for element in opportunity.all("type") {
            let type = reader.code(
                element.attribute("uri"), of: element, in: Vocabulary.opportunityTypes)
            if let type, !item.types.contains(type) { item.types.append(type) }
        }
        readModes(of: opportunity, into: &item)
        item.hasPart = opportunity.all("hasPart").compactMap {
            reader.uri($0.attribute("idref"), of: $0)
        }
        item.isPartOf = opportunity.all("isPartOf").compactMap {
            reader.uri($0.attribute("idref"), of: $0)
        }
        if !item.isPartOf.isEmpty { item.stackability = "urn:eccoe:stackability:part-of" }
    }

    mutating func readModes(of element: XMLElement, into item: inout LearningOpportunity) {
        for element in element.all("mode") {
            let mode = reader.code(element.attribute("uri"), of: element, in: Vocabulary.modes)
            if let mode, !item.modes.contains(mode) { item.modes.append(mode) }
        }
    }
}

/// The names under which QDR files of ours hold what the format has no element for.
enum QDRScheme {
    static let code = "code"
    static let version = "version"
    static let sameAs = "sameAs"

    static let criteria = "urn:eccoe:note:criteria"
    static let fieldOfStudy = "urn:eccoe:note:field-of-study"
    static let specialization = "urn:eccoe:note:specialization"
    static let entryRequirements = "urn:eccoe:note:entry-requirements"
    static let notes: Set<String> = [criteria, fieldOfStudy, specialization, entryRequirements]

    /// Of ids of organisations that have none in the catalogue.
    static let organisationPrefix = "urn:eccoe:qdr-organisation:"
    /// The framework of a national level, of which the format states only the level: New Zealand's,
    /// or Europass's scheme of all national levels.
    static func framework(of level: String) -> String {
        NZQCF.level(of: level) == nil ? "http://data.europa.eu/snb/qdr/25831c2" : NZQCF.framework
    }
}
