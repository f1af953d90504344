public import CanonicalJSON
public import Keys

/// What came of one proof.
public struct ProofResult: Equatable, Sendable {
    /// JSON pointer to the proof, such as `/proof/1`.
    public let pointer: String
    /// The cryptosuite, or the proof's type where it names none.
    public let suite: String
    /// The id of the verification method as the proof names it.
    public let methodID: String?
    /// The method, when its document was at hand and holds it.
    public let method: VerificationMethod?
    /// Whether the signature holds; unknown for suites that are not supported.
    public let status: CheckStatus
    /// Full sentences with the evidence.
    public let detail: String
}

/// W3C Verifiable Credential Data Integrity 1.0: proofs embedded in the document that they secure.
public enum DataIntegrity {
    static let proofType = "DataIntegrityProof"
    /// More proofs than this are not looked at, and the document fails.
    static let proofLimit = 16

    /// The document with one more proof in `eddsa-jcs-2022`. Beside a proof that is there already
    /// it forms a proof set (section 2.1.1): both sign the document without any proof.
    ///
    /// - Throws: `DataIntegrityError`, or what the signer throws.
    public static func sign(
        _ document: JSON,
        options: ProofOptions,
        signer: any Signer
    ) throws -> JSON {
        guard var secured = document.object else { throw DataIntegrityError.notAnObject }
        secured["proof"] = nil
        let proof = try EdDSAJCS2022.createProof(
            for: .object(secured),
            options: options,
            signer: signer
        )
        let others = proofs(of: document)
        secured["proof"] = others.isEmpty ? proof : .array(others + [proof])
        return .object(secured)
    }

    /// Verifies every proof of a document (section 4.5, proof sets and chains), each by itself.
    ///
    /// - Parameters:
    ///   - purpose: what the proofs must be for.
    ///   - domain: when given, the proofs must name it.
    ///   - challenge: when given, the proofs must repeat it.
    public static func verify(
        _ document: JSON,
        purpose: DIDDocument.Relationship = .assertionMethod,
        domain: String? = nil,
        challenge: String? = nil,
        evidence: Evidence,
        at time: Instant
    ) -> [ProofResult] {
        let proofs = proofs(of: document)
        let isSet = document["proof"]?.array != nil
        return proofs.prefix(proofLimit + 1).enumerated().map { index, proof in
            let verification = ProofVerification(
                document: document,
                proof: proof,
                all: proofs,
                pointer: isSet ? "/proof/\(index)" : "/proof",
                purpose: purpose,
                domain: domain,
                challenge: challenge,
                evidence: evidence,
                time: time
            )
            return index < proofLimit
                ? verification.result()
                : verification.result(.fail, "There are more than \(proofLimit) proofs.")
        }
    }

    /// The proofs of a document in order; none when it is no object or has no `proof`.
    static func proofs(of document: JSON) -> [JSON] {
        document["proof"].map { $0.array ?? [$0] } ?? []
    }

    /// The line `proof`: at least one proof passes and none is known to fail.
    static func check(_ results: [ProofResult]) -> CredentialCheck {
        guard !results.isEmpty else {
            return CredentialCheck(
                "proof",
                .fail,
                "The credential carries no proof; ask for the signed one."
            )
        }
        let status: CheckStatus =
            results.contains { $0.status == .fail }
            ? .fail : results.contains { $0.status == .pass } ? .pass : .unknown
        let details = results.map { result in
            results.count == 1 ? result.detail : "\(result.pointer): \(result.detail)"
        }
        return CredentialCheck("proof", status, details.joined(separator: " "))
    }
}
