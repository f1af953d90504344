/// Takes HTML out of a text. Nothing here makes a text safe to use as HTML: what is left is plain
/// text and is escaped wherever it is shown.
struct MarkupRemover {
    private let source: [UInt8]
    private var position = 0
    private var output: [UInt8] = []
    /// No `>` is left to close a declaration: known after one search, so that a text of many `<!`
    /// is not searched again and again.
    private var nothingCloses = false

    static func remove(from text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") })
        else { return text }
        var remover = MarkupRemover(source: Array(text.utf8))
        remover.run()
        return String(decoding: remover.output, as: UTF8.self)
    }

    private init(source: [UInt8]) {
        self.source = source
    }

    private mutating func run() {
        while position < source.count {
            switch source[position] {
            case UInt8(ascii: "<"):
                if !skipComment(), !skipTag() { copy() }
            case UInt8(ascii: "&"):
                if !resolveReference() { copy() }
            default: copy()
            }
        }
    }

    private mutating func copy() {
        output.append(source[position])
        position += 1
    }

    private mutating func skipComment() -> Bool {
        guard source[position...].starts(with: Array("<!--".utf8)) else { return false }
        position = end(of: "-->", from: position + 4) ?? source.count
        return true
    }

    /// Skips a tag when it is one: `a < b` and `<https://...>` are not.
    private mutating func skipTag() -> Bool {
        var index = position + 1
        if index < source.count, source[index] == UInt8(ascii: "!") {
            guard !nothingCloses, let end = end(of: ">", from: index) else {
                nothingCloses = true
                return false
            }
            position = end
            return true
        }
        let closing = index < source.count && source[index] == UInt8(ascii: "/")
        if closing { index += 1 }
        let start = index
        while index < source.count, isNameByte(source[index], first: index == start) { index += 1 }
        guard index > start, index < source.count, isAfterName(source[index]) else { return false }
        let name = String(decoding: source[start..<index], as: UTF8.self).lowercased()
        guard let end = tagEnd(from: index) else { return false }
        let hasAttributes = source[index..<end].contains(UInt8(ascii: "="))
        guard closing || hasAttributes || Self.elements.contains(name) else { return false }
        position = end
        if !closing, Self.hidden.contains(name) { skipContent(of: name) }
        if Self.blocks.contains(name), let last = output.last, last != UInt8(ascii: "\n") {
            output.append(UInt8(ascii: "\n"))
        }
        return true
    }

    private mutating func skipContent(of name: String) {
        let closing = Array("</\(name)".utf8)
        var index = position
        while index + closing.count <= source.count {
            let found = zip(source[index...], closing).allSatisfy { $0 == $1 || $0 | 0x20 == $1 }
            if found {
                position = end(of: ">", from: index) ?? source.count
                return
            }
            index += 1
        }
        position = source.count
    }

    /// The index after the `>` that closes a tag; quoted attribute values may hold one.
    private func tagEnd(from start: Int) -> Int? {
        var quote: UInt8?
        for index in start..<source.count {
            let byte = source[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return index + 1
            } else if byte == UInt8(ascii: "<") {
                return nil
            }
        }
        return nil
    }

    private func end(of mark: String, from start: Int) -> Int? {
        let mark = Array(mark.utf8)
        var index = start
        while index + mark.count <= source.count {
            if source[index..<(index + mark.count)].elementsEqual(mark) {
                return index + mark.count
            }
            index += 1
        }
        return nil
    }

    private mutating func resolveReference() -> Bool {
        let tail = source[(position + 1)...].prefix(12)
        guard let semicolon = tail.firstIndex(of: UInt8(ascii: ";")) else { return false }
        let name = String(decoding: source[(position + 1)..<semicolon], as: UTF8.self)
        guard let scalar = Self.scalar(of: name) else { return false }
        output += Array(String(Character(scalar)).utf8)
        position = semicolon + 1
        return true
    }

    private static func scalar(of name: String) -> Unicode.Scalar? {
        if name.hasPrefix("#x") || name.hasPrefix("#X") {
            return UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
        }
        if name.hasPrefix("#") { return UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init) }
        return references[name]
    }

    private func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
        let letter = (0x61...0x7a).contains(byte | 0x20)
        return letter || (!first && ((0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")))
    }

    private func isAfterName(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || byte == 0x20
            || (0x09...0x0d).contains(byte)
    }

    private static let references: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{a0}",
        "eacute": "é", "egrave": "è", "agrave": "à", "ccedil": "ç", "ecirc": "ê", "ouml": "ö",
        "uuml": "ü", "auml": "ä", "szlig": "ß", "rsquo": "’", "lsquo": "‘", "rdquo": "”",
        "ldquo": "“", "ndash": "–", "mdash": "—", "hellip": "…", "bull": "•", "euro": "€",
    ]

    private static let hidden: Set<String> = ["script", "style", "template", "noscript", "iframe"]

    private static let blocks: Set<String> = [
        "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "form", "h1",
        "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table",
        "td", "th", "tr", "ul",
    ]

    private static let elements: Set<String> = blocks.union(hidden).union([
        "a", "abbr", "audio", "b", "base", "body", "button", "canvas", "caption", "cite", "code",
        "details", "del", "em", "embed", "figure", "font", "frame", "frameset", "head", "html",
        "i", "img", "input", "ins", "kbd", "label", "link", "marquee", "mark", "math", "meta",
        "object", "option", "param", "picture", "q", "s", "samp", "select", "small", "source",
        "span", "strike", "strong", "sub", "summary", "sup", "svg", "tbody", "textarea", "tfoot",
        "thead", "time", "title", "tt", "u", "var", "video", "wbr",
    ])
}
