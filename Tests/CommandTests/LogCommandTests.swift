import CanonicalJSON
import Foundation
import Keys
import Testing
import TransparencyLog

struct LogCommandTests {
    private let eccoe = EccoeProcess()

    @Test(arguments: [0, 1, 255, 256, 257, 600, 65_537, 66_000])
    func `a log of any size verifies`(_ size: Int) throws {
        let folder = try TemporaryFolder()
        let signer = try LogTree.signer("uni-a.example/eccoe/1")
        let tree = LogTree(entries: LogTree.entries(size), signer: signer)
        try tree.write(to: folder)
        let outcome = try eccoe.run([
            "log", "verify", folder.file("log"), "--key", signer.key.text, "-o", "json",
        ])
        #expect(outcome.status == 0, "\(outcome.error)")
        let json = try JSON.read(Array(outcome.output.utf8))
        #expect(json["origin"]?.string == "uni-a.example/eccoe/1")
        #expect(json["size"]?.integer == Int64(size))
        let root = try Checkpoint(text: tree.checkpoint(size: size).text).root
        #expect(json["root"]?.string == root.base64)
    }

    @Test(arguments: [
        "tile/entries/000", "tile/entries/001.p/44", "tile/0/000", "tile/0/001.p/44",
        "tile/1/000.p/1",
    ])
    func `a changed byte is found in its file`(_ name: String) throws {
        let folder = try TemporaryFolder()
        let signer = try LogTree.signer("uni-a.example/eccoe/1")
        try LogTree(entries: LogTree.entries(300), signer: signer).write(to: folder)
        var bytes = try folder.read("log/" + name)
        bytes[bytes.count - 1] ^= 1
        try folder.write("log/" + name, bytes)
        let outcome = try eccoe.run([
            "log", "verify", folder.file("log"), "--key", signer.key.text,
        ])
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("  at: tile/"))
    }

    @Test(arguments: ["tile/entries/000", "tile/0/000"])
    func `a missing file is named`(_ name: String) throws {
        let folder = try TemporaryFolder()
        let signer = try LogTree.signer("uni-a.example/eccoe/1")
        try LogTree(entries: LogTree.entries(300), signer: signer).write(to: folder)
        try FileManager.default.removeItem(atPath: folder.file("log/" + name))
        let outcome = try eccoe.run([
            "log", "verify", folder.file("log"), "--key", signer.key.text,
        ])
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("  at: \(name)"))
    }

    @Test func `a full tile stands in for a partial one that was dropped`() throws {
        let folder = try TemporaryFolder()
        let signer = try LogTree.signer("uni-a.example/eccoe/1")
        let tree = LogTree(entries: LogTree.entries(256), signer: signer)
        try tree.write(to: folder)
        try folder.write("log/checkpoint", tree.checkpoint(size: 200).bytes)
        let outcome = try eccoe.run([
            "log", "verify", folder.file("log"), "--key", signer.key.text,
        ])
        #expect(outcome.status == 0, "\(outcome.error)")
    }

    @Test func `a log signed by another key is refused`() throws {
        let folder = try TemporaryFolder()
        let signer = try LogTree.signer("uni-a.example/eccoe/1")
        try LogTree(entries: LogTree.entries(3), signer: signer).write(to: folder)
        let other = try LogTree.signer("uni-a.example/eccoe/1")
        let otherName = try LogTree.signer("uni-b.example/eccoe/1")
        for key in [other.key.text, otherName.key.text] {
            let outcome = try eccoe.run(["log", "verify", folder.file("log"), "--key", key])
            #expect(outcome.status == 1)
            #expect(outcome.output.isEmpty)
        }
    }

    @Test func `an older head must be extended`() throws {
        let folder = try TemporaryFolder()
        let signer = try LogTree.signer("uni-a.example/eccoe/1")
        let tree = LogTree(entries: LogTree.entries(300), signer: signer)
        try tree.write(to: folder)
        var rewritten = LogTree.entries(310)
        rewritten[7] = Array("another".utf8)
        let other = LogTree(entries: rewritten, signer: signer)
        let cases: [(SignedNote, Int32)] = [
            (try tree.checkpoint(size: 0), 0), (try tree.checkpoint(size: 257), 0),
            (try tree.checkpoint(size: 300), 0), (try other.checkpoint(size: 257), 1),
            (try other.checkpoint(size: 310), 1),
        ]
        for (note, status) in cases {
            try folder.write("old", note.bytes)
            let outcome = try eccoe.run([
                "log", "verify", folder.file("log"), "--key", signer.key.text, "--old",
                folder.file("old"),
            ])
            #expect(outcome.status == status, "\(outcome.error)")
        }
    }

    @Test func `a quorum of cosignatures must be there`() throws {
        let folder = try TemporaryFolder()
        let signer = try LogTree.signer("uni-a.example/eccoe/1")
        let witnesses = try ["b", "c", "d"].map {
            try LogTree.signer("uni-\($0).example/eccoe/witness", .cosignature)
        }
        var tree = LogTree(entries: LogTree.entries(3), signer: signer)
        tree.cosigners = Array(witnesses.prefix(2))
        try tree.write(to: folder)
        let keys = witnesses.map(\.key.text)
        let cases: [([String], Int32)] = [
            (["--witness", keys[0]], 0),
            (["--witness", keys[2]], 1),
            (["--witness", keys[0], "--witness", keys[1], "--witness", keys[2]], 1),
            (
                [
                    "--witness", keys[0], "--witness", keys[1], "--witness", keys[2],
                    "--quorum", "2",
                ], 0
            ),
            (["--witness", keys[0], "--witness", keys[0], "--quorum", "2"], 64),
            (["--witness", keys[0], "--quorum", "0"], 64),
            (["--quorum", "1"], 64),
        ]
        for (options, status) in cases {
            let outcome = try eccoe.run(
                ["log", "verify", folder.file("log"), "--key", signer.key.text] + options
            )
            #expect(outcome.status == status, "\(options): \(outcome.error)")
        }
    }

    @Test(arguments: [0, 255, 256, 299])
    func `a proof from the tiles verifies and a wrong leaf does not`(_ index: Int) throws {
        let folder = try TemporaryFolder()
        let signer = try LogTree.signer("uni-a.example/eccoe/1")
        try LogTree(entries: LogTree.entries(300), signer: signer).write(to: folder)
        let proof = try eccoe.run([
            "log", "prove", folder.file("log"), "--key", signer.key.text, "--index",
            String(index),
        ])
        #expect(proof.status == 0, "\(proof.error)")
        try folder.write("proof", Array(proof.output.utf8))
        for (leaf, status) in [("entry \(index)", Int32(0)), ("entry \(index + 1)", 1)] {
            try folder.write("leaf", Array(leaf.utf8))
            let outcome = try eccoe.run([
                "proof", "verify", folder.file("proof"), "--leaf", folder.file("leaf"), "--key",
                signer.key.text,
            ])
            #expect(outcome.status == status, "\(outcome.error)")
        }
    }

    @Test func `no proof is made beyond the end or from a broken tile`() throws {
        let folder = try TemporaryFolder()
        let signer = try LogTree.signer("uni-a.example/eccoe/1")
        try LogTree(entries: LogTree.entries(300), signer: signer).write(to: folder)
        let prove = ["log", "prove", folder.file("log"), "--key", signer.key.text, "--index"]
        #expect(try eccoe.run(prove + ["300"]).status == 1)
        #expect(try eccoe.run(prove + ["x"]).status == 64)
        var tile = try folder.read("log/tile/0/000")
        tile[0] ^= 1
        try folder.write("log/tile/0/000", tile)
        let outcome = try eccoe.run(prove + ["1"])
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
    }

    @Test func `what is not there and what is misspelt have their own statuses`() throws {
        let folder = try TemporaryFolder()
        let key = try LogTree.signer("uni-a.example/eccoe/1").key.text
        #expect(try eccoe.run(["log", "verify", folder.file("no"), "--key", key]).status == 66)
        #expect(try eccoe.run(["log", "verify", folder.path, "--key", key]).status == 66)
        #expect(try eccoe.run(["log", "verify", folder.path, "--key", "x"]).status == 64)
        #expect(try eccoe.run(["log", "verify", folder.path]).status == 64)
        #expect(
            try eccoe.run(["log", "verify", "https://127.0.0.1:9", "--key", key]).status == 69
        )
        #expect(
            try eccoe.run([
                "proof", "verify", folder.file("no"), "--leaf", folder.file("no"), "--key", key,
            ]).status == 66
        )
    }
}
