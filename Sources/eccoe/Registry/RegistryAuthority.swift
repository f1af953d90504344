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
        return try RegistryRepository(files: try published.load().files)
    }

    /// All signing keys that are at hand.
    func signers() throws -> [any Signer] {
        try DurableFile.list(keyFolder).filter { $0.hasSuffix(".key") }.compactMap {
            try DataFolder.readKey(keyFolder + "/" + $0)
        }
    }

    /// Draws and writes `count` keys.
    func makeKeys(_ role: String, count: Int) throws -> [Ed25519Key] {
        try DurableFile.makeFolder(keyFolder, mode: 0o700)
        return try (1...max(1, count)).map { number in
            let key = Ed25519Key()
            let name = count == 1 ? role : "\(role)-\(number)"
            try DataFolder.writeKey(key, to: "\(keyFolder)/\(name).key")
            return key
        }
    }

    /// The invite to the network, by its newest root.
    func invite(url: String) throws -> Invite {
        let stored = try published.load()
        guard let version = stored.rootVersions.last,
            let root = stored.files[RegistryPath.root(version: version)],
            let invite = Invite(
                baseURL: url + "/registry",
                rootVersion: version,
                rootDigest: Digest(of: root)
            )
        else {
            throw CommandFailure(
                .noInput,
                Problem(.notFound, "the registry has no root", at: published.root)
            )
        }
        return invite
    }
}

extension NodeOptions {
    /// Tells the daemon that the registry has changed; whether one answered.
    func pokeRegistry() async -> Bool {
        (try? await ask(.registryRefresh)) != nil
    }
}
