public import CanonicalJSON
public import Keys

/// Why no credential can be made from what was given.
public struct OpenBadgeError: Error, Equatable, Sendable {
    /// JSON pointer to the member of the credential that is wrong.
    public let pointer: String
    /// What is wrong there, and what to give instead.
    public let reason: String
}

/// A credential to be issued: Open Badges 3.0 (section 4.1 and appendix B) in the shape of the
/// Verifiable Credentials Data Model 2.0.
public struct OpenBadgeCredential: Sendable {
    /// What was achieved: a catalogue item.
    public struct Achievement: Sendable {
        /// The item's global id, `https://<domain>/items/<id>`.
        public var id: String
        /// The item's title.
        public var name: String
        /// The item's description.
        public var description: String
        /// What had to be done to earn it.
        public var criteria: String
        /// Further members of the achievement, such as `creditsAvailable`; the ones above win.
        public var additional = JSONObject()

        /// An achievement with the members that Open Badges requires.
        public init(id: String, name: String, description: String, criteria: String) {
            self.id = id
            self.name = name
            self.description = description
            self.criteria = criteria
        }
    }

    /// `urn:uuid:...`, new for every credential; see `urn(uuid:)`.
    public var id: String
    /// The issuer's SCHAC domain: the issuer is `did:web:<domain>`.
    public var issuerDomain: String
    /// The issuer's name for humans.
    public var issuerName: String
    /// The credential's title.
    public var name: String
    /// The start of validity.
    public var validFrom: Instant
    /// The end of validity; nil for none.
    public var validUntil: Instant?
    /// The learner: an object whose members go into `credentialSubject` as they are.
    public var subject: JSON
    /// What the learner achieved.
    public var achievement: Achievement

    /// The contexts of every credential that is issued here, in their order.
    public static let contexts: JSON = [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]

    /// A credential without end of validity.
    public init(
        id: String,
        issuerDomain: String,
        issuerName: String,
        name: String,
        validFrom: Instant,
        subject: JSON,
        achievement: Achievement
    ) {
        self.id = id
        self.issuerDomain = issuerDomain
        self.issuerName = issuerName
        self.name = name
        self.validFrom = validFrom
        self.subject = subject
        self.achievement = achievement
    }

    /// `urn:uuid:` of 16 random bytes, marked as version 4 (RFC 9562); nil for another length.
    public static func urn(uuid bytes: [UInt8]) -> String? {
        guard bytes.count == 16 else { return nil }
        var bytes = bytes
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        let hex = [bytes[..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10...]]
        return "urn:uuid:" + hex.map { Hex.encode($0) }.joined(separator: "-")
    }

    /// The credential without proof.
    ///
    /// - Throws: `OpenBadgeError` when a member that the standards require is empty or unusable.
    public func unsigned() throws(OpenBadgeError) -> JSON {
        for (pointer, text) in [
            ("/name", name), ("/issuer/name", issuerName),
            ("/credentialSubject/achievement/name", achievement.name),
            ("/credentialSubject/achievement/description", achievement.description),
            ("/credentialSubject/achievement/criteria/narrative", achievement.criteria),
        ] where text.isEmpty {
            throw OpenBadgeError(pointer: pointer, reason: "is empty; give a text")
        }
        for (pointer, text) in [("/id", id), ("/credentialSubject/achievement/id", achievement.id)]
        where !DIDURL.isAbsolute(text) {
            throw OpenBadgeError(pointer: pointer, reason: "is no URL; give an absolute one")
        }
        if let validUntil, validUntil < validFrom {
            throw OpenBadgeError(
                pointer: "/validUntil",
                reason: "is before validFrom; give a later time"
            )
        }
        var credential = JSONObject()
        credential["@context"] = Self.contexts
        credential["id"] = .string(id)
        credential["type"] = ["VerifiableCredential", "OpenBadgeCredential"]
        credential["issuer"] = [
            "id": .string(DIDWeb.did(domain: issuerDomain)), "type": ["Profile"],
            "name": .string(issuerName),
        ]
        credential["validFrom"] = .string(validFrom.text)
        credential["validUntil"] = validUntil.map { .string($0.text) }
        credential["name"] = .string(name)
        credential["credentialSubject"] = try subjectJSON()
        return .object(credential)
    }

    /// The credential with an `eddsa-jcs-2022` proof by the method `did:web:<domain>#<kid>`.
    ///
    /// - Throws: `OpenBadgeError`, `DataIntegrityError` or what the signer throws.
    public func signed(kid: String, created: Instant, signer: any Signer) throws -> JSON {
        let method = DIDWeb.did(domain: issuerDomain) + "#" + kid
        let options = ProofOptions(verificationMethod: method, created: created)
        return try DataIntegrity.sign(try unsigned(), options: options, signer: signer)
    }

    private func subjectJSON() throws(OpenBadgeError) -> JSON {
        let pointer = "/credentialSubject"
        guard var result = subject.object else {
            throw OpenBadgeError(
                pointer: pointer,
                reason: "is \(subject.kind); give an object about the learner"
            )
        }
        guard result["achievement"] == nil else {
            throw OpenBadgeError(
                pointer: pointer + "/achievement",
                reason: "is given already; leave it out, the catalogue item is put there"
            )
        }
        if let id = result["id"], id.string.map(DIDURL.isAbsolute) != true {
            throw OpenBadgeError(
                pointer: pointer + "/id",
                reason: "is no URL; give a DID, a mailto: or no id"
            )
        }
        let given = result["type"].map { $0.array ?? [$0] } ?? []
        result["type"] = .array(
            ["AchievementSubject"] + given.filter { $0 != "AchievementSubject" }
        )
        var item = achievement.additional
        item["id"] = .string(achievement.id)
        item["type"] = ["Achievement"]
        item["name"] = .string(achievement.name)
        item["description"] = .string(achievement.description)
        item["criteria"] = ["narrative": .string(achievement.criteria)]
        result["achievement"] = .object(item)
        return .object(result)
    }
}
