import Foundation
import Testing

/// Logs that others wrote: tessera's, and the worked examples of the project.
struct SharedLogTests {
    private static let folder =
        (ProcessInfo.processInfo.environment["ECCOE_SHARED"] ?? "../shared") + "/vectors/tlog"
    static let isThere = FileManager.default.fileExists(atPath: folder + "/worked-examples")
    private static let tesseraKey =
        "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

    private let eccoe = EccoeProcess()

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: Self.folder + "/" + name, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test(
        .enabled(if: isThere, "shared vectors absent: skipped"),
        arguments: [0, 1, 8, 14, 15]
    )
    func `tessera's log extends each of its checkpoints`(_ size: Int) throws {
        let log = Self.folder + "/tessera/testdata/log"
        let outcome = try eccoe.run([
            "log", "verify", log, "--key", Self.tesseraKey, "--old", "\(log)/checkpoint.\(size)",
        ])
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.contains("size    15"))
    }

    @Test(.enabled(if: isThere, "shared vectors absent: skipped"))
    func `the worked example verifies with its witness and not with another key`() throws {
        let log = Self.folder + "/worked-examples/log300"
        let key = try text("worked-examples/log.vkey")
        let witness = try text("worked-examples/witness.vkey")
        let good = try eccoe.run(["log", "verify", log, "--key", key, "--witness", witness])
        #expect(good.status == 0, "\(good.error)")
        let bad = try eccoe.run(["log", "verify", log, "--key", Self.tesseraKey])
        #expect(bad.status == 1)
    }

    @Test(.enabled(if: isThere, "shared vectors absent: skipped"))
    func `the worked proof verifies for its entry`() throws {
        let folder = try TemporaryFolder()
        let bundle = [UInt8](
            try Data(
                contentsOf: URL(
                    fileURLWithPath: Self.folder
                        + "/worked-examples/log300/tile/entries/000"
                )
            )
        )
        var position = 0
        for _ in 0..<5 { position += 2 + Int(bundle[position]) << 8 + Int(bundle[position + 1]) }
        let length = Int(bundle[position]) << 8 + Int(bundle[position + 1])
        try folder.write("leaf", Array(bundle[(position + 2)..<(position + 2 + length)]))
        let arguments = [
            "proof", "verify", Self.folder + "/worked-examples/proof5.tlog-proof", "--key",
            try text("worked-examples/log.vkey"), "--witness",
            try text("worked-examples/witness.vkey"), "--leaf",
        ]
        #expect(try eccoe.run(arguments + [folder.file("leaf")]).status == 0)
        try folder.write("leaf", [1])
        #expect(try eccoe.run(arguments + [folder.file("leaf")]).status == 1)
    }
}
