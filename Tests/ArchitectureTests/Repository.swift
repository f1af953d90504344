import Foundation
import Testing

/// The repository that these tests stand in, found from the place of this file.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All Swift files of ours.
    static let files: [SourceFile] = ["Sources", "Tests"].flatMap { folder in
        let names = FileManager.default.enumerator(
            atPath: root.appendingPathComponent(folder).path
        )
        return (names?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".swift") }.sorted().map { "\(folder)/\($0)" }
            .compactMap(read)
    }

    static let sources = files.filter(\.isSource)

    static func read(_ path: String) -> SourceFile? {
        let url = root.appendingPathComponent(path)
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
        return SourceFile(path: path, text: text)
    }

    /// Names of the folders directly below `path`.
    static func folders(in path: String) -> [String] {
        entries(of: path).filter { name in
            var isFolder: ObjCBool = false
            let full = root.appendingPathComponent(path).appendingPathComponent(name).path
            return FileManager.default.fileExists(atPath: full, isDirectory: &isFolder)
                && isFolder.boolValue
        }
    }

    static func entries(of path: String) -> [String] {
        let full = root.appendingPathComponent(path).path
        return (try? FileManager.default.contentsOfDirectory(atPath: full))?.sorted() ?? []
    }
}

/// Records each violation as an issue of the running test.
func expectNone(_ violations: [Violation], sourceLocation: SourceLocation = #_sourceLocation) {
    for violation in violations.prefix(60) {
        Issue.record("\(violation)", sourceLocation: sourceLocation)
    }
    if violations.count > 60 {
        Issue.record("and \(violations.count - 60) more", sourceLocation: sourceLocation)
    }
}
