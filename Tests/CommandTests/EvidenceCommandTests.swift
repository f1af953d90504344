import Federation
import Keys
import Testing
import TransparencyLog

@Suite struct `The command evidence verify` {
    private static let origin = "uni-a.example/eccoe/1"
    private let folder: TemporaryFolder
    private let signer: NoteSigner
    private let eccoe = EccoeProcess()

    init() throws {
        folder = try TemporaryFolder()
        let key = try #require(Ed25519Key(seed: Array(repeating: 7, count: 32)))
        signer = try #require(NoteSigner(name: Self.origin, type: .ed25519, signer: key))
    }

    private func head(_ root: [UInt8]) throws -> SignedNote {
        try VerifiedCheckpoint(
            signing: Checkpoint(origin: Self.origin, size: 5, root: Digest(of: root)), by: signer
        ).note
    }

    private func verify(_ bytes: [UInt8], key: String) throws -> EccoeProcess.Outcome {
        try folder.write("fork.json", bytes)
        return try eccoe.run(["evidence", "verify", folder.file("fork.json"), "--key", key])
    }

    @Test func `accepts two trees of one size`() throws {
        let evidence = ForkEvidence(try head([1]), try head([2]))
        let outcome = try verify(evidence.bytes, key: signer.key.text)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.contains("forked  \(Self.origin)"))
    }

    @Test func `ends with 1 when nothing is proven`() throws {
        let same = ForkEvidence(try head([1]), try head([1]))
        #expect(try verify(same.bytes, key: signer.key.text).status == 1)
        let evidence = ForkEvidence(try head([1]), try head([2]))
        let other = try #require(Ed25519Key(seed: Array(repeating: 8, count: 32)))
        let stranger = try #require(NoteSigner(name: Self.origin, type: .ed25519, signer: other))
        let outcome = try verify(evidence.bytes, key: stranger.key.text)
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("  at: /notes/0"))
    }

    @Test func `names what it cannot read`() throws {
        #expect(try verify(Array("garbage".utf8), key: signer.key.text).status == 65)
        #expect(try verify([], key: "no key").status == 64)
        let missing = try eccoe.run(["evidence", "verify", "/nope", "--key", signer.key.text])
        #expect(missing.status == 66)
    }
}
