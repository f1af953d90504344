import CanonicalJSON
import Keys
import Testing
import TransparencyLog

/// `worked-examples/vectors.json`: bytes computed outside this project from fixed seeds.
@Suite(.enabled(if: SharedVectors.arePresent, "shared vectors absent: skipped"))
struct `Worked examples` {
    private let vectors: JSON
    private let log: NoteSigner
    private let witness: NoteSigner

    init() throws {
        vectors = try SharedVectors.json("worked-examples/vectors.json")
        log = try Self.signer(vectors["keys"]?["log"], .ed25519)
        witness = try Self.signer(vectors["keys"]?["witness_ed25519"], .cosignature)
    }

    private static func signer(
        _ key: JSON?,
        _ type: VerifierKey.SignatureType
    ) throws -> NoteSigner {
        let name = try #require(key?["name"]?.string)
        let hex = try #require(key?["seed"]?.string)
        let seed = try #require(Hex.decode(hex))
        let signer = try #require(Ed25519Key(seed: seed))
        return try #require(NoteSigner(name: name, type: type, signer: signer))
    }

    private func string(_ value: JSON?) throws -> String { try #require(value?.string) }

    private func digest(_ value: JSON?) throws -> Digest {
        let text = try string(value)
        return try #require(Digest(base64: text))
    }

    private func digests(_ value: JSON?) throws -> [Digest] {
        try #require(value?.array).map(digest)
    }

    private func integer(_ value: JSON?) throws -> Int {
        Int(try #require(value?.integer))
    }

    @Test func `keys and key ids come out`() throws {
        let keys = try #require(vectors["keys"])
        #expect(log.key.text == keys["log"]?["vkey"]?.string)
        #expect(Hex.encode(log.key.publicKey) == keys["log"]?["pub"]?.string)
        #expect(String(log.key.keyID, radix: 16) == "51ba21")
        #expect(witness.key.text == keys["witness_ed25519"]?["vkey"]?.string)
        #expect(try VerifierKey(SharedVectors.line("worked-examples/witness.vkey")) == witness.key)
        #expect(throws: NoteError.malformedKey("signature type 0x06 is not supported")) {
            try VerifierKey(SharedVectors.line("worked-examples/witness-mldsa44.vkey"))
        }
    }

    @Test func `leaf hashes and roots come out`() throws {
        let leaves = try #require(vectors["leaf_hash"]?.object)
        for (index, hash) in leaves {
            #expect(Digest.ofLeaf(Array("entry \(index)".utf8)).hex == hash.string)
        }
        var roots = [MerkleTree.emptyRoot]
        var range = CompactRange()
        for index in 0..<300 {
            range.append(Digest.ofLeaf(Array("entry \(index)".utf8)))
            roots.append(range.root)
        }
        let expected = try #require(vectors["roots"]?.object)
        #expect(expected.count >= 13)
        for (size, root) in expected {
            let own = roots[try #require(Int(size))]
            #expect(own.hex == root["hex"]?.string)
            #expect(own.base64 == root["b64"]?.string)
        }
    }

    @Test func `inclusion proofs come out and verify`() throws {
        let reference = ReferenceTree(size: 300)
        let examples = try #require(vectors["inclusion"]?.array)
        #expect(examples.count == 8)
        for example in examples {
            let index = try integer(example["index"])
            let size = try integer(example["size"])
            let proof = try digests(example["proof"])
            #expect(
                try MerkleTree.inclusionProof(index: index, size: size, node: reference.node)
                    == proof
            )
            try MerkleTree.verifyInclusion(
                leafHash: try digest(example["leaf"]),
                index: index,
                size: size,
                proof: proof,
                root: try digest(example["root"])
            )
        }
    }

    @Test func `consistency proofs come out and verify`() throws {
        let reference = ReferenceTree(size: 300)
        let examples = try #require(vectors["consistency"]?.array)
        #expect(examples.count == 9)
        for example in examples {
            let old = try integer(example["old"])
            let new = try integer(example["new"])
            let proof = try digests(example["proof"])
            #expect(
                try MerkleTree.consistencyProof(old: old, new: new, node: reference.node)
                    == proof
            )
            try MerkleTree.verifyConsistency(
                old: old,
                oldRoot: try digest(example["root1"]),
                new: new,
                newRoot: try digest(example["root2"]),
                proof: proof
            )
        }
    }

    @Test func `tile paths, widths and bytes come out`() throws {
        for (index, path) in try #require(vectors["tile_index_paths"]?.object) {
            let tile = TileCoordinate(.hashes(level: 0), index: try #require(Int(index)))
            #expect(tile.path == "tile/0/" + (path.string ?? ""))
        }
        for layout in try #require(vectors["layout_70000"]?.array) {
            let level = try integer(layout["level"])
            let (full, partial) = TileCoordinate.widths(level: level, size: 70_000)
            #expect(Int64(full) == layout["full"]?.integer)
            #expect(Int64(partial) == layout["partial_width"]?.integer)
        }
        for (size, files) in try #require(vectors["tiles"]?.object) {
            let own = try TileTree(size: try #require(Int(size)))
            let expected = try #require(files.object)
            #expect(own.tilePaths == expected.names.sorted())
            for (path, file) in expected {
                let bytes = try #require(own.files[path])
                #expect(Int64(bytes.count) == file["len"]?.integer)
                #expect(Digest(of: bytes).hex == file["sha256"]?.string)
            }
        }
        let bundle = try #require(try TileTree(size: 2).files["tile/entries/000.p/2"])
        #expect(Hex.encode(bundle) == vectors["bundle_size2_hex"]?.string)
    }

    @Test func `the signed checkpoint and its cosignature come out byte for byte`() throws {
        let example = try #require(vectors["checkpoint"])
        let head = try TileTree(size: 300).checkpoint
        #expect(head.note.text == Array(try string(example["body"]).utf8))
        #expect(head.note.bytes == Array(try string(example["note"]).utf8))
        #expect(Hex.encode(head.note.bytes) == example["note_hex"]?.string)
        let time = Instant(secondsSince1970: 1_767_225_600)
        let line = try witness.sign(head.note.text, at: time)
        #expect(line.line == Array(try string(example["cosig_v1_line"]).utf8))
        let cosigned = try head.adding([line])
        #expect(try cosigned.cosignatures(by: [witness.key]).map(\.time) == [time])
        #expect(try cosigned.confirmed(by: [witness.key], quorum: 1) == time)
    }

    @Test func `the ML-DSA cosignature of an unknown type is skipped`() throws {
        let note = try SignedNote(SharedVectors.bytes("worked-examples/checkpoint-mldsa44.note"))
        let head = try VerifiedCheckpoint(note, key: log.key)
        #expect(head.checkpoint.size == 300)
        #expect(note.signatures.count >= 2)
        #expect(note.signatures.contains { $0.signature.count == 2428 })
        #expect(note.signatures.flatMap(\.line) == Array(note.bytes.dropFirst(note.text.count + 1)))
        #expect(try head.cosignatures(by: [witness.key]).count <= 1)
    }

    @Test func `the add-checkpoint request is made of our parts`() throws {
        let reference = ReferenceTree(size: 300)
        let proof = try MerkleTree.consistencyProof(old: 257, new: 300, node: reference.node)
        let head = try TileTree(size: 300).checkpoint
        let lines = ["old 257"] + proof.map(\.base64)
        let request = Array((lines.joined(separator: "\n") + "\n\n").utf8) + head.note.bytes
        let example = try #require(vectors["add_checkpoint"])
        #expect(request == Array(try string(example["request"]).utf8))
        #expect(try request == SharedVectors.bytes("worked-examples/add-checkpoint.req"))
        let answer = try witness.sign(
            head.note.text,
            at: Instant(secondsSince1970: 1_767_225_600)
        )
        #expect(answer.line == Array(try string(example["response_200"]).utf8))
        #expect(
            "/\(Checkpoint.originHash(head.checkpoint.origin).hex)/checkpoint"
                == example["monitor_path"]?.string
        )
    }

    @Test func `the tlog-proof comes out byte for byte and verifies`() throws {
        let bytes = try SharedVectors.bytes("worked-examples/proof5.tlog-proof")
        #expect(bytes == Array(try string(vectors["tlog_proof"]?["text"]).utf8))
        let proof = try InclusionProof(bytes)
        #expect(proof.bytes == bytes)
        #expect(proof.index == 5)
        #expect(proof.extra == Array("hello".utf8))
        let head = try proof.verify(leaf: Array("entry 5".utf8), key: log.key)
        #expect(try head.confirmed(by: [witness.key], quorum: 1) != nil)
        #expect(
            try MerkleTree.inclusionProof(
                index: 5,
                size: 300,
                node: ReferenceTree(size: 300).node
            ) == proof.path
        )
    }
}
