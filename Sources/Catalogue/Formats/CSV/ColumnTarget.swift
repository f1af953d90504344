import CanonicalJSON
import Keys

/// A member of an item, or of an evaluation, that the cells of a column fill.
struct ColumnTarget: Sendable {
    enum Shape {
        case string
        case text
        /// Coded values by URI or label.
        case code(CodeList)
        case codes(CodeList)
        case strings
        /// Outcomes, one a value.
        case outcomes
        case date
        case decimal
        /// Credits of the framework.
        case credits(String)
        case grading
    }

    /// The name without language, such as `title` or `provider.name`.
    let name: String
    /// The language that the mapping names.
    let language: String?
    let shape: Shape

    init?(_ text: String, _ kind: ColumnMapping.Kind) {
        let table = Self.table(of: kind)
        if let shape = table.first(where: { $0.name == text })?.shape {
            name = text
            language = nil
            self.shape = shape
            return
        }
        guard let dot = text.lastIndex(of: ".") else { return nil }
        let head = String(text[..<dot])
        let tag = String(text[text.index(after: dot)...])
        guard LanguageTag.isValid(tag), let shape = table.first(where: { $0.name == head })?.shape,
            case .text = shape
        else { return nil }
        name = head
        language = tag
        self.shape = shape
    }

    static func names(of kind: ColumnMapping.Kind) -> [String] { table(of: kind).map(\.name) }

    /// The pointer of the member in the item, to which remarks are traced back.
    var pointer: String {
        switch shape {
        case .credits: "/creditPoints"
        default: "/" + name.split(separator: ".").joined(separator: "/")
        }
    }

    private static func table(of kind: ColumnMapping.Kind) -> [(name: String, shape: Shape)] {
        kind == .items ? items : evaluations
    }

    private static let evaluations: [(name: String, shape: Shape)] = [
        ("item", .string), ("score", .decimal), ("scaleMinimum", .decimal),
        ("scaleMaximum", .decimal), ("sampleSize", .decimal), ("date", .date), ("url", .string),
    ]

    private static let items: [(name: String, shape: Shape)] = [
        ("id", .string), ("code", .string), ("version", .string),
        ("types", .codes(Vocabulary.opportunityTypes)), ("title", .text),
        ("defaultLanguage", .string), ("description", .text), ("homepage", .string),
        ("keywords", .strings), ("provider.name", .text), ("provider.id", .string),
        ("provider.country", .code(Country.countries)), ("provider.homepage", .string),
        ("awardingBody.name", .text), ("awardingBody.id", .string),
        ("awardingBody.country", .code(Country.countries)), ("awardingBody.homepage", .string),
        ("status", .code(Vocabulary.statuses)), ("approvalDate", .date), ("reviewDate", .date),
        ("licence", .string), ("sameAs", .strings), ("learningOutcomes", .outcomes),
        ("criteria", .text), ("fieldOfStudy", .text), ("specialization", .text),
        ("iscedFields", .codes(ISCEDF.fields)), ("otherFields", .strings),
        ("eqfLevel", .code(EQF.levels)), ("creditPoints", .credits("")),
        ("creditPoints.ects", .credits(Vocabulary.ects)),
        ("creditPoints.nz", .credits(NZQCF.creditFramework)), ("workloadHours", .decimal),
        ("languages", .codes(Language.languages)),
        ("assessmentTypes", .codes(Vocabulary.assessmentTypes)), ("gradingScheme", .grading),
        ("modes", .codes(Vocabulary.modes)), ("setting", .code(Vocabulary.settings)),
        ("entryRequirements", .text), ("stackability", .code(Vocabulary.stackability)),
        ("isPartOf", .strings), ("hasPart", .strings),
        ("supervision", .code(Vocabulary.supervision)),
        ("qualityAssurance", .codes(Vocabulary.qualityAssuranceTypes)),
    ]

    /// The coded value that a cell means: its URI, its label, or the short code of its list.
    func coded(_ cell: String, of list: CodeList) -> String? {
        if WrittenForm.isURI(cell), cell.contains("/") || cell.hasPrefix("urn:") { return cell }
        if let uri = list.uri(labelled: cell) { return uri }
        switch list.name {
        case Country.countries.name: return Country.uri(code: cell)
        case Language.languages.name:
            return LanguageTag.isValid(cell) ? Language.uri(tag: cell) : nil
        case ISCEDF.fields.name:
            return ISCEDF.uri(code: cell).flatMap { list.contains($0) ? $0 : nil }
        case EQF.levels.name:
            let digits = cell.filter { ("0"..."9").contains($0) }
            return digits.count == 1 ? Int(digits).flatMap { EQF.uri(level: $0) } : nil
        default: return nil
        }
    }
}

/// A form of dates in a sheet.
enum DateForm: String, CaseIterable, Sendable {
    case iso = "YYYY-MM-DD"
    case day = "DD/MM/YYYY"
    case american = "MM/DD/YYYY"
    case dotted = "DD.MM.YYYY"
    /// The first of the month is taken.
    case month = "MM/YYYY"

    /// The date as `YYYY-MM-DD`; nil when the cell has another form.
    func date(_ cell: String) -> String? {
        if self == .iso { return Instant(date: cell) == nil ? nil : cell }
        let separator: Character = self == .dotted ? "." : "/"
        let parts = cell.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count == (self == .month ? 2 : 3), let year = parts.last, year.count == 4,
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        let numbers = parts.dropLast().map { $0.count == 1 ? "0" + $0 : String($0) }
        let date =
            switch self {
            case .month: "\(year)-\(numbers[0])-01"
            case .american: "\(year)-\(numbers[0])-\(numbers[1])"
            default: "\(year)-\(numbers[1])-\(numbers[0])"
            }
        return Instant(date: date) == nil ? nil : date
    }
}
