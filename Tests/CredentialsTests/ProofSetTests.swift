import CanonicalJSON
import Keys
import Testing

@testable import Credentials

@Suite struct ProofSetTests {
    private let issued: IssuedCredential
    private let witness = Ed25519Key()

    init() throws {
        issued = try IssuedCredential()
    }

    private func witnessed(_ edit: (inout ProofOptions) -> Void = { _ in }) throws -> JSON {
        var options = ProofOptions(
            verificationMethod: try #require(DIDKey.verificationMethod(of: witness.publicKey)),
            created: IssuedCredential.issued
        )
        edit(&options)
        return try DataIntegrity.sign(issued.document, options: options, signer: witness)
    }

    @Test func `a second proof beside the issuer's makes a set in which both pass`() throws {
        let document = try witnessed()
        #expect(document["proof"]?.array?.count == 2)
        let report = try issued.report(document)
        #expect(report.verdict == .valid)
        #expect(report.facts.issuerMethods.map(\.id) == [issued.method])
    }

    @Test func `one failing proof of a set is enough to fail`() throws {
        let other = try #require(issued.document["proof"]?["proofValue"])
        let document = try witnessed().setting(["proof", "1", "proofValue"], to: other)
        let report = try issued.report(document)
        #expect(report.status("proof") == .fail)
        #expect(report.detail("proof").contains("/proof/1: The signature does not fit"))
    }

    @Test func `an unknown suite beside a passing proof is named and does not spoil it`() throws {
        let document = try witnessed().setting(["proof", "1", "cryptosuite"], to: "bbs-2023")
        let report = try issued.report(document)
        #expect(report.status("proof") == .pass)
        #expect(report.detail("proof").contains("bbs-2023, which is not supported"))
        #expect(report.verdict == .valid)
    }

    @Test func `a witness's proof alone does not make the issuer's credential`() throws {
        let both = try witnessed()
        let alone = both.setting(["proof"], to: try #require(both["proof"]?[1]))
        let report = try issued.report(alone)
        #expect(report.status("proof") == .pass)
        #expect(report.status("issuer") == .fail)
        #expect(report.verdict == .invalid)
        #expect(report.facts.issuerMethods.isEmpty)
    }

    @Test func `with the issuer's proof in an unknown suite the issuer stays unknown`() throws {
        let document = try witnessed().setting(["proof", "0", "cryptosuite"], to: "bbs-2023")
        let report = try issued.report(document)
        #expect(report.status("proof") == .pass)
        #expect(report.facts.issuerMethods.isEmpty)
        #expect(report.status("issuer") == .unknown)
        #expect(report.detail("issuer").contains("bbs-2023"))
        #expect(report.verdict == .indeterminate)
    }

    @Test func `a proof of a chain signs the earlier proof too`() throws {
        let first = issued.document.setting(["proof", "id"], to: nil)
        var base = try #require(first.object)
        base["proof"] = nil
        let firstProof = try proof(for: .object(base), id: "urn:uuid:1", signer: issued.key)
        base["proof"] = [firstProof]
        let second = try proof(
            for: .object(base),
            previous: "urn:uuid:1",
            method: DIDKey.verificationMethod(of: witness.publicKey),
            signer: witness
        )
        let chained = JSON.object(base).setting(["proof"], to: [firstProof, second])
        #expect(try issued.report(chained).verdict == .valid)
        let broken = chained.setting(["proof", "1", "previousProof"], to: "urn:uuid:2")
        #expect(try issued.report(broken).detail("proof").contains("previousProof"))
    }

    /// A proof whose configuration carries members that `ProofOptions` does not know.
    private func proof(
        for document: JSON,
        id: String? = nil,
        previous: String? = nil,
        method: String? = nil,
        signer: Ed25519Key
    ) throws -> JSON {
        let options = ProofOptions(
            verificationMethod: method ?? issued.method,
            created: IssuedCredential.issued
        )
        var members = options.configuration(cryptosuite: EdDSAJCS2022.name)
        members["id"] = id.map { .string($0) }
        members["previousProof"] = previous.map { .string($0) }
        members["@context"] = document["@context"]
        let data = EdDSAJCS2022.hashData(document: document, configuration: .object(members))
        members["proofValue"] = .string("z" + Base58.encode(try signer.sign(data)))
        return .object(members)
    }

    @Test func `domain, challenge and expiry are looked at`() throws {
        let document = try witnessed {
            $0.domain = "uni-b.example"
            $0.challenge = "4711"
            $0.expires = IssuedCredential.later
        }
        func status(_ domain: String?, _ challenge: String?, _ time: Instant) throws -> CheckStatus
        {
            try #require(
                DataIntegrity.verify(
                    document,
                    domain: domain,
                    challenge: challenge,
                    evidence: try issued.evidence,
                    at: time
                ).last
            ).status
        }
        #expect(try status(nil, nil, IssuedCredential.later) == .pass)
        #expect(try status("uni-b.example", "4711", IssuedCredential.later) == .pass)
        #expect(try status("uni-c.example", nil, IssuedCredential.later) == .fail)
        #expect(try status(nil, "4712", IssuedCredential.later) == .fail)
        #expect(try status(nil, nil, IssuedCredential.later + 1) == .fail)
    }

    @Test(arguments: [
        ("proofPurpose", "authentication", "was made for authentication"),
        ("created", "yesterday", "created is no date"),
        ("proofValue", "mAAAA", "no base58 multibase"),
        ("proofValue", "z1111", "no base58 multibase"),
        ("verificationMethod", "did:web:uni-a.example", "names a document, but no key"),
        ("verificationMethod", "key-1", "names no verificationMethod"),
        ("verificationMethod", "did:web:uni-a.example#other", "has no key"),
    ])
    func `a proof with a wrong member fails and says why`(
        name: String,
        value: String,
        reason: String
    ) throws {
        let document = issued.document.setting(["proof", name], to: .string(value))
        let report = try issued.report(document)
        #expect(report.status("proof") == .fail)
        #expect(report.detail("proof").contains(reason))
    }

    @Test func `sixteen proofs are looked at and a seventeenth fails`() throws {
        let proof = try #require(issued.document["proof"])
        let sixteen = issued.document.setting(
            ["proof"],
            to: .array(Array(repeating: proof, count: 16))
        )
        #expect(try issued.report(sixteen).verdict == .valid)
        let seventeen = issued.document.setting(
            ["proof"],
            to: .array(Array(repeating: proof, count: 17))
        )
        #expect(try issued.report(seventeen).detail("proof").contains("more than 16 proofs"))
    }
}
