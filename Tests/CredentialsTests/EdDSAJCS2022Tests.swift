import CanonicalJSON
import Keys
import Testing

@testable import Credentials

@Suite struct EdDSAJCS2022Tests {
    private static let folder = "vc-di-eddsa/TestVectors/eddsa-jcs-2022/"

    @Test(.enabled(if: SharedVectors.present, SharedVectors.absent))
    func `every intermediate value of the specification's example is reached`() throws {
        let signed = try SharedVectors.json(Self.folder + "signedJCS.json")
        let unsecured = signed.setting(["proof"], to: nil)
        let configuration = try SharedVectors.json(Self.folder + "proofConfigJCS.json")
        #expect(
            unsecured.canonicalText == (try SharedVectors.text(Self.folder + "canonDocJCS.txt"))
        )
        #expect(
            configuration.canonicalText
                == (try SharedVectors.text(Self.folder + "proofCanonJCS.txt"))
        )
        let data = EdDSAJCS2022.hashData(document: unsecured, configuration: configuration)
        #expect(
            Hex.encode(data[..<32]) == (try SharedVectors.text(Self.folder + "proofHashJCS.txt"))
        )
        #expect(Hex.encode(data[32...]) == (try SharedVectors.text(Self.folder + "docHashJCS.txt")))
        #expect(
            Hex.encode(data) == (try SharedVectors.text(Self.folder + "combinedHashJCS.txt"))
        )
    }

    @Test(.enabled(if: SharedVectors.present, SharedVectors.absent))
    func `the specification's key makes the specification's proof`() throws {
        let signed = try SharedVectors.json(Self.folder + "signedJCS.json")
        let pair = try SharedVectors.json("vc-di-eddsa/TestVectors/keyPair.json")
        let secret = try #require(pair["privateKeyMultibase"]?.string)
        let seed = try #require(Base58.decode(secret.dropFirst())).dropFirst(2)
        let key = try #require(Ed25519Key(seed: Array(seed)))
        let options = ProofOptions(
            verificationMethod: try #require(DIDKey.verificationMethod(of: key.publicKey)),
            created: try #require(Instant("2023-02-24T23:36:38Z"))
        )
        let again = try DataIntegrity.sign(
            signed.setting(["proof"], to: nil),
            options: options,
            signer: key
        )
        #expect(again == signed)
        #expect(
            again["proof"]?["proofValue"]?.string
                == (try SharedVectors.text(Self.folder + "sigBTC58JCS.txt"))
        )
    }

    @Test(.enabled(if: SharedVectors.present, SharedVectors.absent))
    func `the specification's example passes but its issuer is not the key's`() throws {
        let signed = try SharedVectors.json(Self.folder + "signedJCS.json")
        let report = CredentialVerification.verify(
            signed,
            evidence: Evidence(),
            at: IssuedCredential.later
        )
        #expect(report.status("wellformed") == .pass)
        #expect(report.status("proof") == .pass)
        #expect(report.status("validity") == .pass)
        #expect(report.status("issuer") == .fail)
        #expect(report.verdict == .invalid)
        #expect(report.detail("proof").contains("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"))
    }

    @Test(.enabled(if: SharedVectors.present, SharedVectors.absent))
    func `proof sets in a suite that is not supported are unknown by name`() throws {
        let signed = try SharedVectors.json(
            "vc-di-eddsa/TestVectors/proof-set-chain/signedProofSet2.json"
        )
        let results = DataIntegrity.verify(
            signed,
            evidence: Evidence(),
            at: IssuedCredential.later
        )
        #expect(results.map(\.status) == [.unknown, .unknown])
        #expect(results.allSatisfy { $0.detail.contains("eddsa-rdfc-2022") })
        #expect(results.allSatisfy { $0.method != nil })
    }

    @Test func `our own proof has golden bytes`() throws {
        let issued = try IssuedCredential()
        #expect(
            Digest(of: issued.document.canonicalBytes).hex
                == "b04e3e8b14edf820ccb827ee6f64631e2aa199d75a45d8cbcfaf1f51ee48de5c"
        )
    }

    @Test func `contexts appended behind the proof's own are tolerated, others are not`() throws {
        let issued = try IssuedCredential()
        let contexts = try #require(issued.document["@context"]?.array)
        let appended = issued.document.setting(
            ["@context"],
            to: .array(contexts + ["https://example.org/more"])
        )
        #expect(try issued.report(appended).status("proof") == .pass)
        let swapped = issued.document.setting(["@context"], to: .array(contexts.reversed()))
        #expect(try issued.report(swapped).detail("proof").contains("another @context"))
    }

    @Test func `a P-256 key does not pass for Ed25519`() throws {
        let issued = try IssuedCredential()
        let p256 = try #require(
            Multikey.decode("zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv")
        )
        let document = try #require(
            DIDWeb.document(
                domain: IssuedCredential.domain,
                keys: [.init(kid: issued.kid, key: p256)]
            )
        )
        let report = CredentialVerification.verify(
            issued.document,
            evidence: Evidence(didDocuments: [
                IssuedCredential.did: .document(document, source: "a file")
            ]),
            at: IssuedCredential.later
        )
        #expect(report.status("proof") == .fail)
        #expect(report.detail("proof").contains("not Ed25519"))
    }

    @Test func `nothing but an object can be signed`() throws {
        let key = Ed25519Key()
        let options = ProofOptions(
            verificationMethod: "did:example:a#b",
            created: IssuedCredential.issued
        )
        #expect(throws: DataIntegrityError.notAnObject) {
            try DataIntegrity.sign(["a"], options: options, signer: key)
        }
    }
}
