/// A place in a text.
package struct XMLPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int

    /// A place as given.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package var description: String { "line \(line), column \(column)" }

    package static func < (left: XMLPosition, right: XMLPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// An attribute with its value, references resolved.
package struct XMLAttribute: Hashable, Sendable {
    /// The name without prefix.
    package let name: String
    /// The URI of the namespace; nil for the customary attribute without prefix.
    package let namespace: String?
    /// The value, normalised as XML 1.0 section 3.3.3 says.
    package let value: String
}

/// An element with all that is in it; comments and processing instructions are left out.
package struct XMLElement: Hashable, Sendable {
    /// The name without prefix.
    package let name: String
    /// The URI of the namespace; nil when there is none.
    package let namespace: String?
    /// In the order of the text.
    package let attributes: [XMLAttribute]
    /// Where its start tag begins.
    package let position: XMLPosition
    /// The elements directly within, in the order of the text.
    package internal(set) var children: [XMLElement] = []
    /// The text directly within, of all pieces between the children.
    package internal(set) var ownText = ""

    /// The namespace of `xml:lang`.
    package static let xmlNamespace = "http://www.w3.org/XML/1998/namespace"

    /// The value of the attribute without prefix of this name.
    package func attribute(_ name: String) -> String? {
        attributes.first { $0.name == name && $0.namespace == nil }?.value
    }

    /// The value of `xml:lang`.
    package var language: String? {
        attributes.first { $0.name == "lang" && $0.namespace == Self.xmlNamespace }?.value
    }

    /// The children of this name, whatever their namespace.
    package func all(_ name: String) -> [XMLElement] {
        children.filter { $0.name == name }
    }

    /// The first child of this name, whatever its namespace.
    package func first(_ name: String) -> XMLElement? {
        children.first { $0.name == name }
    }

    /// The first element that a way of names leads to.
    package func first(_ path: [String]) -> XMLElement? {
        var element = self
        for name in path {
            guard let next = element.first(name) else { return nil }
            element = next
        }
        return element
    }

    /// The text of the element and of everything within, children after the element's own text.
    package var text: String {
        children.isEmpty ? ownText : children.reduce(ownText) { $0 + " " + $1.text }
    }

    /// The element with children of other names than `names` emptied: for those who hold many and
    /// need only a part of each.
    package func hollowed(keeping names: Set<String>) -> XMLElement {
        var result = self
        result.children = children.map { child in
            guard !names.contains(child.name) else { return child }
            var hollow = child
            hollow.children = []
            hollow.ownText = ""
            return hollow
        }
        return result
    }
}

/// Why an XML text cannot be read on.
package struct XMLFault: Error, Hashable, Sendable {
    /// Where.
    package let position: XMLPosition
    /// What is wrong.
    package let message: String
    /// What to do about it.
    package let remedy: String

    /// A fault as given.
    package init(_ position: XMLPosition, _ message: String, _ remedy: String) {
        self.position = position
        self.message = message
        self.remedy = remedy
    }
}

/// What a parser hands out.
package enum XMLEvent: Sendable {
    /// A start tag: the element without what is in it.
    case start(XMLElement)
    /// A piece of text; pieces that follow each other belong together.
    case text(String)
    /// The end tag of the element that began last and has not ended.
    case end
    /// Something doubtful; the reading goes on.
    case doubt(XMLFault)
    /// The last event of a text that is no acceptable XML.
    case fault(XMLFault)
}
