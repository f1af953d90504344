import CanonicalJSON
import Federation
import Foundation
import Glibc
import NodeStore
import Testing

/// Deploy/join, which is also the manual of joining, and what keeps one identity to one daemon.
@Suite(.ownThreads, .timeLimit(.minutes(4))) struct JoinWalkTests {
    @Test func `the walk through joining holds at every step`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [
            root.appendingPathComponent("Deploy/join").path, "--bin",
            try Institution.binary("eccoe").deletingLastPathComponent().path,
        ]
        // A short path: Unix sockets lie below it.
        process.environment = ["PATH": "/usr/bin:/bin", "TMPDIR": "/tmp"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(said.suffix(2000))")
        for line in [
            "Made the node of uni-a.example", "Asked trial to admit uni-a.example.",
            "You are in: 1 peer, 0 items.", "another daemon uses this data folder",
            "another daemon with this identity answers at", "16 checks: 16 ok",
        ] {
            #expect(said.contains(line), "\(line)")
        }
        // The progress of `eccoe doctor` is for terminals only.
        #expect(!said.contains("\r") && !said.contains("\u{1b}"))
    }

    @Test func `a copy of a data folder starts only after the first daemon has ended`()
        async throws
    {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        let copy = DataFolder(institution.file("copy"))
        // As a person copies it, with the socket.
        let process = try Process.run(
            URL(fileURLWithPath: "/bin/cp"),
            arguments: ["-a", institution.folder.path, copy.path])
        process.waitUntilExit()
        let text = try String(contentsOfFile: copy.configuration, encoding: .utf8)
        let lines = text.replacing(institution.folder.path, with: copy.path).split(
            separator: "\n", omittingEmptySubsequences: false)
        try lines.map { $0.hasPrefix("  port: ") ? "  port: 0" : String($0) }
            .joined(separator: "\n")
            .write(toFile: copy.configuration, atomically: true, encoding: .utf8)
        let refused = try Outcome.of("eccoed", ["--config", copy.configuration])
        #expect(refused.status == EX_CONFIG)
        #expect(refused.error.contains("another daemon with this identity answers at https://"))
        #expect(try await institution.ask(.status)["standing"]?.string == "active")
        #expect(institution.stop() == 0)
        let second = try DaemonProcess(copy)
        #expect(second.stop() == 0)
    }
}
