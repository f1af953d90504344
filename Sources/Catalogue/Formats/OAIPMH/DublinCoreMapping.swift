import XML

/// Maps simple Dublin Core (`oai_dc`) to an item.
struct DublinCoreMapping {
    private var reader: ElementReader
    private let dc: XMLElement
    private let identifier: String

    init(_ reader: ElementReader, dc: XMLElement, identifier: String) {
        self.reader = reader
        self.dc = dc
        self.identifier = identifier
    }

    mutating func record() -> ImportRecord {
        let languages = dc.all("language")
        if languages.count == 1, let tag = reader.languageTag(languages[0].text, of: languages[0]) {
            reader.language = tag
        }
        guard let title = reader.texts(dc.all("title"), tag: \.language) else {
            reader.remark(.error, dc, "no title", "Dublin Core: add dc:title")
            return reader.refused()
        }
        if !title.covers(reader.language), let tag = title.texts.keys.sorted().first {
            reader.language = tag
        }
        let body = publisher()
        let local = ItemIdentifier.local(identifier, domain: reader.defaults.domain)
        var item = LearningOpportunity(
            id: ItemIdentifier.adopted(
                identifier, format: .oaiPMH, domain: reader.defaults.domain),
            title: title,
            defaultLanguage: reader.language,
            provider: body,
            awardingBody: body
        )
        if local == nil { item.sameAs = [identifier] }
        readTexts(into: &item)
        readAddresses(into: &item)
        readTypes(into: &item)
        readRights(into: &item)
        reader.leaveRest(
            of: dc,
            mapped: [
                "title", "language", "publisher", "description", "subject", "identifier", "type",
                "rights",
            ]
        )
        return reader.record(item)
    }

    private mutating func publisher() -> Organisation {
        guard let element = dc.first("publisher"), let name = reader.text(element) else {
            reader.remark(
                .note,
                dc,
                "no publisher; \(reader.defaults.institutionName) was assumed as provider and "
                    + "awarding body",
                "add dc:publisher"
            )
            return reader.defaults.institution
        }
        reader.remark(
            .note,
            element,
            "Dublin Core has no awarding body; \(name.prefix(100)) was taken as provider and "
                + "awarding body",
            "state it when it is another one"
        )
        return Organisation(name: [reader.language: name])
    }

    private mutating func readTexts(into item: inout LearningOpportunity) {
        item.description = reader.texts(dc.all("description"), tag: \.language)
        for element in dc.all("subject") {
            if let word = reader.text(element), !item.keywords.contains(word) {
                item.keywords.append(word)
            }
        }
        for element in dc.all("language") {
            let tag = reader.languageTag(element.text, of: element)
            if let uri = tag.flatMap({ Language.uri(tag: $0) }), !item.languages.contains(uri) {
                item.languages.append(uri)
            }
        }
    }

    private mutating func readAddresses(into item: inout LearningOpportunity) {
        for element in dc.all("identifier") {
            guard let text = reader.text(element) else { continue }
            if item.homepage == nil, WrittenForm.isWebAddress(text) {
                item.homepage = text
            } else if text != item.id, !item.sameAs.contains(text) {
                item.sameAs.append(text)
            }
        }
    }

    private mutating func readTypes(into item: inout LearningOpportunity) {
        for element in dc.all("type") {
            guard let name = reader.text(element) else { continue }
            let known =
                WrittenForm.isURI(name) ? name : Vocabulary.opportunityTypes.uri(labelled: name)
            let type = known ?? LOMMapping.typePrefix + PercentEncoding.encode(name.lowercased())
            if !item.types.contains(type) { item.types.append(type) }
        }
    }

    private mutating func readRights(into item: inout LearningOpportunity) {
        for element in dc.all("rights") {
            guard let text = reader.text(element) else { continue }
            if let uri = LicenceText.uri(in: text) {
                item.licence = item.licence ?? uri
            } else {
                reader.remark(
                    .warning,
                    element,
                    "a licence in words, of which no address is known: \"\(text.prefix(80))\"",
                    "give the address of the licence"
                )
            }
        }
    }
}
