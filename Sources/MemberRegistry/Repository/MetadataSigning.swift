import CanonicalJSON
package import Keys

/// Why the registry's own tools did not write anything.
package enum RepositoryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The keys at hand do not reach a role's threshold.
    case tooFewSigners(role: String, have: Int, need: Int)
    /// The files on the disk, or those about to be written, break the client's rules.
    case refused(RegistryRefusal)
    /// A document is not acceptable.
    case document(RegistryAlarm)
    /// The plan cannot be carried out; what and why.
    case plan(String)
    /// A signer failed; its own words.
    case signer(String)

    /// One sentence with the remedy.
    package var description: String {
        switch self {
        case .tooFewSigners(let role, let have, let need):
            "\(have) of the \(need) signatures that \(role) needs; bring the other keys"
        case .refused(let refusal): "\(refusal)"
        case .document(let alarm): "\(alarm)"
        case .plan(let problem): problem
        case .signer(let words): "a key could not sign: \(words)"
        }
    }
}

/// The making of signatures on metadata files.
package enum MetadataSigning {
    /// The file with the signatures of `signers` added to those that it has: so the holders of
    /// offline keys sign one after the other, each on a machine of their own. A signer whose key
    /// has signed before replaces its signature.
    ///
    /// - Throws: `RepositoryError` when the file cannot be read or a signer fails.
    package static func adding(
        _ signers: [any Signer],
        to metadata: [UInt8]
    ) throws(RepositoryError) -> [UInt8] {
        let envelope: MetadataEnvelope
        do {
            envelope = try MetadataEnvelope(metadata, limits: .standard)
        } catch {
            throw .refused(RegistryRefusal("metadata", .malformed(error)))
        }
        var signatures = envelope.signatures
        for signer in signers {
            guard let key = RoleKey(signer.publicKey) else {
                throw .plan("only Ed25519 keys sign the registry's metadata")
            }
            do {
                signatures[key.keyID] = try signer.sign(envelope.signedBytes)
            } catch {
                throw .signer("\(error)")
            }
        }
        return file(signed: envelope.signed, signatures: signatures)
    }

    /// A file with the signatures of two copies of it.
    static func merging(_ one: MetadataEnvelope, _ other: MetadataEnvelope) -> [UInt8] {
        file(
            signed: one.signed,
            signatures: one.signatures.merging(other.signatures) { _, newer in newer })
    }

    /// A file without signatures.
    static func unsigned(_ signed: JSON) -> [UInt8] { file(signed: signed, signatures: [:]) }

    /// A file signed by those of `signers` that `keys` lists.
    static func sign(
        _ signed: JSON,
        role: String,
        keys: RoleKeys,
        signers: [any Signer]
    ) throws(RepositoryError) -> [UInt8] {
        let chosen = self.chosen(from: signers, for: keys)
        guard chosen.count >= keys.threshold else {
            throw .tooFewSigners(role: role, have: chosen.count, need: keys.threshold)
        }
        return try adding(chosen, to: unsigned(signed))
    }

    /// The signers whose keys are among `keys`, each key once.
    static func chosen(from signers: [any Signer], for keys: RoleKeys) -> [any Signer] {
        var seen: Set<PublicKey> = []
        return signers.filter { signer in
            keys.keys.contains { $0.publicKey == signer.publicKey }
                && seen.insert(signer.publicKey).inserted
        }
    }

    private static func file(signed: JSON, signatures: [String: [UInt8]]) -> [UInt8] {
        let written: [JSON] = signatures.sorted { $0.key < $1.key }.map {
            ["keyid": .string($0.key), "sig": .string(Hex.encode($0.value))]
        }
        let envelope: JSON = ["signatures": .array(written), "signed": signed]
        return envelope.canonicalBytes
    }
}
