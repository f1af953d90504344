import Credentials
package import Keys
package import MemberRegistry
import TransparencyLog

extension Receipt {
    /// Reads and verifies a receipt offline (protocol.md section 7).
    ///
    /// - Parameters:
    ///   - newerRegistry: the verifier's own registry: the receipt's must be an earlier state.
    ///   - trustedRootDigest: SHA-256 of a root file of the network that the verifier knows from
    ///     elsewhere, such as from an invite. With neither of the two the line `registry` stays
    ///     unknown: anybody can make up a network.
    /// - Throws: `RecordError` when it is no receipt at all.
    package static func verify(
        _ bytes: [UInt8],
        newerRegistry: TrustedRegistry?,
        trustedRootDigest: Digest?
    ) throws(RecordError) -> ReceiptReport {
        let receipt = try Receipt(bytes: bytes)
        return ReceiptVerification(
            receipt: receipt,
            newer: newerRegistry,
            trustedRootDigest: trustedRootDigest
        ).report()
    }
}

/// One line of the report after the other; what cannot be judged for lack of an earlier line says
/// so.
struct ReceiptVerification {
    let receipt: Receipt
    let newer: TrustedRegistry?
    let trustedRootDigest: Digest?

    /// What the proof proves once the registry is read.
    private struct Inclusion {
        let check: CredentialCheck
        let checkpoint: VerifiedCheckpoint?
    }

    func report() -> ReceiptReport {
        let leaf = Result { () throws(RecordError) in try DecisionLeaf(receipt.leaf) }
        // Expiry is judged at the leaf's time, which only the registry can tell: so it is first
        // read as of a time before which nothing expires.
        let early = Result { () throws(RegistryRefusal) in
            try TrustedRegistry.offline(
                receipt.registry,
                at: Instant(secondsSince1970: 0),
                trustedRootDigest: trustedRootDigest
            )
        }
        let registry = try? early.get()
        let inclusion = inclusion(registry)
        let (cosignatures, time) = cosignatures(on: inclusion.checkpoint, registry)
        return ReceiptReport(
            checks: [
                leafCheck(leaf), commitmentCheck(leaf), registryCheck(early, at: time),
                inclusion.check, cosignatures, memberCheck(registry, at: time),
                superseded(leaf, at: time),
            ],
            leafTime: time
        )
    }

    private func leafCheck(_ leaf: Result<DecisionLeaf, RecordError>) -> CredentialCheck {
        switch leaf {
        case .failure(let error):
            return CredentialCheck("leaf", .fail, "The leaf is none of a decision: \(error).")
        case .success(let leaf):
            guard leaf.subject == receipt.record.subject, leaf.at == receipt.record.decided else {
                return CredentialCheck(
                    "leaf",
                    .fail,
                    "The leaf is about \(leaf.subject) of \(leaf.at.date), the record about "
                        + "\(receipt.record.subject) of \(receipt.record.decided.date)."
                )
            }
            return CredentialCheck(
                "leaf",
                .pass,
                "The leaf records a decision of \(leaf.at.date) about \(leaf.subject)."
            )
        }
    }

    private func commitmentCheck(
        _ leaf: Result<DecisionLeaf, RecordError>
    ) -> CredentialCheck {
        guard case .success(let leaf) = leaf else {
            return CredentialCheck(
                "commitment",
                .unknown,
                "Without a leaf there is no commitment to compare with."
            )
        }
        guard receipt.record.commitment(r: receipt.r) == leaf.commitment else {
            return CredentialCheck(
                "commitment",
                .fail,
                "The leaf commits to another record: record or r were changed."
            )
        }
        return CredentialCheck(
            "commitment",
            .pass,
            "The leaf's commitment \(leaf.commitment) is to this record."
        )
    }

    private func inclusion(_ registry: TrustedRegistry?) -> Inclusion {
        func fail(_ detail: String, _ status: CheckStatus = .fail) -> Inclusion {
            Inclusion(check: CredentialCheck("inclusion", status, detail), checkpoint: nil)
        }
        guard let registry else {
            return fail("Without the registry the author's log key is not known.", .unknown)
        }
        do {
            let proof = try InclusionProof(receipt.proof)
            let origin = try Checkpoint(text: proof.checkpoint.text).origin
            guard let log = registry.logKey(forOrigin: origin), log.domain == receipt.record.domain
            else {
                return fail("The registry knows no log \(origin) of \(receipt.record.domain).")
            }
            let closings = [log, newer?.logKey(forOrigin: origin)].compactMap { $0?.epoch.closed }
            if let closing = closings.first(where: { $0.size <= proof.index }) {
                return fail(
                    "The log was closed at size \(closing.size) (\(closing.reason)); leaf "
                        + "\(proof.index) lies beyond and counts for nothing."
                )
            }
            let checkpoint = try proof.verify(leaf: receipt.leaf, key: VerifierKey(log.key.text))
            return Inclusion(
                check: CredentialCheck(
                    "inclusion",
                    .pass,
                    "The leaf is number \(proof.index) of \(checkpoint.checkpoint.size) in the log "
                        + "\(origin), under the checkpoint signed by \(log.key.text)."
                ),
                checkpoint: checkpoint
            )
        } catch {
            return fail("The proof does not hold: \(error).")
        }
    }

    private func cosignatures(
        on checkpoint: VerifiedCheckpoint?,
        _ registry: TrustedRegistry?
    ) -> (CredentialCheck, Instant?) {
        func line(_ status: CheckStatus, _ detail: String) -> CredentialCheck {
            CredentialCheck("cosignatures", status, detail)
        }
        guard let checkpoint, let registry else {
            return (line(.unknown, "Without a proven checkpoint nothing was cosigned."), nil)
        }
        do {
            guard let found = try Confirmation(of: checkpoint, in: registry) else {
                return (unconfirmed(checkpoint.checkpoint.origin, registry), nil)
            }
            return (
                line(
                    .pass,
                    "\(found.witnesses.joined(separator: ", ")) had cosigned by \(found.time); "
                        + "\(found.required) were needed."
                ), found.time
            )
        } catch {
            return (line(.fail, "A cosignature is wrong: \(error)."), nil)
        }
    }

    /// Below quorum, or without any witness to ask: protocol.md section 1, "k = 0 confirms nothing".
    private func unconfirmed(_ origin: String, _ registry: TrustedRegistry) -> CredentialCheck {
        let asOf = registry.expiries["timestamp"] ?? Instant(secondsSince1970: 0)
        guard registry.witnessSet(forOrigin: origin, at: asOf).required > 0 else {
            return CredentialCheck(
                "cosignatures",
                .unknown,
                "The log \(origin) has no witnesses, so nothing confirms its checkpoints."
            )
        }
        return CredentialCheck(
            "cosignatures",
            .fail,
            "Too few witnesses of the log have cosigned the checkpoint: it is unconfirmed. Ask the "
                + "author for a receipt with more cosignatures."
        )
    }

    private func memberCheck(_ registry: TrustedRegistry?, at time: Instant?) -> CredentialCheck {
        let domain = receipt.record.domain
        guard let registry, let time else {
            return CredentialCheck(
                "member",
                .unknown,
                "Without the leaf's time the standing of \(domain) cannot be judged."
            )
        }
        let standing = registry.standing(of: domain, at: time)
        let current = newer?.standing(of: domain, at: time)
        guard standing.state == .active, current == nil || current?.state == .active else {
            return CredentialCheck(
                "member",
                standing.state == .notCarried ? .unknown : .fail,
                "\(domain) was no member in good standing at \(time): "
                    + "\((standing.state == .active ? current : standing)?.state.rawValue ?? "")."
            )
        }
        return CredentialCheck(
            "member",
            .pass,
            "\(domain) was a member in good standing at \(time)."
        )
    }

    private func superseded(
        _ leaf: Result<DecisionLeaf, RecordError>,
        at time: Instant?
    ) -> CredentialCheck {
        let asOf = time.map { "as of \($0)" } ?? "at any time"
        let revision = (try? leaf.get().revision) ?? 1
        let remark = revision > 1 ? " It is itself revision \(revision) of its decision." : ""
        return CredentialCheck(
            "superseded",
            .unknown,
            "Not known superseded \(asOf); whether it was later, only the log of "
                + "\(receipt.record.domain) can tell.\(remark)"
        )
    }
}
