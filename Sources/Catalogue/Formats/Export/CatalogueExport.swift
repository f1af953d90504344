import CanonicalJSON
import XML

/// Writes items in the formats of the outside world, one after the other, so that a catalogue of
/// any size passes through bounded memory: `opening`, `next(_:)` for each item, `closing`.
package struct CatalogueExport: Sendable {
    /// An item with the domain of the institution whose catalogue it is in.
    package struct Entry: Sendable {
        /// The item.
        package let item: LearningOpportunity
        /// A lower-case A-label.
        package let domain: String

        /// An entry as given.
        package init(item: LearningOpportunity, domain: String) {
            self.item = item
            self.domain = domain
        }

        var globalID: String { item.globalID(domain: domain) }
    }

    private let format: ExportFormat
    private var isFirst = true
    /// What a format that keeps the parts of items apart must have before it can write.
    private var collected: [Entry] = []

    /// A writer of `format`.
    package init(format: ExportFormat) {
        self.format = format
    }

    /// What stands before the first item.
    package var opening: [UInt8] {
        switch format {
        case .json, .ob3: Array("[".utf8)
        case .elm, .ctdl, .schemaorg: Self.graph(format.context ?? .null)
        case .csv: ItemSheet.header
        case .lom: XMLWriter.opening("records", ["xmlns": "urn:eccoe:lom-records"])
        case .qdr: []
        }
    }

    /// The text of an item, with what separates it from the one before. Empty in QDR, whose items
    /// are kept for `closing`: a catalogue of any size is written by `QDRWriter` itself.
    package mutating func next(_ entry: Entry) -> [UInt8] {
        switch format {
        case .csv: return ItemSheet.row(entry.item)
        case .lom:
            var xml = XMLWriter(isPart: true)
            LOMWriter.write(entry.item, domain: entry.domain, into: &xml)
            return xml.bytes
        case .qdr:
            collected.append(entry)
            return []
        default: break
        }
        defer { isFirst = false }
        return Array((isFirst ? "\n" : ",\n").utf8) + Self.value(entry, format).canonicalBytes
    }

    /// What stands behind the last item.
    package var closing: [UInt8] {
        switch format {
        case .json, .ob3: return Array("\n]\n".utf8)
        case .elm, .ctdl, .schemaorg: return Array("\n]}\n".utf8)
        case .csv: return []
        case .lom: return Array("</records>\n".utf8)
        case .qdr:
            var writer = QDRWriter(offered: Set(collected.map(\.globalID)))
            return writer.write(collected)
        }
    }

    /// The document of one item by itself: where a list of items would be in brackets, only the item.
    package static func document(of entry: Entry, format: ExportFormat) -> [UInt8] {
        switch format {
        case .csv, .qdr: return write([entry], format: format)
        case .lom:
            var xml = XMLWriter()
            LOMWriter.write(entry.item, domain: entry.domain, into: &xml)
            return xml.bytes
        case .json, .elm, .ctdl, .ob3, .schemaorg:
            guard case .object(var object) = value(entry, format) else { return [] }
            object["@context"] = format.context
            return JSON.object(object).canonicalBytes
        }
    }

    /// The item in a format whose items are JSON.
    private static func value(_ entry: Entry, _ format: ExportFormat) -> JSON {
        switch format {
        case .elm: ELMWriter(entry).node
        case .ctdl: CTDLWriter(entry).node
        case .ob3: AchievementWriter(entry).document
        case .schemaorg: SchemaOrgCourse(entry).course
        case .json, .csv, .qdr, .lom: entry.item.json
        }
    }

    /// A whole export of few items.
    package static func write(_ entries: [Entry], format: ExportFormat) -> [UInt8] {
        var export = CatalogueExport(format: format)
        var bytes = export.opening
        for entry in entries { bytes += export.next(entry) }
        return bytes + export.closing
    }

    private static func graph(_ context: JSON) -> [UInt8] {
        Array(#"{"@context":"#.utf8) + context.canonicalBytes + Array(#","@graph":["#.utf8)
    }
}

/// Builds one object of a JSON-LD document; nothing is written for what is not stated.
struct NodeWriter {
    private var object = JSONObject()

    init(_ type: String, id: String? = nil) {
        object["@type"] = .string(type)
        object["@id"] = id.map { .string($0) }
    }

    var json: JSON { .object(object) }

    mutating func set(_ name: String, _ value: JSON?) {
        object[name] = value
    }

    mutating func set(_ name: String, _ text: String?) {
        object[name] = text.map { .string($0) }
    }

    mutating func set(_ name: String, _ values: [JSON]) {
        if !values.isEmpty { object[name] = .array(values) }
    }

    /// Texts with their languages, as JSON-LD value objects.
    mutating func set(_ name: String, _ text: LocalizedText?) {
        set(name, text.map { Self.values($0) } ?? [])
    }

    /// Nodes that are only named.
    mutating func set(_ name: String, references uris: [String]) {
        set(name, uris.map { ["@id": .string($0)] })
    }

    static func values(_ text: LocalizedText) -> [JSON] {
        text.texts.sorted { $0.key < $1.key }.map {
            ["@language": .string($0.key), "@value": .string($0.value)]
        }
    }
}
