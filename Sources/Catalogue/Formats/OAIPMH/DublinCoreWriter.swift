package import XML

/// Writes items as simple Dublin Core in the container of OAI-PMH.
package enum DublinCoreWriter {
    /// The namespace of the container.
    package static let namespace = "http://www.openarchives.org/OAI/2.0/oai_dc/"

    /// Writes an item of the catalogue of `domain` into `xml`.
    package static func write(
        _ item: LearningOpportunity,
        domain: String,
        into xml: inout XMLWriter
    ) {
        let attributes: KeyValuePairs<String, String?> = [
            "xmlns:oai_dc": namespace, "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": "\(namespace) http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        ]
        xml.element("oai_dc:dc", attributes) { xml in
            texts("title", item.title, &xml)
            for word in item.keywords + labels(of: item.iscedFields) {
                xml.element("dc:subject", text: word)
            }
            texts("description", item.description, &xml)
            for text in item.provider.name.best(for: item.defaultLanguage).map({ [$0] }) ?? [] {
                xml.element("dc:publisher", text: text)
            }
            if let date = item.approvalDate { xml.element("dc:date", text: date) }
            for type in item.types { xml.element("dc:type", text: type) }
            xml.element("dc:identifier", text: item.homepage ?? item.globalID(domain: domain))
            if item.homepage != nil {
                xml.element("dc:identifier", text: item.globalID(domain: domain))
            }
            for uri in item.languages {
                if let tag = Language.tag(of: uri) {
                    xml.element("dc:language", text: tag)
                }
            }
            if let licence = item.licence { xml.element("dc:rights", text: licence) }
        }
    }

    private static func texts(_ name: String, _ text: LocalizedText?, _ xml: inout XMLWriter) {
        for (tag, text) in (text?.texts ?? [:]).sorted(by: { $0.key < $1.key }) {
            xml.element("dc:" + name, ["xml:lang": tag], text: text)
        }
    }

    private static func labels(of fields: [String]) -> [String] {
        fields.compactMap { ISCEDF.fields.label(of: $0) }
    }
}
