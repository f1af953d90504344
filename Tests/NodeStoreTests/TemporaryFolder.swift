import Foundation
import GRDB
import Testing

/// A folder of its own for one test, removed with the last reference.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let parent = FileManager.default.temporaryDirectory.path
        path = parent + "/eccoe-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String) -> String { path + "/" + name }

    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    /// Copies a database with its write-ahead log as a crash would leave them.
    func copy(_ name: String, to new: String) throws {
        for suffix in ["", "-wal"]
        where FileManager.default.fileExists(atPath: file(name + suffix)) {
            try FileManager.default.copyItem(
                atPath: file(name + suffix),
                toPath: file(new + suffix)
            )
        }
    }

    /// A connection that knows nothing of the store's rules.
    func stranger(_ name: String) throws -> DatabaseQueue {
        try DatabaseQueue(path: file(name))
    }
}
