package import CanonicalJSON
import Federation
import Keys
import NodeStore
import Recognition

/// After a loss: intents whose leaf is in the log already, and leaves whose record is gone.
package struct LostDecisions: Sendable {
    private let node: Node

    /// The decisions of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Decisions in the own log of which this node has no record: the disk was lost after they were
    /// recorded. {"decisions":[{"subject","index","day"}]}.
    ///
    /// - Throws: `Problem` `no-log`.
    package func list() throws -> JSON {
        let held = try node.database.decisionSubjects()
        var lost: [(subject: String, index: Int, log: LogStore)] = []
        for log in try ownLogs() {
            for row in try log.subjects(scope: "decision") where !held.contains(row.subject) {
                lost.append((row.subject, row.index, log))
            }
        }
        return [
            "decisions": .array(
                try lost.map { row in
                    var line = JSONObject()
                    line["subject"] = .string(row.subject)
                    line["index"] = .number(JSONNumber(Int64(row.index)))
                    line["day"] = try leaf(row.index, of: row.log).map { .string($0.at.date) }
                    return .object(line)
                })
        ]
    }

    /// Takes a lost record out of the receipt that the learner was given.
    ///
    /// - Returns: {"subject","index"}.
    /// - Throws: `Problem` `invalid-decision` when the receipt is not of a decision in this log, or
    ///   the leaf commits to another record; `conflict` when the record is here.
    package func refill(_ receipt: JSON) throws -> JSON {
        _ = try ownLogs()
        let receipt = try Receipt(bytes: receipt.canonicalBytes)
        let subject = receipt.record.subject
        guard try node.database.decision(subject) == nil else {
            throw Problem(.conflict, "the record of decision \(subject) is here already")
        }
        guard let (log, index) = try node.leaf(ofDecision: subject),
            receipt.record.domain == node.identity.domain
        else {
            throw Problem(
                .invalidDecision, "the log of this institution has no decision \(subject)",
                at: "/record/subject", try: "eccoe decision lost lists the decisions to refill")
        }
        guard let leaf = try leaf(index, of: log),
            leaf.commitment == receipt.record.commitment(r: receipt.r)
        else {
            throw Problem(
                .invalidDecision,
                "leaf \(index) commits to another record: receipt or record were changed",
                at: "/record", try: "ask the learner for the receipt as it was handed out")
        }
        let now = node.time.now()
        let request = RequestID(
            milliseconds: node.time.milliseconds(), random: node.random.bytes(10))
        _ = try node.database.intend(
            StoredDecision(
                subject: subject, request: request, record: receipt.record.bytes, r: receipt.r,
                precedent: nil, precedentSubject: nil, index: index),
            at: now)
        try node.database.complete(subject: subject, index: index)
        try node.database.audit("decision.refilled", subject, at: now)
        return ["subject": .string(subject), "index": .number(JSONNumber(Int64(index)))]
    }

    /// Where the first leaf of an intended decision stands, if it was appended before the loss:
    /// intents are matched by type, subject and revision.
    func index(of decision: StoredDecision) throws -> Int? {
        guard let (log, last) = try node.leaf(ofDecision: decision.subject) else { return nil }
        var index = last
        while let leaf = try leaf(index, of: log) {
            if leaf.revision == 1 { return leaf.type == .decisionRecorded ? index : nil }
            // One that stands anew after a closing goes on from an earlier epoch.
            guard let previous = leaf.previous else { return index }
            index = previous
        }
        return nil
    }

    private func ownLogs() throws -> [LogStore] {
        guard !node.logs.ownEpochs.isEmpty else {
            throw Problem(
                .noLog, "this institution has no log yet", try: "create it: eccoe log init")
        }
        return node.logs.ownEpochs
    }

    private func leaf(_ index: Int, of log: LogStore) throws -> Leaf? {
        guard let entry = try log.entry(index), case .leaf(let leaf) = LeafReading(entry) else {
            return nil
        }
        return leaf
    }
}
