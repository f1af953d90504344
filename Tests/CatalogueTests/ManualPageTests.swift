import CanonicalJSON
import FoundationEssentials
import Testing

@testable import Catalogue

/// The files of the project that the manual consists of and speaks of.
private enum Manual {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let articles = "Sources/eccoed/Documentation.docc/"
    static let pages = articles + "Formats/"
    static let worked = "Deploy/demo-data/formats/"

    static func bytes(_ path: String) throws -> [UInt8] {
        try SharedFiles.bytes(root.appending(path: path).path)
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    static func names(in folder: String) throws -> Set<String> {
        let path = root.appending(path: folder).path
        return Set(
            try FileManager.default.contentsOfDirectory(atPath: path).filter {
                !$0.hasPrefix(".")
            })
    }

    static func page(_ name: String) throws -> String { try text(pages + name + ".md") }
}

extension ManualPage {
    /// What an import of the worked file says, with the assumptions of the command where there is no
    /// data folder.
    fileprivate func report() throws -> ImportReport {
        CatalogueImport.read(
            try Manual.bytes(Manual.worked + file),
            format: format,
            mapping: try mapping.map {
                try ColumnMapping(bytes: Manual.bytes(Manual.worked + $0))
            },
            defaults: ImportDefaults(
                domain: "institution.invalid", institutionName: "This institution", language: "en")
        )
    }

    fileprivate func text() throws -> String { try Manual.page(name) }
}

@Suite struct ManualPageTests {
    @Test func `every format has a page and every page a format`() throws {
        #expect(
            ManualPage.all.map(\.format.rawValue).sorted()
                == ImportFormat.allCases.map(\.rawValue).sorted())
        for format in ExportFormat.allCases {
            #expect(ManualPage.written[format.rawValue] != nil, "\(format) is written")
        }
        let names = Set(ManualPage.all.map(\.name) + ManualPage.written.values)
        #expect(try Manual.names(in: Manual.pages) == Set(names.map { $0 + ".md" }))
        let files = ManualPage.all.flatMap { [$0.file, $0.mapping].compactMap { $0 } }
        #expect(try Manual.names(in: Manual.worked) == Set(files))
    }

    @Test func `the overview and the contents name every page`() throws {
        let overview = try Manual.text(Manual.articles + "CatalogueFormats.md")
        let contents = try Manual.text(Manual.articles + "eccoed.md")
        for page in ManualPage.all {
            let row = "| <doc:\(page.name)> | `\(page.format.rawValue)` |"
            #expect(overview.contains(row), "\(page.format)")
        }
        for name in ManualPage.all.map(\.name) + ManualPage.written.values {
            #expect(overview.contains("| <doc:\(name)> |"), "\(name)")
            #expect(contents.contains("- <doc:\(name)>\n"), "\(name)")
        }
    }

    @Test(arguments: ManualPage.all)
    func `a page shows its worked file word for word, and the command that checks it`(
        page: ManualPage
    ) throws {
        let text = try page.text()
        for file in [page.file, page.mapping].compactMap({ $0 }) {
            #expect(text.contains("`\(Manual.worked)\(file)`"))
            let block = "\n\(try Manual.text(Manual.worked + file))```\n"
            #expect(text.contains(block), "\(file)")
        }
        let words = text.split { $0.isWhitespace || $0 == "\\" }.joined(separator: " ")
        let mapping = page.mapping.map { " --mapping \(Manual.worked)\($0)" } ?? ""
        let command =
            "eccoe catalogue check --format \(page.format.rawValue)\(mapping)"
            + " --rules council-2022 \(Manual.worked)\(page.file)"
        #expect(words.contains(command))
    }

    @Test(arguments: ManualPage.all)
    func `a worked file is read as the manual says`(page: ManualPage) throws {
        let report = try page.report()
        #expect(!report.problems.contains { $0.severity == .error })
        #expect(report.items.map(\.id) == page.items.map(\.id))
        for (item, expected) in zip(report.items, page.items) {
            let members = Set(item.json.object?.names ?? [])
            #expect(members.isSuperset(of: ManualPage.required))
            #expect(item.title == expected.title)
            #expect(
                members.subtracting(ManualPage.required).sorted().joined(separator: " ")
                    == expected.members, "\(expected.id)")
        }
        #expect(report.problems.count == page.remarks.count)
        for (problem, beginning) in zip(report.problems, page.remarks) {
            #expect(problem.message.hasPrefix(beginning))
        }
    }

    @Test(arguments: ManualPage.all)
    func `a page shows what the command says`(page: ManualPage) throws {
        let text = try page.text()
        let report = try page.report()
        let rules = try #require(RuleSet.named("council-2022"))
        for item in report.items {
            let grade = Grade(item, by: rules)
            let row = "  \(grade.met)/\(grade.checks.count)           \(item.displayTitle)"
            let isThere = text.split(separator: "\n").contains { line in
                line.hasPrefix(item.id + "  ") && line.hasSuffix(row)
            }
            #expect(isThere, "\(item.id)")
        }
        for problem in report.problems {
            let remark =
                "\n\(problem.severity.rawValue): \(problem.at): \(problem.message)\n"
                + "  try: \(problem.remedy)\n"
            #expect(text.contains(remark))
        }
    }

    @Test(arguments: ManualPage.all)
    func `a page names every member that its file fills`(page: ManualPage) throws {
        let text = try page.text()
        let members = page.items.flatMap { $0.members.split(separator: " ").map(String.init) }
        for member in ManualPage.required.union(members) {
            #expect(text.contains("`\(member)`"), "\(member)")
        }
    }

    @Test(arguments: ExportFormat.allCases)
    func `the page of a format that is written says how`(format: ExportFormat) throws {
        let name = try #require(ManualPage.written[format.rawValue])
        let text = try Manual.page(name)
        #expect(text.contains("\n## Written out\n"))
        #expect(text.contains("`eccoe catalogue export --format \(format.rawValue)`"))
    }

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: QDRSchema.source),
            "shared samples absent: skipped"
        )
    )
    func `the worked file of QDR is valid`() throws {
        let schema = try QDRSchema()
        defer { schema.remove() }
        let file = try Manual.bytes(Manual.worked + "qdr.xml")
        #expect(SchemaCheck.problems(of: file, schema: schema.path) == [])
    }

    @Test func `the worked file of OAI-PMH is valid`() throws {
        let file = try Manual.bytes(Manual.worked + "oai-pmh.xml")
        #expect(OAISchema.problems(of: file) == [])
    }
}
