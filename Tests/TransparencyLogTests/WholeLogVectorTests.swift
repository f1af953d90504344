import CanonicalJSON
import Foundation
import Keys
import Testing

@testable import TransparencyLog

/// Logs that other programs wrote.
@Suite(.enabled(if: SharedVectors.arePresent, "shared vectors absent: skipped"))
struct `Logs of other programs` {
    private static let tessera = "tessera/testdata/log"
    private static let tesseraKey =
        "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
    private static let worked = "worked-examples/log300"
    private static let mirror =
        "sunlight/skylight/testdata/witness/mirror/"
        + "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706"

    private func head(_ path: String, _ vkey: String) throws -> VerifiedCheckpoint {
        try VerifiedCheckpoint(SharedVectors.bytes(path), key: VerifierKey(vkey))
    }

    @Test(arguments: 0...15)
    func `tessera's log is whole at each of its checkpoints`(size: Int) throws {
        let head = try head("\(Self.tessera)/checkpoint.\(size)", Self.tesseraKey)
        #expect(head.checkpoint.size == size)
        var audit = LogAudit(checkpoint: head)
        let entries = try audit.run { try SharedVectors.bytes("\(Self.tessera)/\($0.path)") }
        #expect(entries.count == size)
    }

    @Test func `tessera's newest checkpoint extends all older ones`() throws {
        let newest = try head("\(Self.tessera)/checkpoint", Self.tesseraKey)
        for size in 0...15 {
            let old = try head("\(Self.tessera)/checkpoint.\(size)", Self.tesseraKey)
            var audit = LogAudit(checkpoint: newest, old: old)
            _ = try audit.run { try SharedVectors.bytes("\(Self.tessera)/\($0.path)") }
        }
    }

    @Test func `the worked log of 300 entries is whole and extends its 257`() throws {
        let key = try SharedVectors.line("worked-examples/log.vkey")
        let newest = try head("\(Self.worked)/checkpoint", key)
        let old = try head("\(Self.worked)/checkpoint.257", key)
        var audit = LogAudit(checkpoint: newest, old: old)
        let entries = try audit.run { try SharedVectors.bytes("\(Self.worked)/\($0.path)") }
        #expect(entries == (0..<300).map { Array("entry \($0)".utf8) })
    }

    @Test func `our own tree of the worked log is the same, byte for byte`() throws {
        let own = try TileTree(size: 300)
        for path in own.tilePaths {
            #expect(
                try own.files[path] == SharedVectors.bytes("\(Self.worked)/\(path)"),
                "\(path)"
            )
        }
        let earlier = try TileTree(size: 257)
        for path in earlier.tilePaths {
            #expect(
                try earlier.files[path] == SharedVectors.bytes("\(Self.worked)/\(path)"),
                "\(path)"
            )
        }
        #expect(
            try earlier.files["checkpoint"]
                == SharedVectors.bytes("\(Self.worked)/checkpoint.257")
        )
    }

    @Test func `sunlight's mirrored log hashes to its cosigned root`() throws {
        let note = try SignedNote(SharedVectors.bytes("\(Self.mirror)/checkpoint"))
        let checkpoint = try Checkpoint(text: note.text)
        #expect(checkpoint.size == 300)
        #expect(
            Self.mirror.hasSuffix("/" + Checkpoint.originHash(checkpoint.origin).hex)
        )
        var range = CompactRange()
        for (path, width) in [("000", 256), ("001.p/44", 44)] {
            let tile = try HashTile(
                SharedVectors.bytes("\(Self.mirror)/tile/0/\(path)"),
                width: width
            )
            for hash in tile.hashes { range.append(hash) }
        }
        #expect(range.root == checkpoint.root)
        let above = try SharedVectors.bytes("\(Self.mirror)/tile/1/000.p/1")
        #expect(try HashTile(above, width: 1).hashes == [range.hashes[0]])

        let manifest = try SharedVectors.json(
            "sunlight/skylight/testdata/witness/mirror/mirror.v0.json"
        )
        let key = try VerifierKey(#require(manifest["verifier_keys"]?[0]?.string))
        let line = try #require(note.signatures.first(where: key.matches))
        #expect(
            try key.verify(line, over: note.text) == Instant("2025-12-31T00:00:00Z")
        )
    }

    @Test func `sunlight's witness cosigned a head of a log with another kind of key`() throws {
        let folder = "sunlight/skylight/testdata/witness"
        let manifest = try SharedVectors.json("\(folder)/witness.v0.json")
        let key = try VerifierKey(#require(manifest["verifier_keys"]?[0]?.string))
        let name = try #require(Self.mirror.split(separator: "/").last)
        let note = try SignedNote(SharedVectors.bytes("\(folder)/\(name)/checkpoint"))
        #expect(note.signatures.count == 2)
        let line = try #require(note.signatures.first(where: key.matches))
        #expect(
            try key.verify(line, over: note.text) == Instant("2025-12-31T00:00:00Z")
        )
    }
}
