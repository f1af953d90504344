import CanonicalJSON
import Foundation
import Keys
import NodeStore
import SecondOpinion
import Testing
import TransparencyLog

extension Stranger {
    /// Has python-tuf update from a registry.
    fileprivate static func refresh(_ folder: String, target: String) throws -> Answer {
        let script = root.appendingPathComponent(
            "Tests/MemberRegistryTests/SecondOpinion/tuf_refresh.py")
        return try run([python, script.path, folder, target, "1"])
    }
}

/// Second opinions on what running daemons wrote.
extension NetworkTests {
    @Test(
        .enabled(
            if: Stranger.xmod != nil,
            "\(Stranger.noGo)"))
    func `golang.org/x/mod verifies a log that a daemon wrote`() async throws {
        let xmod = try #require(Stranger.xmod)
        for node in [nodes.a, nodes.b] {
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("export-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let data = ["--data", node.folder.path]
            let export = try Outcome.of("eccoe", ["log", "export", folder.path] + data)
            try #require(export.status == 0, "\(export.error)")
            let key = try Outcome.of("eccoe", ["log", "key"] + data).output
            let vkey = key.trimmingCharacters(in: .whitespacesAndNewlines)
            let head = try await node.head().checkpoint
            #expect(head.size >= 2)
            let verdict = try Stranger.run([xmod, folder.path, vkey])
            #expect(
                verdict.output == "ok \(node.origin) \(head.size) \(head.root.base64)\n")
            // It is no rubber stamp.
            let bundle = folder.appendingPathComponent("tile/entries/000.p/\(head.size)")
            var bytes = try Data(contentsOf: bundle)
            bytes[bytes.count - 5] ^= 1
            try bytes.write(to: bundle)
            #expect(try Stranger.run([xmod, folder.path, vkey]).status == 1)
        }
    }

    @Test(
        .enabled(
            if: Stranger.hasTUF,
            "the Python package tuf cannot be imported (ECCOE_PYTHON): skipped"))
    func `python-tuf updates from the registry that a member serves again`() throws {
        let target = "members/demo/uni-b.example.json"
        for node in [nodes.b, nodes.c] {
            let answer = try Stranger.refresh(node.folder.registry, target: target)
            try #require(answer.status == 0, "\(answer.output)")
            let seen = try JSON.read(Array(answer.output.utf8))
            let shown = try Outcome.of(
                "eccoe",
                ["member", "show", "uni-b.example", "--data", node.folder.path, "-o", "json"])
            #expect(seen["sha256"]?.string == shown.json["sha256"]?.string)
            let status = try Outcome.of(
                "eccoe", ["status", "--data", node.folder.path, "-o", "json"])
            #expect(seen["versions"]?["snapshot"] == status.json["registry"]?["snapshot"])
        }
    }
}
