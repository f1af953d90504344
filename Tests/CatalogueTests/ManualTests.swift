import FoundationEssentials
import Testing

@testable import Catalogue

@Suite struct ManualTests {
    @Test(arguments: ExportFormat.allCases.filter { $0 != .json && $0 != .schemaorg })
    func `the manual tells what a format loses`(format: ExportFormat) throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let path = tests.deletingLastPathComponent()
            .appending(path: "Sources/eccoed/Documentation.docc/CatalogueFormats.md").path
        let text = String(decoding: try SharedFiles.bytes(path), as: UTF8.self)
        let losses = format.losses.map(\.rawValue).sorted().joined(separator: ", ")
        #expect(text.contains("| `\(format.rawValue)` | \(losses) |"))
    }
}
