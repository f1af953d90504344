import CanonicalJSON
package import Keys

/// A copy of a data folder in a folder of its own, with a manifest that names every file.
///
/// Own logs, private records, registry, keys and configuration, but not what can be had again: the
/// views, and others' logs unless asked for. Never the anchor, which must outlive a restored backup.
package struct Backup: Sendable {
    /// What the operator wants in it.
    package struct Contents: Sendable {
        /// The private keys; without them it restores only beside keys that are kept elsewhere.
        package var keys: Bool
        /// The copies of others' logs.
        package var mirrors: Bool

        /// Contents from their parts.
        package init(keys: Bool, mirrors: Bool) {
            self.keys = keys
            self.mirrors = mirrors
        }
    }

    private static let files = ["member.json", "eccoed.yaml", "outbound.json"]
    private static let folders = [
        "keys", "tls", "registry", "registry-requests", "registry-authority",
    ]

    /// The backup's folder.
    package let path: String
    /// What it holds.
    package let manifest: BackupManifest

    /// Opens a backup.
    ///
    /// - Throws: `StoreError.missing` when the folder holds no backup, or an unfinished one.
    package init(_ path: String) throws {
        self.path = path
        manifest = try BackupManifest(folder: path)
    }

    /// Copies a data folder, also beside the daemon that uses it: databases by SQLite's online
    /// backup. Whole and on disk when this returns.
    ///
    /// - Parameters:
    ///   - path: a folder that is not there yet, or empty.
    ///   - progress: told of each file before it is copied.
    /// - Throws: `StoreError.exists`, `.missing`, `.file`, and what SQLite says.
    package static func create(
        of folder: DataFolder,
        at path: String,
        contents: Contents,
        software: String,
        time: Instant,
        progress: (String) -> Void
    ) throws -> Backup {
        guard try DurableFile.list(path).isEmpty else { throw StoreError.exists(path) }
        guard DurableFile.exists(folder.memberDocument) else {
            throw StoreError.missing(folder.memberDocument)
        }
        try DurableFile.makeFolder(path, mode: 0o700)
        var copied: [BackupManifest.File] = []
        for name in try databases(of: folder, contents) {
            progress(name)
            try prepare(path, for: name)
            try Database.copy(Database.openReadOnly(folder.file(name)), to: path + "/" + name)
            try DurableFile.syncFolder(of: path + "/" + name)
            copied.append(try describe(name, in: path))
        }
        for name in try plainFiles(of: folder, contents) {
            progress(name)
            try prepare(path, for: name)
            let mode = try DurableFile.describe(folder.file(name)).mode
            try DurableFile.copy(folder.file(name), to: path + "/" + name, mode: mode)
            copied.append(try describe(name, in: path))
        }
        let manifest = BackupManifest(
            made: time, software: software, hasKeys: contents.keys, hasMirrors: contents.mirrors,
            files: copied)
        try DurableFile.write(
            manifest.json.canonicalBytes + [0x0a], to: path + "/" + BackupManifest.name,
            mode: 0o600)
        return try Backup(path)
    }

    /// The log comes before the private records: a decision that is recorded between the two is
    /// then an intent beyond the log's end, which is resumed, and no leaf whose record is lost.
    private static func databases(of folder: DataFolder, _ contents: Contents) throws -> [String] {
        func names(_ part: String) throws -> [String] {
            try DurableFile.list(folder.file(part)).filter { $0.hasSuffix(".sqlite") }
                .map { "\(part)/\($0)" }
        }
        let records = DurableFile.exists(folder.nodeDatabase) ? ["node.sqlite"] : []
        return try names("log") + records + (contents.mirrors ? names("mirror") : [])
    }

    private static func plainFiles(
        of folder: DataFolder, _ contents: Contents
    ) throws -> [String] {
        let above = files.filter { DurableFile.exists(folder.file($0)) }
        let below = try folders.flatMap { part in
            try DurableFile.tree(folder.file(part)).map { "\(part)/\($0)" }
        }
        let wanted = below.filter { contents.keys || !$0.hasSuffix(".key") }
        // A timestamp is written last and so is copied first: what it leads to is there.
        let first = wanted.filter { $0.hasSuffix("/timestamp.json") }
        return above + first + wanted.filter { !$0.hasSuffix("/timestamp.json") }
    }

    private static func prepare(_ path: String, for name: String) throws {
        guard let slash = name.lastIndex(of: "/") else { return }
        try DurableFile.makeFolder(path + "/" + name[..<slash], mode: 0o700)
    }

    private static func describe(_ name: String, in path: String) throws -> BackupManifest.File {
        let found = try DurableFile.describe(path + "/" + name)
        return BackupManifest.File(
            path: name, size: found.size, mode: found.mode, digest: found.digest)
    }
}
