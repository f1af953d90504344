import CanonicalJSON

/// The objects of one JSON-LD document by their ids, so that a reference is followed to what it
/// names. Nothing is fetched and no context is applied: names are compared without their prefix.
struct LinkedGraph {
    private var places: [String: (value: JSON, pointer: String)] = [:]

    init(_ document: JSON, at pointer: String = "") {
        collect(document, at: pointer)
    }

    /// The node that `value` is or names; nil for anything but an object or a known id.
    func node(_ value: JSON, at pointer: String) -> LinkedNode? {
        if let object = value.object {
            let node = LinkedNode(object, pointer: pointer)
            if let id = node.id, node.isReference, let found = places[id],
                let target = found.value.object
            {
                return LinkedNode(target, pointer: found.pointer)
            }
            return node
        }
        guard let id = value.string, let found = places[id], let object = found.value.object else {
            return nil
        }
        return LinkedNode(object, pointer: found.pointer)
    }

    /// The nodes under any of `names` of `node`, a single one or a list.
    func nodes(_ node: LinkedNode?, _ names: String...) -> [LinkedNode] {
        guard let node else { return [] }
        return names.flatMap { name in
            node.values(name).compactMap { self.node($0.value, at: $0.pointer) }
        }
    }

    private mutating func collect(_ value: JSON, at pointer: String) {
        if let elements = value.array {
            for (index, element) in elements.enumerated() {
                collect(element, at: pointer + "/" + String(index))
            }
        } else if let object = value.object {
            let node = LinkedNode(object, pointer: pointer)
            if let id = node.id, !node.isReference, places[id] == nil {
                places[id] = (value, pointer)
            }
            for (name, member) in object {
                collect(member, at: JSONPointer.appending(name, to: pointer))
            }
        }
    }
}

/// One object of a JSON-LD document.
struct LinkedNode {
    /// A value and its place.
    struct Value {
        let value: JSON
        let pointer: String
    }

    let pointer: String
    private let members: [String: (name: String, value: JSON)]
    /// The names without prefix in the order of the source.
    let names: [String]

    init(_ object: JSONObject, pointer: String) {
        self.pointer = pointer
        var members: [String: (name: String, value: JSON)] = [:]
        var names: [String] = []
        for (name, value) in object {
            let local = Self.localName(name)
            if case .null = value { continue }
            if members[local] == nil {
                members[local] = (name, value)
                names.append(local)
            }
        }
        self.members = members
        self.names = names
    }

    var id: String? { members["id"]?.value.string }

    /// The classes without prefix.
    var types: [String] {
        values("type").compactMap { $0.value.string.map(Self.localName) }
    }

    func isOfType(_ names: String...) -> Bool {
        types.contains { names.contains($0) }
    }

    /// Whether it only names another node.
    var isReference: Bool {
        members["id"] != nil && members.keys.allSatisfy { $0 == "id" || $0 == "type" }
    }

    /// The first member of one of these names.
    func member(_ names: String...) -> Value? {
        for name in names {
            guard let member = members[name] else { continue }
            return Value(
                value: member.value,
                pointer: JSONPointer.appending(member.name, to: pointer)
            )
        }
        return nil
    }

    /// The elements of a member that may be single or a list.
    func values(_ name: String) -> [Value] {
        guard let member = member(name) else { return [] }
        guard let elements = member.value.array else { return [member] }
        return elements.enumerated().map {
            Value(value: $1, pointer: member.pointer + "/" + String($0))
        }
    }

    /// `ceterms:name`, `http://schema.org/name` and `name` are `name`, `@id` is `id`. The `type`
    /// of Dublin Core is `dcType`, as the contexts of Europass call it, since `type` is the class.
    static func localName(_ name: String) -> String {
        let bytes = name.utf8
        if bytes.first == UInt8(ascii: "@") { return String(name.dropFirst()) }
        guard
            let mark = bytes.lastIndex(where: {
                $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "#")
            })
        else { return name }
        let local = String(name[bytes.index(after: mark)...])
        let isDublinCore =
            ["dc", "dc1", "dct", "dcterms"].contains(String(name[..<mark]))
            || name.hasPrefix("http://purl.org/dc/")
        return isDublinCore && local == "type" ? "dcType" : local
    }
}
