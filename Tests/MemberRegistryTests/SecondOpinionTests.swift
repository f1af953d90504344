import CanonicalJSON
import Foundation
import Keys
import Testing

@testable import MemberRegistry

/// python-tuf, the reference implementation of TUF, which nobody here wrote.
private enum PythonTUF {
    static let python = ProcessInfo.processInfo.environment["ECCOE_PYTHON"] ?? "python3"
    static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("SecondOpinion")

    static let canUpdate = (try? run(["-c", "import tuf"])) != nil
    static let canWrite = (try? run(["-c", "import tuf, cryptography"])) != nil

    struct Failed: Error {
        let status: Int32
        let output: String
    }

    static func script(_ name: String, _ arguments: [String]) throws -> [UInt8] {
        try run([scripts.appendingPathComponent(name).path] + arguments)
    }

    /// A file instead of a pipe, so that neither side waits for the other.
    private static func run(_ arguments: [String]) throws -> [UInt8] {
        try withFolder { folder in
            let output = folder.appendingPathComponent("output")
            try Data().write(to: output)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [python] + arguments
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = try FileHandle(forWritingTo: output)
            try process.run()
            process.waitUntilExit()
            let bytes = Array(try Data(contentsOf: output))
            guard process.terminationStatus == 0 else {
                throw Failed(
                    status: process.terminationStatus,
                    output: String(decoding: bytes, as: UTF8.self)
                )
            }
            return bytes
        }
    }

    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("tuf-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    static func write(_ files: [String: [UInt8]], to folder: URL) throws {
        for (path, bytes) in files {
            let place = folder.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(bytes).write(to: place)
        }
    }

    /// Metadata and targets under `folder`, by path.
    static func read(_ folder: URL) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        let names = FileManager.default.enumerator(atPath: folder.path)
        while let path = names?.nextObject() as? String {
            let place = folder.appendingPathComponent(path)
            guard path.hasSuffix(".json"), !path.hasPrefix("documents/") else { continue }
            files[path] = Array(try Data(contentsOf: place))
        }
        return files
    }
}

@Suite struct `A second opinion on TUF` {
    private static let now = Instant(secondsSince1970: Int64(Date().timeIntervalSince1970))

    @Test(
        .enabled(
            if: PythonTUF.canUpdate,
            "the Python package tuf cannot be imported (ECCOE_PYTHON): skipped"
        )
    )
    func `python-tuf updates from our registry through a rotation`() throws {
        var registry = try TestRegistry.withMembers(3, at: Self.now)
        _ = try registry.repository.rotateRoot(
            try TestRegistry.topLevel("b"),
            signers: try TestRegistry.signers(["", "b"]),
            at: Self.now
        )
        let files = registry.repository.files
        let output = try PythonTUF.withFolder { folder in
            try PythonTUF.write(files, to: folder)
            return try PythonTUF.script(
                "tuf_refresh.py",
                [folder.path, "members/north/uni-b.example.json", "1"]
            )
        }
        let answer = try JSON.read(output)
        let (trusted, _) = try Client.refresh(
            try registry.invited(),
            from: files,
            at: Self.now
        ).success()
        let member = try #require(trusted.member("uni-b.example"))
        #expect(answer["sha256"]?.string == member.digest.hex)
        #expect(answer["custom"] == CosignerIntervals(member.document).custom)
        for (role, version) in trusted.versions where role != "south" {
            #expect(answer["versions"]?[role]?.integer == version, "\(role)")
        }
    }

    @Test(
        .enabled(
            if: PythonTUF.canUpdate,
            "the Python package tuf cannot be imported (ECCOE_PYTHON): skipped"
        )
    )
    func `python-tuf updates through what ceremonies made`() throws {
        var registry = try TestRegistry.withMembers(2, at: Self.now)
        let online = try TestKeys.keys(["snapshot", "timestamp"])
        func hold(_ proposal: Ceremony, _ labels: [String]) throws {
            let signed = try labels.reduce(proposal) { try $0.signed(by: [TestKeys.key($1)]) }
            _ = try registry.repository.publish(signed, signers: online, at: Self.now)
        }
        try hold(
            registry.repository.proposeRoot([:], at: Self.now), ["root-1", "root-2", "root-3"])
        try hold(
            registry.repository.proposeRoot(
                [
                    "root": try TestKeys.plan(["root-3", "root-8", "root-9"], threshold: 2),
                    "targets": try TestKeys.plan(["targets-8"], threshold: 1),
                ], at: Self.now),
            ["root-1", "root-2", "root-3", "root-8", "targets-8"])
        let network = NetworkDocument(
            name: "test-net", quorums: TestRegistry.network.quorums,
            bodies: TestRegistry.network.bodies + [.init(name: "west", suffixes: ["west"])])
        try hold(
            registry.repository.proposeNetwork(
                network, bodies: ["west": try TestKeys.plan(["west"], threshold: 1)], at: Self.now),
            ["targets-8", "west"])
        let document = try TestMember.document("uni.west", at: Self.now)
        try hold(registry.repository.proposeMember(document, at: Self.now), ["west"])
        let files = registry.repository.files
        let output = try PythonTUF.withFolder { folder in
            try PythonTUF.write(files, to: folder)
            return try PythonTUF.script(
                "tuf_refresh.py", [folder.path, "members/west/uni.west.json", "1"])
        }
        let answer = try JSON.read(output)
        #expect(answer["sha256"]?.string == Digest(of: document.canonicalBytes).hex)
        #expect(answer["versions"]?["root"]?.integer == 3)
        #expect(answer["versions"]?["targets"]?.integer == 3)
    }

    @Test(
        .enabled(
            if: PythonTUF.canUpdate,
            "the Python package tuf cannot be imported (ECCOE_PYTHON): skipped"
        )
    )
    func `python-tuf refuses what we refuse`() throws {
        let registry = try TestRegistry.withMembers(1, at: Self.now)
        var forgery = Forgery(registry.repository)
        try forgery.serveTargets("targets", signedBy: ["targets-1"])
        try PythonTUF.withFolder { folder in
            try PythonTUF.write(forgery.files, to: folder)
            let failure = #expect(throws: PythonTUF.Failed.self) {
                try PythonTUF.script(
                    "tuf_refresh.py",
                    [folder.path, "members/north/uni-a.example.json", "1"]
                )
            }
            #expect(failure?.output.contains("targets was signed by 1/2 keys") == true)
        }
    }

    @Test(
        .enabled(
            if: PythonTUF.canWrite,
            "the Python packages tuf and cryptography cannot be imported (ECCOE_PYTHON): skipped"
        )
    )
    func `we update from a registry that python-tuf wrote with keys of three kinds`() throws {
        let network = NetworkDocument(
            name: "py-net",
            quorums: NetworkDocument.standardQuorums(from: Self.now),
            bodies: [NetworkDocument.Body(name: "north", suffixes: ["example"])]
        )
        var inputs = ["documents/network.json": network.canonicalBytes]
        let domains = ["uni-a.example", "uni-b.example"]
        for domain in domains {
            let document = try TestMember.document(domain, at: Self.now)
            let custom = CosignerIntervals(document).custom
            inputs["documents/\(domain).json"] = document.canonicalBytes
            inputs["documents/\(domain).custom"] = custom.canonicalBytes
        }
        let files = try PythonTUF.withFolder { folder in
            try PythonTUF.write(inputs, to: folder)
            _ = try PythonTUF.script("tuf_write.py", [folder.path])
            return try PythonTUF.read(folder)
        }
        let first = try #require(files["metadata/1.root.json"])
        let (trusted, _) = try Client.refresh(
            try StoredMetadata(trustedRoot: first),
            from: files,
            at: Self.now
        ).success()
        #expect(trusted.members.map(\.document.domain) == domains)
        #expect(trusted.versions["root"] == 2)
        #expect(trusted.alarms.isEmpty)
    }
}
