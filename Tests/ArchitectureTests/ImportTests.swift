import Foundation
import Testing

@Suite struct `The import table` {
    @Test func `no room imports what the table does not give it`() {
        expectNone(Repository.sources.flatMap(Self.violations))
    }

    @Test func `table, folders and Package.swift name the same targets`() throws {
        let rooms = Set(ImportTable.rooms.keys)
        let libraries = ImportTable.systemLibraries
        #expect(rooms == Set(Repository.folders(in: "Sources")).subtracting(libraries))
        let manifest = try #require(Repository.read("Package.swift"))
        let targets = Self.targets(of: manifest)
        #expect(rooms.isSubset(of: targets), "every room is a target in Package.swift")
        let unknown = targets.subtracting(rooms).subtracting(libraries).filter { target in
            !ImportTable.testsOfTheWhole.contains(target)
                && !(target.hasSuffix("Tests") && rooms.contains(String(target.dropLast(5))))
        }
        let idle = Set(Repository.folders(in: "Tests"))
            .subtracting(ImportTable.foldersOfOtherLanguages).subtracting(targets)
        expectNone(
            unknown.sorted().map {
                Violation(
                    path: "Package.swift",
                    line: 1,
                    message: "\($0) is not in ImportTable; say there what it may import"
                )
            }
                + idle.sorted().map {
                    Violation(
                        path: "Tests/\($0)",
                        line: 1,
                        message: "no target of Package.swift, so its tests never run; add it"
                    )
                }
        )
    }

    @Test func `rooms import only inwards and never in a circle`() {
        for (room, entry) in ImportTable.rooms {
            for other in entry.own {
                #expect(ImportTable.rooms[other] != nil, "\(room) imports \(other)")
                #expect(
                    ImportTable.rooms[other]?.own.contains(room) != true,
                    "\(room) and \(other) import each other"
                )
                #expect(
                    !entry.isPure || ImportTable.rooms[other]?.isPure == true,
                    "\(room) is pure and imports \(other), which is not"
                )
            }
        }
        let homes = ImportTable.rooms.values.flatMap(\.home)
        #expect(homes.count == Set(homes).count, "a module has one home")
        #expect(ImportTable.shared.isDisjoint(with: homes))
    }

    @Test func `a foreign import is seen in each of its spellings`() {
        let spellings = [
            "import GRDB", "public import GRDB", "package import GRDB", "@testable import GRDB",
            "@preconcurrency package import GRDB", "import struct GRDB.Row", "import GRDB.Row",
            "#if canImport(GRDB)\n    import GRDB\n#endif",
        ]
        for text in spellings {
            let file = SourceFile(path: "Sources/Node/X.swift", text: text)
            #expect(Self.violations(in: file).count == 1, "\(text)")
            let home = SourceFile(path: "Sources/NodeStore/X.swift", text: text)
            #expect(Self.violations(in: home).isEmpty, "\(text)")
        }
        let purity = [
            ("Keys", "import Foundation"), ("Federation", "import Logging"),
            ("Keys", "import TransparencyLog"), ("Keys", "import Nowhere"),
            ("Unknown", "import Keys"),
        ]
        for (room, text) in purity {
            let file = SourceFile(path: "Sources/\(room)/X.swift", text: text)
            #expect(Self.violations(in: file).count == 1, "\(room): \(text)")
        }
        let harmless = "// import GRDB\nlet text = \"import GRDB\"\nlet important = GRDB\n"
        let file = SourceFile(path: "Sources/Node/X.swift", text: harmless)
        #expect(Self.violations(in: file).isEmpty)
    }

    /// The module that a line imports.
    static func module(importedBy line: String) -> String? {
        let kinds: Set<Substring> = [
            "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
        ]
        var words = line.split(whereSeparator: \.isWhitespace)[...]
        while let word = words.first, word.hasPrefix("@") || isAccess(word) { words.removeFirst() }
        guard words.popFirst() == "import" else { return nil }
        if let word = words.first, kinds.contains(word) { words.removeFirst() }
        return words.first.map { String($0.prefix { $0 != "." }) }
    }

    private static func isAccess(_ word: Substring) -> Bool {
        ["public", "package", "internal", "fileprivate", "private"].contains(word)
    }

    static func violations(in file: SourceFile) -> [Violation] {
        guard let room = file.target else { return [] }
        let allowed = ImportTable.allowed(in: room)
        return file.code.enumerated().compactMap { index, line in
            guard let module = module(importedBy: line) else { return nil }
            guard let allowed else {
                return Violation(
                    path: file.path,
                    line: index + 1,
                    message: "\(room) is not in ImportTable; say there what it may import"
                )
            }
            if allowed.contains(module) { return nil }
            return Violation(
                path: file.path,
                line: index + 1,
                message: advice(room: room, module: module)
            )
        }
    }

    private static func advice(room: String, module: String) -> String {
        if let home = ImportTable.home(of: module) {
            return "\(module) is at home in \(home) only; ask \(home) for what \(room) needs"
        }
        if ImportTable.rooms[module] != nil {
            return "\(room) may not import \(module); move the code outwards or pass a value in"
        }
        let isOutside =
            ImportTable.shared.contains(module)
            || ImportTable.systemOutsidePureRooms.contains(module)
        return isOutside
            ? "\(room) is a pure room; do this in Node and hand the result in"
            : "\(module) has no home in ImportTable; give it one or do without it"
    }

    /// The names that Package.swift gives to its targets.
    static func targets(of manifest: SourceFile) -> Set<String> {
        let text = manifest.lines.joined(separator: "\n")
        let declaration =
            /\.(?:target|executableTarget|testTarget|systemLibrary)\(\s*name:\s*"([^"]+)"/
        return Set(text.matches(of: declaration).map { String($0.1) })
    }
}
