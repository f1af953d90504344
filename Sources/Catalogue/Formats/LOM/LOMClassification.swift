import XML

/// LOM 9: what the resource is classified as, by purpose.
extension LOMMapping {
    mutating func readClassifications(into item: inout LearningOpportunity) {
        for classification in lom.parts("classification") {
            let purpose = term(classification.part("purpose")) ?? ""
            switch purpose {
            case "discipline": readDiscipline(classification, into: &item)
            case "competency", "compétence", "educational objective", "objectif pédagogique":
                readOutcomes(classification, into: &item)
            case "educational level", "niveau éducatif":
                readLevel(classification, into: &item)
            case "prerequisite", "prérequis", "pré-requis":
                item.entryRequirements = item.entryRequirements ?? words(of: classification)
            default: reader.leave([classification])
            }
        }
    }

    /// What a path of taxa ends at.
    private struct Leaf {
        let place: XMLElement
        let source: String?
        let id: String?
        let entry: LocalizedText?
    }

    private mutating func leaves(of classification: XMLElement) -> [Leaf] {
        var leaves: [Leaf] = []
        for path in classification.parts("taxonpath") {
            var taxa = path.parts("taxon")
            // LOM 1.0 nests the taxa of a path, later bindings list them.
            while let last = taxa.last, !last.parts("taxon").isEmpty { taxa += last.parts("taxon") }
            guard let last = taxa.last else { continue }
            leaves.append(
                Leaf(
                    place: last,
                    source: string(path.part("source")),
                    id: string(last.part("id")),
                    entry: last.part("entry").flatMap { texts([$0]) }
                )
            )
        }
        return leaves
    }

    private mutating func readDiscipline(
        _ classification: XMLElement,
        into item: inout LearningOpportunity
    ) {
        for leaf in leaves(of: classification) {
            if let field = Self.isced(leaf.source, leaf.id) {
                if !item.iscedFields.contains(field) { item.iscedFields.append(field) }
                continue
            }
            if item.fieldOfStudy == nil { item.fieldOfStudy = leaf.entry }
            align(leaf, into: &item)
        }
    }

    private static func isced(_ source: String?, _ id: String?) -> String? {
        guard let id else { return nil }
        if ISCEDF.fields.contains(id) { return id }
        let isNamed = source?.uppercased().contains("ISCED") == true
        guard isNamed, let uri = ISCEDF.uri(code: id), ISCEDF.fields.contains(uri) else {
            return nil
        }
        return uri
    }

    static let taxonPrefix = "urn:eccoe:taxon:"

    /// A taxon of another classification is kept with its name and source.
    private mutating func align(_ leaf: Leaf, into item: inout LearningOpportunity) {
        guard let id = leaf.id else {
            if leaf.entry == nil { reader.leave([leaf.place]) }
            return
        }
        let isURI = WrittenForm.isURI(id)
        let url =
            isURI
            ? id
            : Self.taxonPrefix + PercentEncoding.encode(leaf.source ?? "") + ":"
                + PercentEncoding.encode(id)
        guard !item.alignments.contains(where: { $0.url == url }) else { return }
        item.alignments.append(
            Alignment(
                url: url,
                name: leaf.entry,
                framework: leaf.source,
                code: isURI ? nil : id
            )
        )
    }

    private mutating func readOutcomes(
        _ classification: XMLElement,
        into item: inout LearningOpportunity
    ) {
        for leaf in leaves(of: classification) {
            guard let title = leaf.entry ?? leaf.id.map({ LocalizedText([reader.language: $0]) })
            else { continue }
            let uri = leaf.id.flatMap { WrittenForm.isURI($0) ? $0 : nil }
            let isESCO = uri?.hasPrefix("http://data.europa.eu/esco/skill/") == true
            item.learningOutcomes.append(
                LearningOutcome(
                    title: title,
                    escoSkills: uri.flatMap { isESCO ? [$0] : nil } ?? [],
                    otherSkills: uri.flatMap { isESCO ? nil : [$0] } ?? []
                )
            )
        }
        if let title = words(of: classification) {
            item.learningOutcomes.append(LearningOutcome(title: title))
        }
    }

    private mutating func readLevel(
        _ classification: XMLElement,
        into item: inout LearningOpportunity
    ) {
        for leaf in leaves(of: classification) {
            let number = leaf.id.flatMap { id in
                leaf.source?.uppercased().contains("EQF") == true ? Int(id) : nil
            }
            if let id = leaf.id, EQF.levels.contains(id) {
                item.eqfLevel = id
            } else if let number, let uri = EQF.uri(level: number) {
                item.eqfLevel = uri
            } else {
                align(leaf, into: &item)
            }
        }
    }

    /// The description of a classification, failing that its keywords.
    private mutating func words(of classification: XMLElement) -> LocalizedText? {
        if let description = classification.part("description") { return texts([description]) }
        let keywords = classification.parts("keyword")
        return keywords.isEmpty ? nil : texts(keywords)
    }
}
