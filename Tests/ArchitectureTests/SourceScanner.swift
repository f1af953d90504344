/// Tells code from comments and strings, one byte after the other: all of Swift's marks are ASCII.
struct SourceScanner {
    private enum State {
        /// Code; inside an interpolation with the count of its open parentheses.
        case code(parentheses: Int?)
        case string(pounds: Int, isMultiline: Bool)
        case lineComment
        case blockComment(depth: Int)
        case backtick
    }

    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let pound = UInt8(ascii: "#")
    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")
    private static let backslash = UInt8(ascii: "\\")
    private static let backtick = UInt8(ascii: "`")
    private static let open = UInt8(ascii: "(")
    private static let close = UInt8(ascii: ")")

    private let text: [UInt8]
    private var position = 0
    private var states: [State] = [.code(parentheses: nil)]
    private var code: [UInt8]
    private var comments: [UInt8]

    private init(_ text: String) {
        self.text = Array(text.utf8)
        code = self.text.map { $0 == Self.newline ? $0 : UInt8(ascii: " ") }
        comments = code
    }

    /// Two texts with the bytes and lines of `text`, one of its code and one of its comments.
    static func scan(_ text: String) -> (code: String, comments: String) {
        var scanner = SourceScanner(text)
        while scanner.position < scanner.text.count { scanner.step() }
        return (
            String(decoding: scanner.code, as: UTF8.self),
            String(decoding: scanner.comments, as: UTF8.self)
        )
    }

    private func byte(_ offset: Int) -> UInt8? {
        position + offset < text.count ? text[position + offset] : nil
    }

    /// How many bytes from `offset` on are number signs.
    private func pounds(from offset: Int) -> Int {
        var count = 0
        while byte(offset + count) == Self.pound { count += 1 }
        return count
    }

    private mutating func skip(_ count: Int) { position += count }

    private mutating func takeCode(_ count: Int) {
        let end = min(position + count, text.count)
        for index in position..<end { code[index] = text[index] }
        position = end
    }

    private mutating func takeComment(_ count: Int) {
        let end = min(position + count, text.count)
        for index in position..<end { comments[index] = text[index] }
        position = end
    }

    private mutating func step() {
        switch states[states.count - 1] {
        case .code(let parentheses): stepInCode(parentheses)
        case .string(let pounds, let isMultiline): stepInString(pounds, isMultiline)
        case .lineComment:
            if byte(0) == Self.newline { states.removeLast() }
            takeComment(1)
        case .blockComment(let depth): stepInBlockComment(depth)
        case .backtick:
            if byte(0) == Self.backtick { states.removeLast() }
            skip(1)
        }
    }

    private mutating func stepInCode(_ parentheses: Int?) {
        switch byte(0) {
        case Self.slash where byte(1) == Self.slash: states.append(.lineComment)
        case Self.slash where byte(1) == Self.star: states.append(.blockComment(depth: 0))
        case Self.backtick:
            states.append(.backtick)
            skip(1)
        case Self.quote, Self.pound:
            let pounds = pounds(from: 0)
            guard byte(pounds) == Self.quote else { return takeCode(pounds) }
            let isMultiline = byte(pounds + 1) == Self.quote && byte(pounds + 2) == Self.quote
            states.append(.string(pounds: pounds, isMultiline: isMultiline))
            takeCode(pounds + (isMultiline ? 3 : 1))
        case Self.open where parentheses != nil, Self.close where parentheses != nil:
            count(byte(0), parentheses ?? 0)
            takeCode(1)
        default: takeCode(1)
        }
    }

    /// Keeps count of an interpolation's parentheses and leaves it at its last one.
    private mutating func count(_ byte: UInt8?, _ open: Int) {
        if byte == Self.open {
            states[states.count - 1] = .code(parentheses: open + 1)
        } else if open > 1 {
            states[states.count - 1] = .code(parentheses: open - 1)
        } else {
            states.removeLast()
        }
    }

    private mutating func stepInString(_ pounds: Int, _ isMultiline: Bool) {
        let quotes = isMultiline ? 3 : 1
        if (0..<quotes).allSatisfy({ byte($0) == Self.quote }),
            self.pounds(from: quotes) >= pounds
        {
            states.removeLast()
            takeCode(quotes + pounds)
        } else if byte(0) == Self.backslash, self.pounds(from: 1) >= pounds {
            skip(1 + pounds)
            if byte(0) == Self.open {
                states.append(.code(parentheses: 0))
            } else {
                skip(1)
            }
        } else {
            skip(1)
        }
    }

    private mutating func stepInBlockComment(_ depth: Int) {
        if byte(0) == Self.slash, byte(1) == Self.star {
            states[states.count - 1] = .blockComment(depth: depth + 1)
            takeComment(2)
        } else if byte(0) == Self.star, byte(1) == Self.slash {
            states[states.count - 1] = .blockComment(depth: depth - 1)
            takeComment(2)
            if depth == 1 { states.removeLast() }
        } else {
            takeComment(1)
        }
    }
}
