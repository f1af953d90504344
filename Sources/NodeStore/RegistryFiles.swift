import CanonicalJSON
import Federation
import Foundation
import Glibc
package import MemberRegistry

/// Where a node gets its registry from.
package enum RegistrySource: Sendable, Equatable {
    /// Base URL, and the certificate (PEM) that its server is checked by when not the system's.
    case url(String, authority: String?)
    /// A folder on this machine: the registry operator's own node.
    case folder(String)

    /// Reads `registry/source.json`; nil when nobody has joined yet.
    ///
    /// - Throws: `StoreError`.
    package init?(folder: DataFolder) throws {
        guard let bytes = try DurableFile.read(folder.registrySource, limit: 1 << 20) else {
            return nil
        }
        let json = try? JSON.read(bytes)
        if let path = json?["folder"]?.string {
            self = .folder(path)
        } else if let url = json?["url"]?.string {
            self = .url(url, authority: json?["ca"]?.string)
        } else {
            throw StoreError.corrupt(folder.registrySource, reason: "neither url nor folder")
        }
    }
}

/// The registry's files in the data folder: read whole, written one by one, the timestamp last.
package struct RegistryFiles: Sendable {
    private static let parts = ["metadata", "targets", "local"]

    /// Where they are.
    package let root: String
    private let steps: any FileSteps

    /// The registry that a node has accepted.
    package init(folder: DataFolder) {
        root = folder.registry
        steps = folder.steps
    }

    /// The registry that an operator publishes, at `<data>/registry-authority/public`.
    package init(published folder: DataFolder) {
        root = folder.registryAuthority + "/public"
        steps = folder.steps
    }

    /// Writes the files of a change in its order; the timestamp comes last.
    ///
    /// - Throws: `StoreError`.
    package func write(_ change: RepositoryChange) throws {
        for file in change.files { try write(file.bytes, to: file.path) }
    }

    /// Writes one file of the registry, such as its first root.
    ///
    /// - Parameter path: below the registry's folder.
    /// - Throws: `StoreError`.
    package func write(_ bytes: [UInt8], to path: String) throws {
        let file = root + "/" + path
        try DurableFile.makeFolder((file as NSString).deletingLastPathComponent)
        try DurableFile.write(bytes, to: file, by: steps)
    }

    /// The registry as it was accepted, from this disk; nil when there is none.
    ///
    /// - Throws: `RegistryRefusal` when the copy is damaged, `StoreError`.
    package func accepted() throws -> TrustedRegistry? {
        let stored = try load()
        guard stored.files[RegistryPath.timestamp] != nil else { return nil }
        return try TrustedRegistry.restored(from: stored)
    }

    /// Everything that is there.
    ///
    /// - Throws: `StoreError`.
    package func load() throws -> StoredMetadata {
        var files: [String: [UInt8]] = [:]
        for part in Self.parts {
            let found = FileManager.default.enumerator(atPath: root + "/" + part)
            while let name = found?.nextObject() as? String {
                let path = part + "/" + name
                guard found?.fileAttributes?[.type] as? FileAttributeType == .typeRegular,
                    !name.hasSuffix(".new")
                else { continue }
                files[path] = try DurableFile.read(
                    root + "/" + path,
                    limit: Limits.registryFileBytes
                )
            }
        }
        return StoredMetadata(files: files)
    }

    /// Writes what differs from `old`; everything, when an earlier save did not come to its end: what
    /// can be read since then may not be on the disk. The list of accepted documents comes after the
    /// others, and the timestamp last, so that what they lead to is there whenever the machine stops.
    ///
    /// - Throws: `StoreError`.
    package func save(_ new: StoredMetadata, replacing old: StoredMetadata) throws {
        func rank(_ path: String) -> Int {
            if path.hasSuffix("timestamp.json") { return 2 }
            return path.hasPrefix("local/") ? 1 : 0
        }
        let isUnfinished = DurableFile.exists(unfinished)
        let changed = new.files.filter { isUnfinished || old.files[$0.key] != $0.value }
        guard !changed.isEmpty else { return }
        try mark()
        let order = changed.keys.sorted { (rank($0), $0) < (rank($1), $1) }
        for path in order {
            guard let bytes = changed[path] else { continue }
            try write(bytes, to: path)
        }
        try steps.remove(unfinished)
    }

    /// There while a save is under way, and after one that failed. A crash may lose it: then what can
    /// be read is what the disk had.
    private var unfinished: String { root + "/unfinished" }

    private func mark() throws {
        try DurableFile.makeFolder(root)
        try steps.remove(unfinished)
        close(try steps.create(unfinished, mode: 0o644))
    }
}
