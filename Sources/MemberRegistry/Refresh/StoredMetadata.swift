import CanonicalJSON
package import Keys

/// What a node keeps of a registry on its disk, and serves again: file contents by path.
///
/// `metadata/...` and `targets/...` are the registry's own files under their consistent-snapshot
/// names and may be served as they are. `local/...` is the node's own: which documents it has
/// accepted, and the newest timestamp and snapshot that it has seen, be it in a refresh that did not
/// finish. Files that nothing refers to any more may stay on the disk: they are ignored.
package struct StoredMetadata: Equatable, Sendable {
    /// Contents by path, to be written and read back as they are.
    package private(set) var files: [String: [UInt8]]

    static let acceptedPath = "local/accepted.json"
    static let seenTimestamp = "local/timestamp.json"
    static let seenSnapshot = "local/snapshot.json"

    /// A copy that was read from the disk.
    package init(files: [String: [UInt8]]) {
        self.files = files
    }

    /// A registry of which only the trusted root file is known, as an invite gives it.
    ///
    /// - Throws: `RegistryRefusal` when it is no root file that has signed itself.
    package init(trustedRoot: [UInt8]) throws(RegistryRefusal) {
        let trusted = try TrustedMetadata(trustedRoot: trustedRoot, expiry: .ignored)
        files = [RegistryPath.root(version: trusted.root.version): trustedRoot]
    }

    /// The versions of the root files that are there, ascending.
    package var rootVersions: [Int64] {
        files.keys.compactMap(Self.rootVersion).sorted()
    }

    /// The newest root file; nil when there is none.
    var newestRoot: [UInt8]? {
        rootVersions.last.flatMap { files[RegistryPath.root(version: $0)] }
    }

    /// The documents accepted last: SHA-256 by target path.
    package var accepted: [String: Digest] {
        guard let bytes = files[Self.acceptedPath],
            let object = try? JSON.read(bytes, limits: .operatorFile).object
        else { return [:] }
        var accepted: [String: Digest] = [:]
        for member in object {
            accepted[member.name] = member.value.string.flatMap { Digest(hex: $0) }
        }
        return accepted
    }

    subscript(path: String) -> [UInt8]? {
        get { files[path] }
        set { files[path] = newValue }
    }

    mutating func setAccepted(_ accepted: [String: Digest]) {
        var object = JSONObject()
        for (path, digest) in accepted { object[path] = .string(digest.hex) }
        files[Self.acceptedPath] = JSON.object(object).canonicalBytes
    }

    /// The content of a target with this digest, if it is there unharmed.
    func target(_ path: String, _ digest: Digest) -> [UInt8]? {
        guard let bytes = files[RegistryPath.target(path, sha256: digest.hex)],
            Digest(of: bytes) == digest
        else { return nil }
        return bytes
    }

    private static func rootVersion(_ path: String) -> Int64? {
        let parts = path.split(separator: ".")
        guard path.hasPrefix("metadata/"), parts.count == 3, parts[1] == "root",
            parts[2] == "json"
        else { return nil }
        return Int64(parts[0].dropFirst("metadata/".count))
    }
}
