import CanonicalJSON
import Federation
import GRDB
import Keys
import TransparencyLog

/// The inside of one commit.
struct CommitStep {
    private let db: GRDB.Database
    private let origin: String
    private let statements: LogStatements
    private let findRequest: DirectStatement
    private let keepRequest: DirectStatement
    private let time: Instant
    /// No request was stored under a higher id when the commit began.
    private let newest: RequestID?
    /// Answers to requests that are older, in milliseconds since 1970, may have been lost.
    private let answersSince: Int64
    private var seen: Set<RequestID> = []
    private(set) var tree: TreeWriter
    private(set) var appended = 0

    init(
        _ db: GRDB.Database,
        origin: String,
        tree: TreeWriter,
        newest: RequestID?,
        answersSince: Int64,
        at time: Instant
    ) throws {
        self.db = db
        self.origin = origin
        self.tree = tree
        self.newest = newest
        self.answersSince = answersSince
        self.time = time
        statements = try LogStatements(db)
        findRequest = try DirectStatement(db, "SELECT body, answer FROM request WHERE id = ?")
        keepRequest = try DirectStatement(
            db, "INSERT INTO request(id, body, answer) VALUES (?, ?, ?)")
    }

    /// The highest id under which a request is stored now.
    var newestRequest: RequestID? {
        seen.reduce(newest) { highest, id in
            highest.map { $0 < id ? id : $0 } ?? id
        }
    }

    /// Writes the tiles that were touched.
    mutating func flushTiles() throws { try tree.flush(db) }

    mutating func carryOut(_ request: AppendRequest) throws -> AppendAnswer {
        let body = request.bodyDigest
        if let known = try answer(to: request.id) {
            return known.body == body ? .appended(known.results) : .reused
        }
        guard request.isResumed || request.id.milliseconds >= answersSince else {
            return .refused(
                Problem(
                    .outcomeUnknown,
                    "the request is older than the last restore, and its outcome is unknown",
                    at: request.id.text,
                    try: "look whether it was carried out, then send it under a new id"))
        }
        // A single draft is refused before it writes anything.
        let answer =
            request.drafts.count == 1
            ? try appendOne(request.drafts[0]) : try appendAll(request.drafts)
        guard case .appended(let results) = answer else { return answer }
        try keepRequest.bind(1, request.id.bytes)
        try keepRequest.bind(2, body)
        try keepRequest.bind(3, Self.encode(results))
        try keepRequest.run()
        seen.insert(request.id)
        return answer
    }

    /// What is stored under an id. Ids are ordered by time: most are beyond all that are stored, and
    /// need no look.
    private func answer(
        to id: RequestID
    ) throws -> (body: Digest?, results: [Appended])? {
        if newest.map({ $0 < id }) ?? true, !seen.contains(id) { return nil }
        try findRequest.bind(1, id.bytes)
        return try findRequest.first { row in
            (row.digest(0), try Self.decode(row.text(1)))
        }
    }

    private mutating func appendOne(_ draft: Draft) throws -> AppendAnswer {
        do {
            return .appended([try append(draft)])
        } catch let problem as Problem {
            return .refused(problem)
        }
    }

    /// All drafts or none.
    private mutating func appendAll(_ drafts: [Draft]) throws -> AppendAnswer {
        let before = (tree, appended)
        var results: [Appended] = []
        var refusal: Problem?
        try db.inSavepoint {
            for draft in drafts {
                do {
                    results.append(try append(draft))
                } catch let problem as Problem {
                    refusal = problem
                    return .rollback
                }
            }
            return .commit
        }
        guard let refusal else { return .appended(results) }
        (tree, appended) = before
        return .refused(refusal)
    }

    private mutating func append(_ draft: Draft) throws -> Appended {
        let key = draft.subject.map { SubjectKey(scope: draft.type.scope, subject: $0) }
        let known = try key.flatMap { try statements.state($0) }
        let before = known?.state
        if let known, known.state.living, let content = draft.content, known.content == content {
            return Appended(
                outcome: .unchanged, index: known.state.index, revision: known.state.revision)
        }
        let (leaf, bytes, verdict) = try admit(draft, after: before)
        let hash = Digest.ofLeaf(bytes)
        let index = tree.range.size
        try statements.insert(bytes, at: index, hash: hash)
        tree.append(hash)
        appended += 1
        if let payload = draft.payload, let digest = leaf.payload {
            try statements.storePayload(digest, payload)
        }
        try statements.apply(verdict, index: index, content: draft.content)
        if leaf.type == .payloadErased {
            try db.carryOutErasure(leaf, at: index, origin: origin)
        }
        return Appended(
            outcome: Self.outcome(of: draft.type, before: before), index: index,
            revision: leaf.revision ?? 0)
    }

    /// The leaf of a draft after the subject's state, with its bytes and what the fold will make of
    /// it.
    ///
    /// - Throws: `Problem` with what is wrong.
    private func admit(
        _ draft: Draft, after state: SubjectState?
    ) throws -> (Leaf, [UInt8], FoldVerdict) {
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
        let bytes = leaf.bytes
        guard bytes.count <= Leaf.maximumBytes else {
            throw Problem(
                .tooLarge, "the leaf exceeds \(Leaf.maximumBytes) bytes", at: draft.subject)
        }
        let verdict = Fold.judge(leaf, index: tree.range.size) { _ in state }
        if case .flagged(let reason) = verdict {
            throw Problem(.malformedRequest, reason, at: draft.subject)
        }
        if let payload = leaf.payload, try statements.isErased(payload) {
            throw Problem(
                .gone, "this very payload was erased", at: draft.subject,
                try: "publish the content with a new salt")
        }
        return (leaf, bytes, verdict)
    }

    private static func outcome(of type: LeafType, before: SubjectState?) -> Appended.Outcome {
        if type.ends { return .withdrawn }
        switch type.scope {
        case "item", "need", "rule": return before?.living == true ? .revised : .published
        default: return .recorded
        }
    }

    /// `[["published",12,1]]`: outcomes are plain words, so nothing needs an escape.
    private static func encode(_ results: [Appended]) -> String {
        let rows = results.map { "[\"\($0.outcome.rawValue)\",\($0.index),\($0.revision)]" }
        return "[" + rows.joined(separator: ",") + "]"
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
