internal import Crypto
internal import CryptoExtras

/// A public key with the one signature algorithm that it is used with.
public enum PublicKey: Hashable, Sendable {
    /// Ed25519 (RFC 8032): 32 bytes.
    case ed25519([UInt8])
    /// ECDSA over P-256 with SHA-256: the uncompressed point, 65 bytes from 0x04.
    case p256([UInt8])
    /// RSA with at least 2,048 bits: SubjectPublicKeyInfo in DER.
    case rsa([UInt8])

    /// How a signature is laid out where the key alone does not say.
    public enum SignatureForm: Sendable {
        /// Ed25519: 64 bytes; P-256: r ‖ s, 64 bytes (JOSE, Data Integrity); RSA: PSS, SHA-256.
        case raw
        /// P-256: ASN.1 DER (TUF); otherwise as `raw`.
        case der
        /// RSA: PKCS#1 v1.5 with SHA-256 (RS256); otherwise as `raw`.
        case pkcs1
    }

    /// Whether `signature` over `message` was made by the holder of this key. A key or signature
    /// that cannot be read is an invalid signature, never an error.
    public func isValid(
        signature: [UInt8],
        over message: [UInt8],
        form: SignatureForm = .raw
    ) -> Bool {
        switch self {
        case .ed25519(let bytes):
            guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
                return false
            }
            return key.isValidSignature(signature, for: message)
        case .p256(let bytes):
            guard let key = try? P256.Signing.PublicKey(x963Representation: bytes),
                let parsed = form == .der
                    ? try? P256.Signing.ECDSASignature(derRepresentation: signature)
                    : try? P256.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(parsed, for: message)
        case .rsa(let der):
            guard let key = try? _RSA.Signing.PublicKey(derRepresentation: der) else {
                return false
            }
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature),
                for: message,
                padding: form == .pkcs1 ? .insecurePKCS1v1_5 : .PSS
            )
        }
    }

    /// An RSA key in PEM; nil when it is none.
    public static func rsa(pem: String) -> PublicKey? {
        guard let key = try? _RSA.Signing.PublicKey(pemRepresentation: pem) else { return nil }
        return .rsa(Array(key.derRepresentation))
    }

    /// A P-256 key in PEM; nil when it is none.
    public static func p256(pem: String) -> PublicKey? {
        guard let key = try? P256.Signing.PublicKey(pemRepresentation: pem) else { return nil }
        return .p256(Array(key.x963Representation))
    }

    /// A P-256 key as a compressed point of 33 bytes; nil when it is none.
    public static func p256(compressed: [UInt8]) -> PublicKey? {
        guard let key = try? P256.Signing.PublicKey(compressedRepresentation: compressed) else {
            return nil
        }
        return .p256(Array(key.x963Representation))
    }

    /// The compressed point of a P-256 key, 33 bytes; nil for other kinds of key.
    var compressedPoint: [UInt8]? {
        guard case .p256(let bytes) = self,
            let key = try? P256.Signing.PublicKey(x963Representation: bytes)
        else { return nil }
        return Array(key.compressedRepresentation)
    }
}

/// The Multikey encoding (W3C Controlled Identifiers): multibase `z` over a multicodec prefix.
public enum Multikey {
    private static let ed25519Prefix: [UInt8] = [0xed, 0x01]
    private static let p256Prefix: [UInt8] = [0x80, 0x24]

    /// Such as `z6Mk...`; nil for RSA, which has no registered Multikey form.
    public static func encode(_ key: PublicKey) -> String? {
        switch key {
        case .ed25519(let bytes): "z" + Base58.encode(ed25519Prefix + bytes)
        case .p256: key.compressedPoint.map { "z" + Base58.encode(p256Prefix + $0) }
        case .rsa: nil
        }
    }

    /// The key; nil for another multibase, another codec or a wrong length.
    public static func decode(_ text: some StringProtocol) -> PublicKey? {
        // Over bytes: a combining mark behind the `z` would make one Character with it.
        guard text.utf8.first == UInt8(ascii: "z"),
            let bytes = Base58.decode(String(decoding: Array(text.utf8.dropFirst()), as: UTF8.self))
        else { return nil }
        let body = Array(bytes.dropFirst(2))
        switch Array(bytes.prefix(2)) {
        case ed25519Prefix where body.count == 32: return .ed25519(body)
        case p256Prefix where body.count == 33: return .p256(compressed: body)
        default: return nil
        }
    }
}
