package import CanonicalJSON
import Catalogue
import Federation
import NodeStore
import TransparencyLog

/// Reading the federated catalogue, with the evidence for each line, apart from HTTP.
package struct SearchDesk: Sendable {
    let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Items in the order of their global ids.
    package func list(domain: String?, after: String?, limit: Int) throws -> JSON {
        let limit = max(1, min(limit, 1000))
        let rows = try node.views.list(domain: domain, after: after, limit: limit)
        var answer = JSONObject()
        answer["items"] = .array(try rows.map { .object(try summary($0)) })
        if rows.count == limit, let last = rows.last { answer["next"] = .string(last.globalID) }
        return .object(answer)
    }

    /// One item, by global id or by an id of the own catalogue, with everything known of it.
    ///
    /// - Throws: `Problem` `not-found`.
    package func show(_ id: String) throws -> JSON {
        let global = globalID(of: id)
        guard let row = try node.views.item(globalID: global, issuer: nil) else {
            throw Problem(
                .notFound,
                "no institution in this node's catalogue has published \(global)",
                try: "search with eccoe catalogue search; a new member's items take seconds"
            )
        }
        let evidence = try evidence(of: row)
        var answer = try details(row, evidence: evidence)
        if node.isFresh(row.origin, at: node.time.now()) {
            answer["item"] = try row.document.map { try JSON.read($0, limits: .operatorFile) }
        }
        answer["living"] = .bool(row.living)
        if let evidence {
            answer["leaf"] = .string(String(decoding: evidence.leaf, as: UTF8.self))
            answer["proof"] = .string(String(decoding: evidence.proof.bytes, as: UTF8.self))
        }
        return .object(answer)
    }

    /// The global id of an item of which that, or the id in the own catalogue, is given.
    func globalID(of id: String) -> String {
        id.hasPrefix("https://")
            ? id : ItemIdentifier.global(id, domain: node.identity.domain)
    }

    /// A row's summary, and what speaks for it.
    func details(_ row: CatalogueRow, evidence: LeafEvidence?) throws -> JSONObject {
        var line = try summary(row)
        line["standing"] = .string(node.registry.standing(of: row.domain, at: node.time.now()))
        line["evidence"] = evidence?.json
        line["recognisedBy"] = .array(try recognitions(of: row.globalID))
        return line
    }

    private func summary(_ row: CatalogueRow) throws -> JSONObject {
        var line = JSONObject()
        line["id"] = .string(row.id)
        line["globalId"] = .string(row.globalID)
        line["domain"] = .string(row.domain)
        line["origin"] = .string(row.origin)
        line["index"] = .number(JSONNumber(Int64(row.index)))
        line["revision"] = .number(JSONNumber(Int64(row.revision)))
        let isFresh = node.isFresh(row.origin, at: node.time.now())
        if row.isErased { line["erased"] = true }
        if !isFresh { line["stale"] = true }
        if isFresh, let document = row.document,
            let item = try? LearningOpportunity(
                json: JSON.read(document, limits: .operatorFile)
            )
        {
            line["title"] = .string(item.displayTitle)
            line["eqfLevel"] = item.eqfLevel.map { .string($0) }
            line["credits"] = item.creditPoints.first.map { .string($0.number) }
            line["awardingBody"] = item.awardingBody.name.best(for: item.defaultLanguage)
                .map { .string($0) }
        }
        if node.isQuarantined(row.origin) { line["quarantined"] = true }
        return line
    }

    private func recognitions(of globalID: String) throws -> [JSON] {
        let now = node.time.now()
        return try node.views.precedents(item: globalID).compactMap { precedent in
            guard node.isFresh(precedent.origin, at: now),
                case .object(var line) = try JSON.read(precedent.document)
            else { return nil }
            line["domain"] = .string(precedent.domain)
            line["origin"] = .string(precedent.origin)
            line["index"] = .number(JSONNumber(Int64(precedent.index)))
            if node.isQuarantined(precedent.origin) { line["quarantined"] = true }
            return .object(line)
        }
    }

    /// Proves a row against the log that it came from, as a stranger would; a signature that was
    /// verified before is not verified again.
    func evidence(of row: CatalogueRow) throws -> LeafEvidence? {
        guard let log = node.logs.log(row.origin) else { return nil }
        return try LeafEvidence.gather(
            index: row.index, in: log, registry: node.registry, at: node.time.now())
    }
}
