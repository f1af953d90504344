import CanonicalJSON

/// A coded value of a source: its URI, its labels and the place.
struct Concept {
    let uri: String?
    /// English, or the first label.
    let label: String?
    /// URI of the scheme that it names.
    let scheme: String?
    let pointer: String
}

extension LinkedGraph {
    /// The coded values under any of `names`: URIs, references, or objects with labels.
    func concepts(_ node: LinkedNode?, _ names: String...) -> [Concept] {
        guard let node else { return [] }
        return names.flatMap { name in
            node.values(name).compactMap { concept($0.value, at: $0.pointer) }
        }
    }

    private func concept(_ value: JSON, at pointer: String) -> Concept? {
        if let text = value.string {
            let uri = WrittenForm.isURI(text) ? text : nil
            return Concept(uri: uri, label: uri == nil ? text : nil, scheme: nil, pointer: pointer)
        }
        guard let object = value.object else { return nil }
        let reference = LinkedNode(object, pointer: pointer)
        let node = self.node(value, at: pointer) ?? reference
        var reading = SourceReading(remarks: RecordRemarks(base: ""), language: "en")
        let label = reading.text(node.member("prefLabel", "targetNodeName", "name"))
        let scheme = node.member("inScheme", "framework")?.value
        return Concept(
            uri: (reference.id ?? node.id).flatMap { WrittenForm.isURI($0) ? $0 : nil },
            label: label?.best(for: "en"),
            scheme: scheme?.string ?? scheme?["id"]?.string ?? scheme?["@id"]?.string,
            pointer: pointer
        )
    }
}

extension SourceReading {
    /// The URIs of coded values. A value that `list` has by its label only is taken from the list;
    /// another URI is kept, or left out with a warning when the list is closed.
    mutating func codes(
        _ concepts: [Concept],
        of list: CodeList,
        isClosed: Bool = false
    ) -> [String] {
        var result: [String] = []
        for concept in concepts {
            guard let uri = code(concept, of: list, isClosed: isClosed) else { continue }
            if !result.contains(uri) { result.append(uri) }
        }
        return result
    }

    private mutating func code(
        _ concept: Concept,
        of list: CodeList,
        isClosed: Bool
    ) -> String? {
        if let uri = concept.uri, list.contains(uri) { return uri }
        if let label = concept.label, let uri = list.uri(labelled: label) {
            remark(
                .note,
                concept.pointer,
                "\"\(PlainText(label).text)\" was taken as <\(uri)> of the list \(list.name)",
                "write the URI of the list"
            )
            return uri
        }
        if !isClosed, let uri = concept.uri, !LocalIdentifier.isLocal(uri) { return uri }
        let what = concept.label.map { PlainText($0).text } ?? concept.uri ?? "it"
        remark(
            .warning,
            concept.pointer,
            "\(what.prefix(120)) is not in the list \(list.name); left out",
            "use a URI of the list, such as \(list.codes.first?.uri ?? "")"
        )
        return nil
    }
}

/// Ids that mean something in their own document only.
enum LocalIdentifier {
    /// Blank nodes, relative ids, and the counters `urn:epass:...` of Europass, which are the same
    /// in every credential.
    static func isLocal(_ id: String) -> Bool {
        id.hasPrefix("urn:epass:") || id.hasPrefix("_:") || !WrittenForm.isURI(id)
    }
}
