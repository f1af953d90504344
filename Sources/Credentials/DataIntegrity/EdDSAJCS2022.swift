public import CanonicalJSON
public import Keys

/// The cryptosuite `eddsa-jcs-2022` (W3C Data Integrity EdDSA Cryptosuites 1.0, section 3.3).
public enum EdDSAJCS2022 {
    /// The name in `cryptosuite`.
    public static let name = "eddsa-jcs-2022"

    /// Section 3.3.4: SHA-256(RFC 8785 of the proof configuration) ‖ SHA-256(RFC 8785 of the
    /// document), 64 bytes.
    ///
    /// - Parameters:
    ///   - document: without its `proof`.
    ///   - configuration: the proof without `proofValue`, with the document's `@context`.
    public static func hashData(document: JSON, configuration: JSON) -> [UInt8] {
        Digest(of: configuration.canonicalBytes).bytes + Digest(of: document.canonicalBytes).bytes
    }

    /// Section 3.3.1: the proof object for a document that has none yet.
    ///
    /// - Throws: what the signer throws, or `DataIntegrityError` for a key that is not Ed25519.
    public static func createProof(
        for document: JSON,
        options: ProofOptions,
        signer: any Signer
    ) throws -> JSON {
        guard case .ed25519 = signer.publicKey else { throw DataIntegrityError.notEd25519 }
        var proof = options.configuration(cryptosuite: name)
        proof["@context"] = document["@context"]
        let data = hashData(document: document, configuration: .object(proof))
        proof["proofValue"] = .string("z" + Base58.encode(try signer.sign(data)))
        return .object(proof)
    }

    /// Section 3.3.2, from step 3 on, with the key already at hand.
    ///
    /// - Parameters:
    ///   - unsecured: the document as it was before this proof was added.
    ///   - proof: the proof with its `proofValue`.
    /// - Returns: nil when the signature is right, otherwise what is wrong, as a full sentence.
    static func failure(unsecured: JSON, proof: JSONObject, key: PublicKey) -> String? {
        guard case .ed25519 = key else {
            return "The key is not Ed25519, which \(name) demands."
        }
        guard let text = proof["proofValue"]?.string, text.utf8.first == UInt8(ascii: "z"),
            let signature = Base58.decode(text.dropFirst()), signature.count == 64
        else { return "proofValue is no base58 multibase text of 64 bytes." }
        guard var document = unsecured.object else { return "The document is no object." }
        if let context = proof["@context"] {
            guard starts(document["@context"], with: context) else {
                return "The proof was made for another @context than the document's."
            }
            document["@context"] = context
        }
        var configuration = proof
        configuration["proofValue"] = nil
        let data = hashData(document: .object(document), configuration: .object(configuration))
        return key.isValid(signature: signature, over: data)
            ? nil : "The signature does not fit the document: one of them was changed."
    }

    /// Step 4: the document's contexts begin with the proof's, in the same order.
    private static func starts(_ document: JSON?, with proof: JSON) -> Bool {
        guard let document else { return false }
        let (all, first) = (document.array ?? [document], proof.array ?? [proof])
        return all.count >= first.count && zip(all, first).allSatisfy { $0 == $1 }
    }
}
