import XML

/// Europass QDR, the XML of Learning Opportunities and Qualifications (European Learning Model 3):
/// one item for each learning opportunity, with what it refers to, and one for each achievement
/// specification that no opportunity refers to.
struct QDRMapper: MarkupMapper {
    let defaults: ImportDefaults
    private var parts = QDRParts()
    private var next = 0
    private var isTooLarge = false
    private var offered: Set<String> = []

    init(defaults: ImportDefaults) {
        self.defaults = defaults
    }

    static func isRecord(_ path: [XMLElement]) -> Bool {
        path.count == 3 && path[0].name == "Courses"
    }

    static let expectation =
        "a QDR file with the root <Courses> and <learningOpportunityReferences> in it"

    mutating func records(of element: XMLElement) -> [ImportRecord] {
        guard !isTooLarge else { return [] }
        let problem = parts.take(element)
        if element.name == "learningOpportunity",
            let id = element.first("learningAchievementSpecification")?.attribute("idref")
        {
            offered.insert(id)
        }
        if parts.weight > QDRParts.maximumWeight {
            isTooLarge = true
            parts = QDRParts()
            return [ImportRecord(refused: tooLarge(element))]
        }
        return problem.map { [ImportRecord(refused: $0)] } ?? []
    }

    private func tooLarge(_ element: XMLElement) -> ImportProblem {
        ImportProblem(
            at: "\(element.position)",
            message: "the parts of the file, which refer to each other, take more than "
                + "\(QDRParts.maximumWeight >> 20) MiB of memory; nothing was read",
            remedy: "split the file, each opportunity with what it refers to",
            severity: .error
        )
    }

    mutating func rest() -> [ImportRecord]? {
        defer { next += 1 }
        if next < parts.opportunities.count {
            let opportunity = parts.opportunities[next].element
            var mapping = QDRMapping(
                ElementReader(opportunity, defaults: defaults),
                parts: parts,
                opportunity: opportunity
            )
            return [mapping.record()]
        }
        while next - parts.opportunities.count < parts.specifications.count {
            let specification = parts.specifications[next - parts.opportunities.count]
            guard offered.contains(specification.id) else {
                let element = specification.part.element
                var mapping = QDRMapping(
                    ElementReader(element, defaults: defaults),
                    parts: parts,
                    opportunity: nil
                )
                return [mapping.record(of: element)]
            }
            next += 1
        }
        return nil
    }
}
