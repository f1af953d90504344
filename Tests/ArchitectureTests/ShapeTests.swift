import Testing

@Suite struct `The shape of files` {
    private static let maximumFileLines = 400
    private static let maximumFunctionLines = 50

    @Test func `no file is longer than 400 lines`() {
        expectNone(Repository.files.flatMap(Self.longFile))
    }

    @Test func `no function is longer than 50 lines`() {
        expectNone(Repository.files.flatMap(Self.longFunctions))
    }

    @Test func `no file or folder is a drawer`() {
        expectNone(Repository.files.flatMap { Self.drawers(in: $0.path) })
    }

    @Test func `the top level holds only what belongs there`() {
        // SwiftPM writes Package.resolved; it is ignored, not ours.
        let allowed: Set<String> = [
            "Package.swift", "Package.resolved", "Sources", "Tests", "Config", "Deploy",
            "README.md",
        ]
        for name in Repository.entries(of: "") where !name.hasPrefix(".") {
            #expect(allowed.contains(name), "\(name): move it below Sources, Tests, Config, Deploy")
        }
    }

    @Test func `there is something to look at`() {
        #expect(Repository.sources.count > 20)
        #expect(Repository.files.contains { $0.path.hasSuffix("ShapeTests.swift") })
        #expect(Repository.files.allSatisfy { $0.lines.count == $0.code.count })
    }

    @Test func `a long file is seen`() {
        func file(_ lines: Int) -> SourceFile {
            SourceFile(path: "A.swift", text: String(repeating: "a\n", count: lines))
        }
        #expect(Self.longFile(file(400)) == [])
        #expect(Self.longFile(file(401)).count == 1)
    }

    @Test(arguments: [
        "func a() {", "init(a: Int) {", "package init?(\n    a: Int\n) throws {",
        "func a<T>(b: () -> Void = {}) where T: B {", "subscript(a: Int) -> Int {", "deinit {",
        "func ==(a: A, b: A) -> Bool {", "var a: Int {", "static let a: Int = {",
    ])
    func `a long function is seen where it starts`(_ head: String) {
        func file(_ lines: Int) -> SourceFile {
            let headLines = head.filter { $0 == "\n" }.count + 1
            let body = String(repeating: "        b(\"}\") // }\n", count: lines - headLines - 1)
            return SourceFile(
                path: "A.swift",
                text: "struct A {\n    \(head)\n\(body)    }\n    func c() {}\n}\n"
            )
        }
        #expect(Self.longFunctions(file(50)) == [])
        #expect(Self.longFunctions(file(51)).map(\.line) == [2])
    }

    @Test func `requirements of protocols have no length`() {
        let text =
            "protocol A {\n    func a() -> B\n    init(b: Int)\n}\nstruct C {\n"
            + String(repeating: "    let d = 1\n", count: 80) + "}\n"
        #expect(Self.longFunctions(SourceFile(path: "A.swift", text: text)) == [])
    }

    @Test func `a drawer is seen by its name`() {
        for path in [
            "Sources/A/Utils.swift", "Sources/A/StringExtensions.swift", "Tests/A/Helpers.swift",
            "Sources/A/Common/B.swift", "Sources/A/ViewModels.swift",
        ] {
            #expect(Self.drawers(in: path).count == 1, "\(path)")
        }
        #expect(Self.drawers(in: "Sources/A/CommonName.swift") == [])
    }

    static func longFile(_ file: SourceFile) -> [Violation] {
        guard file.lines.count > maximumFileLines else { return [] }
        return [
            Violation(
                path: file.path,
                line: maximumFileLines + 1,
                message: "\(file.lines.count) lines, at most \(maximumFileLines);"
                    + " split it by what it is about"
            )
        ]
    }

    static func drawers(in path: String) -> [Violation] {
        let names = ["Utils", "Helpers", "Extensions", "Common", "Models"]
        return path.split(separator: "/").compactMap { part in
            let name = part.hasSuffix(".swift") ? part.dropLast(6) : part
            guard names.contains(where: { name.hasSuffix($0) }) else { return nil }
            return Violation(
                path: path,
                line: 1,
                message: "\(name) is a drawer; name it after what it holds"
            )
        }
    }

    static func longFunctions(_ file: SourceFile) -> [Violation] {
        file.code.indices.compactMap { start in
            let line = file.code[start]
            let isFunction =
                line.contains("deinit {")
                || file.declarations[start].map { hasBody($0, line) } == true
            guard isFunction, let end = lastLine(of: file, from: start) else { return nil }
            let count = end - start + 1
            guard count > maximumFunctionLines else { return nil }
            return Violation(
                path: file.path,
                line: start + 1,
                message: "\(count) lines in one function, at most \(maximumFunctionLines);"
                    + " give its steps names of their own"
            )
        }
    }

    /// Functions always; properties only when their body opens on the same line.
    private static func hasBody(_ declaration: Declaration, _ line: String) -> Bool {
        switch declaration.keyword {
        case "func", "init", "subscript": true
        case "var", "let": line.utf8.last == UInt8(ascii: "{")
        default: false
        }
    }

    /// Counts braces from a declaration to the end of its body; nil when it has none.
    private static func lastLine(of file: SourceFile, from start: Int) -> Int? {
        var parentheses = 0
        var braces = 0
        for index in start..<file.code.count {
            if braces == 0, parentheses == 0, index > start, file.declarations[index] != nil {
                return nil
            }
            for byte in file.code[index].utf8 {
                switch byte {
                case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
                case UInt8(ascii: "{") where parentheses == 0 || braces > 0: braces += 1
                case UInt8(ascii: "}") where parentheses == 0 || braces > 0:
                    braces -= 1
                    if braces < 0 { return nil }
                    if braces == 0 { return index }
                default: break
                }
            }
        }
        return nil
    }
}
