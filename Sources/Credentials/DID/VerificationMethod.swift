import CanonicalJSON
public import Keys

/// One verification method of a controlled identifier document (DID 1.0 section 5.2, Controlled
/// Identifiers 1.0 section 2.2).
public struct VerificationMethod: Equatable, Sendable {
    /// What the method says about its key.
    public enum Material: Equatable, Sendable {
        case key(PublicKey)
        /// The type or the encoding is not one that is read here, with the reason.
        case unusable(String)
    }

    /// The absolute id, such as `did:web:uni-a.example#<kid>`.
    public let id: String
    /// Such as `Multikey`.
    public let type: String
    /// The DID that answers for the key.
    public let controller: String
    /// The public key.
    public let material: Material
    /// From then on the method must not verify anything; nil when not stated.
    public let expires: Instant?
    /// From then on the method is withdrawn; nil when not stated.
    public let revoked: Instant?

    /// A method that was made rather than read, without end.
    public init(id: String, type: String, controller: String, key: PublicKey) {
        self.id = id
        self.type = type
        self.controller = controller
        self.material = .key(key)
        expires = nil
        revoked = nil
    }

    /// Reads one entry of `verificationMethod`, or one embedded in a relationship.
    ///
    /// - Parameter document: the id of the document, against which `#key-1` is completed.
    /// - Throws: `DIDDocumentError` when id, type or controller is missing or a date is unreadable.
    ///   A key that cannot be read is no error but `unusable`: its neighbours stay usable.
    init(
        _ json: JSON,
        in document: String,
        at pointer: String
    ) throws(DIDDocumentError) {
        func text(_ name: String) throws(DIDDocumentError) -> String {
            guard let text = json[name]?.string, !text.isEmpty else {
                throw DIDDocumentError(pointer + "/" + name, "is missing or no text")
            }
            return text
        }
        func date(_ name: String) throws(DIDDocumentError) -> Instant? {
            guard let value = json[name] else { return nil }
            guard let instant = value.string.flatMap({ Instant(lenient: $0) }) else {
                throw DIDDocumentError(pointer + "/" + name, "is no date and time with an offset")
            }
            return instant
        }
        id = DIDDocument.absolute(try text("id"), in: document)
        guard DIDURL.isAbsolute(id) else {
            throw DIDDocumentError(pointer + "/id", "is neither absolute nor a `#fragment`")
        }
        type = try text("type")
        controller = try text("controller")
        material = Self.material(of: json, type: type)
        expires = try date("expires")
        revoked = try date("revoked")
    }

    /// The key, or nil when the method is unusable.
    public var key: PublicKey? {
        if case .key(let key) = material { key } else { nil }
    }

    private static func material(of json: JSON, type: String) -> Material {
        let multibase = json["publicKeyMultibase"]
        let jwk = json["publicKeyJwk"]
        if multibase != nil, jwk != nil {
            return .unusable("it states its key twice, as publicKeyMultibase and as publicKeyJwk")
        }
        switch type {
        case "Multikey", "Ed25519VerificationKey2020":
            guard let text = multibase?.string else {
                return .unusable("publicKeyMultibase is missing")
            }
            guard let key = Multikey.decode(text) else {
                return .unusable("publicKeyMultibase is no Ed25519 or P-256 Multikey")
            }
            if type == "Ed25519VerificationKey2020", case .p256 = key {
                return .unusable("an Ed25519VerificationKey2020 holds a P-256 key")
            }
            return .key(key)
        case "JsonWebKey", "JsonWebKey2020":
            guard let jwk else { return .unusable("publicKeyJwk is missing") }
            guard jwk["d"] == nil else { return .unusable("publicKeyJwk gives away a private key") }
            guard let key = JWK.decode(jwk) else {
                return .unusable("publicKeyJwk is no Ed25519 or P-256 key")
            }
            return .key(key)
        default:
            return .unusable("the type \(type) is not supported")
        }
    }
}
