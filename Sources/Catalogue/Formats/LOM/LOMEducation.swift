import XML

/// LOM 5, 6 and 7: use in teaching, rights and relations.
extension LOMMapping {
    mutating func readEducational(into item: inout LearningOpportunity) {
        var contexts: [XMLElement] = []
        for educational in lom.parts("educational") {
            for element in educational.parts("learningresourcetype") {
                readType(element, into: &item)
            }
            contexts += educational.parts("context")
            if item.workloadHours == nil, let time = educational.part("typicallearningtime") {
                item.workloadHours = reader.hours(
                    time.part("duration") ?? time.part("datetime") ?? time
                )
            }
            reader.leaveRest(
                of: educational,
                mapped: [
                    "learningResourceType", "learningresourcetype", "context",
                    "typicalLearningTime", "typicallearningtime",
                ]
            )
        }
        if !item.types.contains(where: Vocabulary.opportunityTypes.contains) {
            item.types.insert("urn:eccoe:learning-opportunity:open-resource", at: 0)
        }
        readContexts(contexts, into: &item)
    }

    /// The term keeps its name under a URI of ours; one that has a URI keeps that.
    private mutating func readType(_ element: XMLElement, into item: inout LearningOpportunity) {
        let id = element.part("id").flatMap { reader.text($0) } ?? string(element.part("value"))
        let name = term(element)
        let type: String
        if let id, WrittenForm.isURI(id) {
            type = id
        } else if let name, let label = Self.opportunities[name],
            let uri = Vocabulary.opportunityTypes.uri(labelled: label)
        {
            type = uri
        } else if let name {
            type = Self.typePrefix + PercentEncoding.encode(name)
        } else {
            return
        }
        if !item.types.contains(type) { item.types.append(type) }
    }

    static let typePrefix = "urn:eccoe:lom-resource-type:"

    private static let opportunities = ["course": "Course", "cours": "Course", "mooc": "MOOC"]

    /// The French levels of study are levels of the national framework, whose numbers are those of
    /// the EQF. Two different ones say nothing.
    private mutating func readContexts(
        _ contexts: [XMLElement],
        into item: inout LearningOpportunity
    ) {
        var levels: Set<Int> = []
        for element in contexts {
            guard let name = term(element) else { continue }
            if let level = Self.levels[name] {
                levels.insert(level)
            } else {
                reader.leave([element])
            }
        }
        guard let first = contexts.first, let level = levels.first else { return }
        guard levels.count == 1 else {
            let list = levels.sorted().map(String.init).joined(separator: " and ")
            reader.remark(
                .warning,
                first,
                "contexts of the EQF levels \(list); no level was taken",
                "state the level in a classification with the purpose \"educational level\""
            )
            return
        }
        item.eqfLevel = EQF.uri(level: level)
        reader.remark(
            .warning,
            first,
            "the context was read as EQF level \(level), by the French framework",
            "check it: LOM 5.6 says where a resource is used, not what it leads to"
        )
    }

    private static let levels = [
        "bac+2": 5, "bac+3": 6, "licence": 6, "bac+4": 6, "bac+5": 7, "master": 7, "mastère": 7,
        "doctorat": 8,
    ]

    mutating func readRights(into item: inout LearningOpportunity) {
        guard let rights = lom.part("rights") else { return }
        if let element = rights.part("description") {
            for string in element.languageStrings where item.licence == nil {
                guard let text = reader.text(string) else { continue }
                item.licence = LicenceText.uri(in: text)
                if item.licence != nil { continue }
                reader.remark(
                    .warning,
                    string,
                    "a licence in words, of which no address is known: \"\(text.prefix(80))\"",
                    "give the address of the licence, such as "
                        + "https://creativecommons.org/licenses/by/4.0/"
                )
            }
        }
        if let cost = rights.part("cost"), ["yes", "oui"].contains(term(cost)) {
            reader.remark(.note, cost, "it costs something; an item has no price", "nothing to do")
        }
        reader.leaveRest(
            of: rights,
            mapped: [
                "cost", "copyrightAndOtherRestrictions", "copyrightandotherrestrictions",
                "description",
            ]
        )
    }

    mutating func readRelations(into item: inout LearningOpportunity) {
        for relation in lom.parts("relation") {
            let kind = term(relation.part("kind"))
            let entry = relation.part(["resource", "identifier", "entry"])
            guard let kind, let entry, let target = string(entry),
                kind == "ispartof" || kind == "haspart" || kind == "est une partie de"
                    || kind == "a pour partie"
            else {
                reader.leave([relation])
                continue
            }
            guard let uri = reader.uri(target, of: entry) else { continue }
            if kind == "haspart" || kind == "a pour partie" {
                item.hasPart.append(uri)
            } else {
                item.isPartOf.append(uri)
            }
        }
    }
}

/// Licences as people write them.
enum LicenceText {
    /// The address of a licence in a text: one that stands there, or that of a Creative Commons
    /// licence that is named; nil for all else.
    static func uri(in text: String) -> String? {
        if let match = text.firstMatch(of: /https?:\/\/[^\s"'<>()\[\]]+/) {
            var address = String(match.0)
            while let last = address.last, ".,;".contains(last) { address.removeLast() }
            let uri = WrittenForm.escapingURI(address)
            return WrittenForm.isWebAddress(uri) ? uri : nil
        }
        let words = text.lowercased()
        if words.firstMatch(of: /\bcc0\b/) != nil {
            return "https://creativecommons.org/publicdomain/zero/1.0/"
        }
        let pattern =
            /(?:\bcc|creative commons)[\s\-:(]*(by(?:-(?:nc|nd|sa))*)\)?(?:[\s\-]+([1-4]\.0))?/
        guard let match = words.firstMatch(of: pattern), let version = match.2 else { return nil }
        return "https://creativecommons.org/licenses/\(match.1)/\(version)/"
    }
}
