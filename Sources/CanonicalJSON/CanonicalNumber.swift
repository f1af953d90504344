extension JSONNumber {
    /// The number as ECMAScript's Number.prototype.toString writes it (RFC 8785 section 3.2.2.3):
    /// the shortest digits that read back to the same double.
    public var canonicalText: String {
        if value == 0 { return "0" }
        if let integer { return String(integer) }
        let (digits, exponent) = Self.shortest(value.magnitude)
        let sign = value < 0 ? "-" : ""
        return sign + Self.layout(digits: digits, pointAfter: exponent)
    }

    /// Digits without leading or trailing zeros, and n so that the value is 0.digits * 10^n.
    private static func shortest(_ value: Double) -> (digits: [UInt8], pointAfter: Int) {
        var digits: [UInt8] = []
        var exponent = 0
        var pointAt: Int?
        // Swift's description is shortest and closest, only laid out in another way.
        let text = Array(value.description.utf8)
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "."): pointAt = digits.count
            case UInt8(ascii: "e"):
                exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                index = text.count
            default: digits.append(text[index])
            }
            index += 1
        }
        var point = (pointAt ?? digits.count) + exponent
        while digits.first == UInt8(ascii: "0") {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (digits, point)
    }

    /// ECMA-262, Number::toString, steps 6 to 10, with k digits and n = `pointAfter`.
    private static func layout(digits: [UInt8], pointAfter n: Int) -> String {
        let text = String(decoding: digits, as: UTF8.self)
        let k = digits.count
        if k <= n, n <= 21 { return text + String(repeating: "0", count: n - k) }
        if 0 < n, n <= 21 { return text.prefix(n) + "." + text.dropFirst(n) }
        if -6 < n, n <= 0 { return "0." + String(repeating: "0", count: -n) + text }
        let exponent = n - 1
        let mantissa = k == 1 ? text : text.prefix(1) + "." + text.dropFirst()
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + String(exponent.magnitude)
    }
}
