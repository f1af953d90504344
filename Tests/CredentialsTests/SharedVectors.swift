import CanonicalJSON
import Foundation
import Testing

/// The official vectors, which are no part of the project: `ECCOE_SHARED` names their folder.
enum SharedVectors {
    static let absent: Comment = "shared vectors absent: skipped"

    static var present: Bool {
        FileManager.default.fileExists(atPath: folder + "/vectors/vc-di-eddsa")
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/vectors/" + path)))
    }

    static func json(_ path: String) throws -> JSON {
        try JSON.read(try bytes(path), limits: .outsideCredential)
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self).trimmingCharacters(
            in: .whitespacesAndNewlines
        )
    }

    static func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder + "/vectors/" + path).sorted()
    }

    private static var folder: String {
        ProcessInfo.processInfo.environment["ECCOE_SHARED"] ?? "../shared"
    }
}
