/// A coded value: its full URI, as it is signed, and what people call it.
package struct Code: Hashable, Sendable {
    /// The full URI.
    package let uri: String
    /// The label in English.
    package let label: String
}

/// A closed or open list of coded values; the URIs of `urn:eccoe:` are defined here because no
/// public list has the value.
package struct CodeList: Sendable {
    /// The name of the list, such as `learning-opportunity`.
    package let name: String
    /// The values in the order in which they are offered.
    package let codes: [Code]
    private let labels: [String: String]

    /// Values given as the last part of the URI and the label.
    init(_ name: String, prefix: String, _ values: KeyValuePairs<String, String>) {
        self.init(name, codes: values.map { Code(uri: prefix + $0.key, label: $0.value) })
    }

    init(_ name: String, codes: [Code]) {
        self.name = name
        self.codes = codes
        labels = Dictionary(
            codes.map { ($0.uri, $0.label) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The English label of a value; nil for a URI that the list does not have.
    package func label(of uri: String) -> String? {
        labels[uri]
    }

    /// The URI of the value with this English label, compared without regard to case and to spaces
    /// and hyphens; nil when there is none.
    package func uri(labelled label: String) -> String? {
        let wanted = Self.folded(label)
        return codes.first { Self.folded($0.label) == wanted }?.uri
    }

    /// Whether the list has this URI.
    package func contains(_ uri: String) -> Bool {
        labels[uri] != nil
    }

    private static func folded(_ label: String) -> String {
        label.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}
