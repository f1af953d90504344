import CanonicalJSON
import Foundation

/// The folder of official vectors: `ECCOE_SHARED`, otherwise `../shared` beside the project.
enum SharedVectors {
    static let folder = URL(
        fileURLWithPath: ProcessInfo.processInfo.environment["ECCOE_SHARED"] ?? "../shared"
    ).appendingPathComponent("vectors/tlog")

    static let arePresent = FileManager.default.fileExists(atPath: folder.path)

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent(path)))
    }

    static func json(_ path: String) throws -> JSON {
        try JSON.read(bytes(path), limits: .operatorFile)
    }

    /// The first line of a text file.
    static func line(_ path: String) throws -> String {
        String(String(decoding: try bytes(path), as: UTF8.self).prefix { $0 != "\n" })
    }

    /// Paths of all JSON files below a folder, relative to the vectors.
    static func jsonFiles(below path: String) -> [String] {
        let names = FileManager.default.enumerator(
            atPath: folder.appendingPathComponent(path).path
        )
        return (names?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".json") }.sorted().map { "\(path)/\($0)" }
    }
}
