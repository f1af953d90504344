import CanonicalJSON

/// Why a record of this room cannot be read.
package struct RecordError: Error, Equatable, Sendable, CustomStringConvertible {
    /// JSON pointer to the member that is wrong; empty for the whole.
    package let pointer: String
    /// What is wrong there.
    package let reason: String
    /// What to do about it.
    package let remedy: String

    /// An error at a place.
    package init(_ pointer: String, _ reason: String, remedy: String) {
        self.pointer = pointer
        self.reason = reason
        self.remedy = remedy
    }

    /// One sentence with the place.
    package var description: String {
        "\(pointer.isEmpty ? "the record" : pointer) \(reason)"
    }
}

/// Reads the members of one object strictly: names that nobody asked for are refused, since what is
/// signed must be understood whole.
struct RecordMembers {
    private let object: JSONObject
    private let place: String

    init(_ json: JSON?, at place: String, allowing names: [String]) throws(RecordError) {
        self.place = place
        guard let object = json?.object else {
            throw RecordError(
                place,
                json == nil ? "is missing" : "is no object",
                remedy: "write an object"
            )
        }
        if let unknown = object.names.first(where: { !names.contains($0) }) {
            throw RecordError(
                "\(place)/\(unknown)",
                "is no member of this record",
                remedy: "leave it out, or update this node if a newer version writes it"
            )
        }
        self.object = object
    }

    subscript(name: String) -> JSON? { object[name] }

    /// A text that is not empty.
    func text(_ name: String) throws(RecordError) -> String {
        guard let text = try optionalText(name) else { throw error(name, "is missing") }
        return text
    }

    func optionalText(_ name: String) throws(RecordError) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.string else { throw error(name, "is \(value.kind), no text") }
        guard !text.allSatisfy(\.isWhitespace) else { throw error(name, "is empty") }
        return text
    }

    /// A text turned into a value.
    func value<Value>(
        _ name: String,
        _ expected: String,
        _ convert: (String) -> Value?
    ) throws(RecordError) -> Value {
        guard let value = convert(try text(name)) else { throw error(name, "is no \(expected)") }
        return value
    }

    func code<Code: RawRepresentable & CaseIterable>(
        _ name: String,
        as type: Code.Type
    ) throws(RecordError) -> Code where Code.RawValue == String {
        guard let code = Code(rawValue: try text(name)) else {
            throw error(name, "is none of \(Self.list(type))")
        }
        return code
    }

    /// An array of different codes; absent means none, and an empty array is refused, since what
    /// is not stated is absent.
    func codes<Code: RawRepresentable & CaseIterable & Equatable>(
        _ name: String,
        as type: Code.Type
    ) throws(RecordError) -> [Code] where Code.RawValue == String {
        guard let value = object[name] else { return [] }
        guard let array = value.array, !array.isEmpty else {
            throw error(name, "is no array with something in it")
        }
        var codes: [Code] = []
        for (index, element) in array.enumerated() {
            guard let code = element.string.flatMap({ Code(rawValue: $0) }) else {
                throw error("\(name)/\(index)", "is none of \(Self.list(type))")
            }
            guard !codes.contains(code) else { throw error("\(name)/\(index)", "appears twice") }
            codes.append(code)
        }
        return codes
    }

    /// Requires `"v":1` and the given kind.
    func version(kind: String) throws(RecordError) {
        guard object["kind"]?.string == kind else { throw error("kind", "is not \"\(kind)\"") }
        guard object["v"]?.integer == 1 else {
            throw RecordError("\(place)/v", "is another version than 1", remedy: "update this node")
        }
    }

    func error(_ name: String, _ reason: String) -> RecordError {
        RecordError("\(place)/\(name)", reason, remedy: "ask the author for the record as written")
    }

    private static func list<Code: RawRepresentable & CaseIterable>(
        _ type: Code.Type
    ) -> String where Code.RawValue == String {
        type.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

extension RecordError {
    /// Reads a text that must be the RFC 8785 form of what it holds.
    static func canonical(
        _ bytes: [UInt8],
        limits: JSONLimits = .ownMessage
    ) throws(RecordError) -> JSON {
        let json: JSON
        do { json = try JSON.read(bytes, limits: limits) } catch {
            throw RecordError("", "is no JSON: \(error)", remedy: "use the file as it was written")
        }
        guard json.canonicalBytes == bytes else {
            throw RecordError(
                "",
                "is not in the form of RFC 8785",
                remedy: "use the file as it was written; do not format it"
            )
        }
        return json
    }
}
