/// What a message signature covers and says of itself: the inner list of `Signature-Input`.
package struct SignatureInput: Sendable, Equatable {
    /// Component identifiers: strings with their parameters.
    package let components: [StructuredField.Item]
    /// The signature's own parameters, such as `created`.
    package let parameters: [StructuredField.Parameter]

    /// An input from its parts.
    package init(
        _ components: [StructuredField.Item],
        _ parameters: [StructuredField.Parameter]
    ) {
        self.components = components
        self.parameters = parameters
    }

    /// The canonical form: value of the field's member, and of `@signature-params`.
    package var text: String { StructuredField.text(of: components, parameters) }

    /// A parameter's value; nil when it is absent.
    package subscript(_ key: String) -> StructuredField.Value? {
        parameters.first { $0.key == key }?.value
    }

    /// The signature base (RFC 9421 section 2.5); nil when a component is unknown, stands twice or
    /// would break the line.
    ///
    /// - Parameter value: the value of a component, by its identifier as written, such as
    ///   `"@method";req`.
    package func base(value: (String) -> String?) -> [UInt8]? {
        var lines: [String] = []
        var seen: Set<String> = []
        for component in components {
            let identifier = StructuredField.text(component)
            guard case .string = component.value, seen.insert(identifier).inserted,
                let value = value(identifier), !value.utf8.contains(where: { $0 < 0x20 })
            else { return nil }
            lines.append("\(identifier): \(value)")
        }
        lines.append("\"@signature-params\": \(text)")
        return Array(lines.joined(separator: "\n").utf8)
    }
}
