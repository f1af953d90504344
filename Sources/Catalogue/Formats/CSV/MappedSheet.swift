import CanonicalJSON

/// A sheet of comma-separated values, read by a mapping file.
struct MappedSheet {
    private let mapping: ColumnMapping
    private let defaults: ImportDefaults
    private var rows = CSVRows()
    private var header: [(name: String, column: ColumnMapping.Column?)]?
    /// The forms of dates that were met in a column, so that a mixture is said once.
    private var dateForms: [String: [DateForm]] = [:]

    init(mapping: ColumnMapping, defaults: ImportDefaults) {
        self.mapping = mapping
        self.defaults = defaults
    }

    mutating func next(from cursor: inout ByteCursor) throws -> ImportRecord? {
        guard let next = try rows.next(from: &cursor) else {
            guard header == nil else { return nil }
            header = []
            return .emptySheet(remedy: "name a file with a header and at least one row")
        }
        switch next {
        case .problem(let problem): return ImportRecord(refused: problem)
        case .row(let row):
            guard header != nil else { return try readHeader(row, &cursor) }
            return record(of: row)
        }
    }

    private mutating func readHeader(
        _ row: CSVRows.Row,
        _ cursor: inout ByteCursor
    ) throws -> ImportRecord? {
        let names = row.fields.map { (name: $0, column: mapping.columns[ColumnMapping.key($0)]) }
        header = names
        let present = Set(row.fields.map { ColumnMapping.key($0) })
        var remarks = RecordRemarks(base: "line \(row.line)")
        let missing = mapping.columns.keys.filter { !present.contains($0) }.sorted()
        if !missing.isEmpty {
            let all = missing.count == mapping.columns.count
            remarks.add(
                all ? .error : .warning,
                "",
                "the header lacks columns of the mapping: " + missing.joined(separator: ", "),
                "correct the names in the mapping file, or take them out of it"
            )
            if all {
                // Nothing below can be read without its columns.
                while try rows.next(from: &cursor) != nil {}
                return remarks.refused()
            }
        }
        let unread = names.filter {
            $0.column == nil && !mapping.ignored.contains(ColumnMapping.key($0.name))
        }
        if !unread.isEmpty {
            remarks.add(
                .note,
                "",
                "columns that are not read: "
                    + unread.map { PlainText($0.name).text }.joined(separator: ", "),
                "name them in the mapping file, or write ignore there"
            )
        }
        if mapping.kind == .items, !mapping.names("provider.name") {
            remarks.add(
                .note,
                "",
                "no column names the provider; \(defaults.institutionName) was assumed for all rows",
                "name it in the mapping file, as a column or under constants"
            )
        }
        return remarks.problems.isEmpty ? try next(from: &cursor) : remarks.refused()
    }

    private mutating func record(of row: CSVRows.Row) -> ImportRecord {
        var remarks = RecordRemarks(base: "line \(row.line)")
        let header = header ?? []
        guard row.fields.count == header.count else {
            remarks.add(
                .error,
                "",
                "\(row.fields.count) fields where the header has \(header.count)",
                "quote the fields that hold a separator"
            )
            return remarks.refused()
        }
        var cells = SheetCells(language: mapping.language ?? defaults.language)
        for (target, value) in mapping.constants {
            cells.set(value, ColumnMapping.Column(target: target), place: "the mapping", &remarks)
        }
        for ((name, column), field) in zip(header, row.fields) {
            guard let column else { continue }
            let place = "column \(PlainText(name).text)"
            let text = PlainText.trimmed(field)
            guard !text.isEmpty else { continue }
            if case .date = column.target.shape {
                guard let date = date(text, name, column, place, &remarks) else { continue }
                cells.set(date, column, place: place, &remarks)
            } else {
                cells.set(text, column, place: place, &remarks)
            }
        }
        return mapping.kind == .items
            ? cells.item(remarks, defaults) : cells.evaluation(remarks)
    }

    private mutating func date(
        _ cell: String,
        _ name: String,
        _ column: ColumnMapping.Column,
        _ place: String,
        _ remarks: inout RecordRemarks
    ) -> String? {
        let forms = column.dates.isEmpty ? [.iso] : column.dates
        for form in forms {
            guard let date = form.date(cell) else { continue }
            let known = dateForms[name] ?? []
            if known.contains(form) { return date }
            dateForms[name] = known + [form]
            if let first = known.first {
                remarks.add(
                    .warning,
                    place,
                    "a date as \(form.rawValue) here and as \(first.rawValue) above; each was read "
                        + "by its own form",
                    "check the column"
                )
            }
            return date
        }
        remarks.add(
            .warning,
            place,
            "\"\(PlainText(String(cell.prefix(40))).text)\" is no date of the form "
                + forms.map(\.rawValue).joined(separator: " or ") + "; left out",
            "mend the cell, or state the column's forms as dates in the mapping file"
        )
        return nil
    }
}
