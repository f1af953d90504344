import CanonicalJSON
import Keys
import Testing

@testable import Credentials

@Suite struct OpenBadgeCredentialTests {
    @Test func `an unsigned credential has golden bytes`() throws {
        let text = try IssuedCredential.unsigned.unsigned().canonicalText
        #expect(
            text
                == #"{"@context":["https://www.w3.org/ns/credentials/v2","#
                + #""https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"#
                + #""credentialSubject":{"achievement":{"creditsAvailable":5,"#
                + #""criteria":{"narrative":"A loaf was baked under supervision."},"#
                + #""description":"Bread and rolls.","id":"https://uni-a.example/items/BC-101","#
                + #""name":"Basics of baking","type":["Achievement"]},"id":"did:example:learner","#
                + #""name":"Ada","type":["AchievementSubject"]},"#
                + #""id":"urn:uuid:01020304-0506-4708-890a-0b0c0d0e0f10","#
                + #""issuer":{"id":"did:web:uni-a.example","name":"University A","#
                + #""type":["Profile"]},"name":"Basics of baking","#
                + #""type":["VerifiableCredential","OpenBadgeCredential"],"#
                + #""validFrom":"2026-11-23T18:00:00Z","validUntil":"2027-11-23T18:00:00Z"}"#
        )
    }

    @Test func `it has all members that the standards require`() throws {
        #expect(WellformedCheck.check(try IssuedCredential.unsigned.unsigned()).status == .pass)
        let json = try IssuedCredential.unsigned.unsigned()
        #expect(json["issuer"]?["id"] == "did:web:uni-a.example")
        #expect(json["credentialSubject"]?["achievement"]?["criteria"]?["narrative"] != nil)
        #expect(json["proof"] == nil)
    }

    @Test func `further types of the subject stay and none comes twice`() throws {
        var credential = IssuedCredential.unsigned
        credential.subject = ["type": ["AchievementSubject", "Person"]]
        let subject = try credential.unsigned()["credentialSubject"]
        #expect(subject?["type"] == ["AchievementSubject", "Person"])
        #expect(subject?["id"] == nil)
    }

    @Test func `additional members never displace the required ones`() throws {
        var credential = IssuedCredential.unsigned
        credential.achievement.additional["id"] = "https://evil.example/"
        credential.achievement.additional["type"] = "Other"
        let achievement = try credential.unsigned()["credentialSubject"]?["achievement"]
        #expect(achievement?["id"] == "https://uni-a.example/items/BC-101")
        #expect(achievement?["type"] == ["Achievement"])
    }

    private static let faults: [(String, @Sendable (inout OpenBadgeCredential) -> Void)] = [
        ("/id", { $0.id = "17" }), ("/name", { $0.name = "" }),
        ("/issuer/name", { $0.issuerName = "" }),
        ("/validUntil", { $0.validUntil = $0.validFrom + -1 }),
        ("/credentialSubject", { $0.subject = "Ada" }),
        ("/credentialSubject/id", { $0.subject = ["id": "Ada"] }),
        ("/credentialSubject/achievement", { $0.subject = ["achievement": [:]] }),
        ("/credentialSubject/achievement/id", { $0.achievement.id = "BC-101" }),
        ("/credentialSubject/achievement/name", { $0.achievement.name = "" }),
        ("/credentialSubject/achievement/description", { $0.achievement.description = "" }),
        ("/credentialSubject/achievement/criteria/narrative", { $0.achievement.criteria = "" }),
    ]

    @Test(arguments: faults.indices)
    func `what cannot be issued is refused with a pointer`(index: Int) throws {
        let (pointer, edit) = Self.faults[index]
        var credential = IssuedCredential.unsigned
        edit(&credential)
        let error = #expect(throws: OpenBadgeError.self) { try credential.unsigned() }
        #expect(error?.pointer == pointer)
        #expect(error?.reason.contains(";") == true)
    }

    @Test func `sixteen random bytes become a version 4 URN`() {
        #expect(
            OpenBadgeCredential.urn(uuid: Array(repeating: 0xff, count: 16))
                == "urn:uuid:ffffffff-ffff-4fff-bfff-ffffffffffff"
        )
        #expect(OpenBadgeCredential.urn(uuid: [1]) == nil)
    }
}
