/// A moment in whole seconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct Instant: Hashable, Comparable, Sendable {
    /// Seconds since 1970, negative before.
    public let secondsSince1970: Int64

    /// A moment given in seconds.
    public init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }

    public static func < (left: Instant, right: Instant) -> Bool {
        left.secondsSince1970 < right.secondsSince1970
    }

    /// The moment `seconds` later (earlier when negative), at most the last and at least the first
    /// that can be written: a witness may sign any time up to 2^63 - 1.
    public static func + (instant: Instant, seconds: Int64) -> Instant {
        let (sum, overflow) = instant.secondsSince1970.addingReportingOverflow(seconds)
        return Instant(secondsSince1970: overflow ? (seconds < 0 ? .min : .max) : sum)
    }

    /// Seconds from `earlier` to `later`, clamped to what an `Int64` holds.
    public static func - (later: Instant, earlier: Instant) -> Int64 {
        let (difference, overflow) = later.secondsSince1970.subtractingReportingOverflow(
            earlier.secondsSince1970
        )
        return overflow ? (later < earlier ? .min : .max) : difference
    }

    /// The same day at 00:00:00Z.
    public var startOfDay: Instant {
        Instant(secondsSince1970: secondsSince1970 - Self.modulo(secondsSince1970, 86_400))
    }

    /// `2026-11-23T18:00:00Z`: RFC 3339 with `Z` and whole seconds, the network's only form.
    public var text: String {
        let second = Self.modulo(secondsSince1970, 86_400)
        let (year, month, day) = Self.civil(day: Self.floorDivide(secondsSince1970, 86_400))
        guard (0...9999).contains(year) else {
            return date + "T" + Self.padded(second / 3600) + ":" + Self.padded(second / 60 % 60)
                + ":" + Self.padded(second % 60) + "Z"
        }
        var bytes: [UInt8] = Array("0000-00-00T00:00:00Z".utf8)
        func put(_ value: Int64, at position: Int) {
            bytes[position] += UInt8(value / 10 % 10)
            bytes[position + 1] += UInt8(value % 10)
        }
        put(year / 100, at: 0)
        put(year, at: 2)
        put(month, at: 5)
        put(day, at: 8)
        put(second / 3600, at: 11)
        put(second / 60 % 60, at: 14)
        put(second % 60, at: 17)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `2026-11-23`.
    public var date: String {
        let (year, month, day) = Self.civil(day: Self.floorDivide(secondsSince1970, 86_400))
        let yearText = String(year)
        return String(repeating: "0", count: max(0, 4 - yearText.utf8.count)) + yearText + "-"
            + Self.padded(month) + "-" + Self.padded(day)
    }

    /// Reads the network's own form, `2026-11-23T18:00:00Z`; nil for anything else: impossible
    /// dates, leap seconds and every other spelling of the same moment included.
    public init?(_ text: some StringProtocol) {
        self.init(lenient: text)
        guard self.text.utf8.elementsEqual(text.utf8) else { return nil }
    }

    /// Reads a date and time of RFC 3339 or XML Schema with any offset and fraction (cut off); a
    /// missing offset is refused. nil for anything else.
    public init?(lenient text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, let day = Self.day(bytes[0..<10]),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let hour = Self.number(bytes[11..<13], in: 0...23),
            let minute = Self.number(bytes[14..<16], in: 0...59),
            let second = Self.number(bytes[17..<19], in: 0...60)
        else { return nil }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard let offset = Self.offset(rest) else { return nil }
        secondsSince1970 = day * 86_400 + hour * 3600 + minute * 60 + min(second, 59) - offset
    }

    /// Reads `2026-11-23` as the start of that day; nil for anything else.
    public init?(date text: some StringProtocol) {
        guard let day = Self.day(Array(text.utf8)[...]) else { return nil }
        secondsSince1970 = day * 86_400
    }

    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int64? {
        let bytes = Array(bytes)
        if bytes == [UInt8(ascii: "Z")] || bytes == [UInt8(ascii: "z")] { return 0 }
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"),
            let hours = number(bytes[1..<3], in: 0...23),
            let minutes = number(bytes[4..<6], in: 0...59)
        else { return nil }
        switch bytes[0] {
        case UInt8(ascii: "+"): return hours * 3600 + minutes * 60
        case UInt8(ascii: "-"): return -(hours * 3600 + minutes * 60)
        default: return nil
        }
    }

    private static func day(_ slice: ArraySlice<UInt8>) -> Int64? {
        let bytes = Array(slice)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes[0..<4], in: 0...9999),
            let month = number(bytes[5..<7], in: 1...12),
            let day = number(bytes[8..<10], in: 1...31)
        else { return nil }
        let number = daysSince1970(year: year, month: month, day: day)
        return civil(day: number) == (year, month, day) ? number : nil
    }

    private static func number(
        _ digits: ArraySlice<UInt8>,
        in range: ClosedRange<Int64>
    ) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - 0x30)
        }
        return range.contains(value) ? value : nil
    }

    private static func padded(_ value: Int64) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }

    private static func modulo(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        (value - modulo(value, divisor)) / divisor
    }

    /// The proleptic Gregorian calendar counted in eras of 400 years that begin in March.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    private static func civil(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }
}

extension Instant: CustomStringConvertible {
    /// The RFC 3339 form.
    public var description: String { text }
}
