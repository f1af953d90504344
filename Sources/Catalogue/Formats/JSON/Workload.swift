import CanonicalJSON

/// Hours of work as people and other systems write them: a number, a decimal string, or an ISO 8601
/// duration.
struct Workload {
    /// The decimal string, the value as it was when it is for the strict reader to refuse, or nil
    /// when it is doubtful and therefore left out.
    let hours: JSON?

    init(_ value: JSON, at pointer: String, _ remarks: inout RecordRemarks) {
        guard let text = value.number?.canonicalText ?? value.string else {
            hours = value
            return
        }
        if let decimal = WrittenForm.decimal(lenient: text) {
            if value.string?.utf8.elementsEqual(decimal.utf8) != true {
                remarks.add(
                    .note,
                    pointer,
                    "\(text) was read as \"\(decimal)\" hours",
                    WrittenForm.decimalRemedy(value)
                )
            }
            hours = .string(decimal)
            return
        }
        guard let duration = ISODuration(text) else {
            hours = value
            return
        }
        if let decimal = duration.hours {
            remarks.add(
                .note,
                pointer,
                "\(text) was read as \"\(decimal)\" hours",
                "write the hours as a decimal string"
            )
            hours = .string(decimal)
        } else {
            remarks.add(
                .warning,
                pointer,
                "\(text) is \(duration.words), which says nothing about hours; it was left out",
                duration.suggestion
            )
            hours = nil
        }
    }
}

/// A duration of ISO 8601 with whole numbers.
struct ISODuration {
    private let dateParts: [(number: Int, unit: Character)]
    private let timeParts: [(number: Int, unit: Character)]

    init?(_ text: String) {
        guard text.first == "P" else { return nil }
        let halves = text.dropFirst().split(
            separator: "T",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard let date = halves.first.flatMap({ Self.parts($0, units: "YMWD") }),
            let time = Self.parts(halves.count > 1 ? halves[1] : "", units: "HMS"),
            !(date.isEmpty && time.isEmpty)
        else { return nil }
        dateParts = date
        timeParts = time
    }

    /// The hours to two places; nil when months, days and the like are in it: how many hours of
    /// work those are, only the author knows.
    var hours: String? {
        guard dateParts.isEmpty else { return nil }
        var seconds = 0
        for (number, unit) in timeParts {
            seconds += number * (unit == "H" ? 3600 : unit == "M" ? 60 : 1)
        }
        let hundredths = (seconds + 18) / 36
        let fraction = hundredths % 100
        let text = "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
        return WrittenForm.decimal(lenient: text)
    }

    /// Such as `60 months`.
    var words: String {
        let names: [Character: String] = ["Y": "years", "M": "months", "W": "weeks", "D": "days"]
        return dateParts.map { "\($0.number) \(names[$0.unit] ?? "")" }.joined(separator: " and ")
    }

    /// What was probably meant.
    var suggestion: String {
        guard let first = dateParts.first, dateParts.count == 1, timeParts.isEmpty else {
            return "write the hours as a decimal string, such as \"60\""
        }
        return "if \(first.number) hours are meant, write \"\(first.number)\" (PT\(first.number)H)"
    }

    private static func parts(
        _ text: Substring,
        units: String
    ) -> [(number: Int, unit: Character)]? {
        var result: [(number: Int, unit: Character)] = []
        var rest = text
        var allowed = units[...]
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            guard (1...6).contains(digits.count), let number = Int(digits),
                let unit = rest.popFirst(), let place = allowed.firstIndex(of: unit)
            else { return nil }
            allowed = allowed[allowed.index(after: place)...]
            result.append((number, unit))
        }
        return result
    }
}
