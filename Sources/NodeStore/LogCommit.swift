import CanonicalJSON
package import Federation
import Foundation
import GRDB
package import Keys
import Synchronization
package import TransparencyLog

/// Drafts that are appended together under one request id.
package struct AppendRequest: Sendable {
    /// Names the request; repeated, it is answered as the first time.
    package let id: RequestID
    /// What to append, in order.
    package let drafts: [Draft]
    /// Whether the node knows that the request was not carried out before: it is not refused for
    /// being older than a restore.
    package let isResumed: Bool

    /// A request from its parts.
    package init(id: RequestID, drafts: [Draft], isResumed: Bool = false) {
        self.id = id
        self.drafts = drafts
        self.isResumed = isResumed
    }

    /// Tells the same request from another one under the same id: over types, subjects and
    /// contents, not over salts, which are drawn anew at every attempt.
    var bodyDigest: Digest {
        var bytes: [UInt8] = []
        for draft in drafts {
            bytes += Array("\(draft.type.rawValue)\u{0}\(draft.subject ?? "")\u{0}".utf8)
            let content = draft.content ?? draft.payload.map { Digest(of: $0) } ?? draft.commitment
            bytes += content?.bytes ?? []
            bytes += Array("\u{0}".utf8)
        }
        return Digest(of: bytes)
    }
}

/// What became of a request.
package enum AppendAnswer: Sendable, Equatable {
    /// Carried out, now or the first time.
    case appended([Appended])
    /// The id was used for something else.
    case reused
    /// A draft is not acceptable: too large, or not well formed.
    case refused(Problem)
}

extension LogStore {
    /// Appends everything in one transaction: entries, tiles, payloads, subjects, answers, signed
    /// head. Returns after COMMIT, with the head that then holds.
    ///
    /// - Throws: `StoreError.headChanged`, `.hashChanged`, and what SQLite says; then nothing was
    ///   written and the store reloads itself from disk.
    package func commit(
        _ requests: [AppendRequest],
        at time: Instant,
        signer: NoteSigner
    ) throws -> (answers: [AppendAnswer], head: VerifiedCheckpoint) {
        try state.withLock { state in
            do {
                guard let loaded = state else { throw StoreError.headChanged }
                let answersSince = answersSince.withLock { $0 }
                let result = try pool.write { db in
                    var step = CommitStep(
                        db: db, tree: loaded.tree, time: time, answersSince: answersSince)
                    let answers = try requests.map { try step.carryOut($0) }
                    guard step.appended > 0 || loaded.head == nil else {
                        return (answers, loaded)
                    }
                    try step.tree.flush(db)
                    let checkpoint = Checkpoint(
                        origin: origin,
                        size: step.tree.range.size,
                        root: step.tree.range.root
                    )
                    let head = try VerifiedCheckpoint(signing: checkpoint, by: signer)
                    guard head.key == key else { throw StoreError.headChanged }
                    try Self.swapHead(db, from: loaded.head, to: head)
                    return (answers, Loaded(head: head, tree: step.tree))
                }
                state = result.1
                guard let head = result.1.head else { throw StoreError.headChanged }
                return (result.0, head)
            } catch {
                // What the disk holds now is unknown; only what it says when read again counts.
                state = try? pool.read { try Self.load($0, key: key, path: pool.path) }
                throw error
            }
        }
    }
}

/// The inside of one commit.
private struct CommitStep {
    let db: GRDB.Database
    var tree: TreeWriter
    let time: Instant
    let answersSince: Int64
    var appended = 0

    mutating func carryOut(_ request: AppendRequest) throws -> AppendAnswer {
        let body = request.bodyDigest
        let known = try db.cachedStatement(sql: "SELECT body, answer FROM request WHERE id = ?")
        if let row = try Row.fetchOne(known, arguments: [request.id.bytes.data]) {
            let stored: Data = row["body"]
            guard Array(stored) == body.bytes else { return .reused }
            let answer: String = row["answer"]
            return .appended(try Self.decode(answer))
        }
        guard request.isResumed || request.id.milliseconds >= answersSince else {
            return .refused(
                Problem(
                    .outcomeUnknown,
                    "the request is older than the last restore, and its outcome is unknown",
                    at: request.id.text,
                    try: "look whether it was carried out, then send it under a new id"))
        }
        let before = (tree, appended)
        var results: [Appended] = []
        var refusal: Problem?
        func appendAll() throws -> GRDB.Database.TransactionCompletion {
            for draft in request.drafts {
                do {
                    results.append(try append(draft))
                } catch let problem as Problem {
                    refusal = problem
                    return .rollback
                }
            }
            return .commit
        }
        // A request is carried out whole or not at all; a single draft is refused before it writes.
        if request.drafts.count == 1 {
            _ = try appendAll()
        } else {
            try db.inSavepoint(appendAll)
        }
        if let refusal {
            (tree, appended) = before
            return .refused(refusal)
        }
        try db.cachedStatement(sql: "INSERT INTO request(id, body, answer) VALUES (?, ?, ?)")
            .execute(arguments: [request.id.bytes.data, body.bytes.data, Self.encode(results)])
        return .appended(results)
    }

    /// The leaf of a draft after the subject's state, with its bytes.
    ///
    /// - Throws: `Problem` with what is wrong.
    private func admit(_ draft: Draft, after state: SubjectState?) throws -> (Leaf, [UInt8]) {
        if let payload = draft.payload, payload.count > Limits.payloadBytes {
            throw Problem(
                .tooLarge, "a payload has at most \(Limits.payloadBytes) bytes",
                at: draft.subject, try: "shorten the texts of this item")
        }
        if draft.type.ends, state?.living != true {
            throw Problem(
                .notFound, "there is no living \(draft.type.scope) of this id",
                at: draft.subject, try: "list what is published with eccoe catalogue list")
        }
        let leaf = draft.leaf(at: time, after: state)
        if let violation = leaf.violation {
            throw Problem(.malformedRequest, violation, at: draft.subject)
        }
        let bytes = leaf.bytes
        guard bytes.count <= Leaf.maximumBytes else {
            throw Problem(
                .tooLarge, "the leaf exceeds \(Leaf.maximumBytes) bytes", at: draft.subject)
        }
        return (leaf, bytes)
    }

    private mutating func append(_ draft: Draft) throws -> Appended {
        let key = draft.subject.map { SubjectKey(scope: draft.type.scope, subject: $0) }
        let before = try key.flatMap { try db.subjectState($0) }
        if let key, let before, before.living, let content = draft.content,
            try db.subjectContent(key) == content
        {
            return Appended(
                outcome: .unchanged, index: before.index, revision: before.revision)
        }
        let (leaf, bytes) = try admit(draft, after: before)
        let admitted = Digest.ofLeaf(bytes)
        let index = tree.range.size
        let bound = bytes.data
        // Second hash, from what SQLite gets: one flipped bit has killed public logs.
        guard Digest.ofLeaf(Array(bound)) == admitted else {
            throw StoreError.hashChanged(index: index)
        }
        try db.cachedStatement(sql: "INSERT INTO entry(idx, leaf) VALUES (?, ?)")
            .execute(arguments: [index, bound])
        tree.append(admitted)
        appended += 1
        if let payload = draft.payload, let digest = leaf.payload {
            try db.storePayload(digest, payload)
        }
        try db.apply(FoldVerdict(of: leaf, at: index), index: index, content: draft.content)
        return Appended(
            outcome: Self.outcome(of: draft.type, before: before), index: index,
            revision: leaf.revision ?? 0)
    }

    private static func outcome(of type: LeafType, before: SubjectState?) -> Appended.Outcome {
        if type.ends { return .withdrawn }
        switch type.scope {
        case "item", "need", "rule": return before?.living == true ? .revised : .published
        default: return .recorded
        }
    }

    private static func encode(_ results: [Appended]) -> String {
        JSON.array(
            results.map {
                [
                    .string($0.outcome.rawValue), .number(JSONNumber(Int64($0.index))),
                    .number(JSONNumber(Int64($0.revision))),
                ]
            }
        ).canonicalText
    }

    private static func decode(_ text: String) throws -> [Appended] {
        let rows = try JSON.read(Array(text.utf8), limits: .operatorFile).array ?? []
        return try rows.map { row in
            guard let outcome = row[0]?.string.flatMap(Appended.Outcome.init(rawValue:)),
                let index = row[1]?.integer, let revision = row[2]?.integer
            else { throw StoreError.corrupt("request", reason: "no answer") }
            return Appended(outcome: outcome, index: Int(index), revision: Int(revision))
        }
    }
}
