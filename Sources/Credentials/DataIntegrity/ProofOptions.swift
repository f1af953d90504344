import CanonicalJSON
public import Keys

/// Why no proof can be made.
public enum DataIntegrityError: Error, Equatable, Sendable {
    case notAnObject
    case notEd25519

    /// What is wrong and what to do about it.
    public var message: String {
        switch self {
        case .notAnObject: "only a JSON object can carry a proof; pass the credential itself"
        case .notEd25519: "eddsa-jcs-2022 needs an Ed25519 key; sign with another key"
        }
    }
}

/// What a new proof says beside its signature (VC Data Integrity 1.0 section 2.1).
public struct ProofOptions: Sendable {
    /// The URL of the signing key, such as `did:web:uni-a.example#<kid>`.
    public var verificationMethod: String
    /// When the proof is made.
    public var created: Instant
    /// When the proof stops to hold.
    public var expires: Instant?
    /// The relationship that the key is used in.
    public var purpose = DIDDocument.Relationship.assertionMethod
    /// Where alone the proof is meant to hold.
    public var domain: String?
    /// What the verifier asked to be signed with the document.
    public var challenge: String?

    /// An assertion without expiry, domain or challenge.
    public init(verificationMethod: String, created: Instant) {
        self.verificationMethod = verificationMethod
        self.created = created
    }

    func configuration(cryptosuite: String) -> JSONObject {
        var proof = JSONObject()
        proof["type"] = .string(DataIntegrity.proofType)
        proof["cryptosuite"] = .string(cryptosuite)
        proof["created"] = .string(created.text)
        proof["expires"] = expires.map { .string($0.text) }
        proof["verificationMethod"] = .string(verificationMethod)
        proof["proofPurpose"] = .string(purpose.rawValue)
        proof["domain"] = domain.map { .string($0) }
        proof["challenge"] = challenge.map { .string($0) }
        return proof
    }
}
