package import Keys
import XML

/// A change of a catalogue, as feeds tell it.
package struct CatalogueChange: Sendable {
    /// The item's global id.
    package let globalID: String
    /// When it changed.
    package let time: Instant
    /// The item as it is since; nil when it was withdrawn.
    package let item: LearningOpportunity?

    /// A change as given.
    package init(globalID: String, time: Instant, item: LearningOpportunity?) {
        self.globalID = globalID
        self.time = time
        self.item = item
    }
}

/// The changes of a catalogue as an Atom feed (RFC 4287), withdrawn items as deleted entries (RFC
/// 6721), in pages (RFC 5005).
package struct AtomFeed: Sendable {
    /// The feed's own address, which is its id too.
    package var address: String
    /// The address of this page of it; that of the feed for the first.
    package var page: String
    /// The institution's name.
    package var title: String
    /// When the newest change was made.
    package var updated: Instant
    /// The address of the page with older changes.
    package var next: String?

    /// A feed as given.
    package init(
        address: String, page: String? = nil, title: String, updated: Instant, next: String? = nil
    ) {
        self.address = address
        self.page = page ?? address
        self.title = title
        self.updated = updated
        self.next = next
    }

    /// The document with these changes, which should be the newest first.
    package func write(_ changes: [CatalogueChange]) -> [UInt8] {
        var xml = XMLWriter()
        let namespaces: KeyValuePairs<String, String?> = [
            "xmlns": "http://www.w3.org/2005/Atom",
            "xmlns:at": "http://purl.org/atompub/tombstones/1.0",
        ]
        xml.element("feed", namespaces) { xml in
            xml.element("id", text: address)
            xml.element("title", text: title)
            xml.element("updated", text: updated.text)
            xml.element("author") { $0.element("name", text: title) }
            xml.element("link", ["rel": "self", "href": page])
            if let next { xml.element("link", ["rel": "next", "href": next]) }
            for change in changes {
                if let item = change.item {
                    Self.write(item, change, &xml)
                } else {
                    xml.element(
                        "at:deleted-entry",
                        ["ref": change.globalID, "when": change.time.text]
                    )
                }
            }
        }
        return xml.bytes
    }

    private static func write(
        _ item: LearningOpportunity,
        _ change: CatalogueChange,
        _ xml: inout XMLWriter
    ) {
        xml.element("entry", ["xml:lang": item.defaultLanguage]) { xml in
            xml.element("id", text: change.globalID)
            xml.element("title", text: item.displayTitle)
            xml.element("updated", text: change.time.text)
            if let name = item.provider.name.best(for: item.defaultLanguage) {
                xml.element("author") { $0.element("name", text: name) }
            }
            xml.element("link", ["rel": "alternate", "href": change.globalID])
            for field in item.iscedFields {
                xml.element(
                    "category",
                    ["term": field, "label": ISCEDF.fields.label(of: field)]
                )
            }
            // An entry without content needs a summary.
            let summary = item.description?.best(for: item.defaultLanguage) ?? item.displayTitle
            xml.element("summary", text: summary)
        }
    }
}
