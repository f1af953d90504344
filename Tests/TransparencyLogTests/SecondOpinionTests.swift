import Foundation
import Keys
import SecondOpinion
import Testing
import TransparencyLog

/// golang.org/x/mod as Tests/SecondOpinion/xmod uses it.
private enum XMod {
    static func verify(
        _ folder: URL,
        key: VerifierKey,
        old: URL? = nil
    ) throws -> Stranger.Answer {
        let program = try #require(Stranger.xmod)
        return try Stranger.run([program, folder.path, key.text] + (old.map { [$0.path] } ?? []))
    }
}

@Suite(
    .enabled(
        if: Stranger.xmod != nil,
        "\(Stranger.noGo)"
    )
)
struct `A second opinion on our logs` {
    /// A folder that is gone after the test.
    private func withFolder<Result>(
        of log: TileTree,
        _ body: (URL) throws -> Result
    ) throws -> Result {
        let files = FileManager.default
        let folder = files.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)")
        defer { try? files.removeItem(at: folder) }
        for (path, bytes) in log.files {
            let file = folder.appendingPathComponent(path)
            try files.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(bytes).write(to: file)
        }
        return try body(folder)
    }

    @Test(arguments: [0, 1, 2, 255, 256, 257, 300, 1000, 65_536 + 257])
    func `golang.org/x/mod verifies a log of any size`(size: Int) throws {
        let log = try TileTree(size: size)
        let outcome = try withFolder(of: log) { try XMod.verify($0, key: log.checkpoint.key) }
        let head = log.checkpoint.checkpoint
        #expect(outcome.output == "ok \(head.origin) \(size) \(head.root.base64)\n")
        #expect(outcome.status == 0)
    }

    @Test(arguments: [0, 1, 128, 256, 299, 300])
    func `golang.org/x/mod verifies that a log extends an older head`(old: Int) throws {
        let log = try TileTree(size: 300)
        let outcome = try withFolder(of: log) { folder in
            let file = folder.appendingPathComponent("older")
            try Data(TileTree(size: old).checkpoint.note.bytes).write(to: file)
            return try XMod.verify(folder, key: log.checkpoint.key, old: file)
        }
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test func `the second opinion finds what is wrong`() throws {
        let sound = try TileTree(size: 300)
        for path in sound.files.keys.sorted() {
            var log = sound
            let last = try #require(log.files[path]?.indices.last)
            log.files[path]?[last - 3] ^= 1
            let outcome = try withFolder(of: log) { try XMod.verify($0, key: log.checkpoint.key) }
            #expect(outcome.status == 1, "\(path): \(outcome.output)")
        }
        let rewritten = try TileTree(
            entries: (0..<200).map { [UInt8($0)] },
            signer: Fixtures.signer()
        )
        for old in [rewritten, try TileTree(size: 301)] {
            let outcome = try withFolder(of: sound) { folder in
                let file = folder.appendingPathComponent("older")
                try Data(old.checkpoint.note.bytes).write(to: file)
                return try XMod.verify(folder, key: sound.checkpoint.key, old: file)
            }
            #expect(outcome.status == 1, "\(outcome.output)")
        }
    }
}
