import CanonicalJSON

/// SplitMix64: the same documents from the same seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Makes documents that use every kind of value, written with random white space and escapes.
struct RandomDocuments {
    var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(state: seed)
    }

    mutating func document() -> String { value(depth: 0) }

    private mutating func value(depth: Int) -> String {
        let deepest = depth >= 5
        switch Int.random(in: 0..<(deepest ? 6 : 10), using: &generator) {
        case 0: return ["null", "true", "false"].randomElement(using: &generator) ?? "null"
        case 1, 2: return number()
        case 3, 4, 5: return string(maximum: 12)
        case 6, 7: return array(depth: depth)
        default: return object(depth: depth)
        }
    }

    private mutating func space() -> String {
        ["", "", "", " ", "\t", "  ", "\r "].randomElement(using: &generator) ?? ""
    }

    private mutating func array(depth: Int) -> String {
        let elements = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
            space() + value(depth: depth + 1) + space()
        }
        return "[" + elements.joined(separator: ",") + "]"
    }

    private mutating func object(depth: Int) -> String {
        var seen: Set<[UInt8]> = []
        var members: [String] = []
        for _ in 0..<Int.random(in: 0...16, using: &generator) {
            let name = scalars(maximum: 6)
            guard seen.insert(Array(name.utf8)).inserted else { continue }
            members.append(
                space() + write(name) + space() + ":" + space() + value(depth: depth + 1)
                    + space()
            )
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    private mutating func number() -> String {
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: return String(Int64.random(in: -1000...1000, using: &generator))
        case 1: return String(Int64.random(in: -(1 << 53) + 1...(1 << 53) - 1, using: &generator))
        case 2: return String(Double.random(in: -1e6...1e6, using: &generator))
        case 3:
            let digits = Int64.random(in: 1...999_999, using: &generator)
            return "\(digits)e\(Int.random(in: -40...40, using: &generator))"
        default:
            let value = Double(bitPattern: generator.next())
            return value.isFinite ? "\(value)" : "-0.0"
        }
    }

    private mutating func string(maximum: Int) -> String { write(scalars(maximum: maximum)) }

    private mutating func scalars(maximum: Int) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...maximum, using: &generator) {
            let range: ClosedRange<UInt32> =
                [
                    0x20...0x7e, 0x20...0x7e, 0...0x1f, 0x7f...0x2ff, 0x300...0x36f,
                    0xd000...0xd7ff, 0xe000...0xffff, 0x10000...0x10ffff,
                ].randomElement(using: &generator) ?? 0x20...0x7e
            if let scalar = UnicodeScalar(UInt32.random(in: range, using: &generator)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private mutating func write(_ text: String) -> String {
        var written = "\""
        for scalar in text.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if mustEscape || Int.random(in: 0..<8, using: &generator) == 0 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
                    written += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                written.unicodeScalars.append(scalar)
            }
        }
        return written + "\""
    }
}
