/// A Swift file with its code, comments and strings told apart.
struct SourceFile: Sendable {
    /// Relative to the repository's root, such as `Sources/Keys/JWK.swift`.
    let path: String
    /// The lines as they stand in the file.
    let lines: [String]
    /// The same lines with comments and the insides of strings and backticks blanked out.
    let code: [String]
    /// The same lines with nothing but their comments.
    let comments: [String]
    /// What each line of code declares.
    let declarations: [Declaration?]

    init(path: String, text: String) {
        self.path = path
        let parts = SourceScanner.scan(text)
        lines = Self.split(text)
        code = Self.split(parts.code)
        comments = Self.split(parts.comments)
        declarations = code.map { Declaration($0) }
    }

    /// The folder below Sources or Tests, nil for files outside of both.
    var target: String? {
        let parts = path.split(separator: "/")
        guard parts.count > 2, parts[0] == "Sources" || parts[0] == "Tests" else { return nil }
        return String(parts[1])
    }

    var isSource: Bool { path.hasPrefix("Sources/") }

    private static func split(_ text: String) -> [String] {
        var lines = text.utf8.split(
            separator: UInt8(ascii: "\n"),
            omittingEmptySubsequences: false
        ).map { String(Substring($0)) }
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}

/// A breach of a rule of the house: where, what, and what to do.
struct Violation: Sendable, Equatable, CustomStringConvertible {
    let path: String
    /// From 1.
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}
