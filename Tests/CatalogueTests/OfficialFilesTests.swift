import CanonicalJSON
import FoundationEssentials
import Testing

@testable import Catalogue

/// Files of others, read where they lie and never copied here.
enum SharedFiles {
    static let folder =
        ProcessInfo.processInfo.environment["ECCOE_SHARED"] ?? "../shared"

    static let badges: [String] = {
        let path = folder + "/vectors/1edtech-validator/inspector-vc/src/test/resources/ob30"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().map { path + "/" + $0 }
    }()

    static let register = folder + "/samples/nzqa/seed_rows.csv"

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path)))
    }
}

@Suite struct OfficialFilesTests {
    @Test(
        .enabled(if: !SharedFiles.badges.isEmpty, "shared vectors absent: skipped"),
        arguments: SharedFiles.badges
    )
    func `every achievement of the Open Badges test files becomes an item`(path: String) throws {
        let bytes = try SharedFiles.bytes(path)
        let source = try JSON.read(bytes, limits: .operatorFile)
        let report = CatalogueImport.read(bytes, format: .ob3, defaults: defaults)
        let expected = source["credentialSubject"]?["achievement"]?["name"]?.string
        #expect(report.items.map(\.displayTitle) == (expected.map { [$0] } ?? []))
        #expect(report.isFailure == (expected == nil))
        for item in report.items {
            let payload = try ItemPayload.bytes(item: item, salt: [UInt8](repeating: 0, count: 32))
            #expect(try ItemPayload(bytes: payload).item == item)
        }
    }

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: SharedFiles.register),
            "shared samples absent: skipped"
        )
    )
    func `every row of the register's sample becomes an item`() throws {
        let bytes = try SharedFiles.bytes(SharedFiles.register)
        let report = CatalogueImport.read(bytes, format: .nzqa, defaults: defaults)
        #expect(report.items.count == 4)
        #expect(report.problems.map(\.severity) == [.note])
        for item in report.items {
            let grade = Grade(item, by: .nzqa)
            #expect(
                grade.checks.filter { $0.status == .met }.map(\.id) == [
                    "level", "credits", "review-date", "title-words",
                ]
            )
        }
    }
}

extension SharedFiles {
    /// The files below a folder of the shared samples with one of these endings.
    static func samples(_ name: String, _ endings: String...) -> [String] {
        let root = folder + "/" + name
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
        return names.filter { name in endings.contains { name.hasSuffix($0) } }.sorted()
            .map { root + "/" + $0 }
    }
}

@Suite struct OfficialELMAndCTDLTests {
    private static let elm = SharedFiles.samples("samples/elm", ".json", ".jsonld")
        .filter { !$0.hasSuffix("context.jsonld") }
    private static let ctdl = SharedFiles.samples("samples/ctdl", ".json")
    private static let badges = SharedFiles.samples(
        "vectors/1edtech-validator/inspector-vc/src/test/resources/ob20/assets",
        ".json"
    ).filter { !$0.hasSuffix("context.json") }

    private func report(_ path: String, _ format: ImportFormat) throws -> ImportReport {
        let bytes = try SharedFiles.bytes(path)
        let report = CatalogueImport.read(bytes, format: format, defaults: defaults)
        for item in report.items {
            let payload = try ItemPayload.bytes(item: item, salt: [UInt8](repeating: 0, count: 32))
            #expect(try ItemPayload(bytes: payload).item == item)
        }
        #expect(report.problems.allSatisfy { !$0.message.isEmpty && !$0.remedy.isEmpty })
        return report
    }

    @Test(.enabled(if: !elm.isEmpty, "shared samples absent: skipped"), arguments: elm)
    func `every credential of the model becomes an item without an error`(path: String) throws {
        let report = try report(path, .elm)
        #expect(report.items.count == 1)
        #expect(!report.problems.contains { $0.severity == .error })
        if path.contains("Annex1") {
            let item = try #require(report.items.first)
            #expect(item.workloadHours == "60")
            #expect(Grade(item, by: .council2022).met == 8)
            #expect(Grade(item, by: .microHE).met == 5)
            #expect(
                report.problems.contains {
                    $0.severity == .warning && $0.message.hasPrefix("P60M is 60 months")
                }
            )
        }
    }

    @Test(.enabled(if: !elm.isEmpty, "shared samples absent: skipped"))
    func `signed and unsigned forms of a credential are the same item`() throws {
        let items = try Self.elm.filter { $0.contains("Annex1") }.map {
            try report($0, .elm).items.first
        }
        #expect(items.count == 3)
        #expect(Set(items.map { $0?.json.canonicalText }).count == 1)
    }

    @Test(.enabled(if: !ctdl.isEmpty, "shared samples absent: skipped"), arguments: ctdl)
    func `every record is an item, or an organisation that is refused as one`(path: String) throws {
        let report = try report(path, .ctdl)
        if path.contains("organization") {
            #expect(report.isFailure)
            #expect(report.problems.first?.message.contains("organisation") == true)
        } else {
            #expect(report.items.count == 1)
            #expect(!report.problems.contains { $0.severity == .error })
        }
    }

    @Test(.enabled(if: !badges.isEmpty, "shared vectors absent: skipped"), arguments: badges)
    func `every badge class of version 2 becomes an item`(path: String) throws {
        let source = try JSON.read(try SharedFiles.bytes(path), limits: .operatorFile)
        let report = try report(path, .ob2)
        #expect(report.items.count == (source.isOfType("BadgeClass") ? 1 : 0))
    }
}
