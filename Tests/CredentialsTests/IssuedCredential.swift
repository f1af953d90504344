import CanonicalJSON
import Keys
import Testing

@testable import Credentials

/// A credential of a made-up university with a fixed key, so that all bytes are known.
struct IssuedCredential {
    static let domain = "uni-a.example"
    static let did = "did:web:uni-a.example"
    static let issued = Instant(secondsSince1970: 1_795_456_800)
    static let later = issued + 86_400

    let key: Ed25519Key
    let kid: String
    let document: JSON

    init() throws {
        key = try #require(Ed25519Key(seed: Array(repeating: 7, count: 32)))
        kid = try #require(JWK.thumbprint(key.publicKey))
        document = try Self.unsigned.signed(kid: kid, created: Self.issued, signer: key)
    }

    static var unsigned: OpenBadgeCredential {
        var achievement = OpenBadgeCredential.Achievement(
            id: "https://uni-a.example/items/BC-101",
            name: "Basics of baking",
            description: "Bread and rolls.",
            criteria: "A loaf was baked under supervision."
        )
        achievement.additional["creditsAvailable"] = 5
        var credential = OpenBadgeCredential(
            id: "urn:uuid:01020304-0506-4708-890a-0b0c0d0e0f10",
            issuerDomain: domain,
            issuerName: "University A",
            name: "Basics of baking",
            validFrom: issued,
            subject: ["id": "did:example:learner", "name": "Ada"],
            achievement: achievement
        )
        credential.validUntil = issued + 365 * 86_400
        return credential
    }

    var method: String { Self.did + "#" + kid }

    var didDocument: JSON {
        get throws {
            try #require(
                DIDWeb.document(
                    domain: Self.domain,
                    keys: [.init(kid: kid, key: key.publicKey)]
                )
            )
        }
    }

    var evidence: Evidence {
        get throws {
            Evidence(didDocuments: [Self.did: .document(try didDocument, source: "the registry")])
        }
    }

    func report(_ document: JSON? = nil, at time: Instant = later) throws -> CredentialReport {
        CredentialVerification.verify(
            document ?? self.document,
            evidence: try evidence,
            at: time
        )
    }
}

extension JSON {
    /// This value with the member at a path of names and indexes replaced; nil removes a member.
    func setting(_ path: [String], to value: JSON?) -> JSON {
        guard let name = path.first else { return value ?? .null }
        let rest = Array(path.dropFirst())
        if case .array(var elements) = self, let index = Int(name) {
            elements[index] = elements[index].setting(rest, to: value)
            return .array(elements)
        }
        guard case .object(var members) = self else { return self }
        members[name] = rest.isEmpty ? value : (members[name] ?? [:]).setting(rest, to: value)
        return .object(members)
    }
}

extension CredentialReport {
    func status(_ id: String) -> CheckStatus? { check(id)?.status }
    func detail(_ id: String) -> String { check(id)?.detail ?? "" }
}
