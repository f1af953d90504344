package import CanonicalJSON
package import Federation
import Keys
import Logging
import NodeStore
import TransparencyLog

/// Erasing what this institution has published or recorded, apart from HTTP.
///
/// Intent in `node.sqlite`; the leaves, which delete the payloads in their own transaction; views and
/// files; completion, which deletes the private record. A crash between them is made up for at start.
package struct ErasureDesk: Sendable {
    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// What is published with texts, by the scope of its subject.
    package enum Published: String {
        case item
        case need
    }

    /// Erases the payloads of an own item's or need's leaves: of one revision, or of all.
    ///
    /// - Throws: `Problem` `not-found` when there is no such subject or revision, `gone` when all of
    ///   it was erased before.
    package func erasePublished(
        _ kind: Published, _ id: String, revision: Int?, reason: String, request: RequestID,
        dryRun: Bool
    ) async throws -> JSON {
        if let begun = try node.database.erasure(request) { return try await finish(begun) }
        _ = try LogDesk(node: node).find(nil)
        let history = try history(of: SubjectKey(scope: kind.rawValue, subject: id))
        guard !history.isEmpty else {
            throw Problem(
                .notFound, "the own log says nothing of the \(kind.rawValue) \(id)", at: id,
                try: kind == .item
                    ? "list what is published with eccoe catalogue list"
                    : "list what is published with eccoe need list --domain "
                        + node.identity.domain)
        }
        let chosen = history.filter { revision == nil || $0.leaf.revision == revision }
        guard !chosen.isEmpty else {
            throw Problem(
                .notFound,
                "the \(kind.rawValue) \(id) has \(history.count) revisions, none is \(revision ?? 0)",
                at: id, try: "leave --revision out to erase all of them")
        }
        let left = try chosen.filter { try isHeld($0) }
        guard !left.isEmpty else {
            throw Problem(.gone, "what was asked for of \(id) was erased before", at: id)
        }
        return try await erase(
            left, as: ErasureIntent.What(text: "\(kind.rawValue) \(id)", decision: nil),
            reason: reason,
            request: request, dryRun: dryRun)
    }

    /// Erases a decision: its record and the key of its commitment here, and everywhere the
    /// precedent that was published of it.
    ///
    /// - Parameter precedentOnly: leaves the record.
    /// - Throws: `Problem` `not-found`, `gone`, or `conflict` while its leaf is not in the log.
    package func eraseDecision(
        _ subject: String, precedentOnly: Bool, reason: String, request: RequestID, dryRun: Bool
    ) async throws -> JSON {
        if let begun = try node.database.erasure(request) { return try await finish(begun) }
        guard let decision = try node.database.decision(subject) else {
            throw Problem(.notFound, "this node has recorded no decision \(subject)", at: subject)
        }
        guard decision.index != nil else {
            throw Problem(
                .conflict, "the decision's leaf is not in the log yet", at: subject,
                try: "ask again when eccoe status shows that the log is written")
        }
        _ = try LogDesk(node: node).find(nil)
        let leaves = try decision.precedentSubject.map {
            try history(of: SubjectKey(scope: "precedent", subject: $0))
        }
        let left = try (leaves ?? []).filter { try isHeld($0) }
        guard !left.isEmpty || !(precedentOnly || decision.isErased) else {
            throw Problem(
                .gone,
                precedentOnly
                    ? "no precedent of this decision is left" : "the decision was erased before",
                at: subject)
        }
        return try await erase(
            left,
            as: ErasureIntent.What(
                text: "decision \(subject)", decision: precedentOnly ? nil : subject,
                precedentOf: subject),
            reason: reason, request: request, dryRun: dryRun)
    }

    /// Finishes erasures that a crash has interrupted.
    func resume() async throws {
        for intent in try node.database.unfinishedErasures() {
            do {
                _ = try await finish(intent)
            } catch let problem as Problem {
                node.logger.error(
                    "an erasure could not be finished; it is tried again at the next start",
                    metadata: ["what": "\(intent.what.text)", "error": "\(problem.detail)"])
            }
        }
    }

    private struct Placed {
        let leaf: Leaf
        let bytes: [UInt8]
        let index: Int
        let log: LogStore
    }

    /// The leaves of a subject in the own logs of all epochs, newest first.
    private func history(of key: SubjectKey) throws -> [Placed] {
        var found: [Placed] = []
        for log in node.logs.ownEpochs.reversed() {
            guard let state = try log.subject(key), !state.isEarlier else { continue }
            var next: Int? = state.index
            while let index = next, let bytes = try log.entry(index),
                case .leaf(let leaf) = LeafReading(bytes)
            {
                found.append(Placed(leaf: leaf, bytes: bytes, index: index, log: log))
                next = leaf.previous
            }
        }
        return found
    }

    private func isHeld(_ placed: Placed) throws -> Bool {
        guard let digest = placed.leaf.payload else { return false }
        return try !placed.log.isErased(digest)
    }

    private func erase(
        _ leaves: [Placed], as what: ErasureIntent.What, reason: String, request: RequestID,
        dryRun: Bool
    ) async throws -> JSON {
        let intent = ErasureIntent(
            request: request, what: what, reason: reason,
            references: leaves.map {
                LeafReference(
                    origin: $0.log.origin, index: $0.index, hash: Digest.ofLeaf($0.bytes))
            })
        if dryRun { return Self.answer(intent, leaves: [], dryRun: true) }
        try node.database.intend(intent, at: node.time.now())
        return try await finish(intent)
    }

    private func finish(_ intent: ErasureIntent) async throws -> JSON {
        let texts = intent.references.map(\.text)
        let drafts = stride(from: 0, to: texts.count, by: Leaf.maximumReferences).map {
            Draft(
                type: .payloadErased,
                references: Array(texts[$0..<min($0 + Leaf.maximumReferences, texts.count)]))
        }
        var leaves: [Int] = []
        if !drafts.isEmpty {
            let done = try await node.writer.append(
                AppendRequest(id: intent.request, drafts: drafts))
            leaves = done.results.map(\.index)
            if let log = node.logs.own {
                try node.carryErasures(of: log)
                try await node.foldViews(of: log)
                scrub { try log.scrub() }
            }
        }
        try node.database.complete(intent, at: node.time.now())
        scrub { try node.database.scrub() }
        return Self.answer(intent, leaves: leaves, dryRun: false)
    }

    /// The bytes are deleted when this runs; only their traces in the write-ahead log are left, and
    /// the next opening of the file removes those too.
    private func scrub(_ work: () throws -> Void) {
        do {
            try work()
        } catch {
            node.logger.warning(
                "erased bytes may stay in a write-ahead log until the next start",
                metadata: ["error": "\(error)"])
        }
    }

    private static func answer(_ intent: ErasureIntent, leaves: [Int], dryRun: Bool) -> JSON {
        var answer = JSONObject()
        answer["what"] = .string(intent.what.text)
        answer["record"] = .bool(intent.what.decision != nil)
        answer["payloads"] = .array(
            intent.references.map {
                ["origin": .string($0.origin), "index": .number(JSONNumber(Int64($0.index)))]
            })
        answer["leaves"] = .array(leaves.map { .number(JSONNumber(Int64($0))) })
        if dryRun { answer["dryRun"] = true }
        return .object(answer)
    }
}
