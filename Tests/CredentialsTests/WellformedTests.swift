import CanonicalJSON
import Keys
import Testing

@testable import Credentials

@Suite struct WellformedTests {
    static let two: JSON = [
        "@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"],
        "issuer": "did:web:uni-a.example", "credentialSubject": ["id": "did:example:a"],
    ]
    static let one: JSON = [
        "@context": ["https://www.w3.org/2018/credentials/v1"], "type": ["VerifiableCredential"],
        "issuer": ["id": "https://uni-a.example/"], "credentialSubject": [["degree": "BA"]],
        "issuanceDate": "2022-11-27T00:00:00Z",
    ]

    @Test func `the least that each version asks for is well-formed`() {
        #expect(WellformedCheck.check(Self.two).status == .pass)
        #expect(WellformedCheck.check(Self.two).detail.contains("2.0"))
        #expect(WellformedCheck.check(Self.one).status == .pass)
        #expect(WellformedCheck.check(Self.one).detail.contains("1.1"))
    }

    static let breaks: [(String, [String], JSON?)] = [
        ("/@context is missing", ["@context"], nil),
        ("/@context is a string", ["@context"], "https://www.w3.org/ns/credentials/v2"),
        ("/@context/0 is not the address", ["@context"], ["https://example.org/"]),
        ("/@context/0 is not the address", ["@context"], []),
        ("/@context/1 is no URL", ["@context"], ["https://www.w3.org/ns/credentials/v2", 1]),
        ("/id is no URL", ["id"], "no url"),
        ("/id is no URL", ["id"], ["urn:a:b"]),
        ("/type is missing", ["type"], nil),
        ("/type is neither", ["type"], [1]),
        ("/type lacks VerifiableCredential", ["type"], "Other"),
        ("/issuer is missing", ["issuer"], nil),
        ("/issuer is neither", ["issuer"], "University A"),
        ("/issuer/id is missing", ["issuer"], ["name": "University A"]),
        ("/issuer/id is no URL", ["issuer"], ["id": 1]),
        ("/credentialSubject is missing", ["credentialSubject"], nil),
        ("/credentialSubject is empty", ["credentialSubject"], []),
        ("/credentialSubject claims nothing", ["credentialSubject"], [:]),
        ("/credentialSubject is a string", ["credentialSubject"], "did:example:a"),
        ("/credentialSubject/1 is a number", ["credentialSubject"], [["id": "did:a:b"], 1]),
        ("/credentialSubject/id is no URL", ["credentialSubject"], ["id": "Ada"]),
        ("/validFrom is no date", ["validFrom"], "2026-11-23"),
        ("/validUntil is no date", ["validUntil"], 1),
        ("/credentialStatus is a string", ["credentialStatus"], "x"),
        ("/credentialStatus/0/type is missing", ["credentialStatus"], [["id": "urn:a:b"]]),
        ("/credentialSchema/id is missing", ["credentialSchema"], ["type": "JsonSchema"]),
        ("/evidence/type is missing", ["evidence"], [:]),
    ]

    @Test(arguments: breaks)
    func `each broken member is named by its pointer`(
        message: String,
        path: [String],
        value: JSON?
    ) {
        let check = WellformedCheck.check(Self.two.setting(path, to: value))
        #expect(check.status == .fail)
        #expect(check.detail.contains(message))
    }

    @Test func `version 1.1 needs its date of issue`() {
        let check = WellformedCheck.check(Self.one.setting(["issuanceDate"], to: nil))
        #expect(check.detail.contains("/issuanceDate is missing"))
    }

    @Test func `an end before the start is named`() {
        let check = WellformedCheck.check(
            Self.two.setting(["validFrom"], to: "2026-11-23T00:00:00Z")
                .setting(["validUntil"], to: "2026-11-22T00:00:00Z")
        )
        #expect(check.detail.contains("/validUntil is before validFrom"))
    }

    @Test func `version 1.1's period is judged by its own names`() throws {
        let ended = Self.one.setting(["expirationDate"], to: "2023-01-01T00:00:00+01:00")
        let end = try #require(Instant("2022-12-31T23:00:00Z"))
        #expect(ValidityCheck.check(ended, at: end).status == .pass)
        #expect(ValidityCheck.check(ended, at: end + 1).status == .fail)
        let start = try #require(Instant("2022-11-27T00:00:00Z"))
        #expect(ValidityCheck.check(ended, at: start + -1).status == .fail)
        let unreadable = ended.setting(["expirationDate"], to: "soon")
        #expect(ValidityCheck.check(unreadable, at: end).status == .unknown)
    }
}

@Suite(.enabled(if: SharedVectors.present, SharedVectors.absent))
struct OneEdTechTests {
    private static let folder = "1edtech-validator/inspector-vc/src/test/resources/ob30/"
    private static let time = Instant(secondsSince1970: 1_795_456_800)

    private func report(_ file: String) throws -> CredentialReport {
        CredentialVerification.verify(
            try SharedVectors.bytes(Self.folder + file),
            evidence: Evidence(),
            at: Self.time
        )
    }

    @Test(arguments: [
        "simple.json", "simple_v1.json", "complete.json", "simple-eddsa-2022.json",
        "simple-did-key-method.json", "simple-did-web-method.json", "simple-multiple-proofs.json",
    ])
    func `good badges are well-formed, and unknown where their suite is not supported`(
        file: String
    ) throws {
        let report = try report(file)
        #expect(report.status("wellformed") == .pass)
        #expect(report.status("validity") == .pass)
        #expect(report.status("proof") == .unknown)
        #expect(report.detail("proof").contains("not supported"))
        #expect(report.verdict != .valid)
    }

    @Test(arguments: [
        ("simple-err-context.json", "wellformed", "/@context/0"),
        ("simple-err-issuer.json", "wellformed", "/issuer is missing"),
        ("simple-err-issued.json", "validity", "not yet valid"),
        ("simple-err-expired.json", "validity", "expired"),
        ("simple-noproof.json", "proof", "no proof"),
    ])
    func `each bad badge fails for its own reason`(
        file: String,
        id: String,
        reason: String
    ) throws {
        let report = try report(file)
        #expect(report.status(id) == .fail)
        #expect(report.detail(id).contains(reason))
        #expect(report.verdict == .invalid)
    }

    @Test func `no badge of the whole folder is taken for valid without evidence`() throws {
        let files = try SharedVectors.names(in: Self.folder).filter { $0.hasSuffix(".json") }
        #expect(files.count > 20)
        for file in files { #expect(try report(file).verdict != .valid, "\(file)") }
    }

    @Test func `a signed token is unknown, not wrong`() throws {
        #expect(try report("simple.jwt").verdict == .indeterminate)
    }
}
