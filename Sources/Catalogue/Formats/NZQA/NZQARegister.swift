/// New Zealand's register of approved micro-credentials: CSV with the columns Title, Level,
/// Credits, Developer, Approval Date, Review Date.
struct NZQARegister {
    enum Column: String, CaseIterable {
        case title = "Title"
        case level = "Level"
        case credits = "Credits"
        case developer = "Developer"
        case approvalDate = "Approval Date"
        case reviewDate = "Review Date"
    }

    private let defaults: ImportDefaults
    private var rows = CSVRows()
    private var header: [Column?]?
    private var dates = RegisterDates()

    init(defaults: ImportDefaults) {
        self.defaults = defaults
    }

    mutating func next(from cursor: inout ByteCursor) throws -> ImportRecord? {
        guard let next = try rows.next(from: &cursor) else {
            guard header == nil else { return nil }
            header = []
            return .emptySheet(remedy: "name a file with the columns \(Self.columns)")
        }
        switch next {
        case .problem(let problem): return ImportRecord(refused: problem)
        case .row(let row):
            guard let header else { return try readHeader(row, &cursor) }
            return record(of: row, header: header)
        }
    }

    private static var columns: String {
        Column.allCases.map(\.rawValue).joined(separator: ", ")
    }

    /// Takes the header; the record of the first row when there is nothing to remark.
    private mutating func readHeader(
        _ row: CSVRows.Row,
        _ cursor: inout ByteCursor
    ) throws -> ImportRecord? {
        let columns = row.fields.map { field in
            let name = PlainText(field).text.lowercased()
            return Column.allCases.first { $0.rawValue.lowercased() == name }
        }
        header = columns
        var remarks = RecordRemarks(base: "line \(row.line)")
        let missing: [Column] = [.title, .developer].filter { !columns.contains($0) }
        if !missing.isEmpty {
            let names = missing.map(\.rawValue).joined(separator: ", ")
            remarks.add(
                .error,
                "",
                "the header lacks the columns \(names)",
                "the first line must name the columns \(Self.columns)"
            )
            // Nothing below can be read without its columns.
            while try rows.next(from: &cursor) != nil {}
            return remarks.refused()
        }
        let unknown = zip(row.fields, columns).filter { $0.1 == nil }.map(\.0)
        guard !unknown.isEmpty else { return try next(from: &cursor) }
        remarks.add(
            .note,
            "",
            "columns that are not read: " + unknown.joined(separator: ", "),
            "nothing to do"
        )
        return remarks.refused()
    }

    private mutating func record(of row: CSVRows.Row, header: [Column?]) -> ImportRecord {
        var remarks = RecordRemarks(base: "line \(row.line)")
        guard row.fields.count == header.count else {
            remarks.add(
                .error,
                "",
                "\(row.fields.count) fields where the header has \(header.count)",
                "quote the fields that hold a separator"
            )
            return remarks.refused()
        }
        var cells: [Column: String] = [:]
        for (column, field) in zip(header, row.fields) {
            guard let column else { continue }
            let plain = PlainText(field)
            if plain.changes.contains(where: { $0 != .space }) {
                remarks.add(
                    .warning,
                    Self.place(column),
                    plain.changes.map(\.rawValue).joined(separator: "; "),
                    "check the text as it is now"
                )
            }
            if !plain.text.isEmpty { cells[column] = plain.text }
        }
        return record(of: cells, remarks)
    }

    private mutating func record(
        of cells: [Column: String],
        _ remarks: consuming RecordRemarks
    ) -> ImportRecord {
        for column in [Column.title, .developer] where cells[column] == nil {
            remarks.add(
                .error,
                Self.place(column),
                "the field is empty",
                "fill it; an item needs it"
            )
        }
        guard let title = cells[.title], let developer = cells[.developer] else {
            return remarks.refused()
        }
        let approval = dates.read(cells[.approvalDate], .approvalDate, &remarks)
        let body = Organisation(
            name: ["en": developer],
            country: Country.uri(code: "NZ")
        )
        var item = LearningOpportunity(
            id: ItemIdentifier.derived(
                format: ImportFormat.nzqa.rawValue,
                sourceID: [developer, title, approval ?? ""]
            ),
            title: ["en": title],
            defaultLanguage: "en",
            provider: body,
            awardingBody: body
        )
        item.approvalDate = approval
        item.reviewDate = dates.read(cells[.reviewDate], .reviewDate, &remarks)
        readLevel(cells[.level], into: &item, &remarks)
        readCredits(cells[.credits], into: &item, &remarks)
        return remarks.record(item)
    }

    private func readLevel(
        _ cell: String?,
        into item: inout LearningOpportunity,
        _ remarks: inout RecordRemarks
    ) {
        guard let cell else { return }
        guard let level = Int(cell), let uri = NZQCF.uri(level: level) else {
            remarks.add(
                .warning,
                Self.place(.level),
                "\"\(cell)\" is no level; it was left out",
                "write a whole number from 1 to 10"
            )
            return
        }
        item.nqfLevel = NationalLevel(framework: NZQCF.framework, level: uri)
        item.eqfLevel = NZQCF.eqf(level: level)
    }

    private func readCredits(
        _ cell: String?,
        into item: inout LearningOpportunity,
        _ remarks: inout RecordRemarks
    ) {
        guard let cell else { return }
        guard let number = WrittenForm.decimal(lenient: cell) else {
            remarks.add(
                .warning,
                Self.place(.credits),
                "\"\(cell)\" is no number; it was left out",
                "write a number such as 5 or 2.5"
            )
            return
        }
        if cell.utf8.contains(UInt8(ascii: ",")) {
            remarks.add(
                .note,
                Self.place(.credits),
                "\(cell) was read as \(number)",
                "write decimals with a point"
            )
        }
        item.creditPoints = [CreditPoints(framework: NZQCF.creditFramework, number: number)]
    }

    static func place(_ column: Column) -> String { "column \(column.rawValue)" }
}
