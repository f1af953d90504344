public import CanonicalJSON

/// JSON Web Keys (RFC 7517, RFC 8037) of the kinds that the network uses: Ed25519 and P-256.
public enum JWK {
    /// The public JWK with only the members that its thumbprint covers; nil for RSA.
    public static func encode(_ key: PublicKey) -> JSON? {
        switch key {
        case .ed25519(let bytes):
            ["crv": "Ed25519", "kty": "OKP", "x": .string(Base64URL.encode(bytes))]
        case .p256(let bytes) where bytes.count == 65:
            [
                "crv": "P-256", "kty": "EC", "x": .string(Base64URL.encode(bytes[1..<33])),
                "y": .string(Base64URL.encode(bytes[33..<65])),
            ]
        default: nil
        }
    }

    /// The public key; nil when a member is missing, has a wrong length or the kind is another.
    /// Private members are ignored.
    public static func decode(_ jwk: JSON) -> PublicKey? {
        func coordinate(_ name: String) -> [UInt8]? {
            guard let text = jwk[name]?.string, let bytes = Base64URL.decode(text),
                bytes.count == 32
            else { return nil }
            return bytes
        }
        switch (jwk["kty"]?.string, jwk["crv"]?.string) {
        case ("OKP", "Ed25519"): return coordinate("x").map { .ed25519($0) }
        case ("EC", "P-256"):
            guard let x = coordinate("x"), let y = coordinate("y") else { return nil }
            return .p256([4] + x + y)
        default: return nil
        }
    }

    /// The key id of the network: the RFC 7638 thumbprint, base64url of SHA-256; nil for RSA.
    public static func thumbprint(_ key: PublicKey) -> String? {
        encode(key).map { Base64URL.encode(Digest(of: $0.canonicalBytes).bytes) }
    }
}
