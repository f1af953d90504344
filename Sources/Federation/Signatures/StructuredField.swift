import Keys

/// Structured fields (RFC 9651), as far as RFC 9421 and RFC 9530 use them: dictionaries of items and
/// inner lists, without decimals, dates and display strings. Reading is strict; writing gives the
/// one canonical form.
package enum StructuredField {
    /// Bytes of a field that is read at all.
    package static let maximumBytes = 4096

    /// A bare item.
    package enum Value: Sendable, Equatable {
        case integer(Int64)
        /// Printable ASCII.
        case string(String)
        case token(String)
        case bytes([UInt8])
        case boolean(Bool)
    }

    /// A parameter of an item or an inner list; their order counts.
    package struct Parameter: Sendable, Equatable {
        /// Lower-case name.
        package let key: String
        /// Its value; a parameter without one is true.
        package let value: Value

        /// A parameter from its parts.
        package init(_ key: String, _ value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// An item with its parameters.
    package struct Item: Sendable, Equatable {
        /// The bare item.
        package let value: Value
        /// In the order in which they stand.
        package let parameters: [Parameter]

        /// An item from its parts.
        package init(_ value: Value, _ parameters: [Parameter] = []) {
            self.value = value
            self.parameters = parameters
        }
    }

    /// A member of a dictionary.
    package enum Member: Sendable, Equatable {
        case item(Item)
        case innerList([Item], [Parameter])
    }

    /// Reads a dictionary; nil when any of it is malformed, a key stands twice, or it is longer than
    /// `maximumBytes`. Several fields of one name are joined with commas first.
    package static func dictionary(_ text: String) -> [String: Member]? {
        guard text.utf8.count <= maximumBytes else { return nil }
        var reader = StructuredFieldReader(text)
        return reader.dictionary()
    }

    /// The canonical form of an inner list.
    package static func text(of items: [Item], _ parameters: [Parameter]) -> String {
        "(" + items.map(text).joined(separator: " ") + ")" + text(of: parameters)
    }

    /// The canonical form of an item.
    package static func text(_ item: Item) -> String {
        text(item.value) + text(of: item.parameters)
    }

    private static func text(of parameters: [Parameter]) -> String {
        parameters.map { parameter in
            parameter.value == .boolean(true)
                ? ";\(parameter.key)" : ";\(parameter.key)=\(text(parameter.value))"
        }.joined()
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .integer(let number): String(number)
        case .string(let text):
            "\""
                + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                + "\""
        case .token(let text): text
        case .bytes(let bytes): ":\(Base64.encode(bytes)):"
        case .boolean(let isTrue): isTrue ? "?1" : "?0"
        }
    }
}
