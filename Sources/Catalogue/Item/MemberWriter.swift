import CanonicalJSON

/// A part of an item that is written as a JSON object and read back strictly.
protocol ItemPart: Sendable {
    /// Writes what is stated; what is not stated is left out.
    func write(into writer: inout MemberWriter)
    /// Reads all members; nil when a required one is missing or unreadable, which the reader's log
    /// then says.
    init?(from reader: inout MemberReader)
}

extension ItemPart {
    var json: JSON {
        var writer = MemberWriter()
        write(into: &writer)
        return .object(writer.object)
    }
}

/// Builds one JSON object; nil and empty lists leave no trace.
struct MemberWriter {
    private(set) var object = JSONObject()

    mutating func set(_ name: ItemName, _ value: String?) {
        object[name.rawValue] = value.map { .string($0) }
    }

    mutating func set(_ name: ItemName, _ value: Int64?) {
        object[name.rawValue] = value.map { .number(JSONNumber($0)) }
    }

    mutating func set(_ name: ItemName, _ value: LocalizedText?) {
        object[name.rawValue] = value?.json
    }

    mutating func set(_ name: ItemName, _ values: [String]) {
        guard !values.isEmpty else { return }
        object[name.rawValue] = .array(values.map { .string($0) })
    }

    mutating func set(_ name: ItemName, _ part: (some ItemPart)?) {
        object[name.rawValue] = part?.json
    }

    mutating func set(_ name: ItemName, _ parts: [some ItemPart]) {
        guard !parts.isEmpty else { return }
        object[name.rawValue] = .array(parts.map(\.json))
    }
}
