import CanonicalJSON
import Keys

/// The verification of one proof of a document (VC Data Integrity 1.0 sections 4.4 and 4.5).
struct ProofVerification {
    let document: JSON
    let proof: JSON
    /// All proofs of the document, for those that build on others.
    let all: [JSON]
    let pointer: String
    let purpose: DIDDocument.Relationship
    let domain: String?
    let challenge: String?
    let evidence: Evidence
    let time: Instant

    /// The method that the proof names.
    private enum Method {
        case found(VerificationMethod, source: String)
        case missing(CheckStatus, String)
    }

    private var suite: String {
        proof["cryptosuite"]?.string ?? proof["type"]?.string ?? "an unnamed suite"
    }

    func result(
        _ status: CheckStatus,
        _ detail: String,
        method: VerificationMethod? = nil
    ) -> ProofResult {
        ProofResult(
            pointer: pointer,
            suite: suite,
            methodID: proof["verificationMethod"]?.string,
            method: method,
            status: status,
            detail: detail
        )
    }

    func result() -> ProofResult {
        guard let members = proof.object else {
            return result(.fail, "The proof is \(proof.kind), no object.")
        }
        let found = method()
        let known: VerificationMethod? =
            if case .found(let method, _) = found { method } else { nil }
        guard members["type"]?.string == DataIntegrity.proofType,
            members["cryptosuite"]?.string == EdDSAJCS2022.name
        else {
            return result(
                .unknown,
                "The proof is in \(suite), which is not supported; only \(EdDSAJCS2022.name) is.",
                method: known
            )
        }
        if let problem = statementProblem() { return result(.fail, problem, method: known) }
        guard case .found(let method, let source) = found else {
            if case .missing(let status, let reason) = found { return result(status, reason) }
            return result(.unknown, "The key of the proof is not known.")
        }
        return judge(members, by: method, from: source)
    }

    private func judge(
        _ members: JSONObject,
        by method: VerificationMethod,
        from source: String
    ) -> ProofResult {
        guard case .key(let key) = method.material else {
            let reason = if case .unusable(let reason) = method.material { reason } else { "" }
            return result(
                .unknown,
                "The key \(method.id) from \(source) cannot be used: \(reason).",
                method: method
            )
        }
        for (name, limit) in [("expired", method.expires), ("was revoked", method.revoked)] {
            if let limit, limit <= time {
                return result(
                    .fail,
                    "The key \(method.id) \(name) at \(limit), says \(source).",
                    method: method
                )
            }
        }
        guard let unsecured = unsecuredDocument() else {
            return result(
                .fail,
                "The proof builds on an earlier proof (previousProof) that is not there.",
                method: method
            )
        }
        let named = "the key \(Multikey.encode(key) ?? "without a Multikey form") (\(method.id)), "
        if let problem = EdDSAJCS2022.failure(unsecured: unsecured, proof: members, key: key) {
            return result(
                .fail,
                "\(problem) It was checked with \(named)taken from \(source).",
                method: method
            )
        }
        return result(
            .pass,
            "The \(suite) signature was made with \(named)taken from \(source)\(claimedTime).",
            method: method
        )
    }

    private var claimedTime: String {
        guard let created = proof["created"]?.string.flatMap({ Instant(lenient: $0) }) else {
            return ""
        }
        let remark = time < created ? ", which lies after the time of the question" : ""
        return "; it claims to be of \(created)\(remark)"
    }

    /// What the proof says about itself: purpose, times, domain, challenge.
    private func statementProblem() -> String? {
        guard let stated = proof["proofPurpose"]?.string else { return "proofPurpose is missing." }
        guard stated == purpose.rawValue else {
            return "The proof was made for \(stated), not for \(purpose.rawValue)."
        }
        for name in ["created", "expires"] {
            guard let value = proof[name] else { continue }
            guard let instant = value.string.flatMap({ Instant(lenient: $0) }) else {
                return "\(name) is no date and time with an offset."
            }
            if name == "expires", instant < time { return "The proof expired at \(instant)." }
        }
        if let domain {
            let stated = proof["domain"].map { $0.array ?? [$0] } ?? []
            guard stated.contains(.string(domain)) else {
                return "The proof was not made for the domain \(domain)."
            }
        }
        if let challenge, proof["challenge"] != .string(challenge) {
            return "The proof does not answer the challenge."
        }
        return nil
    }

    private func method() -> Method {
        guard let id = proof["verificationMethod"]?.string, DIDURL.isAbsolute(id) else {
            return .missing(.fail, "The proof names no verificationMethod.")
        }
        let url = DIDURL(id)
        guard url.fragment != nil else {
            return .missing(.fail, "The verificationMethod \(id) names a document, but no key.")
        }
        switch evidence.resolve(url.document) {
        case .unresolved(let reason): return .missing(.unknown, reason)
        case .document(let document, let source):
            guard let method = document.method(id) else {
                return .missing(
                    .fail,
                    "The document of \(url.document) from \(source) has no key \(id)."
                )
            }
            return .found(method, source: source)
        }
    }

    /// The document without proofs; in a proof chain with the earlier proofs that this one signs
    /// (section 4.5). nil when one of those is not there.
    private func unsecuredDocument() -> JSON? {
        guard var object = document.object else { return nil }
        object["proof"] = nil
        guard let previous = proof["previousProof"] else { return .object(object) }
        var earlier: [JSON] = []
        for id in previous.array ?? [previous] {
            guard id.string != nil, let match = all.first(where: { $0["id"] == id }) else {
                return nil
            }
            earlier.append(match)
        }
        object["proof"] = .array(earlier)
        return .object(object)
    }
}
