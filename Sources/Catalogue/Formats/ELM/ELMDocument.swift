import CanonicalJSON
import Keys

/// European Learning Model v3 in JSON-LD: learning opportunities (LOQ), and the specifications
/// inside European Digital Credentials, signed as JAdES JSON or not. Nothing of a credential is
/// verified here, and nothing about its holder is read.
struct ELMDocument: RecordMapper {
    let defaults: ImportDefaults

    func records(of value: JSON, base: String) -> [ImportRecord] {
        var reading = SourceReading(
            remarks: RecordRemarks(base: base),
            language: defaults.language
        )
        guard let document = unwrapped(value, at: "", &reading) else {
            return [reading.remarks.refused()]
        }
        let graph = LinkedGraph(document.value, at: document.pointer)
        var finder = ELMFinder(graph: graph)
        finder.find(in: document.value, at: document.pointer)
        let sources = finder.sources
        if sources.isEmpty {
            reading.remark(
                .error,
                document.pointer,
                "no learning opportunity, specification or achievement of the European Learning "
                    + "Model",
                "give a LearningOpportunity, a LearningAchievementSpecification or a "
                    + "Qualification, alone, in @graph or in a European Digital Credential"
            )
            return [reading.remarks.refused()]
        }
        return sources.enumerated().map { index, source in
            // What concerns the whole document is said once.
            let remarks = index == 0 ? reading.remarks : RecordRemarks(base: base)
            var mapping = ELMMapping(defaults: defaults, graph: graph, remarks: remarks)
            return mapping.record(of: source)
        }
    }

    private struct Document {
        let value: JSON
        let pointer: String
    }

    /// The credential in its wrapper: `{"credential":...}` as the builder uploads it, or a JWS in
    /// the JSON serialisation whose payload is the credential as text or in base64url.
    private func unwrapped(
        _ value: JSON,
        at pointer: String,
        _ reading: inout SourceReading
    ) -> Document? {
        if let inner = value["credential"], inner.object != nil {
            return Document(value: inner, pointer: pointer + "/credential")
        }
        guard value["signatures"] != nil || value["signature"] != nil,
            let payload = value["payload"]?.string
        else { return Document(value: value, pointer: pointer) }
        let text = Array(payload.utf8)
        let isJSON = text.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) } == UInt8(ascii: "{")
        do {
            let bytes = isJSON ? text : Base64URL.decode(payload) ?? text
            let inner = try JSON.read(bytes, limits: .operatorFile)
            reading.remark(
                .note,
                pointer + "/signatures",
                "the signature is not looked at: an import takes the description only",
                "use eccoe credential verify to learn whether the credential is genuine"
            )
            return Document(value: inner, pointer: pointer + "/payload")
        } catch {
            reading.remark(
                .error,
                pointer + "/payload",
                "the signed text is no JSON: \(error.message) at its line \(error.line), column "
                    + "\(error.column)",
                "ask the issuer for the credential again"
            )
            return nil
        }
    }
}

/// What one item is made of.
struct ELMSource {
    var opportunity: LinkedNode?
    /// A LearningAchievementSpecification or Qualification.
    var specification: LinkedNode?
    /// The claim of a credential: a LearningAchievement or LearningActivity.
    var claim: LinkedNode?
    var issuer: LinkedNode?
}

/// Finds the items of a document: opportunities first, then what no opportunity uses.
struct ELMFinder {
    let graph: LinkedGraph
    private(set) var sources: [ELMSource] = []
    private var used: Set<String> = []

    init(graph: LinkedGraph) {
        self.graph = graph
    }

    mutating func find(in document: JSON, at pointer: String) {
        var nodes: [LinkedNode] = []
        Self.collect(document, at: pointer, into: &nodes)
        for node in nodes where node.isOfType("LearningOpportunity") && isNew(node) {
            let specification = graph.nodes(node, "learningAchievementSpecification").first
            if let specification { used.insert(specification.pointer) }
            sources.append(ELMSource(opportunity: node, specification: specification))
        }
        for node in nodes where node.member("credentialSubject") != nil {
            let issuer = graph.nodes(node, "issuer").first
            for subject in graph.nodes(node, "credentialSubject") {
                for claim in graph.nodes(subject, "hasClaim") { add(claim, issuer, nesting: 0) }
            }
        }
        for node in topLevel(document, at: pointer) { addSpecification(node, nesting: 0) }
    }

    /// The document, the elements of a list, or those of `@graph`: what is nested deeper describes
    /// something else.
    private func topLevel(_ document: JSON, at pointer: String) -> [LinkedNode] {
        if let elements = document.array {
            return elements.enumerated().compactMap {
                graph.node($1, at: pointer + "/" + String($0))
            }
        }
        guard let object = document.object else { return [] }
        let node = LinkedNode(object, pointer: pointer)
        return [node] + graph.nodes(node, "graph")
    }

    private mutating func addSpecification(_ node: LinkedNode, nesting: Int) {
        let isSpecification = node.isOfType("LearningAchievementSpecification", "Qualification")
        guard nesting < 8, isSpecification, isNew(node) else { return }
        sources.append(ELMSource(specification: node))
        for part in graph.nodes(node, "hasPart") { addSpecification(part, nesting: nesting + 1) }
    }

    private mutating func add(_ claim: LinkedNode, _ issuer: LinkedNode?, nesting: Int) {
        guard nesting < 8, claim.isOfType("LearningAchievement", "LearningActivity"),
            isNew(claim)
        else { return }
        let specification = graph.nodes(claim, "specifiedBy").first
        if let specification { used.insert(specification.pointer) }
        let isAchievement = claim.isOfType("LearningAchievement")
        sources.append(
            ELMSource(
                specification: isAchievement ? specification : nil,
                claim: claim,
                issuer: issuer
            )
        )
        for part in graph.nodes(claim, "hasPart") { add(part, issuer, nesting: nesting + 1) }
    }

    private mutating func isNew(_ node: LinkedNode) -> Bool {
        !node.isReference && used.insert(node.pointer).inserted
    }

    private static func collect(
        _ value: JSON,
        at pointer: String,
        into nodes: inout [LinkedNode]
    ) {
        if let elements = value.array {
            for (index, element) in elements.enumerated() {
                collect(element, at: pointer + "/" + String(index), into: &nodes)
            }
        } else if let object = value.object {
            nodes.append(LinkedNode(object, pointer: pointer))
            for (name, member) in object {
                collect(member, at: JSONPointer.appending(name, to: pointer), into: &nodes)
            }
        }
    }
}
