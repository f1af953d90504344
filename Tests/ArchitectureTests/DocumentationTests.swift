import Testing

@Suite struct `Documentation` {
    @Test func `every declaration that other targets see says what it is`() {
        let protocols = Requirements(of: Repository.sources)
        expectNone(Repository.sources.flatMap { Self.violations(in: $0, witnesses: protocols) })
    }

    @Test(arguments: [
        "package func a() {}", "public var a: Int { 1 }", "package static let a = 1",
        "public struct A {}", "package enum A {}", "public final class A {}", "package actor A {}",
        "public protocol A {}", "package init() {}", "public init?(a: Int) {}",
        "package subscript(a: Int) -> Int { a }", "public typealias A = Int",
        "public private(set) var a = 1", "public indirect enum A {}",
        "public nonisolated(unsafe) static var a = 1", "@discardableResult public func a() {}",
        "@Sendable\npackage func a() {}", "// a comment\npackage func a() {}",
        "/// A doc.\n\npackage func a() {}", "extension A {\n    package func a() {}\n}",
    ])
    func `a declaration without a docstring is seen`(_ text: String) {
        #expect(Self.undocumented(text).count == 1)
    }

    @Test(arguments: [
        "func a() {}", "internal func a() {}", "private func a() {}", "package import A",
        "public import A", "/// A doc.\npackage func a() {}",
        "/// A doc.\n@discardableResult\n@Sendable\npublic func a() {}",
        "/// A doc.\n@available(\n    *, deprecated\n)\npublic func a() {}",
        "public static func == (a: A, b: A) -> Bool { true }", "public extension A {}",
        "extension A: B {\n    public func a() {}\n    public var b: Int { 1 }\n}",
        "extension A: Equatable where B: Equatable {\n    public func a() {}\n}",
        "/// P.\npublic protocol P {\n    var a: Int { get }\n    func b()\n}\n"
            + "/// S.\npublic struct S: Sendable, P {\n    public var a: Int { 1 }\n"
            + "    public func b() {}\n}",
        "let a = \"public func a() {}\"",
    ])
    func `a documented declaration or a witness is left alone`(_ text: String) {
        #expect(Self.undocumented(text) == [])
    }

    @Test func `members after a conforming extension are looked at again`() {
        let text =
            "extension A: B {\n    public func a() {}\n}\nextension A {\n    public func c() {}\n}"
        #expect(Self.undocumented(text).map(\.line) == [5])
    }

    private static func undocumented(_ text: String) -> [Violation] {
        let file = SourceFile(path: "Sources/A/A.swift", text: text)
        return violations(in: file, witnesses: Requirements(of: [file]))
    }

    static func violations(in file: SourceFile, witnesses: Requirements) -> [Violation] {
        var scopes = ScopeTracker()
        var found: [Violation] = []
        for (index, line) in file.code.enumerated() {
            let declaration = file.declarations[index]
            if let declaration, declaration.isVisible, !declaration.isCustomaryWitness,
                scopes.innermost.map({ witnesses.isWitness(declaration.name, in: $0) }) != true,
                !isDocumented(file, at: index)
            {
                found.append(
                    Violation(
                        path: file.path,
                        line: index + 1,
                        message: "\(declaration.keyword) \(declaration.name) has no docstring;"
                            + " say with /// what it is, units, errors, section"
                    )
                )
            }
            scopes.read(line, declaring: declaration)
        }
        return found
    }

    /// Whether a line of `///` stands above, with nothing but attributes between.
    private static func isDocumented(_ file: SourceFile, at index: Int) -> Bool {
        var above = index - 1
        var openParentheses = 0
        while above >= 0 {
            let line = file.lines[above].trimmingPrefix { $0 == " " }
            if line.hasPrefix("///") { return true }
            openParentheses += line.filter { $0 == ")" }.count - line.filter { $0 == "(" }.count
            guard line.hasPrefix("@") || openParentheses > 0 else { return false }
            above -= 1
        }
        return false
    }
}
