import CanonicalJSON
package import Keys

/// RFC 7515 JWS in general JSON serialisation, with the payload and the signers that were verified.
package struct GeneralJWS: Sendable {
    /// The payload's exact bytes.
    package let payload: [UInt8]
    /// Each signature with the `kid` that it claims; what a claim is worth is `isSigned`'s to say.
    private let signatures: [Entry]

    private struct Entry {
        let kid: String
        let algorithm: String
        let input: [UInt8]
        let signature: [UInt8]
    }

    /// Signs `payload`; each protected header has `alg`, `kid` (RFC 7638 thumbprint) and `typ`.
    ///
    /// - Returns: the RFC 8785 form of the whole.
    /// - Throws: what a signer throws, or `DocumentError` for a key that is not Ed25519.
    package static func sign(
        _ payload: [UInt8],
        type: String,
        signers: [any Signer]
    ) throws -> [UInt8] {
        let encoded = Base64URL.encode(payload)
        var entries: [JSON] = []
        for signer in signers {
            guard case .ed25519 = signer.publicKey, let kid = JWK.thumbprint(signer.publicKey)
            else {
                throw DocumentError("", "a key that is not Ed25519", remedy: "use another signer")
            }
            let header: JSON = ["alg": "EdDSA", "kid": .string(kid), "typ": .string(type)]
            let protected = Base64URL.encode(header.canonicalBytes)
            let signature = try signer.sign(Array("\(protected).\(encoded)".utf8))
            entries.append([
                "protected": .string(protected),
                "signature": .string(Base64URL.encode(signature)),
            ])
        }
        let jws: JSON = ["payload": .string(encoded), "signatures": .array(entries)]
        return jws.canonicalBytes
    }

    /// Takes a JWS apart; nothing is verified yet.
    ///
    /// - Throws: `DocumentError` also when a `typ` is not `type`, or a header names an extension
    ///   (`crit`).
    package init(reading bytes: [UInt8], type: String) throws(DocumentError) {
        let value: JSON
        do {
            value = try JSON.read(bytes, limits: Self.limits)
        } catch {
            throw DocumentError(error)
        }
        let reader = try ObjectReader(value, at: "")
        let encoded = try reader.string("payload")
        guard let payload = Base64URL.decode(encoded) else {
            throw reader.error("payload", "not base64url", remedy: "encode it without padding")
        }
        var entries: [Entry] = []
        for entry in try reader.objects("signatures", limit: 512) {
            entries.append(try Self.entry(entry, encodedPayload: encoded, type: type))
        }
        self.payload = payload
        signatures = entries
    }

    /// A document of 256 KiB in base64url, and 512 signatures.
    private static let limits = JSONLimits(
        depth: 16,
        members: 512,
        stringBytes: 512 << 10,
        totalBytes: 1 << 20
    )

    private static func entry(
        _ reader: ObjectReader,
        encodedPayload: String,
        type: String
    ) throws(DocumentError) -> Entry {
        let protected = try reader.string("protected")
        guard let headerBytes = Base64URL.decode(protected),
            let header = try? ObjectReader(
                JSON.read(headerBytes),
                at: reader.pointer("protected")
            )
        else { throw reader.error("protected", "no JSON object", remedy: "encode the header") }
        guard try header.string("typ") == type, header.object["crit"] == nil else {
            throw header.error("typ", "not a plain \(type)", remedy: "sign with typ \(type)")
        }
        return Entry(
            kid: try header.ascii("kid"),
            algorithm: try header.string("alg"),
            input: Array("\(protected).\(encodedPayload)".utf8),
            signature: Base64URL.decode(try reader.string("signature")) ?? []
        )
    }

    /// Whether `key` has validly signed the payload.
    package func isSigned(by key: PublicKey) -> Bool {
        guard let kid = JWK.thumbprint(key) else { return false }
        let algorithms =
            switch key {
            case .ed25519: ["EdDSA", "Ed25519"]
            case .p256: ["ES256"]
            case .rsa: [String]()
            }
        return signatures.contains {
            $0.kid == kid && algorithms.contains($0.algorithm)
                && key.isValid(signature: $0.signature, over: $0.input)
        }
    }
}
