package import CanonicalJSON
import Catalogue
import Credentials
package import Federation
import Keys
import NodeStore
import Recognition
import TransparencyLog

/// Recording decisions and handing out receipts, apart from HTTP.
package struct DecisionDesk: Sendable {
    let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Records a decision: intent first, then the leaf, then completion; only the commitment, and
    /// by policy the learner-free precedent, enter the log.
    ///
    /// - Parameter parameters: {"credential", "outcome", "credits"?, "framework"?, "level"?,
    ///   "basis"?, "reasons"?, "remarks"?, "appeal"?, "applicant"?}.
    /// - Throws: `Problem` `invalid-decision` with field and remedy.
    package func record(_ parameters: JSON, request: RequestID) async throws -> JSON {
        let subject = Hex.encode(node.random.bytes(16))
        let record = try DecisionForm(parameters, node: node).record(subject: subject)
        if let problem = record.problems.first {
            throw Problem(
                .invalidDecision,
                problem.message,
                at: problem.pointer,
                try: problem.remedy
            )
        }
        let now = node.time.now()
        let precedent = node.settings.precedents.publishable([PrecedentFacts(of: record)], at: now)
            .first
        let salt = node.random.bytes(32)
        let intended = try node.database.intend(
            StoredDecision(
                subject: subject,
                request: request,
                record: record.bytes,
                r: node.random.bytes(64),
                precedent: try precedent?.payload(salt: salt),
                precedentSubject: precedent.map { _ in Hex.encode(node.random.bytes(16)) },
                index: nil
            ),
            at: now
        )
        let index = try await carryOut(intended)
        try node.database.audit("decision.recorded", intended.subject, at: now)
        return [
            "subject": .string(intended.subject),
            "index": .number(JSONNumber(Int64(index))),
            "precedent": .bool(intended.precedent != nil),
        ]
    }

    /// Appends the leaves of decisions whose intent was written before a crash, unless they are in
    /// the log already: healing may have brought them.
    package func resume() async throws {
        let size = node.logs.own?.size ?? 0
        for subject in try node.database.completedDecisions(from: size)
        where try node.leaf(ofDecision: subject) == nil {
            try node.database.reopenDecision(subject)
        }
        for decision in try node.database.intendedDecisions() {
            if let index = try LostDecisions(node: node).index(of: decision) {
                try node.database.complete(subject: decision.subject, index: index)
            } else {
                _ = try await carryOut(decision, isResumed: true)
            }
        }
    }

    /// What this node keeps of a decision.
    ///
    /// - Throws: `Problem` `not-found`.
    package func show(_ subject: String) throws -> JSON {
        let (decision, record) = try find(subject)
        var answer = JSONObject()
        answer["subject"] = .string(subject)
        answer["record"] = record.json
        if node.isQuarantined(domain: record.item.issuer) { answer["quarantined"] = true }
        if decision.index != nil, let (log, index) = try node.leaf(ofDecision: subject) {
            answer["index"] = .number(JSONNumber(Int64(index)))
            answer["origin"] = .string(log.origin)
            answer["evidence"] = try LeafEvidence.gather(
                index: index, in: log, registry: node.registry, at: node.time.now())?.json
        }
        return .object(answer)
    }

    /// The learner's receipt.
    ///
    /// - Throws: `Problem` `not-confirmed` until the leaf has its quorum of cosignatures.
    package func receipt(_ subject: String) throws -> JSON {
        let (decision, record) = try find(subject)
        guard decision.index != nil, let (log, index) = try node.leaf(ofDecision: subject),
            let leaf = try log.entry(index)
        else { throw Problem(.notConfirmed, "the decision's leaf is not in the log yet") }
        let policy = node.registry.witnesses(of: log.origin, at: node.time.now())
        guard
            let evidence = try LeafEvidence.gather(
                index: index, in: log, registry: node.registry, at: node.time.now()),
            policy.quorum == 0 || evidence.confirmed != nil
        else {
            throw Problem(
                .notConfirmed,
                "fewer than \(policy.quorum) witnesses have cosigned the decision's leaf so far",
                try: "ask again in a few seconds; eccoe status shows which witnesses answer"
            )
        }
        let witnesses = evidence.witnesses.map { ViewFolder.domain(of: $0.witness.name) }
        let domains = Set([node.identity.domain] + witnesses + policy.members.map(\.domain))
        let receipt = Receipt(
            record: record,
            r: decision.r,
            leaf: leaf,
            proof: evidence.proof.bytes,
            registry: try node.registry.excerpt(for: domains.sorted())
        )
        return try JSON.read(receipt.bytes, limits: Receipt.limits)
    }

    private func carryOut(
        _ decision: StoredDecision, isResumed: Bool = false
    ) async throws -> Int {
        if let index = decision.index { return index }
        let record = try DecisionRecord(bytes: decision.record)
        var drafts = [
            Draft(
                type: .decisionRecorded,
                subject: decision.subject,
                commitment: record.commitment(r: decision.r)
            )
        ]
        if let payload = decision.precedent {
            drafts.append(
                Draft(
                    type: .precedentPublished,
                    subject: decision.precedentSubject,
                    payload: payload
                )
            )
        }
        let done = try await node.appendWithinQuota(
            AppendRequest(id: decision.request, drafts: drafts, isResumed: isResumed)
        )
        let index = done.results[0].index
        try node.database.complete(subject: decision.subject, index: index)
        if let log = node.logs.own { try await node.foldViews(of: log) }
        return index
    }

    func find(_ subject: String) throws -> (StoredDecision, DecisionRecord) {
        guard let decision = try node.database.decision(subject) else {
            throw Problem(
                .notFound,
                "this node has recorded no decision \(subject)",
                try: "the subject is what eccoe decision record printed"
            )
        }
        guard !decision.isErased else {
            throw Problem(
                .gone, "the record of the decision \(subject) was erased here", at: subject,
                try: "the learner's receipt, where it was kept, verifies as before")
        }
        return (decision, try DecisionRecord(bytes: decision.record))
    }
}
