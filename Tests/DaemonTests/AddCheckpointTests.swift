import Federation
import Keys
import NodeClient
import Testing
import TransparencyLog

/// What a witness cosigns, and what it does not.
extension EndpointTests {
    private var path: String { Endpoint.addCheckpoint.template }

    private func add(
        _ note: SignedNote, old: Int = 0, proof: [Digest] = []
    ) async throws -> PeerResponse {
        let request = AddCheckpoint(oldSize: old, proof: proof, note: note)
        return try await node.ask("POST", path, body: request.bytes)
    }

    @Test func `a witness signs for logs of the registry and for their keys only`() async throws {
        let head = try await node.head()
        let stranger = Ed25519Key()
        let unknown = try #require(
            NoteSigner(name: "uni-z.example/eccoe/1", type: .ed25519, signer: stranger))
        let impostor = try #require(
            NoteSigner(name: node.origin, type: .ed25519, signer: stranger))
        let root = head.checkpoint.root
        try await withoutTrace {
            let foreign = try VerifiedCheckpoint(
                signing: Checkpoint(origin: unknown.key.name, size: 1, root: root), by: unknown)
            node.expectProblem(
                try await add(foreign.note), [404], .unknownOrigin, detail: unknown.key.name,
                "an origin that the registry lacks")
            let forged = try VerifiedCheckpoint(signing: head.checkpoint, by: impostor)
            node.expectProblem(
                try await add(forged.note), [403], .forbidden, "a key that is not the log's")
            node.expectProblem(
                try await add(try broken(head.note)), [403], .forbidden, "a broken signature")
        }
    }

    @Test func `a witness answers another old size with its own`() async throws {
        let head = try await node.head()
        let held = try await cosign(head)
        #expect(held == 21)
        try await withoutTrace {
            for old in [0, 1, 20] { try await expectConflict(try await add(head.note, old: old)) }
            // A rolled-back log, well signed.
            let older = try node.signed(size: 20, root: try await root(at: 20))
            try await expectConflict(try await add(older.note))
            try await expectConflict(try await add(older.note, old: 20))
            node.expectProblem(
                try await add(older.note, old: 21), [400], .malformedRequest,
                "an old size above the new one")
            let longer = try node.signed(size: 22, root: Digest(of: [1]))
            for proof in [[], [Digest(of: [2])], Array(repeating: Digest(of: []), count: 63)] {
                node.expectProblem(
                    try await add(longer.note, old: 21, proof: proof), [422], .invalidProof,
                    "a proof of \(proof.count) hashes that proves nothing")
            }
        }
        // The head that it has is cosigned anew.
        #expect(try await add(head.note, old: 21).status == 200)
    }

    /// The root that the log had at a size.
    private func root(at size: Int) async throws -> Digest {
        let tile = try await node.ask("GET", "/log/1/tile/0/000.p/\(size)")
        var range = CompactRange()
        for hash in try HashTile(tile.body, width: size).hashes { range.append(hash) }
        return range.root
    }

    /// Lets the witness cosign the head, unless it has; returns the size that it holds then.
    private func cosign(_ head: VerifiedCheckpoint) async throws -> Int? {
        var answer = try await add(head.note)
        if answer.status == 409 { answer = try await add(head.note, old: head.checkpoint.size) }
        #expect(answer.status == 200)
        let line = try NoteSignature(line: Array(answer.body.dropLast()))
        #expect(line.name == "\(node.domain)/eccoe/witness")
        let hash = Checkpoint.originHash(node.origin).hex
        let kept = try await node.ask("GET", "/witness/\(hash)/checkpoint")
        #expect(kept.status == 200)
        return try VerifiedCheckpoint(kept.body, key: head.key).checkpoint.size
    }

    private func expectConflict(_ answer: PeerResponse) async throws {
        #expect(answer.status == 409)
        #expect(answer.headers["content-type"] == "text/x.tlog.size")
        #expect(String(decoding: answer.body, as: UTF8.self) == "21\n")
    }

    /// The same note with one bit of its signature turned.
    private func broken(_ note: SignedNote) throws -> SignedNote {
        let lines = note.signatures.map { line in
            var signature = line.signature
            signature[10] ^= 1
            return NoteSignature(name: line.name, keyID: line.keyID, signature: signature)
        }
        return try SignedNote(text: note.text, signatures: lines)
    }
}
