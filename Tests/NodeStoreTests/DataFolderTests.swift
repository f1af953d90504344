import Foundation
import Glibc
import Keys
import NodeStore
import Testing

@Suite struct `The data folder` {
    private let temporary: TemporaryFolder
    private let folder: DataFolder

    init() throws {
        temporary = try TemporaryFolder()
        folder = DataFolder(temporary.file("data"))
        try folder.create()
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func `has its parts, the keys closed to others`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["keys", "log", "mirror", "registry", "registry-requests", "tls"])
        #expect(mode(folder.file("keys")) == 0o700)
        try DurableFile.write([1], to: folder.file("log/x"))
        try folder.create()
        #expect(try DurableFile.read(folder.file("log/x")) == [1])
    }

    @Test(arguments: DataFolder.KeyUse.allCases)
    func `keeps a key that nobody else may read`(_ use: DataFolder.KeyUse) throws {
        #expect(try folder.readKey(use) == nil)
        let key = Ed25519Key()
        try folder.writeKey(key, use: use)
        #expect(mode(folder.file("keys/\(use.rawValue).key")) == 0o400)
        #expect(try folder.readKey(use)?.seed == key.seed)
    }

    @Test func `writes a key as a private JWK`() throws {
        // RFC 8037 appendix A.1.
        let seed = try #require(Base64URL.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
        try folder.writeKey(try #require(Ed25519Key(seed: seed)), use: .node)
        let text = try #require(try DurableFile.read(folder.file("keys/node.key")))
        #expect(
            String(decoding: text, as: UTF8.self)
                == #"{"crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","#
                + #""kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"# + "\n"
        )
    }

    @Test func `never writes over a key`() throws {
        let key = Ed25519Key()
        try folder.writeKey(key, use: .log)
        #expect(throws: StoreError.exists(folder.file("keys/log-1.key"))) {
            try folder.writeKey(Ed25519Key(), use: .log)
        }
        #expect(try folder.readKey(.log)?.seed == key.seed)
    }

    @Test(
        arguments: [
            0o440, 0o404, 0o444, 0o410, 0o401, 0o600, 0o500, 0o604, 0o700, 0o777,
        ] as [mode_t])
    func `refuses a key that is not its owner's to read and nobody's to write`(_ mode: mode_t)
        throws
    {
        try folder.writeKey(Ed25519Key(), use: .witness)
        let path = folder.file("keys/witness.key")
        #expect(chmod(path, mode) == 0)
        #expect(throws: StoreError.exposedKey(path)) { try folder.readKey(.witness) }
    }

    @Test(arguments: [
        "", "x", "{}", #"{"crv":"Ed25519","kty":"OKP"}"#,
        #"{"crv":"Ed25519","d":"AAAA","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        #"{"crv":"Ed25519","d":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","kty":"OKP","#
            + #""x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    ])
    func `refuses a file that is no key, or of two halves`(_ text: String) throws {
        let path = folder.file("keys/node.key")
        try DurableFile.write(Array(text.utf8), to: path, mode: 0o400)
        #expect(throws: StoreError.corrupt(path, reason: "no private Ed25519 JWK")) {
            try folder.readKey(.node)
        }
    }

    @Test func `is held by one process at a time`() throws {
        let first = try folder.lock()
        #expect(throws: StoreError.locked(folder.file("lock"))) { try folder.lock() }
        // Another process, by a tool that uses the same system call.
        #expect(try flock() != 0)
        withExtendedLifetime(first) {}
    }

    @Test func `is free again when its holder is gone`() throws {
        do {
            let first = try folder.lock()
            withExtendedLifetime(first) {}
        }
        let second = try folder.lock()
        #expect(try flock() != 0)
        withExtendedLifetime(second) {}
    }

    /// The status of flock(1), which exits with 1 when somebody else holds the lock.
    private func flock() throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        process.arguments = ["--nonblock", folder.file("lock"), "true"]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

@Suite struct `A durable file` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `is replaced whole and leaves nothing behind`() throws {
        let path = folder.file("f")
        try DurableFile.write([1, 2, 3], to: path)
        try DurableFile.write([], to: path)
        #expect(try DurableFile.read(path) == [])
        let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        try DurableFile.write(large, to: path)
        #expect(try DurableFile.read(path) == large)
        #expect(try folder.names() == ["f"])
    }

    @Test func `is written over what a crash has left`() throws {
        try DurableFile.write([9], to: folder.file("f.new"))
        try DurableFile.write([1], to: folder.file("f"))
        #expect(try DurableFile.read(folder.file("f")) == [1])
        #expect(try folder.names() == ["f"])
    }

    @Test func `that is not there is none`() throws {
        #expect(try DurableFile.read(folder.file("f")) == nil)
        #expect(try DurableFile.read(folder.file("no/f")) == nil)
    }

    @Test func `is read up to its limit and not a byte beyond`() throws {
        let path = folder.file("f")
        try DurableFile.write(Array(repeating: 1, count: 100), to: path)
        #expect(try DurableFile.read(path, limit: 100)?.count == 100)
        #expect(throws: StoreError.file(path, EFBIG)) { try DurableFile.read(path, limit: 99) }
    }

    @Test func `is not written where there is no folder`() throws {
        #expect(throws: StoreError.file(folder.file("no/f.new"), ENOENT)) {
            try DurableFile.write([1], to: folder.file("no/f"))
        }
    }

    @Test func `is removed once and missed never`() throws {
        try DurableFile.write([1], to: folder.file("f"))
        try DurableFile.remove(folder.file("f"))
        try DurableFile.remove(folder.file("f"))
        #expect(try DurableFile.list(folder.path).isEmpty)
        #expect(try DurableFile.list(folder.file("no")).isEmpty)
    }

    @Test func `has the mode that is asked for`() throws {
        try DurableFile.write([1], to: folder.file("f"), mode: 0o400)
        var status = stat()
        #expect(stat(folder.file("f"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o400)
    }
}

@Suite struct `An anchor` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `is written with its folder and read back`() throws {
        let file = AnchorFile(folder: folder.file("a/b"), epoch: 3)
        #expect(try file.read() == nil)
        for size in [0, 7] {
            let anchor = AnchorFile.Anchor(
                origin: "uni-a.example/eccoe/3",
                size: size,
                root: Digest(of: [UInt8(size)])
            )
            try file.write(anchor)
            #expect(try file.read() == anchor)
        }
        #expect(try DurableFile.list(folder.file("a/b")) == ["log-3.json"])
        #expect(try AnchorFile(folder: folder.file("a/b"), epoch: 4).read() == nil)
    }

    @Test(arguments: ["", "x", "{}", #"{"origin":"a","root":"00","size":1}"#])
    func `that is damaged is not taken for none`(_ text: String) throws {
        let path = folder.file("log-1.json")
        try DurableFile.write(Array(text.utf8), to: path)
        #expect(throws: StoreError.corrupt(path, reason: "no anchor")) {
            try AnchorFile(folder: folder.path, epoch: 1).read()
        }
    }
}
