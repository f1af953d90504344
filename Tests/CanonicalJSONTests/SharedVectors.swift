import Foundation

/// The folder of official vectors: `ECCOE_SHARED`, otherwise `../shared` beside the project.
enum SharedVectors {
    static let folder = URL(
        fileURLWithPath: ProcessInfo.processInfo.environment["ECCOE_SHARED"] ?? "../shared"
    ).appendingPathComponent("vectors/jcs")

    static let arePresent = FileManager.default.fileExists(atPath: folder.path)

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent(path)))
    }
}
