import CanonicalJSON

/// The line `issuer`: the key of the proof belongs to the issuer. The method's controller is the
/// credential's issuer, and the controller's document allows the method to assert (VC Data
/// Integrity 1.0 section 4.4, Controlled Identifiers 1.0 section 3.3).
///
/// It looks at whom the proof names, not at whether the signature is right: that is `proof`.
struct IssuerCheck {
    let check: CredentialCheck
    /// The methods behind passing proofs that the issuer answers for.
    let methods: [VerificationMethod]

    init(document: JSON, proofs: [ProofResult], evidence: Evidence) {
        guard let issuer = document["issuer"]?.string ?? document["issuer"]?["id"]?.string else {
            methods = []
            check = CredentialCheck("issuer", .fail, "The credential names no issuer.")
            return
        }
        let passing = proofs.filter { $0.status == .pass }
        let answers = (passing.isEmpty ? proofs : passing).map {
            (proof: $0, answer: Self.judge($0, issuer: issuer, evidence: evidence))
        }
        methods = answers.filter { $0.proof.status == .pass && $0.answer.status == .pass }
            .compactMap(\.proof.method)
        if let pass = answers.first(where: { $0.answer.status == .pass }) {
            check = pass.answer
        } else if let own = Self.unreadOwnProof(of: issuer, in: proofs), !passing.isEmpty {
            check = CredentialCheck(
                "issuer",
                .unknown,
                "The proofs that pass are not the issuer's; its own is in \(own.suite), which "
                    + "is not supported."
            )
        } else {
            let best = answers.first { $0.answer.status == .unknown } ?? answers.first
            check = best?.answer ?? Self.unproven(issuer)
        }
    }

    /// A proof that names the issuer but could not be checked: it never counts as the issuer's
    /// word, but it keeps a witness's proof from being taken for a forgery.
    private static func unreadOwnProof(of issuer: String, in proofs: [ProofResult]) -> ProofResult?
    {
        proofs.first {
            $0.status == .unknown && DIDURL.same(DIDURL($0.methodID ?? "").document, issuer)
        }
    }

    private static func unproven(_ issuer: String) -> CredentialCheck {
        CredentialCheck(
            "issuer",
            .unknown,
            "The credential carries no proof, so nothing ties it to its issuer \(issuer)."
        )
    }

    private static func judge(
        _ proof: ProofResult,
        issuer: String,
        evidence: Evidence
    ) -> CredentialCheck {
        guard let method = proof.method else {
            return CredentialCheck(
                "issuer",
                proof.status == .unknown ? .unknown : .fail,
                "The key of the proof could not be found, so nothing ties the credential to its "
                    + "issuer \(issuer). \(proof.detail)"
            )
        }
        guard DIDURL.same(method.controller, issuer) else {
            return CredentialCheck(
                "issuer",
                .fail,
                "The proof's key \(method.id) is controlled by \(method.controller), but the "
                    + "credential names \(issuer) as its issuer."
            )
        }
        switch evidence.resolve(method.controller) {
        case .unresolved(let reason):
            return CredentialCheck("issuer", .unknown, reason)
        case .document(let document, let source):
            guard document.allows(method.id, for: .assertionMethod) else {
                return CredentialCheck(
                    "issuer",
                    .fail,
                    "The document of \(issuer) from \(source) does not list \(method.id) under "
                        + "assertionMethod: the issuer does not issue with this key."
                )
            }
            return CredentialCheck(
                "issuer",
                .pass,
                "The issuer \(issuer) controls the proof's key \(method.id); its document from "
                    + "\(source) allows it under assertionMethod."
            )
        }
    }
}
