package import CanonicalJSON
package import Keys

/// A public key as TUF metadata writes it.
package struct RoleKey: Equatable, Sendable {
    /// The id under which the metadata lists the key; unique there, not necessarily its hash.
    package let keyID: String
    /// The key, or nil for a type or scheme that this client does not know: it never counts.
    package let publicKey: PublicKey?
    /// The key object as it was written.
    package let written: JSON

    init(keyID: String, _ reader: ObjectReader) throws(DocumentError) {
        self.keyID = keyID
        written = .object(reader.object)
        let type = try reader.string("keytype")
        let scheme = try reader.string("scheme")
        let value = try reader.nested("keyval")
        switch (type, scheme) {
        case ("ed25519", "ed25519"):
            publicKey = Hex.decode(try value.string("public").lowercased())
                .flatMap { $0.count == 32 ? .ed25519($0) : nil }
        case ("ecdsa", "ecdsa-sha2-nistp256"), ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"):
            publicKey = PublicKey.p256(pem: try value.string("public"))
        case ("rsa", "rsassa-pss-sha256"):
            publicKey = PublicKey.rsa(pem: try value.string("public"))
        default:
            publicKey = nil
        }
    }

    /// The TUF key of an Ed25519 public key, with the id that securesystemslib computes: hex of
    /// SHA-256 of the OLPC form. nil for other kinds, which nothing of ours signs with.
    package init?(_ key: PublicKey) {
        guard case .ed25519(let bytes) = key, bytes.count == 32 else { return nil }
        let written: JSON = [
            "keytype": "ed25519", "scheme": "ed25519",
            "keyval": ["public": .string(Hex.encode(bytes))],
        ]
        guard let canonical = try? written.olpcBytes() else { return nil }
        self.written = written
        publicKey = key
        keyID = Digest(of: canonical).hex
    }
}

/// The keys of one role and how many of them must sign.
package struct RoleKeys: Equatable, Sendable {
    /// The keys that the delegating metadata holds for the role's key ids.
    package let keys: [RoleKey]
    /// How many distinct keys must sign, at least 1.
    package let threshold: Int

    /// The roles' keys as given.
    init(keys: [RoleKey], threshold: Int) {
        self.keys = keys
        self.threshold = threshold
    }

    /// Reads `keyids` and `threshold`; ids without a key in `known` are ignored.
    init(_ reader: ObjectReader, known: [String: RoleKey]) throws(DocumentError) {
        let ids = try reader.names("keyids", limit: 1024)
        keys = ids.compactMap { known[$0] }
        threshold = Int(try reader.integer("threshold", atLeast: 1))
    }

    /// How many distinct public keys have validly signed: a key listed under two ids counts once.
    func signers(of envelope: MetadataEnvelope) -> Int {
        var valid: Set<PublicKey> = []
        for key in keys {
            guard let publicKey = key.publicKey, !valid.contains(publicKey),
                let signature = envelope.signatures[key.keyID],
                publicKey.isValid(
                    signature: signature,
                    over: envelope.signedBytes,
                    form: .der
                )
            else { continue }
            valid.insert(publicKey)
        }
        return valid.count
    }

    /// Whether `other` has the same key ids and threshold.
    func isSame(as other: RoleKeys) -> Bool {
        threshold == other.threshold && Set(keys.map(\.keyID)) == Set(other.keys.map(\.keyID))
            && Set(keys.map(\.publicKey)) == Set(other.keys.map(\.publicKey))
    }
}
