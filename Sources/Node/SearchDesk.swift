package import CanonicalJSON
import Catalogue
package import Federation
package import Keys
package import NodeStore
import Recognition
package import TransparencyLog

/// Reading the federated catalogue, with the evidence for each line, apart from HTTP.
package struct SearchDesk: Sendable {
    /// Results that one answer may hold.
    package static let maximumResults = 100

    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Items that match, each with its proof checked anew.
    package func search(_ query: String, domain: String?, limit: Int) throws -> JSON {
        let limit = max(1, min(limit, Self.maximumResults))
        let now = node.time.now()
        // A stale log's texts are not served, and finding them by their words would tell them.
        let rows = try node.views.search(query, domain: domain, limit: limit)
            .filter { node.isFresh($0.origin, at: now) }
        return [
            "results": .array(
                try rows.map { .object(try details($0, evidence: try evidence(of: $0))) })
        ]
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
        let global =
            id.hasPrefix("https://")
            ? id : ItemIdentifier.global(id, domain: node.identity.domain)
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

    /// A row's summary, and what speaks for it.
    private func details(_ row: CatalogueRow, evidence: LeafEvidence?) throws -> JSONObject {
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
    private func evidence(of row: CatalogueRow) throws -> LeafEvidence? {
        guard let log = node.logs.log(row.origin) else { return nil }
        return try LeafEvidence.gather(
            index: row.index, in: log, registry: node.registry, at: node.time.now())
    }
}

/// That a leaf stands in a log: audit path, checkpoint and cosignatures, all verified.
package struct LeafEvidence: Sendable {
    /// The proof as anybody may check it.
    package let proof: InclusionProof
    /// The leaf's exact bytes.
    package let leaf: [UInt8]
    /// The checkpoint that covers the leaf.
    package let checkpoint: VerifiedCheckpoint
    /// Members' witnesses that cosigned it.
    package let witnesses: [Cosignature]
    /// How many of the log's witness set must have.
    package let quorum: Int
    /// When the leaf was confirmed; nil without quorum.
    package let confirmed: Instant?
    /// What the cosignatures make of the checkpoint.
    package let standing: HeadStanding

    /// Proves a leaf by the oldest confirmed checkpoint that covers it, or by the newest head.
    ///
    /// - Returns: nil when the log is shorter.
    /// - Throws: `ProofError` when what is stored does not prove: the copy is damaged.
    package static func gather(
        index: Int, in log: LogStore, registry: RegistryHolder, at now: Instant
    ) throws -> LeafEvidence? {
        let time = try LeafTime.find(index: index, in: log, registry: registry)
        guard let leaf = try log.entry(index), let checkpoint = time?.checkpoint ?? log.head
        else { return nil }
        let proof = try log.proof(of: index, in: checkpoint)
        try proof.verify(leaf: leaf, under: checkpoint)
        let policy = registry.witnesses(of: log.origin, at: now)
        let witnesses = try registry.cosignatures(on: checkpoint)
        let quorum = time?.confirmation.required ?? policy.quorum
        return LeafEvidence(
            proof: proof, leaf: leaf, checkpoint: checkpoint, witnesses: witnesses, quorum: quorum,
            confirmed: time?.confirmation.time,
            standing: HeadStanding(
                cosignatures: witnesses.count, witnesses: policy.members.count, quorum: quorum,
                isConfirmed: time != nil))
    }

    /// The lines that a person reads.
    package var json: JSON {
        var line = JSONObject()
        line["inclusion"] = "verified"
        line["index"] = .number(JSONNumber(Int64(proof.index)))
        line["checkpoint"] = [
            "origin": .string(checkpoint.checkpoint.origin),
            "size": .number(JSONNumber(Int64(checkpoint.checkpoint.size))),
            "root": .string(checkpoint.checkpoint.root.hex),
        ]
        line["cosignatures"] = .number(JSONNumber(Int64(witnesses.count)))
        line["quorum"] = .number(JSONNumber(Int64(quorum)))
        line["witnesses"] = .array(
            witnesses.map { ["name": .string($0.witness.name), "time": .string($0.time.text)] }
        )
        line["confirmed"] = confirmed.map { .string($0.text) } ?? .bool(false)
        line["confirmation"] = .string(standing.text)
        return .object(line)
    }
}
