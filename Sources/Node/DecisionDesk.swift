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
    private let node: Node

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
        let subject = Hex.encode(SecureRandom.bytes(16))
        let record = try self.record(parameters, subject: subject)
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
        let salt = SecureRandom.bytes(32)
        let intended = try node.database.intend(
            StoredDecision(
                subject: subject,
                request: request,
                record: record.bytes,
                r: SecureRandom.bytes(64),
                precedent: try precedent?.payload(salt: salt),
                precedentSubject: precedent.map { _ in Hex.encode(SecureRandom.bytes(16)) },
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

    /// Appends the leaves of decisions whose intent was written before a crash.
    package func resume() async throws {
        for decision in try node.database.intendedDecisions() {
            _ = try await carryOut(decision)
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
        answer["index"] = decision.index.map { .number(JSONNumber(Int64($0))) }
        if let index = decision.index, let log = node.logs.own {
            let policy = node.registry.witnesses(of: log.origin, at: node.time.now())
            answer["origin"] = .string(log.origin)
            answer["evidence"] = try LeafEvidence.gather(index: index, in: log, policy: policy)?
                .json
        }
        return .object(answer)
    }

    /// The learner's receipt.
    ///
    /// - Throws: `Problem` `not-confirmed` until the leaf has its quorum of cosignatures.
    package func receipt(_ subject: String) throws -> JSON {
        let (decision, record) = try find(subject)
        guard let index = decision.index, let log = node.logs.own, let leaf = try log.entry(index)
        else { throw Problem(.notConfirmed, "the decision's leaf is not in the log yet") }
        let policy = node.registry.witnesses(of: log.origin, at: node.time.now())
        guard let evidence = try LeafEvidence.gather(index: index, in: log, policy: policy),
            policy.quorum == 0 || evidence.confirmed != nil
        else {
            throw Problem(
                .notConfirmed,
                "fewer than \(policy.quorum) witnesses have cosigned the decision's leaf so far",
                try: "ask again in a few seconds; eccoe status shows which witnesses answer"
            )
        }
        let domains = [node.identity.domain] + policy.members.map(\.domain)
        let receipt = Receipt(
            record: record,
            r: decision.r,
            leaf: leaf,
            proof: evidence.proof.bytes,
            registry: try node.registry.excerpt(for: domains)
        )
        return try JSON.read(receipt.bytes, limits: Receipt.limits)
    }

    private func carryOut(_ decision: StoredDecision) async throws -> Int {
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
        let done = try await node.writer.append(
            AppendRequest(id: decision.request, drafts: drafts)
        )
        let index = done.results[0].index
        try node.database.complete(subject: decision.subject, index: index)
        if let log = node.logs.own { try await node.viewFolder.catchUp(log) }
        return index
    }

    private func find(_ subject: String) throws -> (StoredDecision, DecisionRecord) {
        guard let decision = try node.database.decision(subject) else {
            throw Problem(
                .notFound,
                "this node has recorded no decision \(subject)",
                try: "the subject is what eccoe decision record printed"
            )
        }
        return (decision, try DecisionRecord(bytes: decision.record))
    }

    private func record(_ parameters: JSON, subject: String) throws -> DecisionRecord {
        guard let credential = parameters["credential"], credential.object != nil else {
            throw Problem(.invalidDecision, "no credential", at: "/credential")
        }
        guard let outcome = parameters["outcome"]?.string.flatMap(Outcome.init(rawValue:)) else {
            throw Problem(
                .invalidDecision,
                "no outcome",
                at: "/outcome",
                try: "one of " + Outcome.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        let basisText = parameters["basis"]?.string ?? DecisionBasis.assessment.rawValue
        guard let basis = DecisionBasis(rawValue: basisText) else {
            throw Problem(
                .invalidDecision,
                "no basis \(basisText)",
                at: "/basis",
                try: "one of " + DecisionBasis.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        let applicant =
            parameters["applicant"] ?? credential["credentialSubject"].flatMap(Self.person)
        guard let applicant else {
            throw Problem(
                .invalidDecision,
                "the credential names no learner",
                at: "/applicant",
                try: "say who applies with --applicant"
            )
        }
        var record = DecisionRecord(
            domain: node.identity.domain,
            subject: subject,
            decided: node.time.now(),
            applicant: applicant,
            credential: CredentialDigest.of(document: credential),
            item: try item(of: credential),
            outcome: outcome,
            basis: basis
        )
        if let number = parameters["credits"]?.string {
            record.credits = RecognisedCredits(
                number: number,
                framework: parameters["framework"]?.string ?? Vocabulary.ects
            )
        }
        record.level = parameters["level"]?.string
        record.remarks = parameters["remarks"]?.string
        record.appeal = parameters["appeal"]?.string
        for (index, reason) in (parameters["reasons"]?.array ?? []).enumerated() {
            guard let code = reason.string.flatMap(ReasonCode.init(rawValue:)) else {
                throw Problem(
                    .invalidDecision,
                    "no reason code",
                    at: "/reasons/\(index)",
                    try: "one of " + ReasonCode.allCases.map(\.rawValue).joined(separator: ", ")
                )
            }
            record.reasons.append(code)
        }
        return record
    }

    /// Who the learner is, without what was achieved: that is the item.
    private static func person(_ subject: JSON) -> JSON? {
        guard var object = subject.object else { return nil }
        object["achievement"] = nil
        object["type"] = nil
        return object.count > 0 ? .object(object) : nil
    }

    private func item(of credential: JSON) throws -> RecognisedItem {
        let subject = credential["credentialSubject"]
        let achievement = subject?["achievement"] ?? subject?[0]?["achievement"]
        guard let id = achievement?["id"]?.string else {
            throw Problem(
                .invalidDecision,
                "the credential names no achievement to decide on",
                at: "/credential/credentialSubject/achievement/id"
            )
        }
        let issuer = credential["issuer"]?.string ?? credential["issuer"]?["id"]?.string ?? ""
        let domain = node.registry.domain(ofDID: issuer)
        if let row = try node.views.item(globalID: id, issuer: domain), let bytes = row.document,
            let item = try? LearningOpportunity(json: JSON.read(bytes, limits: .operatorFile))
        {
            return RecognisedItem(globalID: row.globalID, title: item.title, issuer: row.domain)
        }
        let name = achievement?["name"]?.string ?? id
        return RecognisedItem(
            globalID: id,
            title: LocalizedText(["en": name]),
            issuer: domain ?? issuer
        )
    }
}
