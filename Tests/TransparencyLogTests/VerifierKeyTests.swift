import Keys
import Testing
import TransparencyLog

@Suite struct `Verifier keys` {
    @Test func `a vkey comes back from its key`() throws {
        for type in [VerifierKey.SignatureType.ed25519, .cosignature] {
            let key = try Fixtures.signer("node.uni-b.example/witness", type, seed: 32).key
            let again = try VerifierKey(key.text)
            #expect(again == key)
            #expect(again.text == key.text)
            #expect(again.keyID == key.keyID)
            #expect(again.type == type)
        }
    }

    /// From golang.org/x/mod's documentation of notes.
    @Test func `the Go documentation's key is read`() throws {
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        let key = try VerifierKey(text)
        #expect(key.name == "PeterNeumann")
        #expect(key.keyID == 0xc74f_20a3)
        #expect(key.text == text)
        let note = """
            If you think cryptography is the answer to your problem,
            then you don't know what your problem is.

            — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

            """
        let signed = try SignedNote(Array(note.utf8))
        // Not a checkpoint: its second line is no size, whoever signed it.
        #expect(throws: NoteError.malformedCheckpoint("fewer than three lines")) {
            try VerifiedCheckpoint(signed, key: key)
        }
        let signature = try #require(signed.signatures.first)
        #expect(
            PublicKey.ed25519(key.publicKey).isValid(
                signature: signature.signature,
                over: signed.text
            )
        )
    }

    private static let good = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

    @Test(arguments: [
        "", "+", "++", "PeterNeumann", "PeterNeumann+c74f20a3", "PeterNeumann+c74f20a3+",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter\u{a0}Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter\nNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter+Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "peterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+0xc74f20+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW+",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWAA==",
        "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
        " PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ])
    func `a malformed vkey is refused`(_ text: String) {
        do throws(NoteError) {
            _ = try VerifierKey(text)
            Issue.record("accepted")
        } catch {
            guard case .malformedKey(let reason) = error else {
                Issue.record("another error: \(error)")
                return
            }
            #expect(!reason.isEmpty)
        }
    }

    @Test func `an unsupported signature type is named`() throws {
        let bytes: [UInt8] = [0x06] + [UInt8](repeating: 1, count: 32)
        let error = #expect(throws: NoteError.self) {
            try VerifierKey("name+00000000+\(Base64.encode(bytes))")
        }
        #expect(error == .malformedKey("signature type 0x06 is not supported"))
    }

    @Test func `only Ed25519 keys and allowed names make a verifier`() {
        let key = Ed25519Key().publicKey
        #expect(VerifierKey(name: "name", type: .ed25519, publicKey: key) != nil)
        for name in ["", "a b", "a+b", "a\tb", "a\u{2028}b", "\n"] {
            #expect(VerifierKey(name: name, type: .ed25519, publicKey: key) == nil)
        }
        #expect(VerifierKey(name: "n", type: .ed25519, publicKey: .ed25519([1])) == nil)
        #expect(VerifierKey(name: "n", type: .ed25519, publicKey: .p256([4])) == nil)
        #expect(VerifierKey(name: "n", type: .cosignature, publicKey: .rsa([])) == nil)
        #expect(NoteSigner(name: "a+b", type: .ed25519, signer: Ed25519Key()) == nil)
    }

    @Test func `name and type are part of the key id`() throws {
        let ids = try [
            Fixtures.signer("a").key, Fixtures.signer("b").key,
            Fixtures.signer("a", .cosignature).key, Fixtures.signer("a", seed: 1).key,
        ].map(\.keyID)
        #expect(Set(ids).count == 4)
    }
}
