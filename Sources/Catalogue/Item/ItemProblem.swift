/// One thing that keeps a text from being an item, with its place and what to do about it.
package struct ItemProblem: Hashable, Sendable {
    /// JSON pointer (RFC 6901) into the item; empty for the item itself.
    package let pointer: String
    /// What is wrong.
    package let message: String
    /// What to do about it.
    package let remedy: String

    /// A problem as given.
    package init(pointer: String, message: String, remedy: String) {
        self.pointer = pointer
        self.message = message
        self.remedy = remedy
    }
}

/// A value that is no item, with all reasons, never only the first.
package struct InvalidItem: Error, Equatable, CustomStringConvertible {
    /// At least one problem, in the order of the text.
    package let problems: [ItemProblem]

    /// One line a problem.
    package var description: String {
        problems.map { "\($0.pointer.isEmpty ? "item" : $0.pointer): \($0.message)" }
            .joined(separator: "\n")
    }
}

/// Collects problems while a value is read; shared by the readers of its parts, so a class. It
/// never outlives one reading.
final class ProblemLog {
    private(set) var problems: [ItemProblem] = []

    func add(_ pointer: String, _ message: String, _ remedy: String) {
        problems.append(ItemProblem(pointer: pointer, message: message, remedy: remedy))
    }
}

/// JSON pointers (RFC 6901).
enum JSONPointer {
    static func appending(_ name: String, to pointer: String) -> String {
        let special = name.utf8.contains { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }
        if !special { return pointer + "/" + name }
        let escaped = name.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "~"): Array("~0".utf8)
            case UInt8(ascii: "/"): Array("~1".utf8)
            default: [byte]
            }
        }
        return pointer + "/" + String(decoding: escaped, as: UTF8.self)
    }
}
