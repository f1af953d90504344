/// The single byte range of a request (RFC 9110 section 14.2).
package enum ByteRange: Sendable, Equatable {
    /// `bytes=<first>-`
    case from(Int)
    /// `bytes=<first>-<last>`, both included.
    case closed(Int, Int)
    /// `bytes=-<count>`: the last bytes.
    case suffix(Int)

    /// Reads a Range field; nil for what a server ignores: another unit, several ranges, a last
    /// byte before the first, numbers beyond 64 bits, or no range at all.
    package init?(field: String) {
        guard let equals = field.firstIndex(of: "="),
            field[..<equals].lowercased() == "bytes"
        else { return nil }
        let spec = field[field.index(after: equals)...]
        guard let dash = spec.firstIndex(of: "-") else { return nil }
        let first = spec[..<dash]
        let last = spec[spec.index(after: dash)...]
        switch (Self.number(first), Self.number(last), first.isEmpty, last.isEmpty) {
        case (let first?, nil, false, true): self = .from(first)
        case (nil, let count?, true, false): self = .suffix(count)
        case (let first?, let last?, false, false) where first <= last: self = .closed(first, last)
        default: return nil
        }
    }

    /// The field's value.
    package var field: String {
        switch self {
        case .from(let first): "bytes=\(first)-"
        case .closed(let first, let last): "bytes=\(first)-\(last)"
        case .suffix(let count): "bytes=-\(count)"
        }
    }

    /// The bytes of a representation of `size` bytes that are meant; nil when there are none of
    /// them, which is answered with 416.
    package func resolved(in size: Int) -> Range<Int>? {
        switch self {
        case .from(let first): first < size ? first..<size : nil
        case .closed(let first, let last): first < size ? first..<(min(last, size - 1) + 1) : nil
        case .suffix(let count): count > 0 && size > 0 ? max(0, size - count)..<size : nil
        }
    }

    fileprivate static func number(_ digits: Substring) -> Int? {
        digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(digits) : nil
    }
}

/// What part of which whole a 206 carries (RFC 9110 section 14.4).
package struct ContentRange: Sendable, Equatable {
    /// The bytes of the body within the whole.
    package let range: Range<Int>
    /// Bytes of the whole.
    package let size: Int

    /// A part, which lies within the whole and is not empty.
    package init(_ range: Range<Int>, of size: Int) {
        self.range = range
        self.size = size
    }

    /// Reads `bytes <first>-<last>/<size>`; nil for anything else, an unknown size included.
    package init?(field: String) {
        guard field.lowercased().hasPrefix("bytes ") else { return nil }
        let parts = field.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = ByteRange.number(ends[0]),
            let last = ByteRange.number(ends[1]), let size = ByteRange.number(parts[1]),
            first <= last, last < size
        else { return nil }
        self.init(first..<(last + 1), of: size)
    }

    /// The field's value.
    package var field: String { "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)" }

    /// The field's value beside a 416.
    package static func unsatisfied(size: Int) -> String { "bytes */\(size)" }
}
