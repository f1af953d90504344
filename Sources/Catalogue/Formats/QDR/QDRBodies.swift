import XML

/// The organisations of a QDR file, and what they accredit.
extension QDRMapping {
    mutating func provider(of main: XMLElement) -> Organisation? {
        let references = main.all("providedBy")
        if references.count > 1 {
            reader.remark(
                .warning,
                references[1],
                "\(references.count) providers; an item has one, and the first was taken",
                "describe each provider's opportunity as an item of its own"
            )
        }
        return references.first.flatMap { body($0) }
    }

    mutating func awardingBody(
        of specification: XMLElement?,
        provider: Organisation?
    ) -> (provider: Organisation, awarding: Organisation) {
        let references = (specification?.all("awardingOpportunity") ?? [])
            .flatMap { $0.all("awardingBody") }
        let awarding = references.first.flatMap { body($0) }
        let assumed = provider ?? awarding ?? reader.defaults.institution
        if provider == nil || awarding == nil {
            let missing =
                provider == nil
                ? awarding == nil
                    ? "provider and awarding body" : "provider" : "awarding body"
            let name = assumed.name.best(for: reader.language) ?? ""
            reader.remark(
                .note,
                specification ?? reader.record,
                "\(missing) not stated; \(name) was assumed",
                "state it when it is another body"
            )
        }
        return (provider ?? assumed, awarding ?? assumed)
    }

    /// The organisation that a reference names.
    mutating func body(_ reference: XMLElement) -> Organisation? {
        guard let part = part(of: reference, [.organisation, .agent]),
            let name = texts(part.all("legalName") + part.all("prefLabel"))
        else { return nil }
        var body = Organisation(name: name)
        let id = part.attribute("id") ?? ""
        if !id.hasPrefix(QDRScheme.organisationPrefix) { body.id = reader.uri(id, of: part) }
        body.homepage = part.first("homepage").flatMap { page($0) }
        for location in part.all("location").prefix(1) {
            guard let place = self.part(of: location, [.location]),
                let code = place.first(["address", "countryCode"])
            else { continue }
            body.country = reader.code(
                code.attribute("uri"), of: code, in: Country.countries, isClosed: true)
        }
        return body
    }

    /// The accreditations of a qualification, and those of its provider.
    mutating func readAccreditations(
        of specification: XMLElement,
        into item: inout LearningOpportunity
    ) {
        var references = specification.all("accreditation")
        let provider = opportunity?.first("providedBy")?.attribute("idref")
        if let provider, let organisation = parts.part([.organisation], provider) {
            references += organisation.all("accreditation")
        }
        var found: [XMLElement] = []
        for reference in references {
            if let part = part(of: reference, [.accreditation]) { found.append(part) }
        }
        found += parts.accreditations(of: specification.attribute("id") ?? "")
        var seen: Set<String> = []
        for part in found where seen.insert(part.attribute("id") ?? "").inserted {
            guard let title = texts(part.all("title")) else { continue }
            let type = part.first("type").flatMap {
                reader.code($0.attribute("uri"), of: $0, in: Vocabulary.qualityAssuranceTypes)
            }
            item.accreditations.append(
                Accreditation(
                    title: title,
                    type: type,
                    agency: part.first("accreditingAgent").flatMap { body($0) },
                    date: reader.day(part.first("issued")),
                    expiryDate: reader.day(part.first("expiryDate")),
                    homepage: (part.first("homepage") ?? part.first("landingPage")).flatMap {
                        page($0)
                    }
                )
            )
            if let type, !item.qualityAssurance.contains(type) {
                item.qualityAssurance.append(type)
            }
        }
    }
}
