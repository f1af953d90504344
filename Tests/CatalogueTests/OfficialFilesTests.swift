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
