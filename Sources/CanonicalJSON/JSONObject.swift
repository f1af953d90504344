/// The members of a JSON object in the order of the source, with names unique by bytes.
public struct JSONObject: Sendable {
    /// Name and value, in the order in which they were read or set.
    public private(set) var members: [(name: String, value: JSON)] = []
    /// Positions by name; built only for objects that are large enough to profit.
    private var positions: [ByteName: Int] = [:]

    private static let indexedFrom = 12

    /// An object without members.
    public init() {}

    /// How many members there are.
    public var count: Int { members.count }

    /// The names in order.
    public var names: [String] { members.map(\.name) }

    /// The value of a member; setting nil removes it, setting a new name appends it.
    public subscript(name: String) -> JSON? {
        get {
            position(of: name).map { members[$0].value }
        }
        set {
            let found = position(of: name)
            switch (found, newValue) {
            case (let index?, let value?):
                members[index].value = value
            case (let index?, nil):
                members.remove(at: index)
                reindex()
            case (nil, let value?):
                append(name: name, value: value)
            case (nil, nil):
                break
            }
        }
    }

    /// Appends a member whose name is known to be new.
    mutating func append(name: String, value: JSON) {
        members.append((name, value))
        if members.count == Self.indexedFrom {
            reindex()
        } else if members.count > Self.indexedFrom {
            positions[ByteName(name)] = members.count - 1
        }
    }

    private func position(of name: String) -> Int? {
        if members.count >= Self.indexedFrom { return positions[ByteName(name)] }
        return members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
    }

    private mutating func reindex() {
        positions.removeAll(keepingCapacity: true)
        guard members.count >= Self.indexedFrom else { return }
        for (index, member) in members.enumerated() { positions[ByteName(member.name)] = index }
    }
}

extension JSONObject: Equatable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.name] == $0.value }
    }
}

extension JSONObject: Sequence {
    public func makeIterator() -> IndexingIterator<[(name: String, value: JSON)]> {
        members.makeIterator()
    }
}

/// A name that is equal to another only when all its bytes are.
struct ByteName: Hashable {
    private let bytes: [UInt8]

    init(_ name: String) {
        bytes = Array(name.utf8)
    }
}
