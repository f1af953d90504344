import CanonicalJSON
import Keys
import Testing

@testable import Credentials

@Suite struct CredentialVerificationTests {
    private let issued: IssuedCredential

    init() throws {
        issued = try IssuedCredential()
    }

    @Test func `an untouched credential is valid, with its evidence in each line`() throws {
        let report = try issued.report()
        #expect(report.verdict == .valid)
        #expect(report.checks.map(\.id) == ["wellformed", "proof", "validity", "status", "issuer"])
        let multikey = try #require(Multikey.encode(issued.key.publicKey))
        #expect(report.detail("proof").contains(multikey))
        #expect(report.detail("proof").contains("the registry"))
        #expect(report.detail("issuer").contains("did:web:uni-a.example"))
        #expect(report.status("status") == .unknown)
        #expect(report.facts.issuer == "did:web:uni-a.example")
        #expect(report.facts.achievementIDs == ["https://uni-a.example/items/BC-101"])
        #expect(report.facts.validFrom == IssuedCredential.issued)
        #expect(report.facts.issuerMethods.first?.key == issued.key.publicKey)
        #expect(report.json["verdict"] == "valid")
        #expect(report.json["checks"]?[1]?["id"] == "proof")
        #expect(report.json["checks"]?[1]?["status"] == "pass")
        #expect(report.json["checks"]?[1]?["detail"]?.string == report.detail("proof"))
    }

    @Test(arguments: [
        ["id"], ["name"], ["validFrom"], ["validUntil"], ["issuer", "name"], ["type", "1"],
        ["credentialSubject", "id"], ["credentialSubject", "name"],
        ["credentialSubject", "achievement", "id"], ["credentialSubject", "achievement", "name"],
        ["credentialSubject", "achievement", "description"],
        ["credentialSubject", "achievement", "criteria", "narrative"],
        ["credentialSubject", "achievement", "creditsAvailable"], ["proof", "created"],
    ])
    func `changing any signed member breaks the proof`(path: [String]) throws {
        let value: JSON =
            switch path.last {
            case "validFrom", "validUntil", "created": "2026-11-24T00:00:01Z"
            case "creditsAvailable": 6
            default: "urn:example:tampered"
            }
        let report = try issued.report(issued.document.setting(path, to: value))
        #expect(report.status("proof") == .fail)
        #expect(report.verdict == .invalid)
        #expect(report.detail("proof").contains("does not fit"))
        #expect(report.facts.issuerMethods.isEmpty)
    }

    @Test func `adding or removing a member breaks the proof`() throws {
        let more = issued.document.setting(["credentialSubject", "grade"], to: "A")
        #expect(try issued.report(more).status("proof") == .fail)
        let less = issued.document.setting(["validUntil"], to: nil)
        #expect(try issued.report(less).status("proof") == .fail)
    }

    @Test func `another issuer's name over one's own key is no credential of theirs`() throws {
        let mallory = Ed25519Key()
        let method = try #require(DIDKey.verificationMethod(of: mallory.publicKey))
        let forged = try DataIntegrity.sign(
            issued.document.setting(["proof"], to: nil),
            options: ProofOptions(verificationMethod: method, created: IssuedCredential.issued),
            signer: mallory
        )
        let report = try issued.report(forged)
        #expect(report.status("proof") == .pass)
        #expect(report.status("issuer") == .fail)
        #expect(report.verdict == .invalid)
        #expect(report.detail("issuer").contains("but the credential names did:web:uni-a.example"))
    }

    @Test func `a document that claims another's method does not make it the issuer`() throws {
        let own = try DIDDocument(try issued.didDocument)
        let foreign = "did:web:uni-b.example"
        let document = try issued.didDocument.setting(
            ["verificationMethod", "0", "controller"],
            to: .string(foreign)
        )
        var evidence = Evidence(didDocuments: [own.id: .document(document, source: "a file")])
        #expect(
            CredentialVerification.needs(of: issued.document, evidence: evidence)
                == [.didDocument(id: foreign)]
        )
        evidence.didDocuments[foreign] = .document(["id": .string(foreign)], source: "a file")
        let report = CredentialVerification.verify(
            issued.document,
            evidence: evidence,
            at: IssuedCredential.later
        )
        #expect(report.status("issuer") == .fail)
    }

    @Test func `a key that the issuer does not list under assertionMethod is refused`() throws {
        let document = try issued.didDocument.setting(["assertionMethod"], to: [])
        let report = CredentialVerification.verify(
            issued.document,
            evidence: Evidence(didDocuments: [
                IssuedCredential.did: .document(document, source: "the web")
            ]),
            at: IssuedCredential.later
        )
        #expect(report.status("proof") == .pass)
        #expect(report.status("issuer") == .fail)
        #expect(report.detail("issuer").contains("assertionMethod"))
        #expect(report.verdict == .invalid)
    }

    @Test func `the period holds from its first to its last second`() throws {
        let end = IssuedCredential.issued + 365 * 86_400
        #expect(try issued.report(at: IssuedCredential.issued).verdict == .valid)
        #expect(try issued.report(at: end).verdict == .valid)
        let early = try issued.report(at: IssuedCredential.issued + -1)
        #expect(early.verdict == .invalid)
        #expect(early.detail("validity").contains("not yet valid"))
        let late = try issued.report(at: end + 1)
        #expect(late.verdict == .invalid)
        #expect(late.detail("validity").contains("expired"))
        #expect(late.status("proof") == .pass)
    }

    @Test func `without the issuer's document it is indeterminate and says what to do`() throws {
        let report = CredentialVerification.verify(
            issued.document,
            evidence: Evidence(),
            at: IssuedCredential.later
        )
        #expect(report.verdict == .indeterminate)
        #expect(report.status("proof") == .unknown)
        #expect(report.status("issuer") == .unknown)
        #expect(report.detail("proof").contains("has not been obtained"))
        #expect(report.detail("proof").contains("supply it"))
        let failed = CredentialVerification.verify(
            issued.document,
            evidence: Evidence(didDocuments: [
                IssuedCredential.did: .unobtainable("The host does not answer; try again later.")
            ]),
            at: IssuedCredential.later
        )
        #expect(failed.verdict == .indeterminate)
        #expect(failed.detail("proof").contains("The host does not answer"))
    }

    @Test func `a document of another DID or one that is broken resolves nothing`() throws {
        let other = try issued.didDocument.setting(["id"], to: "did:web:uni-b.example")
        for (json, reason) in [(other, "is that of did:web:uni-b.example"), ([], "cannot be used")]
        {
            let report = CredentialVerification.verify(
                issued.document,
                evidence: Evidence(didDocuments: [
                    IssuedCredential.did: .document(json, source: "a file")
                ]),
                at: IssuedCredential.later
            )
            #expect(report.status("proof") == .unknown)
            #expect(report.detail("proof").contains(reason))
        }
    }

    @Test func `a revoked or expired method verifies nothing from that moment on`() throws {
        for name in ["revoked", "expires"] {
            let document = try issued.didDocument.setting(
                ["verificationMethod", "0", name],
                to: .string(IssuedCredential.later.text)
            )
            let evidence = Evidence(didDocuments: [
                IssuedCredential.did: .document(document, source: "the web")
            ])
            let before = CredentialVerification.verify(
                issued.document,
                evidence: evidence,
                at: IssuedCredential.later + -1
            )
            #expect(before.verdict == .valid)
            let after = CredentialVerification.verify(
                issued.document,
                evidence: evidence,
                at: IssuedCredential.later
            )
            #expect(after.status("proof") == .fail)
        }
    }

    @Test func `a status that cannot be checked is named and leaves the credential valid`() throws {
        let key = issued.key
        let withStatus = issued.document.setting(["proof"], to: nil).setting(
            ["credentialStatus"],
            to: ["type": "BitstringStatusListEntry", "statusListIndex": "1"]
        )
        let signed = try DataIntegrity.sign(
            withStatus,
            options: ProofOptions(
                verificationMethod: issued.method,
                created: IssuedCredential.issued
            ),
            signer: key
        )
        let report = try issued.report(signed)
        #expect(report.status("status") == .unknown)
        #expect(report.detail("status").contains("BitstringStatusListEntry"))
        #expect(report.verdict == .valid)
    }

    @Test func `needs name each missing document once and where the web has it`() throws {
        #expect(
            CredentialVerification.needs(of: issued.document)
                == [.didDocument(id: IssuedCredential.did)]
        )
        #expect(
            Need.didDocument(id: IssuedCredential.did).url
                == "https://uni-a.example/.well-known/did.json"
        )
        #expect(Need.didDocument(id: "did:example:x").url == nil)
        #expect(
            CredentialVerification.needs(of: issued.document, evidence: try issued.evidence).isEmpty
        )
        let proof = try #require(issued.document["proof"])
        let selfNamed = proof.setting(
            ["verificationMethod"],
            to: .string(try #require(DIDKey.verificationMethod(of: issued.key.publicKey)))
        )
        let set = issued.document.setting(["proof"], to: [proof, proof, selfNamed])
        #expect(CredentialVerification.needs(of: set) == [.didDocument(id: IssuedCredential.did)])
        #expect(CredentialVerification.needs(of: "no credential").isEmpty)
    }

    @Test(arguments: ["", "{", "[1,2", "\u{feff}{}", "{\"a\":1,\"a\":2}", "not json", "a.b"])
    func `garbage is invalid with its place and nothing else is claimed`(text: String) {
        let report = CredentialVerification.verify(
            Array(text.utf8),
            evidence: Evidence(),
            at: IssuedCredential.later
        )
        #expect(report.verdict == .invalid)
        #expect(report.status("wellformed") == .fail)
        #expect(report.detail("wellformed").contains("line 1, column"))
        #expect(report.checks.dropFirst().allSatisfy { $0.status == .unknown })
    }

    @Test(arguments: ["[]", "\"x\"", "{}", "null"])
    func `JSON that is no credential is invalid`(text: String) {
        let report = CredentialVerification.verify(
            Array(text.utf8),
            evidence: Evidence(),
            at: IssuedCredential.later
        )
        #expect(report.status("wellformed") == .fail)
        #expect(report.status("proof") == .fail)
        #expect(report.verdict == .invalid)
    }

    @Test func `64 levels are read and 65 are refused`() throws {
        func nested(_ levels: Int) -> [UInt8] {
            var value: JSON = [:]
            for _ in 0..<(levels - 1) { value = ["a": value] }
            return value.canonicalBytes
        }
        let limit = CredentialVerification.verify(
            nested(64),
            evidence: Evidence(),
            at: IssuedCredential.later
        )
        #expect(limit.detail("wellformed").contains("/issuer is missing"))
        let beyond = CredentialVerification.verify(
            nested(65),
            evidence: Evidence(),
            at: IssuedCredential.later
        )
        #expect(beyond.detail("wellformed").contains("deeper than 64 levels"))
    }

    @Test func `forms that are not read yet are unknown, not wrong`() {
        let jwt = CredentialVerification.verify(
            Array("eyJhbGciOiJFZERTQSJ9.e30.AAAA\n".utf8),
            evidence: Evidence(),
            at: IssuedCredential.later
        )
        #expect(jwt.verdict == .indeterminate)
        #expect(jwt.detail("proof").contains("JSON Web Token"))
        let jades = CredentialVerification.verify(
            Array(#"{"payload":"e30","signatures":[]}"#.utf8),
            evidence: Evidence(),
            at: IssuedCredential.later
        )
        #expect(jades.verdict == .indeterminate)
    }

    @Test func `lines can be added but not replaced and do not sway the verdict`() throws {
        let report = try issued.report().adding([
            CredentialCheck("member", .fail, "No member."),
            CredentialCheck("proof", .fail, "Overwritten."),
        ])
        #expect(report.checks.count == 6)
        #expect(report.status("proof") == .pass)
        #expect(report.verdict == .valid)
    }

    @Test(arguments: [
        (["fail", "pass", "pass", "pass", "pass"], "invalid"),
        (["pass", "pass", "pass", "fail", "pass"], "invalid"),
        (["pass", "pass", "pass", "unknown", "pass"], "valid"),
        (["unknown", "pass", "pass", "unknown", "pass"], "valid"),
        (["pass", "unknown", "pass", "pass", "pass"], "indeterminate"),
        (["pass", "pass", "unknown", "pass", "pass"], "indeterminate"),
        (["pass", "pass", "pass", "pass", "unknown"], "indeterminate"),
        (["unknown", "unknown", "unknown", "unknown", "fail"], "invalid"),
    ])
    func `the verdict rests on the five checks`(statuses: [String], verdict: String) throws {
        let checks = try zip(CredentialReport.decisive, statuses).map {
            CredentialCheck($0, try #require(CheckStatus(rawValue: $1)), "A detail.")
        }
        #expect(
            CredentialReport(checks: checks, facts: CredentialFacts()).verdict.rawValue == verdict
        )
    }
}
