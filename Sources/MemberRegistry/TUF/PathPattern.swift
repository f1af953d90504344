/// A glob over target paths (TUF 4.5, glob(7)): `*`, `?` and `[...]` never match a slash.
struct PathPattern {
    private let parts: [Substring]

    init(_ pattern: String) {
        parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
    }

    func matches(_ path: String) -> Bool {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count == parts.count else { return false }
        return zip(parts, segments).allSatisfy { Self.match(Array($0.utf8), Array($1.utf8)) }
    }

    /// Greedy matching with one place to come back to: linear in the product of the lengths.
    private static func match(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        var inPattern = 0
        var inText = 0
        var comeBack: (pattern: Int, text: Int)?
        while inText < text.count {
            if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
                comeBack = (inPattern + 1, inText)
                inPattern += 1
            } else if let width = single(pattern[inPattern...], text[inText]) {
                inPattern += width
                inText += 1
            } else if let place = comeBack {
                comeBack = (place.pattern, place.text + 1)
                inPattern = place.pattern
                inText = place.text + 1
            } else {
                return false
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// How much of the pattern matches this one byte; nil when it does not.
    private static func single(_ pattern: ArraySlice<UInt8>, _ byte: UInt8) -> Int? {
        guard let first = pattern.first else { return nil }
        if first == UInt8(ascii: "?") { return 1 }
        if first == UInt8(ascii: "["), let set = bracket(pattern) {
            return set.contains(byte) ? set.width : nil
        }
        return first == byte ? 1 : nil
    }

    private struct ByteSet {
        let width: Int
        let isNegated: Bool
        let ranges: [ClosedRange<UInt8>]

        func contains(_ byte: UInt8) -> Bool {
            ranges.contains { $0.contains(byte) } != isNegated
        }
    }

    /// `[a-z]`, `[!abc]`; nil when the bracket is never closed, and then stands for itself.
    private static func bracket(_ pattern: ArraySlice<UInt8>) -> ByteSet? {
        var index = pattern.startIndex + 1
        var isNegated = false
        if index < pattern.endIndex, pattern[index] == UInt8(ascii: "!") {
            isNegated = true
            index += 1
        }
        let start = index
        var ranges: [ClosedRange<UInt8>] = []
        while index < pattern.endIndex {
            let byte = pattern[index]
            if byte == UInt8(ascii: "]"), index > start {
                return ByteSet(
                    width: index - pattern.startIndex + 1,
                    isNegated: isNegated,
                    ranges: ranges
                )
            }
            if index + 2 < pattern.endIndex, pattern[index + 1] == UInt8(ascii: "-"),
                pattern[index + 2] != UInt8(ascii: "]")
            {
                if byte <= pattern[index + 2] { ranges.append(byte...pattern[index + 2]) }
                index += 3
            } else {
                ranges.append(byte...byte)
                index += 1
            }
        }
        return nil
    }
}
