import Federation
import Foundation
import MemberRegistry
import NodeStore

/// A registry's files in a folder: `metadata/`, `targets/` and what a node keeps beside them.
struct RegistryCopy {
    private static let parts = ["metadata", "targets", "local"]

    let folder: String

    /// All files by their paths below the folder.
    ///
    /// - Throws: `StoreError`.
    func files() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for part in Self.parts {
            let found = FileManager.default.enumerator(atPath: folder + "/" + part)
            while let name = found?.nextObject() as? String {
                let path = part + "/" + name
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(
                    atPath: folder + "/" + path,
                    isDirectory: &isFolder
                )
                guard !isFolder.boolValue, !name.hasSuffix(".new") else { continue }
                files[path] = try DurableFile.read(
                    folder + "/" + path,
                    limit: Limits.registryFileBytes
                )
            }
        }
        return files
    }

    /// Writes one file.
    ///
    /// - Throws: `StoreError`.
    func write(_ bytes: [UInt8], to path: String) throws {
        let file = URL(fileURLWithPath: folder + "/" + path)
        try DurableFile.makeFolder(file.deletingLastPathComponent().path)
        try DurableFile.write(bytes, to: file.path)
    }

    /// Writes a change in its own order, the timestamp last.
    ///
    /// - Throws: `StoreError`.
    func write(_ change: RepositoryChange) throws {
        for file in change.files { try write(file.bytes, to: file.path) }
    }

    /// The registry that a node has accepted, from its own disk; nil when it has none.
    ///
    /// - Throws: `RegistryRefusal` when the copy is damaged.
    static func accepted(_ folder: DataFolder) throws -> TrustedRegistry? {
        let stored = StoredMetadata(files: try RegistryCopy(folder: folder.registry).files())
        guard stored.files["metadata/timestamp.json"] != nil else { return nil }
        return try TrustedRegistry.restored(from: stored)
    }
}
