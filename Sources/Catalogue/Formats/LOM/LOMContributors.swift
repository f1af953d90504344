import XML

/// LOM 2 and 3: who made the resource and its description, its version and state.
extension LOMMapping {
    /// The publisher or content provider; failing that the organisation of an author, failing that
    /// the one that describes the resource, failing that the importing institution.
    mutating func organisations() -> (provider: Organisation, awarding: Organisation) {
        let contributors =
            (lom.part("lifecycle")?.parts("contribute") ?? []).map { ($0, 0) }
            + (lom.part("metametadata")?.parts("contribute") ?? []).map { ($0, 10) }
        var best: (rank: Int, body: Organisation, place: XMLElement)?
        for (element, penalty) in contributors {
            let role = term(element.part("role")) ?? ""
            let rank = penalty + (Self.providers.firstIndex(of: role) ?? Self.providers.count)
            for entity in Self.entities(of: element) {
                let card = VCard(entity.text)
                if card.isPerson { persons += 1 }
                guard let name = card.organisationName, rank < best?.rank ?? .max else { continue }
                var body = Organisation(name: [reader.language: name])
                let uris = card.urls.map { WrittenForm.escapingURI($0) }.filter(WrittenForm.isURI)
                body.id = uris.first { $0.contains("ror.org") } ?? uris.first
                best = (rank, body, entity)
            }
        }
        guard let best else {
            reader.remark(
                .note,
                lom,
                "no organisation is named; \(reader.defaults.institutionName) was assumed as "
                    + "provider and awarding body",
                "name the publisher with a vCard that has ORG"
            )
            return (reader.defaults.institution, reader.defaults.institution)
        }
        let name = best.body.name.best(for: reader.language) ?? ""
        reader.remark(
            .note,
            best.place,
            "LOM has no awarding body; \(name) was taken as provider and awarding body",
            "state it when it is another one"
        )
        return (best.body, best.body)
    }

    private static let providers = [
        "publisher", "content provider", "provider", "éditeur", "initiator", "author", "auteur",
    ]

    static func entities(of contribute: XMLElement) -> [XMLElement] {
        contribute.parts("entity") + contribute.parts("centity").compactMap { $0.part("vcard") }
    }

    mutating func readLifeCycle(into item: inout LearningOpportunity) {
        guard let cycle = lom.part("lifecycle") else { return }
        item.version = cycle.part("version").flatMap { string($0) }
        if let element = cycle.part("status"), let state = term(element) {
            item.status = Self.states[state].map { "urn:eccoe:status:" + $0 }
            if item.status == nil { reader.leave([element]) }
        }
        for element in cycle.parts("contribute") {
            readValidation(element, into: &item)
        }
        reader.leaveRest(of: cycle, mapped: ["version", "status", "contribute"])
    }

    private static let states = [
        "final": "released", "revised": "released", "draft": "to-be-reviewed",
        "unavailable": "obsolete",
    ]

    /// A validator's contribution is a validation; LOM has roles for two of the four committees,
    /// the others are ours.
    private mutating func readValidation(
        _ element: XMLElement,
        into item: inout LearningOpportunity
    ) {
        guard let role = term(element.part("role")), let committee = Self.committees[role] else {
            return
        }
        let date = element.part("date")
        item.validations.append(
            CommitteeValidation(
                committee: "urn:eccoe:committee:" + committee,
                verdict: "urn:eccoe:verdict:accepted",
                date: date.flatMap { reader.day($0.part("datetime") ?? $0) }
            )
        )
        reader.remark(
            .note,
            element,
            "the role \"\(role)\" was read as an accepted \(committee) validation",
            "nothing to do"
        )
    }

    static let committees = [
        "educational validator": "pedagogical", "technical validator": "technical",
        "scientific validator": "scientific", "legal validator": "legal",
        "validateur pédagogique": "pedagogical", "validateur technique": "technical",
        "validateur scientifique": "scientific", "validateur juridique": "legal",
    ]
}
