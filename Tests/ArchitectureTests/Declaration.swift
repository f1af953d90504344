/// What a line of code declares, if it does.
struct Declaration: Equatable, Sendable {
    /// `func`, `var`, `struct` and so on.
    let keyword: String
    /// The name; `init` and `subscript` are their own names.
    let name: String
    /// What stands before the keyword.
    let modifiers: [String]
    /// What stands behind the colon of a type or an extension, up to `where` or the brace.
    let inherited: [String]

    static let keywords: Set<String> = [
        "func", "var", "let", "struct", "enum", "class", "actor", "protocol", "init", "subscript",
        "typealias",
    ]
    private static let modifierWords: Set<String> = [
        "public", "package", "internal", "fileprivate", "private", "open", "static", "final",
        "indirect", "mutating", "nonmutating", "nonisolated", "override", "required",
        "convenience", "lazy", "weak", "unowned", "consuming", "borrowing", "distributed",
        "dynamic", "prefix", "postfix", "infix", "isolated", "class", "async",
    ]

    /// nil for a line that declares nothing, extensions included when `extensions` is false.
    init?(_ line: String) {
        guard let start = line.utf8.first(where: { $0 != UInt8(ascii: " ") }),
            start == UInt8(ascii: "@") || (0x61...0x7a).contains(start)
        else { return nil }
        var words = line.split(whereSeparator: \.isWhitespace)[...]
        var modifiers: [String] = []
        while let word = words.first {
            let plain = String(word.prefix { $0 != "(" })
            let isLast = words.count == 1
            if word.hasPrefix("@") || (Self.modifierWords.contains(plain) && !isLast) {
                // `class` is a modifier only before another declaration.
                if plain == "class", !Self.isDeclaration(words.dropFirst().first) { break }
                modifiers.append(String(words.removeFirst()))
            } else {
                break
            }
        }
        guard let first = words.popFirst() else { return nil }
        let keyword = String(first.prefix { $0.isLetter })
        guard Self.keywords.contains(keyword) || keyword == "extension" else { return nil }
        let isOwnName = keyword == "init" || keyword == "subscript"
        guard isOwnName || first.count == keyword.count else { return nil }
        self.keyword = keyword
        self.modifiers = modifiers
        name = isOwnName ? keyword : Self.name(words.first ?? "")
        inherited = Self.inherited(line, keyword: keyword)
    }

    /// Whether other targets see it.
    var isVisible: Bool {
        keyword != "extension" && (modifiers.contains("public") || modifiers.contains("package"))
    }

    /// Witnesses of the standard library's protocols, which everyone knows.
    var isCustomaryWitness: Bool {
        [
            "==", "<", "hash", "description", "debugDescription", "errorDescription", "encode",
            "makeIterator", "next",
        ].contains(name)
    }

    private static func isDeclaration(_ word: Substring?) -> Bool {
        guard let word else { return false }
        let plain = String(word.prefix { $0.isLetter })
        return keywords.contains(plain) || modifierWords.contains(plain)
    }

    private static func name(_ word: Substring) -> String {
        if let first = word.first, !first.isLetter, first != "_", first != "`" {
            return String(word.prefix { $0 != "(" })
        }
        return String(word.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }

    private static func inherited(_ line: String, keyword: String) -> [String] {
        guard ["struct", "enum", "class", "actor", "protocol", "extension"].contains(keyword),
            let colon = line.firstIndex(of: ":")
        else { return [] }
        let clause = line[line.index(after: colon)...].prefix { $0 != "{" }
        let untilWhere = clause.split(separator: " where ").first ?? clause
        return untilWhere.split(whereSeparator: { $0 == "," || $0 == "&" }).map {
            String($0.filter { !$0.isWhitespace })
        }
    }
}

/// The types and extensions that are open at a line.
struct ScopeTracker {
    struct Scope {
        let declaration: Declaration
        let depth: Int
    }

    private var scopes: [Scope] = []
    private var depth = 0
    /// A type's head that goes over several lines.
    private var head = ""

    /// The type or extension whose members are being read.
    var innermost: Declaration? { scopes.last?.declaration }

    mutating func read(_ line: String, declaring declaration: Declaration?) {
        if head.isEmpty {
            if let declaration, Self.opensScope(declaration) { head = line }
        } else {
            head += " " + line
        }
        for byte in line.utf8 {
            switch byte {
            case UInt8(ascii: "{"):
                depth += 1
                if !head.isEmpty, let declaration = Declaration(head) {
                    scopes.append(Scope(declaration: declaration, depth: depth))
                    head = ""
                }
            case UInt8(ascii: "}"):
                if scopes.last?.depth == depth { scopes.removeLast() }
                depth -= 1
            default: break
            }
        }
    }

    private static func opensScope(_ declaration: Declaration) -> Bool {
        ["struct", "enum", "class", "actor", "protocol", "extension"].contains(declaration.keyword)
    }
}

/// What our own protocols ask of the types that conform to them.
struct Requirements {
    /// To begin with, of protocols of other packages.
    private var names: [String: Set<String>] = [
        "Service": ["run"], "ParsableCommand": ["run", "validate"],
        "AsyncParsableCommand": ["run", "validate"],
    ]

    init(of files: [SourceFile]) {
        for file in files {
            var scopes = ScopeTracker()
            for (line, declaration) in zip(file.code, file.declarations) {
                if let declaration, let holder = scopes.innermost, holder.keyword == "protocol" {
                    names[holder.name, default: []].insert(declaration.name)
                }
                scopes.read(line, declaring: declaration)
            }
        }
    }

    /// Whether `name` in this type or extension is what a protocol asks for: in an extension with
    /// a conformance everything counts as such.
    func isWitness(_ name: String, in scope: Declaration) -> Bool {
        if scope.keyword == "extension" { return !scope.inherited.isEmpty }
        return scope.inherited.contains { names[$0]?.contains(name) == true }
    }
}
