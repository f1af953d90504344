import CanonicalJSON

extension ELMMapping {
    /// Who provides and who awards. Where the source names one of them, it is taken for both;
    /// where it names none, the importing institution is.
    mutating func organisations() -> (provider: Organisation, awardingBody: Organisation) {
        let awarded =
            graph.nodes(source.specification, "awardingOpportunity")
            + graph.nodes(source.claim, "awardedBy")
        let awarding = awarded.flatMap { graph.nodes($0, "awardingBody") }
        let providing =
            graph.nodes(source.opportunity, "providedBy")
            + activities().flatMap { graph.nodes($0, "directedBy") }
        if graph.nodes(source.opportunity, "providedBy").count > 1 || awarding.count > 1 {
            reading.remark(
                .warning,
                (providing + awarding).first?.pointer ?? "",
                "several bodies; the first of them was taken",
                "an item has one provider and one awarding body: name the leading ones first"
            )
        }
        let provider = providing.first.flatMap { organisation($0) }
        let body = (awarding.first ?? source.issuer).flatMap { organisation($0) }
        if let provider, let body { return (provider, body) }
        if let one = body ?? provider {
            reading.remark(
                .note,
                (awarding.first ?? providing.first)?.pointer ?? "",
                body == nil
                    ? "no awarding body; the provider was taken"
                    : "no provider; the awarding body was taken"
            )
            return (one, one)
        }
        reading.remark(
            .note,
            source.specification?.pointer ?? source.opportunity?.pointer ?? "",
            "neither provider nor awarding body; \(defaults.institutionName) was assumed",
            "name them when it is another body"
        )
        return (defaults.institution, defaults.institution)
    }

    mutating func organisation(_ node: LinkedNode) -> Organisation? {
        guard let name = reading.text(node.member("legalName", "prefLabel", "altLabel")) else {
            return nil
        }
        var body = Organisation(name: name)
        body.id = node.id.flatMap { LocalIdentifier.isLocal($0) ? nil : $0 }
        body.homepage = page(of: graph.nodes(node, "homepage"))
        let addresses = graph.nodes(node, "location").flatMap { graph.nodes($0, "address") }
        let countries = addresses.flatMap { graph.concepts($0, "countryCode") }
        body.country = countries.first?.uri
        return body
    }

    mutating func readAccreditations(into item: inout LearningOpportunity) {
        let bodies = graph.nodes(source.opportunity, "providedBy")
        let nodes =
            graph.nodes(source.specification, "accreditation")
            + bodies.flatMap { graph.nodes($0, "accreditation") }
        for node in nodes {
            let pages = graph.nodes(node, "landingPage") + graph.nodes(node, "homepage")
            let types = reading.codes(
                graph.concepts(node, "dcType"),
                of: Vocabulary.qualityAssuranceTypes
            )
            for type in types where !item.qualityAssurance.contains(type) {
                item.qualityAssurance.append(type)
            }
            guard let title = reading.text(node.member("title")) else { continue }
            item.accreditations.append(
                Accreditation(
                    title: title,
                    type: types.first,
                    agency: graph.nodes(node, "accreditingAgent").first
                        .flatMap { organisation($0) },
                    date: reading.day(node.member("issued")),
                    expiryDate: reading.day(node.member("expiryDate")),
                    homepage: page(of: pages)
                )
            )
        }
    }
}
