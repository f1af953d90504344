import CanonicalJSON
import Foundation
import Glibc
package import Keys

/// The folder in which a node keeps everything; one process at a time.
///
/// `log/<epoch>.sqlite`, `mirror/<origin hash>.sqlite`, `node.sqlite`, `views.sqlite`,
/// `keys/<use>.key` (private JWK, 0400), `tls/`, `registry/` (accepted TUF files and
/// `source.json`), `registry-requests/` and `registry-authority/` (of a registry's operator),
/// `member.json` (the member document that `join` sends), `outbound.json`, `eccoed.yaml`, `lock`.
package struct DataFolder: Sendable {
    /// What a key is for, and the name of its file.
    package enum KeyUse: String, CaseIterable, Sendable {
        case log = "log-1"
        case witness
        case mirror
        case node
        case credential
        case recovery
    }

    /// The folder.
    package let path: String
    /// How whole files in it, and anchors beside it, are written.
    package let steps: any FileSteps

    /// Names a folder, whether it exists or not.
    package init(_ path: String, steps: any FileSteps = SystemFiles()) {
        self.path = path
        self.steps = steps
    }

    /// Creates the folder with its subfolders; what exists is left alone.
    ///
    /// - Throws: `StoreError.file`.
    package func create() throws {
        try DurableFile.makeFolder(path, mode: 0o750)
        for name in ["log", "mirror", "registry", "registry-requests", "tls"] {
            try DurableFile.makeFolder(file(name), mode: 0o750)
        }
        try DurableFile.makeFolder(file("keys"), mode: 0o700)
    }

    /// The path of a file in the folder.
    package func file(_ name: String) -> String { path + "/" + name }

    /// The member document of this institution, as `init` wrote it.
    package var memberDocument: String { file("member.json") }
    /// The accepted registry, laid out as it is served: `metadata/` and `targets/`.
    package var registry: String { file("registry") }
    /// Where the registry comes from: {"url","ca"?} or {"folder"}.
    package var registrySource: String { file("registry/source.json") }
    /// Join requests that wait for the registry's operator.
    package var registryRequests: String { file("registry-requests") }
    /// Of a registry's operator: `keys/` and `public/`.
    package var registryAuthority: String { file("registry-authority") }
    /// Private records, outbox, witness state.
    package var nodeDatabase: String { file("node.sqlite") }
    /// Views that can be rebuilt.
    package var viewsDatabase: String { file("views.sqlite") }
    /// Default path of the daemon's configuration.
    package var configuration: String { file("eccoed.yaml") }
    /// Default path of the control socket.
    package var socket: String { file("eccoed.sock") }

    /// The own log of an epoch.
    package func log(epoch: Int) -> String { file("log/\(epoch).sqlite") }

    /// The copy of another institution's log.
    package func mirror(originHash: String) -> String { file("mirror/\(originHash).sqlite") }

    /// Takes the folder for this process until the lock is released.
    ///
    /// - Throws: `StoreError.locked`.
    package func lock() throws -> FolderLock {
        try FolderLock(path: file("lock"))
    }

    /// Makes a key file; never overwrites one.
    ///
    /// - Throws: `StoreError.exists`, `.file`.
    package func writeKey(_ key: Ed25519Key, use: KeyUse) throws {
        try Self.writeKey(key, to: file("keys/\(use.rawValue).key"))
    }

    /// Makes a key file anywhere: a private JWK (RFC 8037), mode 0400.
    ///
    /// - Throws: `StoreError.exists`, `.file`.
    package static func writeKey(_ key: Ed25519Key, to path: String) throws {
        guard try DurableFile.read(path) == nil else { throw StoreError.exists(path) }
        guard case .object(var jwk) = JWK.encode(key.publicKey) else {
            throw StoreError.corrupt(path, reason: "no JWK")
        }
        jwk["d"] = .string(Base64URL.encode(key.seed))
        try DurableFile.write(JSON.object(jwk).canonicalBytes + [0x0a], to: path, mode: 0o400)
    }

    /// The file of an epoch's log key.
    package func logKey(epoch: Int) -> String { file("keys/log-\(epoch).key") }

    /// The log keys that are here, by epoch.
    ///
    /// - Throws: `StoreError.exposedKey`, `.corrupt`, `.file`.
    package func readLogKeys() throws -> [Int: Ed25519Key] {
        var keys: [Int: Ed25519Key] = [:]
        for name in try DurableFile.list(file("keys")) {
            guard name.hasPrefix("log-"), name.hasSuffix(".key"),
                let epoch = Int(name.dropFirst(4).dropLast(4)), epoch > 0
            else { continue }
            keys[epoch] = try Self.readKey(logKey(epoch: epoch))
        }
        return keys
    }

    /// The epochs whose log is here.
    ///
    /// - Throws: `StoreError.file`.
    package func logEpochs() throws -> [Int] {
        try DurableFile.list(file("log")).compactMap { name in
            name.hasSuffix(".sqlite") ? Int(name.dropLast(7)) : nil
        }.sorted()
    }

    /// Reads a key; nil when there is no such file.
    ///
    /// - Throws: `StoreError.exposedKey`, `.corrupt`, `.file`.
    package func readKey(_ use: KeyUse) throws -> Ed25519Key? {
        try Self.readKey(file("keys/\(use.rawValue).key"))
    }

    /// Reads a key file anywhere; nil when there is none.
    ///
    /// - Parameter isCredential: whether a service manager handed it over. systemd lets its reader in
    ///   by an access control list, whose mask stands where the group's bits are: then 0440 is as
    ///   good as 0400.
    /// - Throws: `StoreError.exposedKey`, `.corrupt`, `.file`.
    package static func readKey(_ path: String, isCredential: Bool = false) throws -> Ed25519Key? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw StoreError.file(path, errno)
        }
        guard status.st_mode & (isCredential ? 0o337 : 0o377) == 0 else {
            throw StoreError.exposedKey(path)
        }
        guard let bytes = try DurableFile.read(path, limit: 4096) else { return nil }
        guard let jwk = try? JSON.read(bytes), let seedText = jwk["d"]?.string,
            let seed = Base64URL.decode(seedText), let key = Ed25519Key(seed: seed),
            JWK.decode(jwk) == key.publicKey
        else { throw StoreError.corrupt(path, reason: "no private Ed25519 JWK") }
        return key
    }
}

/// An exclusive lock on a data folder, held until this is released.
package final class FolderLock: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw StoreError.file(path, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StoreError.locked(path)
        }
    }

    deinit {
        close(descriptor)
    }
}

/// The highest own head, kept outside the backup set: a restored backup that is older shows.
package struct AnchorFile: Sendable {
    /// What an anchor says.
    package struct Anchor: Sendable, Equatable {
        /// The log.
        package let origin: String
        /// Leaves.
        package let size: Int
        /// Root at that size.
        package let root: Digest

        /// An anchor from its parts.
        package init(origin: String, size: Int, root: Digest) {
            self.origin = origin
            self.size = size
            self.root = root
        }
    }

    private let path: String
    private let steps: any FileSteps

    /// The anchor of a log in `folder`.
    package init(folder: String, epoch: Int, steps: any FileSteps = SystemFiles()) {
        path = folder + "/log-\(epoch).json"
        self.steps = steps
    }

    /// The anchor; nil when there is none.
    ///
    /// - Throws: `StoreError`.
    package func read() throws -> Anchor? {
        guard let bytes = try DurableFile.read(path, limit: 4096) else { return nil }
        guard let json = try? JSON.read(bytes), let origin = json["origin"]?.string,
            let size = json["size"]?.integer, let hex = json["root"]?.string,
            let root = Digest(hex: hex)
        else { throw StoreError.corrupt(path, reason: "no anchor") }
        return Anchor(origin: origin, size: Int(size), root: root)
    }

    /// Writes the anchor, whole or not at all.
    ///
    /// - Throws: `StoreError.file`.
    package func write(_ anchor: Anchor) throws {
        let json: JSON = [
            "origin": .string(anchor.origin), "size": .number(JSONNumber(Int64(anchor.size))),
            "root": .string(anchor.root.hex),
        ]
        try DurableFile.makeFolder((path as NSString).deletingLastPathComponent, mode: 0o750)
        try DurableFile.write(json.canonicalBytes + [0x0a], to: path, by: steps)
    }
}

/// How far the witness table had come, kept outside the backup set like the own head.
package struct WitnessAnchor: Sendable {
    private let path: String
    private let steps: any FileSteps

    /// The witness's anchor in `folder`.
    package init(folder: String, steps: any FileSteps = SystemFiles()) {
        path = folder + "/witness.json"
        self.steps = steps
    }

    /// The generation that the table had at least; 0 when there is no anchor.
    ///
    /// - Throws: `StoreError`.
    package func read() throws -> Int {
        guard let bytes = try DurableFile.read(path, limit: 4096) else { return 0 }
        guard let generation = (try? JSON.read(bytes))?["generation"]?.integer else {
            throw StoreError.corrupt(path, reason: "no anchor")
        }
        return Int(generation)
    }

    /// Writes the generation, whole or not at all.
    ///
    /// - Throws: `StoreError.file`.
    package func write(_ generation: Int) throws {
        let json: JSON = ["generation": .number(JSONNumber(Int64(generation)))]
        try DurableFile.makeFolder((path as NSString).deletingLastPathComponent, mode: 0o750)
        try DurableFile.write(json.canonicalBytes + [0x0a], to: path, by: steps)
    }
}
