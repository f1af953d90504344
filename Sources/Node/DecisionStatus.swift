package import CanonicalJSON
import Federation
import Keys
import NodeStore
import Recognition
import TransparencyLog

/// How far a decision's leaf has come: who has cosigned it, who holds it, whether the institution
/// whose item was decided on has seen it.
extension DecisionDesk {
    /// {"subject","index","origin","cosignatures","quorum","confirmed","quarantined"?,
    /// "copies":[{"domain","size"?,"holds","error"?}],"counterparty":{"domain","holds","seen"?,"by"?}}.
    /// The members in question are asked now.
    ///
    /// - Throws: `Problem` `not-found`.
    package func status(_ subject: String) async throws -> JSON {
        let (decision, record) = try find(subject)
        var answer = JSONObject()
        answer["subject"] = .string(subject)
        let issuer = record.item.issuer
        if node.isQuarantined(domain: issuer) { answer["quarantined"] = true }
        guard decision.index != nil, let (log, index) = try node.leaf(ofDecision: subject) else {
            answer["index"] = .null
            return .object(answer)
        }
        let now = node.time.now()
        let evidence = try LeafEvidence.gather(
            index: index, in: log, registry: node.registry, at: now)
        answer["index"] = .number(JSONNumber(Int64(index)))
        answer["origin"] = .string(log.origin)
        answer["cosignatures"] = .number(JSONNumber(Int64(evidence?.witnesses.count ?? 0)))
        answer["quorum"] = .number(JSONNumber(Int64(evidence?.quorum ?? 0)))
        answer["confirmed"] = evidence?.confirmed.map { .string($0.text) } ?? .bool(false)
        let keepers = keepers(of: log.origin, at: now)
        let asked = (keepers + [issuer].filter { !keepers.contains($0) })
            .compactMap { node.registry.address(of: $0) }
            .filter { $0.domain != node.identity.domain }
        let copies = try await concurrently(asked, limit: 8) { address in
            await self.copy(at: address, of: log, covering: index)
        }
        answer["copies"] = .array(
            copies.filter { keepers.contains($0.domain) }.map { .object($0.json) })
        if issuer != node.identity.domain {
            let copy = copies.first { $0.domain == issuer }
            answer["counterparty"] = .object(
                counterparty(issuer, copy, evidence?.witnesses ?? [], index: index, at: now))
        }
        return .object(answer)
    }

    /// The assigned mirrors; where the registry assigns none, the witnesses, who hold copies too.
    private func keepers(of origin: String, at now: Instant) -> [String] {
        let mirrors = node.registry.mirrorDomains(of: origin, at: now)
        return mirrors.isEmpty
            ? node.registry.witnesses(of: origin, at: now).members.map(\.domain) : mirrors
    }

    private struct Copy: Sendable {
        let domain: String
        var size: Int?
        var holds = false
        var error: String?

        var json: JSONObject {
            var line = JSONObject()
            line["domain"] = .string(domain)
            line["size"] = size.map { .number(JSONNumber(Int64($0))) }
            line["holds"] = .bool(holds)
            line["error"] = error.map { .string($0) }
            return line
        }
    }

    private func copy(
        at address: PeerAddress, of log: LogStore, covering index: Int
    ) async -> Copy {
        var copy = Copy(domain: address.domain)
        do {
            guard let identity = node.registry.log(log.origin) else {
                throw Problem(.unknownOrigin, "the registry has no log \(log.origin)")
            }
            let source = LogSource(of: identity, at: address, by: node.transport)
            guard let note = try await source.get("/checkpoint", limit: SignedNote.maximumBytes)
            else {
                copy.error = "holds no copy yet"
                return copy
            }
            let head = try VerifiedCheckpoint(note, key: log.key)
            if try EvidenceDesk(node: node).examine(head) { copy.error = "holds another history" }
            copy.size = head.checkpoint.size
            copy.holds = copy.error == nil && head.checkpoint.size > index
        } catch { copy.error = (error as? Problem)?.detail ?? "\(error)" }
        return copy
    }

    /// When the other institution saw the leaf: by its own cosignature, else by its answer to an
    /// announcement, else by the copy that it has now.
    private func counterparty(
        _ domain: String, _ copy: Copy?, _ cosignatures: [Cosignature], index: Int,
        at now: Instant
    ) -> JSONObject {
        var line = copy?.json ?? Copy(domain: domain, error: "has no node").json
        let cosigned = cosignatures.first { ViewFolder.domain(of: $0.witness.name) == domain }?.time
        let told = node.deliveries[domain]?.told.flatMap { $0.size > index ? $0.at : nil }
        let held = copy?.holds == true ? now : nil
        for (by, time) in [("cosignature", cosigned), ("announcement", told), ("copy", held)] {
            guard let time else { continue }
            line["seen"] = .string(time.text)
            line["by"] = .string(by)
            break
        }
        return line
    }
}
