import Keys
import Testing
import TransparencyLog

/// Files that are nothing of what a command expects.
@Suite struct `A command that is given garbage to read` {
    /// A command; `@file` stands for a file with garbage, `@folder` for a folder of such files.
    struct Command: Sendable, CustomTestStringConvertible {
        let words: [String]
        /// Whether there is nothing to complain about when the file holds JSON.
        var takesJSON = false
        /// Statuses that tell the caller what is wrong (sysexits.h, and verdicts).
        var statuses: Set<Int32> = [1, 2, 64, 65, 66, 69, 77, 78]

        var testDescription: String { words.prefix(2).joined(separator: " ") }
    }

    private static let hex = String(repeating: "0", count: 64)
    private static let key =
        (Ed25519Key(seed: [UInt8](repeating: 1, count: 32))?.publicKey).flatMap {
            VerifierKey(name: "uni-a.example/eccoe/1", type: .ed25519, publicKey: $0)?.text
        } ?? ""

    static let commands: [Command] = [
        Command(words: ["json", "canonicalize"], takesJSON: true),
        Command(words: ["proof", "verify", "@file", "--leaf", "@file", "--key", key]),
        Command(words: ["log", "verify", "@folder", "--key", key]),
        Command(words: ["log", "verify", "@folder", "--key", key, "--old", "@file"]),
        Command(words: ["log", "verify", "https://127.0.0.1:1", "--key", key, "--ca", "@file"]),
        Command(words: ["credential", "verify", "@file", "--offline"]),
        Command(
            words: ["credential", "verify", "@file", "--offline", "--did-documents", "@folder"]),
        Command(words: ["credential", "lookup", "@file"]),
        Command(words: ["credential", "issue", "C-1", "--subject", "@file"]),
        Command(words: ["decision", "verify", "@file", "--root-digest", hex]),
        Command(words: ["decision", "record", "--credential", "@file", "--outcome", "refused"]),
        Command(words: ["catalogue", "publish", "@file"]),
        Command(words: ["join", "https://127.0.0.1:1#1.\(hex)", "--ca", "@file"]),
    ]

    /// Name and bytes.
    static let garbage: [(String, [UInt8])] = [
        ("nothing", []), ("zeros", [UInt8](repeating: 0, count: 4096)),
        ("bytes of all kinds", (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 3) }),
        ("half an object", Array("{\"a\":[1,".utf8)), ("an array", Array("[]".utf8)),
        ("an object", Array("{}".utf8)), ("null", Array("null".utf8)),
        ("no UTF-8", Array("{\"a\":\"".utf8) + [0xff] + Array("\"}".utf8)),
        ("a name twice", Array("{\"a\":1,\"a\":2}".utf8)),
        ("a number beyond doubles", Array("{\"a\":1e999}".utf8)),
        ("100,000 levels", [UInt8](repeating: UInt8(ascii: "["), count: 100_000)),
        ("a note without end", Array("a\n1\nAAAA\n\n— a AAAAA".utf8)),
        ("a certificate that is none", Array("-----BEGIN CERTIFICATE-----\nAAAA\n".utf8)),
        ("a long line", [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)),
        ("an archive", [0x50, 0x4b, 3, 4] + [UInt8](repeating: 0xff, count: 64)),
    ]

    private static let json: Set<String> = ["an array", "an object", "null"]

    private func run(_ command: Command, on bytes: [UInt8]) throws -> EccoeProcess.Outcome {
        let folder = try TemporaryFolder()
        for name in ["in.json", "d/checkpoint", "d/a.json", "d/tile/0/000"] {
            try folder.write(name, bytes)
        }
        let words = command.words.map { word in
            switch word {
            case "@file": folder.file("in.json")
            case "@folder": folder.file("d")
            default: word
            }
        }
        let needsNode = !["json", "proof", "log"].contains(words[0])
        return try EccoeProcess().run(
            words + (needsNode ? ["--data", folder.file("node")] : []), input: bytes)
    }

    @Test(arguments: commands, garbage.indices)
    func `says what is wrong and ends`(_ command: Command, _ index: Int) throws {
        let (name, bytes) = Self.garbage[index]
        let outcome = try run(command, on: bytes)
        let context: Comment = "\(name): \(outcome.status)\n\(outcome.error.suffix(500))"
        if command.takesJSON, Self.json.contains(name) {
            #expect(outcome.status == 0, context)
            return
        }
        #expect(command.statuses.contains(outcome.status), context)
        #expect(!outcome.error.isEmpty || !outcome.output.isEmpty, context)
        for word in ["Fatal error", "Stack", "0x00", ".swift", "unexpectedly found nil"] {
            #expect(!outcome.error.contains(word), context)
        }
    }

    @Test(arguments: commands.filter { $0.words.contains("@file") })
    func `says that there is no such file`(_ command: Command) throws {
        let words = command.words.map {
            $0.hasPrefix("@") ? "/nonexistent/file" : $0
        }
        let needsNode = !["json", "proof", "log"].contains(words[0])
        let outcome = try EccoeProcess().run(
            words + (needsNode ? ["--data", "/nonexistent/node"] : []))
        #expect(outcome.status == 66, "\(outcome.status) \(outcome.error)")
        #expect(outcome.error.contains("/nonexistent"))
    }
}
