package import CanonicalJSON
import Catalogue
package import Federation
import Keys
import NodeStore
import TransparencyLog

/// Needs: publishing the own ones, and finding the items that serve anybody's, apart from HTTP.
package struct NeedDesk: Sendable {
    /// Needs that one answer may hold, and that an item is compared with.
    package static let maximumNeeds = 1000

    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    // MARK: The own ones

    /// Publishes a need, or revises it; an unchanged one appends nothing.
    ///
    /// - Returns: {"id","outcome","index","revision"}.
    /// - Throws: `Problem` `invalid-item` with the first thing that is wrong.
    package func publish(_ json: JSON, request: RequestID) async throws -> JSON {
        let need: Need
        let payload: [UInt8]
        do {
            need = try Need(json: json)
            payload = try NeedPayload.bytes(need: need, salt: node.random.bytes(32))
        } catch let error as InvalidItem {
            let first = error.problems.first
            throw Problem(
                .invalidItem, first?.message ?? "no need", at: "/need" + (first?.pointer ?? ""),
                try: first?.remedy)
        } catch let error as NeedPayloadError {
            throw Problem(
                .invalidItem, error.description, at: "/need", try: "shorten the texts of the need")
        }
        return try await append(
            Draft(
                type: .needPublished, subject: need.id, payload: payload,
                content: need.contentDigest), request: request)
    }

    /// Withdraws a need; its history stays readable.
    ///
    /// - Throws: `Problem` `not-found` when no living need has this id.
    package func withdraw(_ id: String, reason: String, request: RequestID) async throws -> JSON {
        try await append(
            node.withdrawal(of: id, type: .needWithdrawn, reason: reason), request: request)
    }

    private func append(_ draft: Draft, request: RequestID) async throws -> JSON {
        let done = try await node.appendWithinQuota(AppendRequest(id: request, drafts: [draft]))
        if let log = node.logs.own { try await node.foldViews(of: log) }
        let result = done.results[0]
        return [
            "id": .string(draft.subject ?? ""), "outcome": .string(result.outcome.rawValue),
            "index": .number(JSONNumber(Int64(result.index))),
            "revision": .number(JSONNumber(Int64(result.revision))),
        ]
    }

    // MARK: Everybody's

    /// Living needs, the newest first.
    ///
    /// - Returns: {"needs":[{"domain","id","origin","index","revision","standing","quarantined"?,"need"}]}.
    package func list(domain: String?, limit: Int) throws -> JSON {
        let now = node.time.now()
        let rows = try node.views.needs(
            domain: domain, limit: max(1, min(limit, Self.maximumNeeds))
        ) { node.isFresh($0, at: now) }
        return ["needs": .array(try rows.map { .object(try line($0)) })]
    }

    /// One need.
    ///
    /// - Parameter name: an id of the own ones, or `<domain>/<id>`.
    /// - Throws: `Problem` `not-found`.
    package func show(_ name: String) throws -> JSON {
        let row = try find(name)
        var answer = try line(row)
        answer["living"] = .bool(row.living)
        return .object(answer)
    }

    /// The items that serve a need, the best first.
    ///
    /// - Returns: {"need","results":[summary with evidence,
    ///   "match":{"score","skills"?,"fields"?,"level"?,"credits"?}]}.
    /// - Throws: `Problem` `not-found`, also for a need that is withdrawn or has no text here.
    package func match(_ name: String, limit: Int) throws -> JSON {
        let row = try find(name)
        guard row.living, let need = try readable(row) else {
            throw Problem(
                .notFound, "the need \(name.prefix(400)) is withdrawn, or its text is not here",
                try: "eccoe need list shows those that can be matched")
        }
        let now = node.time.now()
        let desk = SearchDesk(node: node)
        let found = try node.views.items(
            serving: need, limit: max(1, min(limit, CatalogueQuery.maximumResults))
        ) { node.isFresh($0, at: now) }
        return [
            "need": .object(try line(row)),
            "results": .array(
                try found.map { item in
                    var line = try desk.details(item.row, evidence: try desk.evidence(of: item.row))
                    line["match"] = Self.json(item.match)
                    return .object(line)
                }),
        ]
    }

    /// The needs that an item serves, the best first.
    ///
    /// - Parameters:
    ///   - id: the item's global id, or an id of the own catalogue.
    ///   - domain: only needs of this institution, when given.
    /// - Returns: {"needs":[as of `list`, with "match"]}.
    /// - Throws: `Problem` `not-found`.
    package func needs(servedBy id: String, domain: String? = nil, limit: Int) throws -> JSON {
        let now = node.time.now()
        let global = SearchDesk(node: node).globalID(of: id)
        guard
            let facets = try node.views.facets(of: global, isServed: { node.isFresh($0, at: now) })
        else {
            throw Problem(
                .notFound, "this node's catalogue has no text of \(id.prefix(2048))",
                try: "search with eccoe catalogue search, and take a globalId of its results")
        }
        let rows = try node.views.needs(domain: domain, limit: Self.maximumNeeds) {
            node.isFresh($0, at: now)
        }
        let matches = try rows.compactMap { row -> (row: NeedRow, match: NeedMatch)? in
            guard let need = try readable(row) else { return nil }
            return NeedMatch(need, need.facets, facets).map { (row, $0) }
        }
        let best = matches.enumerated().sorted {
            ($1.element.match.score, $0.offset) < ($0.element.match.score, $1.offset)
        }
        return [
            "needs": .array(
                try best.prefix(max(1, min(limit, CatalogueQuery.maximumResults))).map { _, found in
                    var line = try line(found.row)
                    line["match"] = Self.json(found.match)
                    return .object(line)
                })
        ]
    }

    private func find(_ name: String) throws -> NeedRow {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        let isOwn = parts.count < 2
        let domain = isOwn ? node.identity.domain : parts[0]
        guard let row = try node.views.need(domain: domain, id: isOwn ? name : parts[1]) else {
            throw Problem(
                .notFound, "no need \(name.prefix(400)) is published",
                try: "eccoe need list shows all; those of others are named <domain>/<id>")
        }
        return row
    }

    /// The need of a row whose text may be told.
    private func readable(_ row: NeedRow) throws -> Need? {
        guard node.isFresh(row.origin, at: node.time.now()), let document = row.document else {
            return nil
        }
        return try? Need(json: JSON.read(document))
    }

    private func line(_ row: NeedRow) throws -> JSONObject {
        var line = JSONObject()
        line["domain"] = .string(row.domain)
        line["id"] = .string(row.id)
        line["origin"] = .string(row.origin)
        line["index"] = .number(JSONNumber(Int64(row.index)))
        line["revision"] = .number(JSONNumber(Int64(row.revision)))
        line["standing"] = .string(node.registry.standing(of: row.domain, at: node.time.now()))
        if node.isQuarantined(row.origin) { line["quarantined"] = true }
        if let need = try readable(row) {
            line["title"] = .string(need.displayTitle)
            line["need"] = need.json
        } else if row.isErased {
            line["erased"] = true
        } else {
            line["stale"] = node.isFresh(row.origin, at: node.time.now()) ? nil : true
        }
        return line
    }

    private static func json(_ match: NeedMatch) -> JSON {
        var line = JSONObject()
        line["score"] = .number(JSONNumber(Int64(match.score)))
        if !match.skills.isEmpty { line["skills"] = .array(match.skills.map { .string($0) }) }
        if !match.fields.isEmpty { line["fields"] = .array(match.fields.map { .string($0) }) }
        line["level"] = match.isOfLevel.map { .bool($0) }
        line["credits"] = match.hasCredits.map { .bool($0) }
        return .object(line)
    }
}
