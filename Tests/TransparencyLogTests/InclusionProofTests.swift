import Keys
import Testing
import TransparencyLog

@Suite struct `Inclusion proof files` {
    private func proof(index: Int, extra: [UInt8]? = nil) throws -> InclusionProof {
        let log = try TileTree(size: 300)
        struct Absent: Error {}
        let path = try MerkleTree.inclusionProof(index: index, size: 300) { node in
            guard let hash = log.nodes[node] else { throw Absent() }
            return hash
        }
        return InclusionProof(
            index: index,
            path: path,
            checkpoint: log.checkpoint.note,
            extra: extra
        )
    }

    @Test(arguments: [0, 5, 255, 256, 299])
    func `a proof comes back from its file and verifies`(index: Int) throws {
        for extra in [nil, [], Array("hello".utf8)] as [[UInt8]?] {
            let proof = try proof(index: index, extra: extra)
            let again = try InclusionProof(proof.bytes)
            #expect(again == proof)
            let head = try again.verify(
                leaf: Array("entry \(index)".utf8),
                key: Fixtures.signer().key
            )
            #expect(head.checkpoint.size == 300)
        }
    }

    @Test func `another entry, index, head or key is refused`() throws {
        let good = try proof(index: 5)
        let key = try Fixtures.signer().key
        let leaf = Array("entry 5".utf8)
        #expect(throws: ProofError.rootMismatch) {
            try good.verify(leaf: Array("entry 6".utf8), key: key)
        }
        #expect(throws: NoteError.notSignedBy(Fixtures.origin)) {
            try good.verify(leaf: leaf, key: Fixtures.signer(seed: 3).key)
        }
        let moved = InclusionProof(index: 4, path: good.path, checkpoint: good.checkpoint)
        #expect(throws: ProofError.rootMismatch) { try moved.verify(leaf: leaf, key: key) }
        let beyond = InclusionProof(index: .max, path: good.path, checkpoint: good.checkpoint)
        #expect(throws: ProofError.outOfRange) { try beyond.verify(leaf: leaf, key: key) }
        let other = try InclusionProof(
            index: 5,
            path: good.path,
            checkpoint: Fixtures.checkpoint(size: 300).note
        )
        #expect(throws: ProofError.rootMismatch) { try other.verify(leaf: leaf, key: key) }
        let short = InclusionProof(
            index: 5,
            path: Array(good.path.dropLast()),
            checkpoint: good.checkpoint
        )
        #expect(throws: ProofError.wrongLength(expected: 9, found: 8)) {
            try short.verify(leaf: leaf, key: key)
        }
    }

    private static let head = "c2sp.org/tlog-proof@v1\n"
    private static let hash = Digest(of: [1] as [UInt8]).base64
    private static let note = "o\n1\n\(hash)\n\n\(Fixtures.line)"

    @Test func `the shortest proof is read`() throws {
        let proof = try InclusionProof(Array("\(Self.head)index 0\n\n\(Self.note)".utf8))
        #expect(proof.index == 0)
        #expect(proof.path == [])
        #expect(proof.extra == nil)
        #expect(proof.checkpoint.bytes == Array(Self.note.utf8))
    }

    @Test(arguments: [
        "", "index 0\n\n\(note)", "c2sp.org/tlog-proof@v2\nindex 0\n\n\(note)",
        " \(head)index 0\n\n\(note)", "\(head)\n\(note)", "\(head)index\n\n\(note)",
        "\(head)index \n\n\(note)", "\(head)index 00\n\n\(note)", "\(head)index -1\n\n\(note)",
        "\(head)index 9223372036854775808\n\n\(note)", "\(head)Index 0\n\n\(note)",
        "\(head)index 0 \n\n\(note)", "\(head)index  0\n\n\(note)", "\(head)index 0\n\(note)",
        "\(head)index 0\n\(hash)\n\(note)", "\(head)index 0\n\(hash) \n\n\(note)",
        "\(head)index 0\n\(hash.dropLast())\n\n\(note)", "\(head)index 0\nAAAA\n\n\(note)",
        "\(head)extra\nindex 0\n\n\(note)", "\(head)extra A\nindex 0\n\n\(note)",
        "\(head)extra aGVsbG8=\nextra aGVsbG8=\nindex 0\n\n\(note)",
        "\(head)index 0\nextra aGVsbG8=\n\n\(note)", "\(head)index 0\nindex 0\n\n\(note)",
        "\(head)index 0\n\n", "\(head)index 0\n", "\(head)index 0", "\(head)index 0\n\n\n\(note)x",
        "\(head)index 0\n\no\n1\n\(hash)\n", "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\n\(note)",
        "\(head)index 0\r\n\n\(note)", "\(head)index 0\n\(hash)\r\n\n\(note)",
    ])
    func `what is no proof is refused`(_ text: String) {
        refuse(Array(text.utf8))
    }

    @Test func `the path has at most 63 hashes`() throws {
        func text(_ count: Int) -> [UInt8] {
            Array(
                (Self.head + "index 0\n" + String(repeating: Self.hash + "\n", count: count)
                    + "\n" + Self.note).utf8
            )
        }
        #expect(try InclusionProof(text(63)).path.count == 63)
        refuse(text(64))
        refuse(text(80))
        refuse(text(2000))
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        refuse(Array("\(Self.head)index 0\n\n".utf8) + [0xff] + Array(Self.note.utf8))
    }

    private func refuse(_ bytes: [UInt8]) {
        do throws(ProofError) {
            _ = try InclusionProof(bytes)
            Issue.record("accepted: \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        } catch {
            guard case .malformed(let reason) = error else {
                Issue.record("another error: \(error)")
                return
            }
            #expect(!reason.isEmpty)
        }
    }
}
