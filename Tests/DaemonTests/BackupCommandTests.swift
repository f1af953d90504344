import CanonicalJSON
import Federation
import Foundation
import Glibc
import NodeStore
import Testing

/// Backups of a running node, by the command, and what becomes of them.
@Suite(.ownThreads, .serialized) struct BackupCommandTests {
    @Test func `a backup is made beside the daemon while it writes, verifies and is restored`()
        async throws
    {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        try await institution.publish("C-1")
        let backup = institution.file("backup")
        // Publishing goes on while the files are copied.
        let items = institution.file("items.jsonl")
        try KillTests.writeItems(400, to: items)
        let publishing = try Institution.process(
            "eccoe",
            [
                "catalogue", "import", "--format", "json", items, "--batch", "1", "--data",
                institution.folder.path,
            ])
        let made = try institution.eccoe(["backup", "create", backup])
        publishing.waitUntilExit()
        #expect(publishing.terminationStatus == 0)
        #expect(made["keys"]?.bool == true)
        let verified = try Self.verify(backup).json
        #expect(verified["good"]?.bool == true)
        let size = try #require(verified["logs"]?[0]?["size"]?.integer)
        #expect((2...402).contains(size))

        try Self.restore(backup, over: institution)
        // Nobody else has the rest, and the anchor remembers it: served, not written.
        try institution.start()
        let status = try await institution.ask(.status)
        #expect(status["log"]?["size"]?.integer == size)
        let anchored = try AnchorFile(folder: institution.file("anchor"), epoch: 1).read()
        #expect(anchored?.size == 402)
        if size < 402 {
            let problem = await #expect(throws: Problem.self) {
                try await institution.publish("C-99")
            }
            #expect(problem?.slug == .readOnly)
            #expect(problem?.detail.contains("the anchor remembers 402 leaves") == true)
            try institution.eccoe(["log", "override", "--reason", "a test without other nodes"])
        }
        try await institution.publish("C-99")
        #expect(institution.stop() == 0)
    }

    /// Only once the daemon has stopped, and only with leave to move the folder aside.
    private static func restore(_ backup: String, over institution: Institution) throws {
        let running = try institution.run(["backup", "restore", backup])
        #expect(running.status == 69)
        #expect(running.error.contains("a daemon uses this data folder"))
        #expect(institution.stop() == 0)
        let inUse = try institution.run(["backup", "restore", backup])
        #expect(inUse.status == 73)
        let restored = try institution.eccoe(["backup", "restore", backup, "--force"])
        let old = try #require(restored["old"]?.string)
        #expect(FileManager.default.fileExists(atPath: old + "/log/1.sqlite"))
        #expect(restored["remarks"]?.array?.isEmpty == true)
    }

    private static func verify(_ backup: String) throws -> Outcome {
        try Outcome.of("eccoe", ["backup", "verify", backup, "-o", "json"])
    }

    @Test func `a damaged backup is found out and not restored`() async throws {
        let institution = try Institution()
        let backup = institution.file("backup")
        let made = try institution.run(["backup", "create", backup, "--without-keys"])
        #expect(made.status == 0, "\(made.error)")
        #expect(
            !FileManager.default.fileExists(atPath: backup + "/keys/log-1.key"))
        let again = try institution.run(["backup", "create", backup])
        #expect(again.status == 73)
        try Data("{}".utf8).write(to: URL(fileURLWithPath: backup + "/member.json"))
        let verified = try Self.verify(backup)
        #expect(verified.status == 1)
        #expect(verified.json["findings"]?[0]?["file"]?.string == "member.json")
        let restored = try institution.run(["backup", "restore", backup, "--force"])
        #expect(restored.status == 65)
        #expect(restored.error.contains("member.json"))
        let none = try Self.verify(institution.file("nothing"))
        #expect(none.status == 66)
    }

    @Test func `a folder of a newer version is refused, naming both versions`() async throws {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        #expect(institution.stop() == 0)
        let known = try Self.sqlite(institution.folder.log(epoch: 1), "PRAGMA user_version")
        _ = try Self.sqlite(institution.folder.log(epoch: 1), "PRAGMA user_version = 999")
        let daemon = try Outcome.of("eccoed", ["--config", institution.folder.configuration])
        #expect(daemon.status != 0)
        #expect(daemon.error.contains("has schema 999, this program knows \(known)"))
        let backup = institution.file("backup")
        let made = try institution.run(["backup", "create", backup])
        #expect(made.status == 0, "\(made.error)")
        let verified = try Self.verify(backup)
        #expect(verified.status == 1)
        #expect(verified.output.contains("it has schema 999, this program knows \(known)"))
    }

    @Test func `a second daemon on the same folder refuses, and the first goes on`() async throws {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        let second = try Outcome.of("eccoed", ["--config", institution.folder.configuration])
        #expect(second.status == 78)
        #expect(second.error.contains("another daemon uses this data folder"))
        try await institution.publish("C-1")
        #expect(try await institution.ask(.status)["log"]?["size"]?.integer == 2)
        #expect(institution.stop() == 0)
    }

    /// Python's module stands in for a command-line tool that a fresh Debian lacks.
    private static func sqlite(_ path: String, _ sql: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sqlite3,sys; print((sqlite3.connect(sys.argv[1]).execute(sys.argv[2])"
                + ".fetchone() or [''])[0])", path, sql,
        ]
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
