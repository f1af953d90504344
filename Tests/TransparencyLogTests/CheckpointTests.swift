import Keys
import Testing
import TransparencyLog

@Suite struct `Checkpoints` {
    private static let root = Digest(of: [7] as [UInt8]).base64

    @Test func `a checkpoint's text comes back`() throws {
        let text = Array("example.com/log\n7\n\(Self.root)\nmore\n— not a signature\n".utf8)
        let checkpoint = try Checkpoint(text: text)
        #expect(checkpoint.origin == "example.com/log")
        #expect(checkpoint.size == 7)
        #expect(checkpoint.root.base64 == Self.root)
        #expect(checkpoint.extensions == ["more", "— not a signature"])
        #expect(checkpoint.text == text)
        let own = Checkpoint(origin: "o", size: 0, root: MerkleTree.emptyRoot)
        #expect(own.text == Array("o\n0\n\(MerkleTree.emptyRoot.base64)\n".utf8))
        #expect(try Checkpoint(text: own.text) == own)
    }

    @Test(arguments: [
        "", "\n", "o", "o\n1", "o\n1\n", "o\n1\n\(root)", "\no\n1\n\(root)\n", "\n1\n\(root)\n",
        "o\n\n\(root)\n", "o\n1\n\n", "o\n1\n\(root)\n\n", "o\n1\n\(root)\n\nmore\n",
        "o\n\(root)\n1\n", "o\n1\n\(root) \n", "o\n1\n \(root)\n", "o\n1\n\(root)=\n",
        "o\r\n1\r\n\(root)\r\n", "o\n1\n\(root)\r\n", "a\r\nb\n1\n\(root)\n",
        "o\n1\n\(root)\nx\r\n",
        "o\n0\n\(root)\n",
    ])
    func `what is no checkpoint is refused`(_ text: String) {
        refuse(text)
    }

    @Test(arguments: [
        "-1", "-0", "+1", "01", "00", " 1", "1 ", "1.0", "1e3", "0x1", "1_000", "１", "٣", "one",
        "9223372036854775808", "18446744073709551616", "99999999999999999999999999",
    ])
    func `a tree size is plain decimal`(_ size: String) {
        refuse("o\n\(size)\n\(Self.root)\n")
    }

    @Test func `a root is 32 bytes in padded base64`() {
        for count in [0, 1, 31, 33, 64] {
            refuse("o\n1\n\(Base64.encode([UInt8](repeating: 1, count: count)))\n")
        }
        refuse("o\n1\n\(Self.root.dropLast())\n")
        refuse("o\n1\n\(Digest(of: [7] as [UInt8]).hex)\n")
        refuse("o\n1\n\(Base64URL.encode(Digest(of: [7] as [UInt8]).bytes))\n")
        let spare = Self.root.dropLast(2) + (Self.root.dropLast().hasSuffix("A") ? "B=" : "9=")
        refuse("o\n1\n\(spare)\n")
    }

    private func refuse(_ text: String) {
        do throws(NoteError) {
            _ = try Checkpoint(text: Array(text.utf8))
            Issue.record("accepted: \(text.debugDescription)")
        } catch {
            guard case .malformedCheckpoint(let reason) = error else {
                Issue.record("another error: \(error)")
                return
            }
            #expect(!reason.isEmpty)
        }
    }

    @Test func `the largest size is read`() throws {
        let text = Array("o\n9223372036854775807\n\(Self.root)\n".utf8)
        #expect(try Checkpoint(text: text).size == .max)
        #expect(throws: NoteError.self) { try Checkpoint(text: [0xff, 0x0a]) }
    }

    @Test func `an origin names its paths by its hash`() {
        #expect(
            Checkpoint.originHash("log.uni-a.example/credits").hex
                == "abd9ef0bec8612e115973f6f14cdd5c8d2002238188a0a5262411c29cd82ad1e"
        )
    }

    @Test func `only the log's own signature makes a checkpoint verified`() throws {
        let signed = try Fixtures.checkpoint()
        let key = try Fixtures.signer().key
        #expect(signed.key == key)
        #expect(try VerifiedCheckpoint(signed.note.bytes, key: key) == signed)

        let otherSeed = try Fixtures.signer(seed: 9).key
        #expect(throws: NoteError.notSignedBy(Fixtures.origin)) {
            try VerifiedCheckpoint(signed.note, key: otherSeed)
        }
        let otherName = try Fixtures.signer("other").key
        #expect(throws: NoteError.wrongOrigin(expected: "other", found: Fixtures.origin)) {
            try VerifiedCheckpoint(signed.note, key: otherName)
        }
        #expect(throws: NoteError.wrongOrigin(expected: "other", found: Fixtures.origin)) {
            try VerifiedCheckpoint(signing: signed.checkpoint, by: Fixtures.signer("other"))
        }
    }

    @Test func `a line of a known key that does not verify spoils the note`() throws {
        let signed = try Fixtures.checkpoint()
        let line = try #require(signed.note.signatures.first)
        var bytes = line.signature
        bytes[10] ^= 1
        let forged = NoteSignature(name: line.name, keyID: line.keyID, signature: bytes)
        let both = try signed.note.adding([forged])
        let alone = try SignedNote(text: signed.note.text, signatures: [forged])
        for note in [both, alone] {
            #expect(throws: NoteError.invalidSignature(by: Fixtures.origin)) {
                try VerifiedCheckpoint(note, key: signed.key)
            }
        }
    }

    @Test func `a signature over another text does not verify`() throws {
        let signed = try Fixtures.checkpoint(size: 7)
        let other = Checkpoint(
            origin: Fixtures.origin,
            size: 8,
            root: signed.checkpoint.root
        )
        let moved = try SignedNote(text: other.text, signatures: signed.note.signatures)
        #expect(throws: NoteError.invalidSignature(by: Fixtures.origin)) {
            try VerifiedCheckpoint(moved, key: signed.key)
        }
    }

    @Test func `lines of unknown keys are skipped, whatever is in them`() throws {
        let signed = try Fixtures.checkpoint()
        let unknown = [
            NoteSignature(name: "unknown", keyID: 1, signature: [1]),
            NoteSignature(name: Fixtures.origin, keyID: 1, signature: [2, 3]),
            NoteSignature(name: "unknown", keyID: signed.key.keyID, signature: [4]),
        ]
        let note = try SignedNote(
            text: signed.note.text,
            signatures: unknown + signed.note.signatures
        )
        #expect(try VerifiedCheckpoint(note, key: signed.key).checkpoint == signed.checkpoint)
    }
}
