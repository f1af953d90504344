import CanonicalJSON
import Keys

/// Reads the members of one JSON object and collects every problem instead of stopping at the
/// first. The caller asks for each member that it knows, then calls `finish()`.
struct MemberReader {
    private let object: JSONObject
    private let pointer: String
    private let log: ProblemLog
    private var known: [ItemName] = []

    init(_ object: JSONObject, pointer: String, log: ProblemLog) {
        self.object = object
        self.pointer = pointer
        self.log = log
    }

    /// Reports the members that nobody asked for.
    func finish() {
        for name in object.names
        where !known.contains(where: { $0.rawValue.utf8.elementsEqual(name.utf8) }) {
            log.add(
                JSONPointer.appending(name, to: pointer),
                "unknown member",
                "remove it, or correct its spelling"
            )
        }
    }

    // MARK: Single values

    mutating func text(_ name: ItemName, required: Bool = false) -> LocalizedText? {
        guard let value = member(name, required: required) else { return nil }
        return LocalizedTextReader(log: log).read(value, at: place(name))
    }

    mutating func string(_ name: ItemName, required: Bool = false) -> String? {
        guard let value = member(name, required: required) else { return nil }
        return checked(value, at: place(name), ValueCheck.text)
    }

    mutating func uri(_ name: ItemName, required: Bool = false) -> String? {
        guard let value = member(name, required: required) else { return nil }
        return checked(value, at: place(name), ValueCheck.uri)
    }

    mutating func web(_ name: ItemName) -> String? {
        guard let value = member(name, required: false) else { return nil }
        return checked(value, at: place(name), ValueCheck.web)
    }

    mutating func decimal(_ name: ItemName, required: Bool = false) -> String? {
        guard let value = member(name, required: required) else { return nil }
        return checked(value, at: place(name), ValueCheck.decimal)
    }

    mutating func date(_ name: ItemName) -> String? {
        guard let value = member(name, required: false) else { return nil }
        return checked(value, at: place(name), ValueCheck.date)
    }

    mutating func language(_ name: ItemName, required: Bool = false) -> String? {
        guard let value = member(name, required: required) else { return nil }
        return checked(value, at: place(name), ValueCheck.language)
    }

    mutating func identifier(_ name: ItemName) -> String? {
        guard let value = member(name, required: true) else { return nil }
        return checked(value, at: place(name), ValueCheck.identifier)
    }

    mutating func count(_ name: ItemName) -> Int64? {
        guard let value = member(name, required: false) else { return nil }
        guard let number = value.integer, number >= 0 else {
            log.add(
                place(name),
                "\(value.kind) where a whole number from 0 is expected",
                "write it as a JSON number without fraction"
            )
            return nil
        }
        return number
    }

    /// A value of a closed list.
    mutating func code(_ name: ItemName, of list: CodeList) -> String? {
        guard let value = uri(name) else { return nil }
        return listed(value, of: list, at: place(name))
    }

    /// Values of a closed list.
    mutating func codes(_ name: ItemName, of list: CodeList) -> [String] {
        elements(name).compactMap { value, place in
            checked(value, at: place, ValueCheck.uri).flatMap { listed($0, of: list, at: place) }
        }
    }

    private func listed(_ uri: String, of list: CodeList, at place: String) -> String? {
        if list.contains(uri) { return uri }
        let some = list.codes.prefix(10).map(\.uri).joined(separator: " ")
        log.add(
            place,
            "<\(uri)> is not in the list \(list.name)",
            list.codes.count <= 10 ? "use one of: \(some)" : "use a URI like \(some) ..."
        )
        return nil
    }

    // MARK: Lists and parts

    mutating func strings(_ name: ItemName) -> [String] {
        elements(name).compactMap { checked($0, at: $1, ValueCheck.text) }
    }

    mutating func uris(_ name: ItemName) -> [String] {
        elements(name).compactMap { checked($0, at: $1, ValueCheck.uri) }
    }

    mutating func part<Part: ItemPart>(_ name: ItemName, required: Bool = false) -> Part? {
        guard let value = member(name, required: required) else { return nil }
        return part(value, at: place(name))
    }

    mutating func parts<Part: ItemPart>(_ name: ItemName) -> [Part] {
        elements(name).compactMap { part($0, at: $1) }
    }

    private func part<Part: ItemPart>(_ value: JSON, at place: String) -> Part? {
        guard let object = value.object else {
            log.add(place, "\(value.kind) where an object is expected", "write it as an object")
            return nil
        }
        var reader = MemberReader(object, pointer: place, log: log)
        let part = Part(from: &reader)
        reader.finish()
        return part
    }

    /// The elements of a list and the place of each.
    private mutating func elements(_ name: ItemName) -> [(value: JSON, place: String)] {
        guard let value = member(name, required: false) else { return [] }
        guard let elements = value.array else {
            log.add(place(name), "\(value.kind) where a list is expected", "write it as a list")
            return []
        }
        if elements.isEmpty {
            log.add(place(name), "an empty list", "leave out what is not stated")
        }
        return elements.enumerated().map { ($1, place(name) + "/" + String($0)) }
    }

    // MARK: The member itself

    private func place(_ name: ItemName) -> String { pointer + "/" + name.rawValue }

    private mutating func member(_ name: ItemName, required: Bool) -> JSON? {
        known.append(name)
        switch object[name.rawValue] {
        case nil:
            if required { log.add(place(name), "missing", "add \"\(name.rawValue)\"") }
            return nil
        case .null?:
            log.add(place(name), "null", "leave out what is not stated")
            return nil
        case let value?: return value
        }
    }

    private func checked(
        _ value: JSON,
        at place: String,
        _ check: (String) -> ValueProblem?
    ) -> String? {
        guard let text = value.string else {
            log.add(place, "\(value.kind) where a string is expected", "write it as a string")
            return nil
        }
        if let problem = check(text) {
            log.add(place, problem.message, problem.remedy)
            return nil
        }
        return text
    }
}
