package import CanonicalJSON
package import Keys

/// What a backup holds: `backup.json`, written last, so that a folder without it is no backup.
package struct BackupManifest: Sendable, Equatable {
    /// One file of the backup.
    package struct File: Sendable, Equatable {
        /// Relative to the backup's folder, as in the data folder.
        package let path: String
        /// Bytes.
        package let size: Int
        /// Permissions, such as 0o400.
        package let mode: Int
        /// SHA-256 of the bytes.
        package let digest: Digest
    }

    /// Name of the manifest's file.
    package static let name = "backup.json"

    /// When the copying began.
    package let made: Instant
    /// Name and version of the program that made it.
    package let software: String
    /// Whether private keys are in it.
    package let hasKeys: Bool
    /// Whether the copies of others' logs are in it.
    package let hasMirrors: Bool
    /// Sorted by path.
    package let files: [File]

    /// The manifest: {"v","kind":"backup","made","software","keys","mirrors",
    /// "files":[{"path","size","mode","sha256"}]}.
    package var json: JSON {
        [
            "v": 1, "kind": "backup", "made": .string(made.text), "software": .string(software),
            "keys": .bool(hasKeys), "mirrors": .bool(hasMirrors),
            "files": .array(
                files.map {
                    [
                        "path": .string($0.path), "size": .number(JSONNumber(Int64($0.size))),
                        "mode": .string(String($0.mode, radix: 8)),
                        "sha256": .string($0.digest.hex),
                    ]
                }),
        ]
    }

    init(made: Instant, software: String, hasKeys: Bool, hasMirrors: Bool, files: [File]) {
        self.made = made
        self.software = software
        self.hasKeys = hasKeys
        self.hasMirrors = hasMirrors
        self.files = files.sorted { $0.path < $1.path }
    }

    /// Reads the manifest of a backup.
    ///
    /// - Throws: `StoreError.missing` when the folder holds none: it is no backup, or one that was
    ///   interrupted; `.corrupt`.
    init(folder: String) throws {
        let path = folder + "/" + Self.name
        guard let bytes = try DurableFile.read(path) else { throw StoreError.missing(path) }
        guard let json = try? JSON.read(bytes, limits: .operatorFile),
            json["v"]?.integer == 1, json["kind"]?.string == "backup",
            let made = json["made"]?.string.flatMap({ Instant($0) }),
            let hasKeys = json["keys"]?.bool, let hasMirrors = json["mirrors"]?.bool,
            let rows = json["files"]?.array
        else { throw StoreError.corrupt(path, reason: "no manifest of a backup") }
        let files = rows.compactMap(File.init(json:))
        guard files.count == rows.count else {
            throw StoreError.corrupt(path, reason: "an entry names no file below the folder")
        }
        self.init(
            made: made, software: json["software"]?.string ?? "", hasKeys: hasKeys,
            hasMirrors: hasMirrors, files: files)
    }
}

extension BackupManifest.File {
    fileprivate init?(json: JSON) {
        guard let path = json["path"]?.string, let size = json["size"]?.integer,
            let mode = json["mode"]?.string.flatMap({ Int($0, radix: 8) }), mode & ~0o777 == 0,
            let digest = json["sha256"]?.string.flatMap({ Digest(hex: $0) })
        else { return nil }
        // A manifest from elsewhere must not lead out of the folders.
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else { return nil }
        self.init(path: path, size: Int(size), mode: mode, digest: digest)
    }
}
