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
    /// - Throws: `Problem` `invalid-item` with all that is wrong with the first bad one.
    package func publish(
        _ items: [JSON],
        request: RequestID,
        dryRun: Bool
    ) async throws -> JSON {
        guard (1...Limits.publishItems).contains(items.count) else {
            throw Problem(
                .tooLarge,
                "between 1 and \(Limits.publishItems) items",
                at: "/items",
                try: "split the request"
            )
        }
        let opportunities = try items.enumerated().map { index, json in
            do {
                return try LearningOpportunity(json: json)
            } catch let error as InvalidItem {
                throw Self.problem(error, at: "/items/\(index)")
            }
        }
        let changes = try opportunities.map { try self.changes($0) }
        if dryRun { return try preview(opportunities, changes) }
        let drafts = try opportunities.map { item in
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
        let results = zip(zip(opportunities, done.results), changes).map { pair, changed in
            Self.line(pair.0.id, pair.1, changed: changed)
        }
        return [
            "results": .array(results),
            "size": .number(JSONNumber(Int64(done.head.checkpoint.size))),
        ]
    }

    /// Withdraws an item; its history stays readable.
    ///
    /// - Throws: `Problem` `not-found` when no living item has this id.
    package func withdraw(_ id: String, reason: String, request: RequestID) async throws -> JSON {
        let payload: JSON = [
            "v": 1, "kind": "withdrawal", "reason": .string(PlainText(reason).text),
            "salt": .string(Base64URL.encode(node.random.bytes(32))),
        ]
        let draft = Draft(
            type: .itemWithdrawn,
            subject: id,
            payload: payload.canonicalBytes,
            content: Digest(of: Array(reason.utf8))
        )
        let done = try await node.appendWithinQuota(AppendRequest(id: request, drafts: [draft]))
        if let log = node.logs.own { try await node.foldViews(of: log) }
        return Self.line(id, done.results[0], changed: [])
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
    ) throws -> JSON {
        let results: [JSON] = try zip(items, changes).map { item, changed in
            let state = try node.logs.own?.subject(SubjectKey(scope: "item", subject: item.id))
            let outcome: Appended.Outcome =
                state?.living != true ? .published : changed.isEmpty ? .unchanged : .revised
            return [
                "id": .string(item.id), "outcome": .string(outcome.rawValue),
                "changes": .array(changed.map(\.json)),
            ]
        }
        return ["results": .array(results), "dryRun": true]
    }

    private static func line(_ id: String, _ result: Appended, changed: [FieldChange]) -> JSON {
        var line = JSONObject()
        line["id"] = .string(id)
        line["outcome"] = .string(result.outcome.rawValue)
        line["index"] = .number(JSONNumber(Int64(result.index)))
        line["revision"] = .number(JSONNumber(Int64(result.revision)))
        if !changed.isEmpty { line["changes"] = .array(changed.map(\.json)) }
        return .object(line)
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
