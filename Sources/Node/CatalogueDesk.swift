package import CanonicalJSON
import Catalogue
package import Federation
import Keys
import NodeStore
import TransparencyLog

/// Publishing and finding learning opportunities, apart from HTTP.
package struct CatalogueDesk: Sendable {
    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Publishes items, or revises those that changed; unchanged ones append nothing.
    ///
    /// - Parameters:
    ///   - items: items in their written form, at most `Limits.publishItems`.
    ///   - dryRun: tells what would happen, and appends nothing.
    ///   - skipsRefused: whether items with gaps that the publishing policy refuses are left out and
    ///     told as `refused`, instead of refusing all.
    /// - Throws: `Problem` `invalid-item` with all that is wrong with the first bad one.
    package func publish(
        _ items: [JSON],
        request: RequestID,
        dryRun: Bool,
        skipsRefused: Bool = false
    ) async throws -> JSON {
        guard (1...Limits.publishItems).contains(items.count) else {
            throw Problem(
                .tooLarge,
                "between 1 and \(Limits.publishItems) items",
                at: "/items",
                try: "split the request"
            )
        }
        let opportunities = try Self.read(items)
        let judged = opportunities.map { ($0, node.settings.publishing.gaps(of: $0)) }
        if !skipsRefused { try refuse(judged) }
        let taken = judged.filter { !$0.1.contains { $0.refuses } }.map(\.0)
        let changes = try taken.map { try self.changes($0) }
        var answer = JSONObject()
        var lines: [JSONObject]
        if dryRun {
            lines = try preview(taken, changes)
            answer["dryRun"] = true
        } else {
            let done = try await append(taken, request)
            lines = zip(zip(taken, done?.results ?? []), changes).map { pair, changed in
                Self.line(pair.0.id, pair.1, changed: changed)
            }
            answer["size"] = done.map { .number(JSONNumber(Int64($0.head.checkpoint.size))) }
        }
        answer["results"] = .array(
            judged.map { item, gaps in
                var line = JSONObject()
                if gaps.contains(where: \.refuses) {
                    line["id"] = .string(item.id)
                    line["outcome"] = .string(Self.refusedOutcome)
                } else {
                    line = lines.removeFirst()
                }
                if !gaps.isEmpty { line["gaps"] = .array(gaps.map(\.json)) }
                return .object(line)
            })
        return .object(answer)
    }

    private static func read(_ items: [JSON]) throws -> [LearningOpportunity] {
        try items.enumerated().map { index, json in
            do {
                return try LearningOpportunity(json: json)
            } catch let error as InvalidItem {
                throw problem(error, at: "/items/\(index)")
            }
        }
    }

    /// The outcome of an item that the publishing policy keeps from being published.
    package static let refusedOutcome = "refused"

    /// - Returns: nil when there is nothing to append.
    private func append(
        _ items: [LearningOpportunity], _ request: RequestID
    ) async throws -> Sequencer.Acknowledgement? {
        guard !items.isEmpty else { return nil }
        let drafts = try items.map { item in
            do {
                return Draft(
                    type: .itemPublished,
                    subject: item.id,
                    payload: try ItemPayload.bytes(item: item, salt: node.random.bytes(32)),
                    content: item.contentDigest
                )
            } catch let error as ItemPayloadError {
                throw Problem(
                    .invalidItem,
                    error.description,
                    at: item.id,
                    try: error.remedy
                )
            }
        }
        let done = try await node.appendWithinQuota(AppendRequest(id: request, drafts: drafts))
        if let log = node.logs.own { try await node.foldViews(of: log) }
        return done
    }

    private func refuse(
        _ judged: [(LearningOpportunity, [PublishingPolicy.Gap])]
    ) throws {
        for (index, (item, gaps)) in judged.enumerated() {
            let refusing = gaps.filter(\.refuses)
            guard let first = refusing.first else { continue }
            let more = refusing.count > 1 ? " (and \(refusing.count - 1) more rules)" : ""
            throw Problem(
                .invalidItem,
                "\(item.id) does not meet \(first.rule)\(more), which publishing.refuse asks for",
                at: "/items/\(index)" + first.check.field,
                try: "fill the field; or change publishing.refuse in the configuration"
            )
        }
    }

    /// Withdraws an item; its history stays readable.
    ///
    /// - Throws: `Problem` `not-found` when no living item has this id.
    package func withdraw(_ id: String, reason: String, request: RequestID) async throws -> JSON {
        let draft = node.withdrawal(of: id, type: .itemWithdrawn, reason: reason)
        let done = try await node.appendWithinQuota(AppendRequest(id: request, drafts: [draft]))
        if let log = node.logs.own { try await node.foldViews(of: log) }
        return .object(Self.line(id, done.results[0], changed: []))
    }

    private func changes(_ item: LearningOpportunity) throws -> [FieldChange] {
        let id = ItemIdentifier.global(item.id, domain: node.identity.domain)
        guard let row = try node.views.item(globalID: id, issuer: nil),
            let document = row.document, row.living,
            let before = try? LearningOpportunity(json: JSON.read(document))
        else { return [] }
        return item.changes(since: before)
    }

    private func preview(
        _ items: [LearningOpportunity],
        _ changes: [[FieldChange]]
    ) throws -> [JSONObject] {
        try zip(items, changes).map { item, changed in
            let state = try node.logs.own?.subject(SubjectKey(scope: "item", subject: item.id))
            let outcome: Appended.Outcome =
                state?.living != true ? .published : changed.isEmpty ? .unchanged : .revised
            var line = JSONObject()
            line["id"] = .string(item.id)
            line["outcome"] = .string(outcome.rawValue)
            line["changes"] = .array(changed.map(\.json))
            return line
        }
    }

    private static func line(
        _ id: String, _ result: Appended, changed: [FieldChange]
    ) -> JSONObject {
        var line = JSONObject()
        line["id"] = .string(id)
        line["outcome"] = .string(result.outcome.rawValue)
        line["index"] = .number(JSONNumber(Int64(result.index)))
        line["revision"] = .number(JSONNumber(Int64(result.revision)))
        if !changed.isEmpty { line["changes"] = .array(changed.map(\.json)) }
        return line
    }

    private static func problem(_ error: InvalidItem, at pointer: String) -> Problem {
        let first = error.problems.first
        let more = error.problems.count > 1 ? " (and \(error.problems.count - 1) more)" : ""
        return Problem(
            .invalidItem,
            (first?.message ?? "no item") + more,
            at: pointer + (first?.pointer ?? ""),
            try: first?.remedy
        )
    }
}

extension Node {
    /// The leaf that withdraws a subject, with the reason in its payload.
    func withdrawal(of id: String, type: LeafType, reason: String) -> Draft {
        let payload: JSON = [
            "v": 1, "kind": "withdrawal", "reason": .string(PlainText(reason).text),
            "salt": .string(Base64URL.encode(random.bytes(32))),
        ]
        return Draft(
            type: type, subject: id, payload: payload.canonicalBytes,
            content: Digest(of: Array(reason.utf8)))
    }
}
