import XML

/// IEEE 1484.12.1 LOM, LOMFR (AFNOR Z76-040), SupLOMFR and profiles of them: one item a `lom`.
struct LOMMapper: MarkupMapper {
    let defaults: ImportDefaults

    static func isRecord(_ path: [XMLElement]) -> Bool {
        path.last?.name.lowercased() == "lom"
    }

    static let expectation = "LOM records: elements <lom>, alone or in a list"

    func records(of element: XMLElement) -> [ImportRecord] {
        var mapping = LOMMapping(ElementReader(element, defaults: defaults), lom: element)
        return [mapping.record()]
    }
}

/// Maps one `lom` to an item.
struct LOMMapping {
    var reader: ElementReader
    let lom: XMLElement
    /// The identifier under which a repository hands the record out, and its format.
    var outerID: (id: String, format: ImportFormat)?
    var persons = 0

    init(_ reader: ElementReader, lom: XMLElement) {
        self.reader = reader
        self.lom = lom
    }

    mutating func record() -> ImportRecord {
        readLanguage()
        let general = lom.part("general")
        let title = general.flatMap { texts($0.parts("title")) }
        guard let title else {
            reader.remark(
                .error,
                general ?? lom,
                "no title (LOM 1.2)",
                "give the resource a <title> in <general>"
            )
            return reader.refused()
        }
        if !title.covers(reader.language), title.texts.count == 1, let tag = title.texts.keys.first
        {
            reader.language = tag
        }
        let bodies = organisations()
        var item = LearningOpportunity(
            id: "",
            title: title,
            defaultLanguage: reader.language,
            provider: bodies.provider,
            awardingBody: bodies.awarding
        )
        readIdentifiers(into: &item)
        readGeneral(into: &item)
        readLifeCycle(into: &item)
        readTechnical(into: &item)
        readEducational(into: &item)
        readRights(into: &item)
        readRelations(into: &item)
        readClassifications(into: &item)
        remarkOnPersons()
        reader.leaveRest(
            of: lom,
            mapped: [
                "general", "lifeCycle", "lifecycle", "metaMetadata", "metametadata", "technical",
                "educational", "rights", "relation", "classification",
            ])
        return reader.record(item)
    }

    mutating func texts(_ elements: [XMLElement]) -> LocalizedText? {
        reader.texts(elements.flatMap(\.languageStrings), tag: \.stringLanguage)
    }

    /// The text of the first string in an element.
    mutating func string(_ element: XMLElement?) -> String? {
        element.flatMap { reader.text($0.languageStrings.first) }
    }

    /// The value of a vocabulary's term in lower case.
    mutating func term(_ element: XMLElement?) -> String? {
        guard let element else { return nil }
        return string(element.part("value") ?? element.part("entry") ?? element)?.lowercased()
    }

    /// The language of texts without one: that of the metadata (LOM 3.4), failing that the one of
    /// the resource if it has one only, failing that the importer's.
    private mutating func readLanguage() {
        let resource = lom.part("general")?.parts("language") ?? []
        let element =
            lom.part(["metametadata", "language"]) ?? (resource.count == 1 ? resource[0] : nil)
        guard let element, let tag = reader.languageTag(element.ownText, of: element) else {
            return
        }
        reader.language = tag
    }

    private mutating func remarkOnPersons() {
        guard persons > 0 else { return }
        reader.remark(
            .note,
            lom.part("lifecycle") ?? lom,
            "names of persons were left out (\(persons)): a catalogue that others copy names no "
                + "persons",
            "nothing to do; the resource itself names its authors"
        )
    }

    // MARK: General

    private mutating func readIdentifiers(into item: inout LearningOpportunity) {
        let places =
            (lom.part("general")?.parts("identifier") ?? [])
            + (lom.part("technical")?.parts("location") ?? [])
        var ids: [String] = []
        for place in places {
            let entry = string(place.part("entry") ?? place)
            guard let entry else { continue }
            let catalog = string(place.part("catalog"))?.lowercased()
            let id = Self.qualified(entry, catalog: catalog)
            if !ids.contains(id) { ids.append(id) }
        }
        let source = outerID?.id ?? ids.first
        let format = outerID?.format ?? .lom
        if let source {
            let local = ItemIdentifier.local(source, domain: reader.defaults.domain)
            item.id = ItemIdentifier.adopted(
                source, format: format, domain: reader.defaults.domain)
            item.sameAs = ([source] + ids).reduce(into: []) { known, id in
                if id != item.id, !known.contains(id), id != source || local == nil {
                    known.append(id)
                }
            }
            if local == nil, !item.sameAs.contains(source) { item.sameAs.insert(source, at: 0) }
            return
        }
        item.id = ItemIdentifier.derived(format: format.rawValue, sourceID: [item.displayTitle])
        reader.remark(
            .warning,
            lom.part("general") ?? lom,
            "no identifier (LOM 1.1); the item became \(item.id), after its title",
            "give the resource an identifier, so that a changed title stays the same item"
        )
    }

    private static func qualified(_ entry: String, catalog: String?) -> String {
        switch catalog {
        case "doi" where !entry.contains(":"): "doi:" + entry
        case "hdl" where !entry.contains(":"): "hdl:" + entry
        case "isbn" where !entry.contains(":"): "urn:isbn:" + entry
        default: entry
        }
    }

    private mutating func readGeneral(into item: inout LearningOpportunity) {
        guard let general = lom.part("general") else { return }
        item.description = joined(general.parts("description"))
        for element in general.parts("language") {
            guard let tag = reader.languageTag(element.ownText, of: element) else { continue }
            guard let uri = Language.uri(tag: tag) else {
                reader.leave([element])
                continue
            }
            if !item.languages.contains(uri) { item.languages.append(uri) }
        }
        readKeywords(of: general, into: &item)
        reader.leaveRest(
            of: general,
            mapped: ["identifier", "title", "language", "description", "keyword"]
        )
    }

    /// Several descriptions become one of several paragraphs.
    private mutating func joined(_ elements: [XMLElement]) -> LocalizedText? {
        var texts: [String: String] = [:]
        for element in elements {
            guard let more = self.texts([element]) else { continue }
            for (tag, text) in more.texts {
                texts[tag] = (texts[tag].map { $0 + "\n" } ?? "") + text
            }
        }
        return texts.isEmpty ? nil : LocalizedText(texts)
    }

    /// Keywords have no language in an item: those of the default language are taken.
    private mutating func readKeywords(of general: XMLElement, into item: inout LearningOpportunity)
    {
        var left: [XMLElement] = []
        for element in general.parts("keyword").flatMap(\.languageStrings) {
            let tag = reader.languageTag(element.stringLanguage, of: element)
            guard tag == nil || LocalizedText([tag ?? "": ""]).covers(item.defaultLanguage) else {
                left.append(element)
                continue
            }
            if let word = reader.text(element), !item.keywords.contains(word) {
                item.keywords.append(word)
            }
        }
        guard let first = left.first else { return }
        reader.remark(
            .note,
            first,
            "keywords in other languages than \(item.defaultLanguage) were left out (\(left.count))",
            "nothing to do: an item's keywords are of its default language"
        )
    }

    private mutating func readTechnical(into item: inout LearningOpportunity) {
        guard let technical = lom.part("technical") else { return }
        let locations = technical.parts("location")
        item.homepage = locations.first.flatMap { reader.web($0) }
        reader.leave(Array(locations.dropFirst()))
        reader.leaveRest(of: technical, mapped: ["location"])
    }
}
