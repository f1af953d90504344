import CanonicalJSON

extension CTDLMapping {
    /// Who owns the credential awards it, who offers it provides; where one is missing, the other
    /// is taken, and where both are, the importing institution.
    mutating func organisations(
        of node: LinkedNode
    ) -> (provider: Organisation, awardingBody: Organisation) {
        let owner = body(node, ["ownedBy", "owner", "creator"])
        let offerer = body(node, ["offeredBy", "provider"])
        if let one = owner ?? offerer { return (offerer ?? one, owner ?? one) }
        reading.remark(
            .note,
            node.pointer + "/ceterms:ownedBy",
            "no organisation is named; \(defaults.institutionName) was assumed",
            "add ceterms:ownedBy when it is another body"
        )
        return (defaults.institution, defaults.institution)
    }

    private mutating func body(_ node: LinkedNode, _ names: [String]) -> Organisation? {
        for name in names {
            for value in node.values(name) {
                if let body = body(value) { return body }
            }
        }
        return nil
    }

    /// An organisation that is described, or only named by its address.
    private mutating func body(_ value: LinkedNode.Value) -> Organisation? {
        let described = graph.node(value.value, at: value.pointer)
        let address = described?.id ?? value.value.string
        if let described, let name = reading.text(described.member("name")) {
            return organisation(described, name)
        }
        guard let id = address.map({ WrittenForm.escapingURI($0) }), WrittenForm.isURI(id) else {
            return nil
        }
        reading.remark(
            .warning,
            value.pointer,
            "the organisation is only named by its address; the address became its name",
            "import it with its name, as the @graph of the registry has it"
        )
        return Organisation(name: [reading.language: id], id: id)
    }

    private mutating func organisation(
        _ node: LinkedNode,
        _ name: LocalizedText
    ) -> Organisation {
        var body = Organisation(name: name)
        let id =
            node.id
            ?? node.member("ctid")?.value.string.map {
                "https://credentialengineregistry.org/resources/" + $0
            }
        body.id = id.flatMap { LocalIdentifier.isLocal($0) ? nil : $0 }
        body.homepage = reading.web(node.member("subjectWebpage", "url"))
        for place in graph.nodes(node, "address") {
            guard let country = reading.string(place.member("addressCountry")) else { continue }
            body.country = Country.uri(code: country) ?? Country.countries.uri(labelled: country)
            if body.country != nil { break }
        }
        return body
    }

    /// Decisions of quality assurance bodies.
    mutating func readAccreditations(
        _ node: LinkedNode,
        into item: inout LearningOpportunity
    ) {
        let kinds = [
            ("accreditedBy", "Accredited by"), ("approvedBy", "Approved by"),
            ("recognizedBy", "Recognised by"), ("regulatedBy", "Regulated by"),
        ]
        for (member, words) in kinds {
            for value in node.values(member) {
                guard let agency = body(value) else { continue }
                let name = agency.name.best(for: "en") ?? ""
                item.accreditations.append(
                    Accreditation(title: ["en": "\(words) \(name)"], agency: agency)
                )
            }
        }
    }

    /// What has to be done to earn it, and what is needed to enter.
    mutating func readConditions(_ node: LinkedNode, into item: inout LearningOpportunity) {
        item.criteria = conditions(node, "requires")
        item.entryRequirements = conditions(node, "entryCondition")
    }

    private mutating func conditions(_ node: LinkedNode, _ name: String) -> LocalizedText? {
        var texts: [String: String] = [:]
        for profile in graph.nodes(node, name) {
            for member in ["description", "experience", "condition"] {
                guard let text = reading.text(profile.member(member)) else { continue }
                for (tag, value) in text.texts where !Self.isPlaceholder(value) {
                    texts[tag] = texts[tag].map { $0 + "\n" + value } ?? value
                }
            }
        }
        return texts.isEmpty ? nil : LocalizedText(texts)
    }

    /// `*** ... MISSING ***`, which the registry's publishing tool wrote into empty fields.
    private static func isPlaceholder(_ text: String) -> Bool {
        text.hasPrefix("***") && text.hasSuffix("MISSING ***")
    }
}
