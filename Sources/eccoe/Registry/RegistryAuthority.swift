import Federation
import Foundation
import Keys
import MemberRegistry
import NodeStore

/// The registry that is run in this data folder: its keys and the tree that it publishes.
struct RegistryAuthority {
    private let folder: DataFolder

    /// Where the published tree is.
    var published: RegistryFiles { RegistryFiles(published: folder) }

    private var keyFolder: String { folder.registryAuthority + "/keys" }

    /// The authority of a data folder, whether it is there or not.
    init(_ folder: DataFolder) {
        self.folder = folder
    }

    /// Whether this folder runs a registry.
    var isThere: Bool {
        FileManager.default.fileExists(atPath: published.root + "/metadata/timestamp.json")
    }

    /// Holds the authority for this process.
    func lock() throws -> FolderLock {
        try DataFolder(folder.registryAuthority).lock()
    }

    /// The registry as it is published.
    ///
    /// - Throws: `CommandFailure`, 66, where none is run.
    func repository() throws -> RegistryRepository {
        try demand()
        return try RegistryRepository(files: try published.load().files)
    }

    /// Makes sure that a registry is run here.
    ///
    /// - Throws: `CommandFailure`, 66.
    func demand() throws {
        guard isThere else {
            throw CommandFailure(
                .noInput,
                Problem(
                    .notFound,
                    "no registry is run in this data folder",
                    at: published.root,
                    try: "name the operator's folder with --data, or found one: eccoe registry init"
                )
            )
        }
    }

    /// All signing keys that are at hand; those that a passphrase seals sign in ceremonies only.
    func signers() throws -> [any Signer] {
        try DurableFile.list(keyFolder).filter { $0.hasSuffix(".key") }.compactMap {
            let path = keyFolder + "/" + $0
            return try KeyFile.sealed(path) == nil ? DataFolder.readKey(path) : nil
        }
    }

    /// Draws and writes one key.
    func makeKey(_ role: String) throws -> Ed25519Key {
        try DurableFile.makeFolder(keyFolder, mode: 0o700)
        let key = Ed25519Key()
        try DataFolder.writeKey(key, to: "\(keyFolder)/\(role).key")
        return key
    }

    /// Draws and writes `count` keys.
    func makeKeys(_ role: String, count: Int) throws -> [Ed25519Key] {
        try (1...max(1, count)).map { number in
            try makeKey(count == 1 ? role : "\(role)-\(number)")
        }
    }

    /// The invite to the network, by its newest root.
    func invite(url: String) throws -> Invite {
        let root = try newestRoot()
        guard
            let invite = Invite(
                baseURL: url + "/registry", rootVersion: root.version, rootDigest: root.digest)
        else {
            throw CommandFailure(
                .noInput,
                Problem(
                    .notFound, "this node has no https address", at: folder.memberDocument,
                    try: "others fetch the registry from it: eccoe registry update --help"))
        }
        return invite
    }

    /// Version and SHA-256 of the newest root.
    ///
    /// - Throws: `CommandFailure`, 66, when there is none.
    func newestRoot() throws -> (version: Int64, digest: Digest) {
        let stored = try published.load()
        guard let version = stored.rootVersions.last,
            let root = stored.files[RegistryPath.root(version: version)]
        else {
            throw CommandFailure(
                .noInput,
                Problem(.notFound, "the registry has no root", at: published.root)
            )
        }
        return (version, Digest(of: root))
    }
}

extension NodeOptions {
    /// Tells the daemon that the registry has changed; whether one answered.
    func pokeRegistry() async -> Bool {
        (try? await ask(.registryRefresh)) != nil
    }
}
