public import CanonicalJSON
public import Keys

/// Verification of a credential: gather what `needs(of:)` names, then judge once, offline.
public enum CredentialVerification {
    /// What has to be obtained and is not yet in `evidence`. Ask again with the answers in hand:
    /// a document may name a second controller. Two rounds are enough.
    public static func needs(of credential: JSON, evidence: Evidence = Evidence()) -> [Need] {
        var needs: [Need] = []
        func need(_ id: String) {
            let known = evidence.didDocuments[id] != nil || id.utf8.starts(with: "did:key:".utf8)
            if !known, !needs.contains(.didDocument(id: id)), DIDURL.isAbsolute(id) {
                needs.append(.didDocument(id: id))
            }
        }
        for proof in DataIntegrity.proofs(of: credential).prefix(DataIntegrity.proofLimit) {
            guard let reference = proof["verificationMethod"]?.string else { continue }
            let url = DIDURL(reference)
            need(url.document)
            if case .document(let document, _) = evidence.resolve(url.document),
                let method = document.method(reference)
            {
                need(method.controller)
            }
        }
        return needs
    }

    /// Reads and judges a credential as it was handed over: at most 1 MiB, 64 levels deep.
    ///
    /// - Parameter at: the time for which the question is asked.
    public static func verify(
        _ text: [UInt8],
        evidence: Evidence,
        at time: Instant
    ) -> CredentialReport {
        do {
            let document = try JSON.read(text, limits: .outsideCredential)
            return verify(document, evidence: evidence, at: time)
        } catch {
            return CredentialForm.isCompactJWS(text)
                ? CredentialForm.unread("It is a JSON Web Token, a form that is not read yet.")
                : unreadable(error)
        }
    }

    /// Judges a credential that was read within `JSONLimits.outsideCredential`.
    public static func verify(
        _ document: JSON,
        evidence: Evidence,
        at time: Instant
    ) -> CredentialReport {
        if CredentialForm.isJSONSerializedJWS(document) {
            return CredentialForm.unread(
                "It is a JSON Web Signature in JSON form (JAdES), which is not read yet."
            )
        }
        let proofs = DataIntegrity.verify(document, evidence: evidence, at: time)
        let issuer = IssuerCheck(document: document, proofs: proofs, evidence: evidence)
        var facts = CredentialFacts(reading: document)
        facts.issuerMethods = issuer.methods
        return CredentialReport(
            checks: [
                WellformedCheck.check(document),
                DataIntegrity.check(proofs),
                ValidityCheck.check(document, at: time),
                StatusCheck.check(document),
                issuer.check,
            ],
            facts: facts
        )
    }

    private static func unreadable(_ error: JSONError) -> CredentialReport {
        let reason = "The credential could not be read, so this was not checked."
        return CredentialReport(
            checks: [
                CredentialCheck(
                    "wellformed",
                    .fail,
                    "The text is no acceptable JSON: \(error)."
                )
            ]
                + CredentialReport.decisive.dropFirst().map {
                    CredentialCheck($0, .unknown, reason)
                },
            facts: CredentialFacts()
        )
    }
}

/// Forms of credentials that are recognised but not read yet: they are unknown, not wrong.
enum CredentialForm {
    /// Three base64url parts with dots between (RFC 7515 section 7.1), with any disclosures of an
    /// SD-JWT behind them.
    static func isCompactJWS(_ text: [UInt8]) -> Bool {
        let trimmed = text.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()
        let token = Array(trimmed).split(
            separator: UInt8(ascii: "~"),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        let parts = (token.first ?? []).split(
            separator: UInt8(ascii: "."),
            omittingEmptySubsequences: false
        )
        return parts.count == 3
            && parts.allSatisfy { Base64URL.decode(String(decoding: $0, as: UTF8.self)) != nil }
            && !parts[0].isEmpty
    }

    /// RFC 7515 section 7.2, as European Digital Credentials use it.
    static func isJSONSerializedJWS(_ document: JSON) -> Bool {
        document["@context"] == nil && document["payload"]?.string != nil
            && (document["signatures"] != nil || document["signature"] != nil)
    }

    static func unread(_ reason: String) -> CredentialReport {
        CredentialReport(
            checks: CredentialReport.decisive.map { CredentialCheck($0, .unknown, reason) },
            facts: CredentialFacts()
        )
    }
}
