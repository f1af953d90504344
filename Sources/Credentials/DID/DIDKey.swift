public import Keys

/// The method `did:key`: the DID is the key (W3C CCG, "The did:key Method").
public enum DIDKey {
    /// Why a `did:key` cannot be read.
    public struct Failure: Error, Equatable, Sendable {
        /// What is wrong, as the end of a sentence about the DID.
        public let reason: String
    }

    /// `did:key:z6Mk...`; nil for RSA, which has no Multikey form.
    public static func did(of key: PublicKey) -> String? {
        Multikey.encode(key).map { "did:key:" + $0 }
    }

    /// The id of the one method of that DID: `did:key:<multikey>#<multikey>`; nil for RSA.
    public static func verificationMethod(of key: PublicKey) -> String? {
        Multikey.encode(key).map { "did:key:\($0)#\($0)" }
    }

    /// The document that the DID stands for: one Multikey, allowed for everything but key
    /// agreement (no key is derived for that).
    ///
    /// - Throws: `Failure` when it is no did:key, or one of a kind of key other than Ed25519 and
    ///   P-256.
    public static func document(_ did: String) throws(Failure) -> DIDDocument {
        let prefix = "did:key:"
        guard did.utf8.starts(with: prefix.utf8) else { throw Failure(reason: "is no did:key") }
        let multikey = String(did.dropFirst(prefix.count))
        guard let key = Multikey.decode(multikey) else {
            throw Failure(reason: "holds no Ed25519 or P-256 key in Multikey form")
        }
        let method = VerificationMethod(
            id: did + "#" + multikey,
            type: "Multikey",
            controller: did,
            key: key
        )
        return DIDDocument(
            id: did,
            methods: [method],
            for: [
                .authentication, .assertionMethod, .capabilityInvocation, .capabilityDelegation,
            ]
        )
    }
}
