import Federation
import GRDB
import Keys
import TransparencyLog

/// The inside of one commit.
struct CommitStep {
    private let db: GRDB.Database
    private let origin: String
    private let statements: LogStatements
    private let requests: RequestTable
    private let time: Instant
    /// No request was stored under a higher id when the commit began.
    private let newest: RequestID?
    /// Answers to requests that are older, in milliseconds since 1970, may have been lost.
    private let answersSince: Int64
    private var seen: Set<RequestID> = []
    private(set) var tree: TreeWriter
    private var entries: EntryWriter
    private(set) var subjects: SubjectStep
    private(set) var appended = 0

    init(
        _ db: GRDB.Database,
        origin: String,
        tree: TreeWriter,
        fresh: FreshSubjects,
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
        subjects = try SubjectStep(fresh, statements, db)
        requests = try RequestTable(db)
        entries = try EntryWriter(db, first: tree.range.size)
    }

    /// The highest id under which a request is stored now.
    var newestRequest: RequestID? {
        seen.reduce(newest) { highest, id in
            highest.map { $0 < id ? id : $0 } ?? id
        }
    }

    /// Writes the tiles that were touched, and the subjects when it is time.
    ///
    /// - Returns: how many entries the table of subjects has taken.
    mutating func flush() throws -> Int {
        try entries.flush()
        try tree.flush(db)
        return try subjects.settle(at: tree.range.size, leaves: appended)
    }

    mutating func carryOut(_ prepared: PreparedRequest) throws -> AppendAnswer {
        let (request, body) = (prepared.request, prepared.body)
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
            prepared.leaves.count == 1
            ? try appendOne(prepared.leaves[0]) : try appendAll(prepared.leaves)
        guard case .appended(let results) = answer else { return answer }
        try requests.keep(request, body, results)
        seen.insert(request.id)
        return answer
    }

    /// What is stored under an id. Ids are ordered by time: most are beyond all that are stored, and
    /// need no look.
    private mutating func answer(
        to id: RequestID
    ) throws -> (body: Digest?, results: [Appended])? {
        if newest.map({ $0 < id }) ?? true, !seen.contains(id) { return nil }
        if seen.contains(id) { try entries.flush() }
        return try requests.answer(to: id)
    }

    private mutating func appendOne(_ leaf: PreparedLeaf) throws -> AppendAnswer {
        do {
            return .appended([try append(leaf)])
        } catch let problem as Problem {
            return .refused(problem)
        }
    }

    /// All drafts or none.
    private mutating func appendAll(_ leaves: [PreparedLeaf]) throws -> AppendAnswer {
        let before = (tree, entries, subjects, appended)
        var results: [Appended] = []
        var refusal: Problem?
        try db.inSavepoint {
            for leaf in leaves {
                do {
                    results.append(try append(leaf))
                } catch let problem as Problem {
                    refusal = problem
                    return .rollback
                }
            }
            return .commit
        }
        guard let refusal else { return .appended(results) }
        (tree, entries, subjects, appended) = before
        return .refused(refusal)
    }

    private mutating func append(_ prepared: PreparedLeaf) throws -> Appended {
        let draft = prepared.draft
        let known = try prepared.key.flatMap { try subjects.state($0) }
        let before = known?.state
        if let known, known.state.living, let content = draft.content, known.content == content {
            return Appended(
                outcome: .unchanged, index: known.state.index, revision: known.state.revision)
        }
        let index = tree.range.size
        let admitted = try admit(prepared, at: index, after: before)
        try entries.append(admitted.bytes, hash: admitted.hash)
        tree.append(admitted.hash)
        appended += 1
        if let payload = draft.payload, let digest = admitted.leaf.payload {
            try statements.storePayload(digest, payload)
        }
        try subjects.apply(admitted.verdict, index: index, content: draft.content)
        if draft.type == .payloadErased {
            try entries.flush()
            try db.carryOutErasure(admitted.leaf, at: index, origin: origin)
        }
        return Appended(
            outcome: Self.outcome(of: draft.type, before: before), index: index,
            revision: admitted.leaf.revision ?? 0)
    }

    /// A leaf that may be appended, and what the fold will make of it.
    private struct Admitted {
        let leaf: Leaf
        let bytes: [UInt8]
        let hash: Digest
        let verdict: FoldVerdict

        /// The prepared one, of a subject that has none.
        init(_ prepared: PreparedLeaf, at index: Int) {
            leaf = prepared.leaf
            bytes = prepared.bytes
            hash = prepared.hash
            verdict =
                prepared.violation.map { .flagged($0) }
                ?? Fold.place(leaf, at: index, after: { _ in nil })
        }

        /// One that goes on from what its subject has, or says another time than the prepared one.
        init(_ leaf: Leaf, at index: Int, after state: SubjectState?) {
            self.leaf = leaf
            bytes = leaf.bytes
            hash = Digest.ofLeaf(bytes)
            verdict = Fold.judge(leaf, index: index) { _ in state }
        }
    }

    /// Looks at the leaf of a draft after the subject's state.
    ///
    /// - Throws: `Problem` with what is wrong.
    private func admit(
        _ prepared: PreparedLeaf, at index: Int, after state: SubjectState?
    ) throws -> Admitted {
        let draft = prepared.draft
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
        let isAsPrepared = state == nil && prepared.leaf.at == draft.leafTime(at: time)
        let admitted =
            isAsPrepared
            ? Admitted(prepared, at: index)
            : Admitted(draft.leaf(at: time, after: state), at: index, after: state)
        guard admitted.bytes.count <= Leaf.maximumBytes else {
            throw Problem(
                .tooLarge, "the leaf exceeds \(Leaf.maximumBytes) bytes", at: draft.subject)
        }
        if case .flagged(let reason) = admitted.verdict {
            throw Problem(.malformedRequest, reason, at: draft.subject)
        }
        if let payload = admitted.leaf.payload, try statements.isErased(payload) {
            throw Problem(
                .gone, "this very payload was erased", at: draft.subject,
                try: "publish the content with a new salt")
        }
        return admitted
    }

    private static func outcome(of type: LeafType, before: SubjectState?) -> Appended.Outcome {
        if type.ends { return .withdrawn }
        switch type.scope {
        case "item", "need", "rule": return before?.living == true ? .revised : .published
        default: return .recorded
        }
    }
}
