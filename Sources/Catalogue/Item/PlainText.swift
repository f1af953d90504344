/// Text from outside becomes plain text: markup and characters that could mislead a reader are
/// taken out, and the report says so (protocol.md section 8).
package struct PlainText: Sendable {
    /// What was taken out.
    package enum Change: String, CaseIterable, Sendable {
        case markup = "HTML markup was removed"
        case controls = "control or bidirectional formatting characters were removed"
        case space = "spaces at the ends were removed"
    }

    /// The text that is left; may be empty.
    package let text: String
    /// What was taken out, without repetition.
    package let changes: [Change]

    /// Cleans `source`. Character references of HTML are resolved, line ends become line feeds.
    package init(_ source: String) {
        if Self.isPlain(source) {
            text = source
            changes = []
            return
        }
        var changes: [Change] = []
        var text = MarkupRemover.remove(from: source)
        if text.utf8.elementsEqual(source.utf8) == false { changes.append(.markup) }
        let lines = Self.withLineFeeds(text)
        text = String(String.UnicodeScalarView(lines.filter { !Self.isRefused($0) }))
        if text.unicodeScalars.count != lines.count { changes.append(.controls) }
        let trimmed = Self.trimmed(text)
        if trimmed.utf8.count != text.utf8.count { changes.append(.space) }
        self.text = trimmed
        self.changes = changes
    }

    /// Control characters but tab and line feed, and the characters that steer the direction of
    /// writing (Unicode, Bidi_Control), the byte-order mark and the object markers.
    static func isRefused(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0a: false
        case 0..<0x20, 0x7f...0x9f, 0x061c, 0x200e, 0x200f, 0x202a...0x202e, 0x2028, 0x2029,
            0x2066...0x2069, 0xfeff, 0xfff9...0xfffb, 0xfffe, 0xffff:
            true
        default: false
        }
    }

    static func isShown(_ scalar: Unicode.Scalar) -> Bool { !isRefused(scalar) }

    /// The common case, decided without building anything.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else {
            return true
        }
        if first.properties.isWhitespace || last.properties.isWhitespace { return false }
        return text.utf8.allSatisfy {
            $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: "&")
        }
    }

    private static func withLineFeeds(_ text: String) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var afterReturn = false
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0d, 0x2028, 0x2029: result.append("\n")
            case 0x0a where afterReturn: break
            default: result.append(scalar)
            }
            afterReturn = scalar.value == 0x0d
        }
        return result
    }

    /// Without white space at the ends.
    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let head = scalars.drop { $0.properties.isWhitespace }
        guard let end = head.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
        return String(head[...end])
    }
}
