import CanonicalJSON
import Foundation

/// The folder of official vectors: `ECCOE_SHARED`, otherwise `../shared` beside the project.
enum SharedVectors {
    static let folder = URL(
        fileURLWithPath: ProcessInfo.processInfo.environment["ECCOE_SHARED"] ?? "../shared"
    ).appendingPathComponent("vectors")

    static let arePresent = FileManager.default.fileExists(atPath: folder.path)

    static func json(_ path: String) throws -> JSON {
        let data = try Data(contentsOf: folder.appendingPathComponent(path))
        return try JSON.read(Array(data), limits: .operatorFile)
    }
}
