import CanonicalJSON

/// Why a mapping file cannot be used.
package struct MappingFault: Error, Equatable, CustomStringConvertible {
    /// The place: a line, or a JSON pointer.
    package let at: String
    /// What is wrong.
    package let message: String
    /// What to do about it.
    package let remedy: String

    /// Place and reason.
    package var description: String { "\(at): \(message)" }
}

/// Reads a mapping file: JSON, or the part of YAML that a mapping needs: nested maps by
/// indentation, lists of scalars (`- a` or `[a, b]`), quoted and plain scalars, comments. Every
/// scalar is a string. Anchors, tags, block scalars and tabs are refused rather than guessed at.
struct MappingText {
    private struct Line {
        let number: Int
        let indent: Int
        let text: String
    }

    private var lines: [Line] = []
    private var position = 0

    static func read(_ bytes: [UInt8]) throws(MappingFault) -> JSON {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw MappingFault(
                at: "the file",
                message: "not UTF-8",
                remedy: "save it as UTF-8"
            )
        }
        let start = text.unicodeScalars.first { !$0.properties.isWhitespace && $0 != "\u{feff}" }
        if start == "{" {
            do {
                return try JSON.read(Array(text.drop { $0 == "\u{feff}" }.utf8))
            } catch {
                throw MappingFault(
                    at: "line \(error.line), column \(error.column)",
                    message: error.message,
                    remedy: "mend the JSON there"
                )
            }
        }
        var reader = MappingText()
        try reader.split(text)
        let value = try reader.map(indent: 0)
        if reader.position < reader.lines.count {
            throw reader.fault("indented as nothing above it is", "align it with its neighbours")
        }
        return value
    }

    private mutating func split(_ text: String) throws(MappingFault) {
        let all = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, raw) in all.enumerated() {
            let line = raw.drop { $0 == "\u{feff}" }
            let indent = line.prefix { $0 == " " }.count
            let content = Self.withoutComment(String(line.dropFirst(indent)))
            guard !content.isEmpty, content != "---" else { continue }
            lines.append(Line(number: index + 1, indent: indent, text: content))
            if content.first == "\t" {
                position = lines.count - 1
                throw fault("a tab as indentation", "indent with spaces")
            }
        }
    }

    /// Without a comment (`#` at the start or behind a space, outside of quotes) and without spaces
    /// at the end.
    private static func withoutComment(_ text: String) -> String {
        var quote: Character?
        var previous: Character = " "
        var kept = ""
        for character in text {
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                if previous == " " || previous == "[" || previous == "," { quote = character }
            } else if character == "#", previous == " " {
                break
            }
            kept.append(character)
            previous = character
        }
        while kept.last?.isWhitespace == true { kept.removeLast() }
        return kept
    }

    private func fault(_ message: String, _ remedy: String) -> MappingFault {
        let number = position < lines.count ? lines[position].number : lines.last?.number ?? 1
        return MappingFault(at: "line \(number)", message: message, remedy: remedy)
    }

    private mutating func map(indent: Int) throws(MappingFault) -> JSON {
        var object = JSONObject()
        while position < lines.count, lines[position].indent == indent {
            let (name, rest) = try entry(lines[position].text)
            if object[name] != nil {
                throw fault("\"\(name)\" appears twice", "keep one of the two")
            }
            if let rest {
                object[name] = try scalarOrList(rest)
                position += 1
                continue
            }
            position += 1
            object[name] = try nested(below: indent)
        }
        return .object(object)
    }

    private mutating func nested(below indent: Int) throws(MappingFault) -> JSON {
        guard position < lines.count, lines[position].indent > indent else {
            position -= 1
            throw fault("a name without a value", "write the value behind the colon")
        }
        let inner = lines[position].indent
        guard lines[position].text.hasPrefix("- ") else { return try map(indent: inner) }
        var elements: [JSON] = []
        while position < lines.count, lines[position].indent == inner,
            lines[position].text.hasPrefix("- ")
        {
            elements.append(.string(try scalar(String(lines[position].text.dropFirst(2)))))
            position += 1
        }
        return .array(elements)
    }

    /// `name: rest`, the name quoted when it holds a colon.
    private func entry(_ text: String) throws(MappingFault) -> (String, String?) {
        var end: String.Index?
        if let open = text.first, open == "\"" || open == "'" {
            let close = text.dropFirst().firstIndex(of: open)
            end = close.map { text.index(after: $0) }
        } else {
            var from = text.startIndex
            while let colon = text[from...].firstIndex(of: ":") {
                let next = text.index(after: colon)
                if next == text.endIndex || text[next] == " " {
                    end = colon
                    break
                }
                from = next
            }
        }
        guard let end, end < text.endIndex, text[end] == ":" else {
            throw fault("no name with a colon", "write name: value")
        }
        let rest = text[text.index(after: end)...].drop { $0 == " " }
        return (try scalar(String(text[..<end])), rest.isEmpty ? nil : String(rest))
    }

    private func scalarOrList(_ text: String) throws(MappingFault) -> JSON {
        guard text.first == "[" else { return .string(try scalar(text)) }
        guard text.last == "]" else {
            throw fault("a list that is not closed", "close it with ] in the same line")
        }
        var elements: [JSON] = []
        for part in text.dropFirst().dropLast().split(separator: ",") {
            elements.append(.string(try scalar(String(part))))
        }
        return .array(elements)
    }

    private func scalar(_ text: String) throws(MappingFault) -> String {
        let trimmed = PlainText.trimmed(text)
        guard let first = trimmed.first else {
            throw fault("an empty value", "write a value")
        }
        if first == "\"" || first == "'" {
            guard trimmed.count > 1, trimmed.last == first else {
                throw fault("a quote that is not closed", "close it in the same line")
            }
            return String(trimmed.dropFirst().dropLast())
        }
        if ["&", "*", "!", "|", ">", "{", "%", "@", "`"].contains(first) {
            throw fault(
                "a value that begins with \(first)",
                "put it in quotes; of YAML only maps, lists and scalars are read"
            )
        }
        return trimmed
    }
}
