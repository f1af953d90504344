/// Writes items as a sheet of comma-separated values (RFC 4180), in the default language of each.
/// The columns bear the names of the targets of a mapping file, several values are separated by
/// ` | `, and no cell begins like a formula.
enum ItemSheet {
    static let header = row(columns.map(\.name))

    static func row(_ item: LearningOpportunity) -> [UInt8] {
        row(columns.map { $0.cell(item) ?? "" })
    }

    private static let columns: [(name: String, cell: @Sendable (LearningOpportunity) -> String?)] =
        [
            ("id", { $0.id }), ("code", { $0.code }), ("version", { $0.version }),
            ("defaultLanguage", { $0.defaultLanguage }), ("title", { $0.displayTitle }),
            ("description", { text($0.description, $0) }), ("homepage", { $0.homepage }),
            ("types", { list($0.types) }), ("keywords", { list($0.keywords) }),
            ("provider.name", { text($0.provider.name, $0) }), ("provider.id", { $0.provider.id }),
            ("provider.country", { $0.provider.country }),
            ("awardingBody.name", { text($0.awardingBody.name, $0) }),
            ("awardingBody.id", { $0.awardingBody.id }),
            ("awardingBody.country", { $0.awardingBody.country }), ("status", { $0.status }),
            ("approvalDate", { $0.approvalDate }), ("reviewDate", { $0.reviewDate }),
            ("licence", { $0.licence }), ("sameAs", { list($0.sameAs) }),
            (
                "learningOutcomes",
                { item in list(item.learningOutcomes.compactMap { text($0.title, item) }) }
            ),
            ("criteria", { text($0.criteria, $0) }),
            ("fieldOfStudy", { text($0.fieldOfStudy, $0) }),
            ("specialization", { text($0.specialization, $0) }),
            ("iscedFields", { list($0.iscedFields) }), ("otherFields", { list($0.otherFields) }),
            ("eqfLevel", { $0.eqfLevel }),
            ("creditPoints.ects", { credits($0, Vocabulary.ects) }),
            ("creditPoints.nz", { credits($0, NZQCF.creditFramework) }),
            ("workloadHours", { $0.workloadHours }), ("languages", { list($0.languages) }),
            ("assessmentTypes", { list($0.assessmentTypes) }), ("modes", { list($0.modes) }),
            ("setting", { $0.setting }), ("entryRequirements", { text($0.entryRequirements, $0) }),
            ("stackability", { $0.stackability }), ("isPartOf", { list($0.isPartOf) }),
            ("hasPart", { list($0.hasPart) }), ("supervision", { $0.supervision }),
            ("qualityAssurance", { list($0.qualityAssurance) }),
        ]

    private static func text(_ text: LocalizedText?, _ item: LearningOpportunity) -> String? {
        text?.best(for: item.defaultLanguage)
    }

    private static func list(_ values: [String]) -> String? { values.joined(separator: " | ") }

    private static func credits(_ item: LearningOpportunity, _ framework: String) -> String? {
        item.creditPoints.first { $0.framework == framework }?.number
    }

    static func row(_ cells: [String]) -> [UInt8] {
        Array((cells.map(field).joined(separator: ",") + "\r\n").utf8)
    }

    /// A cell that a spreadsheet would take for a formula gets an apostrophe in front, and what
    /// holds separators, quotes or line ends stands in quotes.
    static func field(_ cell: String) -> String {
        let starts: Set<Character> = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
        let safe = cell.first.map { starts.contains($0) } == true ? "'" + cell : cell
        let isQuoted = safe.utf8.contains { byte in
            [0x22, 0x2c, 0x3b, 0x09, 0x0a, 0x0d].contains(byte)
        }
        return isQuoted ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
    }
}
