package import XML

/// Erasmus Without Paper, Courses API version 1: one item for each learning opportunity
/// specification. Of its instances the latest is read.
struct EWPCoursesMapper: MarkupMapper {
    let defaults: ImportDefaults
    private var indexed = 0
    private var indexPlace: XMLElement?

    init(defaults: ImportDefaults) {
        self.defaults = defaults
    }

    static func isRecord(_ path: [XMLElement]) -> Bool {
        guard path.count == 2 else { return false }
        return path[1].name == "learningOpportunitySpecification"
            || (path[0].name == Self.index && path[1].name == "los-id")
    }

    static let expectation = "an answer of the EWP Courses API, with the root <courses-response>"
    private static let index = "course-replication-response"

    mutating func records(of element: XMLElement) -> [ImportRecord] {
        if element.name == "los-id" {
            indexed += 1
            if indexPlace == nil { indexPlace = element }
            return []
        }
        var mapping = EWPCourseMapping(ElementReader(element, defaults: defaults))
        return [mapping.record()]
    }

    mutating func rest() -> [ImportRecord]? {
        guard let place = indexPlace else { return nil }
        indexPlace = nil
        return [
            ImportRecord(
                refused: ImportProblem(
                    at: ElementReader.place(place),
                    message: "an index of the Simple Course Replication API with \(indexed) ids, "
                        + "but without the courses",
                    remedy: "ask the institution's Courses API for these ids and import its answer",
                    severity: .error
                )
            )
        ]
    }
}

/// The index of the Simple Course Replication API.
package enum EWPCourseIndex {
    /// The ids of the learning opportunities in the order of the index.
    ///
    /// - Throws: `XMLFault` for what is no XML; an answer of another kind has no ids.
    package static func ids(_ bytes: [UInt8]) throws(XMLFault) -> [String] {
        try XMLElement.read(bytes).all("los-id").map {
            $0.ownText.split(whereSeparator: \.isWhitespace).joined()
        }
    }
}
