import CanonicalJSON

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

    /// A writer of `format`.
    package init(format: ExportFormat) {
        self.format = format
    }

    /// What stands before the first item.
    package var opening: [UInt8] {
        switch format {
        case .json, .ob3: Array("[".utf8)
        case .elm: Self.graph(ELMWriter.context)
        case .ctdl: Self.graph(CTDLWriter.context)
        case .schemaorg: Self.graph("https://schema.org")
        case .csv: ItemSheet.header
        }
    }

    /// The text of an item, with what separates it from the one before.
    package mutating func next(_ entry: Entry) -> [UInt8] {
        let value: JSON
        switch format {
        case .csv: return ItemSheet.row(entry.item)
        case .json: value = entry.item.json
        case .elm: value = ELMWriter(entry).node
        case .ctdl: value = CTDLWriter(entry).node
        case .ob3: value = AchievementWriter(entry).achievement
        case .schemaorg: value = SchemaOrgCourse(entry).course
        }
        defer { isFirst = false }
        return Array((isFirst ? "\n" : ",\n").utf8) + value.canonicalBytes
    }

    /// What stands behind the last item.
    package var closing: [UInt8] {
        switch format {
        case .json, .ob3: Array("\n]\n".utf8)
        case .elm, .ctdl, .schemaorg: Array("\n]}\n".utf8)
        case .csv: []
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
