import Keys

/// The dates of the register: DD/MM/YYYY, MM/YYYY (then the first of the month) or YYYY-MM-DD, in
/// one column sometimes two of them. What is peculiar is said once a column, not once a row.
struct RegisterDates {
    private enum Form: String {
        case day = "DD/MM/YYYY"
        case month = "MM/YYYY"
        case iso = "YYYY-MM-DD"
    }

    private var forms: [NZQARegister.Column: [Form]] = [:]

    mutating func read(
        _ cell: String?,
        _ column: NZQARegister.Column,
        _ remarks: inout RecordRemarks
    ) -> String? {
        guard let cell else { return nil }
        let place = NZQARegister.place(column)
        guard let (date, form) = Self.parse(cell) else {
            remarks.add(
                .warning,
                place,
                "\"\(cell)\" is no date; it was left out",
                "write DD/MM/YYYY or MM/YYYY"
            )
            return nil
        }
        let known = forms[column] ?? []
        if !known.contains(form) {
            forms[column] = known + [form]
            if form == .month {
                remarks.add(
                    .note,
                    place,
                    "only a month is given; the first of the month was taken, here and below",
                    "nothing to do"
                )
            }
            if let first = known.first {
                remarks.add(
                    .warning,
                    place,
                    "dates as \(form.rawValue) here and as \(first.rawValue) above; each was read "
                        + "by its own form",
                    "check the column"
                )
            }
        }
        return date
    }

    private static func parse(_ cell: String) -> (String, Form)? {
        if Instant(date: cell) != nil { return (cell, .iso) }
        let parts = cell.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let year = parts.last, year.utf8.count == 4
        else { return nil }
        let numbers = parts.dropLast().map { $0.utf8.count == 1 ? "0" + $0 : $0 }
        switch numbers.count {
        case 1: return checked("\(year)-\(numbers[0])-01").map { ($0, .month) }
        case 2: return checked("\(year)-\(numbers[1])-\(numbers[0])").map { ($0, .day) }
        default: return nil
        }
    }

    private static func checked(_ date: String) -> String? {
        Instant(date: date) == nil ? nil : date
    }
}
