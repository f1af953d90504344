import CanonicalJSON

/// A term of a vocabulary (CredentialAlignmentObject): its node, its name and its framework.
struct CTDLTerm {
    let node: String?
    let name: String?
    let framework: String?
    let code: String?
    let pointer: String

    /// `Active` of `credentialStat:Active`.
    var localName: String? { node.map(LinkedNode.localName) ?? name }
}

extension CTDLMapping {
    mutating func terms(_ node: LinkedNode, _ name: String) -> [CTDLTerm] {
        node.values(name).compactMap { value in
            if let text = value.value.string {
                let isURI = WrittenForm.isURI(text)
                return CTDLTerm(
                    node: isURI ? text : nil,
                    name: isURI ? nil : reading.plain(text, at: value.pointer),
                    framework: nil,
                    code: nil,
                    pointer: value.pointer
                )
            }
            guard let term = graph.node(value.value, at: value.pointer) else { return nil }
            let target = term.values("targetNode").first?.value
            return CTDLTerm(
                node: target?.string ?? target?["@id"]?.string,
                name: reading.string(term.member("targetNodeName", "name")),
                framework: reading.string(term.member("framework")),
                code: reading.string(term.member("codedNotation")),
                pointer: value.pointer
            )
        }
    }

    /// Subjects become keywords, competencies outcomes, and the terms of other classifications
    /// alignments when they have an address.
    mutating func readTerms(_ node: LinkedNode, into item: inout LearningOpportunity) {
        for term in terms(node, "subject") + terms(node, "keyword") {
            guard let name = term.name, !item.keywords.contains(name) else { continue }
            item.keywords.append(name)
        }
        for term in terms(node, "teaches") + terms(node, "assesses") {
            guard let name = term.name else { continue }
            let uri = term.node.flatMap { LocalIdentifier.isLocal($0) ? nil : $0 }
            let isESCO = uri?.hasPrefix("http://data.europa.eu/esco/skill/") == true
            item.learningOutcomes.append(
                LearningOutcome(
                    title: [reading.language: name],
                    escoSkills: isESCO ? [uri].compactMap { $0 } : [],
                    otherSkills: isESCO ? [] : [uri].compactMap { $0 }
                )
            )
        }
        for kind in ["industryType", "occupationType", "instructionalProgramType"] {
            align(terms(node, kind), kind, into: &item)
        }
        item.modes = mapped(terms(node, "learningDeliveryType") + terms(node, "deliveryType")) {
            Self.modes[$0].flatMap { Vocabulary.modes.uri(labelled: $0) }
        }
        item.assessmentTypes = mapped(terms(node, "assessmentMethodType")) {
            Self.methods[$0].flatMap { Vocabulary.assessmentTypes.uri(labelled: $0) }
        }
    }

    /// Terms with an address, or with the address of their framework, become alignments; the names
    /// of the others are kept as keywords.
    private mutating func align(
        _ terms: [CTDLTerm],
        _ kind: String,
        into item: inout LearningOpportunity
    ) {
        var words: [String] = []
        for term in terms {
            let url = (term.node ?? term.framework).map { WrittenForm.escapingURI($0) }
            if let url, WrittenForm.isURI(url) {
                item.alignments.append(
                    Alignment(
                        url: url,
                        name: term.name.map { [reading.language: $0] },
                        framework: term.framework,
                        code: term.code
                    )
                )
            } else if let name = term.name {
                words.append(name)
                if !item.keywords.contains(name) { item.keywords.append(name) }
            }
        }
        guard !words.isEmpty, let place = terms.first?.pointer else { return }
        reading.remark(
            .note,
            place,
            "\(kind) without an address became keywords: " + words.joined(separator: ", "),
            "add their targetNode to have them as alignments"
        )
    }

    /// The European values of CTDL's concepts; the others are left out with a note.
    private mutating func mapped(
        _ terms: [CTDLTerm],
        _ map: (String) -> String?
    ) -> [String] {
        var result: [String] = []
        for term in terms {
            guard let uri = term.localName.flatMap(map) else {
                reading.remark(
                    .note,
                    term.pointer,
                    "\(term.name ?? term.localName ?? "it") has no counterpart in the European "
                        + "list; left out"
                )
                continue
            }
            if !result.contains(uri) { result.append(uri) }
        }
        return result
    }

    private static let modes = [
        "BlendedDelivery": "Blended", "BlendedLearning": "Blended", "InPerson": "Presential",
        "Online": "Online", "OnlineOnly": "Online", "VariableSite": "Blended",
    ]

    private static let methods = [
        "Artifact": "artefact assessment", "Exam": "written examination",
        "Performance": "practical assessment",
    ]

    // MARK: Effort

    /// `creditValue` (ValueProfile), or the properties that it replaced.
    mutating func readCredits(_ node: LinkedNode, into item: inout LearningOpportunity) {
        for profile in graph.nodes(node, "creditValue") {
            let member = profile.member("value", "minValue")
            guard let number = reading.decimal(Self.asText(member), of: "credits") else { continue }
            let unit = terms(profile, "creditUnitType").first
            add(number, unit, at: profile.pointer, to: &item)
        }
        for name in ["creditUnitValue", "creditHourValue"] {
            guard let member = node.member(name),
                let number = reading.decimal(Self.asText(member), of: "credits")
            else { continue }
            let unit = terms(node, name == "creditUnitValue" ? "creditUnitType" : "creditHourType")
            add(number, unit.first, at: member.pointer, to: &item)
        }
    }

    /// CTDL writes numbers as numbers, so that they need no remark.
    private static func asText(_ member: LinkedNode.Value?) -> LinkedNode.Value? {
        guard let member, let number = member.value.number else { return member }
        return LinkedNode.Value(value: .string(number.canonicalText), pointer: member.pointer)
    }

    private mutating func add(
        _ number: String,
        _ unit: CTDLTerm?,
        at pointer: String,
        to item: inout LearningOpportunity
    ) {
        let names = [unit?.localName, unit?.name].compactMap { $0?.lowercased() }
        let isECTS = names.contains { $0.contains("ects") || $0.contains("european credit") }
        let uri = unit?.node.map { node in
            node.hasPrefix("creditUnit:")
                ? CTDLClass.creditUnits + node.dropFirst("creditUnit:".utf8.count) : node
        }
        let framework = isECTS ? Vocabulary.ects : uri.flatMap { WrittenForm.isURI($0) ? $0 : nil }
        item.creditPoints.append(CreditPoints(framework: framework, number: number))
        guard framework == nil else { return }
        reading.remark(
            .warning,
            pointer,
            "\(number) credits, but it is not said of which kind",
            "state the framework of creditPoints, such as ECTS, before publishing"
        )
    }

    /// How long something takes is no workload, unless it is given in hours.
    mutating func readWorkload(_ node: LinkedNode, into item: inout LearningOpportunity) {
        for profile in graph.nodes(node, "estimatedDuration") {
            guard let member = profile.member("exactDuration", "timeRequired"),
                let text = member.value.string
            else { continue }
            if let hours = ISODuration(text)?.hours {
                if item.workloadHours == nil { item.workloadHours = hours }
                continue
            }
            reading.remark(
                .note,
                member.pointer,
                "\(PlainText(text).text) says how long it lasts, not how much work it is; left out",
                "state the hours of work, such as PT60H"
            )
        }
    }
}

extension CTDLClass {
    /// Where the units of credit live.
    static let creditUnits = "https://credreg.net/ctdl/terms/creditUnit/"
}
