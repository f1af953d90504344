import XML

/// Turns the records of an XML source into items.
protocol MarkupMapper {
    /// Whether an element is a record; `path` leads from the root to it.
    static func isRecord(_ path: [XMLElement]) -> Bool
    /// What a root that has no records should have been, for the report.
    static var expectation: String { get }
    /// What becomes of one record; nothing yet when the mapper waits for others.
    mutating func records(of element: XMLElement) -> [ImportRecord]
    /// What is left at the end of the source, a few at a time; nil when nothing is.
    mutating func rest() -> [ImportRecord]?
}

extension MarkupMapper {
    mutating func rest() -> [ImportRecord]? { nil }
}

/// Reads the records of an XML source one after the other.
struct MarkupRecords {
    private var records: XMLRecords
    private var mapper: any MarkupMapper
    private var isEmpty = true
    private var isEnded = false
    private var saidOneLanguage = false

    init<Mapper: MarkupMapper>(_ mapper: Mapper) {
        self.mapper = mapper
        records = XMLRecords(isRecord: Mapper.isRecord)
    }

    /// The next records, at least one; nil at the end.
    mutating func next(from cursor: inout ByteCursor) throws -> [ImportRecord]? {
        try read(from: &cursor)?.map { remarkOnOneLanguage($0) }
    }

    /// Said once, at the first such record: it mostly holds for all of a source.
    private mutating func remarkOnOneLanguage(_ record: ImportRecord) -> ImportRecord {
        guard !saidOneLanguage, let item = record.item, item.title.texts.count == 1,
            let tag = item.title.texts.keys.first
        else { return record }
        saidOneLanguage = true
        let problem = ImportProblem(
            at: record.at,
            message: "the title is there in one language only (\(tag)); said once for the source",
            remedy: "add the title in a second language, such as English, so that others find it",
            severity: .warning
        )
        return ImportRecord(at: record.at, item: item, problems: record.problems + [problem])
    }

    private mutating func read(from cursor: inout ByteCursor) throws -> [ImportRecord]? {
        while !isEnded {
            switch try records.next(from: { try cursor.nextChunk() }) {
            case .record(let element):
                isEmpty = false
                let read = mapper.records(of: element)
                if !read.isEmpty { return read }
            case .doubt(let fault):
                return [ImportRecord(refused: Self.problem(fault, .warning))]
            case .fault(let fault):
                isEmpty = false
                isEnded = true
                return [ImportRecord(refused: Self.problem(fault, .error))]
            case nil: isEnded = true
            }
        }
        if isEmpty {
            isEmpty = false
            return [ImportRecord(refused: nothing)]
        }
        return mapper.rest()
    }

    private static func problem(
        _ fault: XMLFault,
        _ severity: ImportProblem.Severity
    ) -> ImportProblem {
        ImportProblem(
            at: "\(fault.position)",
            message: fault.message,
            remedy: fault.remedy,
            severity: severity
        )
    }

    private var nothing: ImportProblem {
        let name = records.root?.name ?? ""
        return ImportProblem(
            at: records.root.map { "\($0.position)" } ?? "line 1, column 1",
            message: "no records in <\(name)>",
            remedy: "give \(type(of: mapper).expectation)",
            severity: .error
        )
    }
}
