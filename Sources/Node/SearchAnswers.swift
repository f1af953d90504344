package import CanonicalJSON
package import Catalogue
package import Federation
import NodeStore

extension SearchDesk {
    /// Items that match, each with its proof checked anew.
    ///
    /// A stale log's texts are not served, and finding them by their words, or counting them, would tell
    /// them.
    ///
    /// - Returns: {"results":[summary with evidence],"total","atLeast"?,"next"?,"corrected"?:{word:word},
    ///   "facets"?:{dimension:[{"value","label"?,"count"}]}}.
    package func search(_ query: CatalogueQuery) throws -> JSON {
        let now = node.time.now()
        let page = try node.views.search(query) { node.isFresh($0, at: now) }
        var answer = JSONObject()
        answer["results"] = .array(
            try page.rows.map { .object(try details($0, evidence: try evidence(of: $0))) })
        answer["total"] = .number(JSONNumber(Int64(page.total)))
        if page.isAtLeast { answer["atLeast"] = true }
        answer["next"] = page.next.map { .string($0.text) }
        if !page.corrected.isEmpty {
            var words = JSONObject()
            for correction in page.corrected { words[correction.word] = .string(correction.by) }
            answer["corrected"] = .object(words)
        }
        if query.hasFacets { answer["facets"] = Self.json(page.facets) }
        return .object(answer)
    }

    /// As `search`, or with the parameter `similar` as `similar(to:limit:)`.
    ///
    /// - Throws: `Problem` `malformed-request` that names the parameter, and what those throw.
    package func answer(_ parameters: SearchParameters) throws -> JSON {
        guard let id = parameters.pairs.last(where: { $0.name == "similar" })?.value else {
            return try search(parameters.query())
        }
        if let other = parameters.pairs.first(where: { !["similar", "limit"].contains($0.name) }) {
            throw Problem(
                .malformedRequest, "similar goes with limit only",
                at: String(other.name.prefix(40)),
                try: "search, or ask for what is similar to one item")
        }
        return try similar(to: id, limit: parameters.query().limit)
    }

    /// Items that are most similar to one, the nearest first.
    ///
    /// - Parameter id: a global id, or an id of the own catalogue.
    /// - Returns: {"results":[summary with evidence,
    ///   "similarity":{"score","skills"?,"fields"?,"levelDistance"?,"workload"?}]}.
    /// - Throws: `Problem` `not-found` for an item without a text that may be told.
    package func similar(to id: String, limit: Int) throws -> JSON {
        let limit = max(1, min(limit, CatalogueQuery.maximumResults))
        let now = node.time.now()
        let found = try node.views.similar(to: globalID(of: id), limit: limit) {
            node.isFresh($0, at: now)
        }
        guard let found else {
            throw Problem(
                .notFound, "this node's catalogue has no text of \(id.prefix(2048))",
                try: "search with eccoe catalogue search, and take a globalId of its results")
        }
        return [
            "results": .array(
                try found.map { similar in
                    var line = try details(similar.row, evidence: try evidence(of: similar.row))
                    line["similarity"] = Self.json(similar.similarity)
                    return .object(line)
                })
        ]
    }

    private static func json(_ similarity: Similarity) -> JSON {
        var line = JSONObject()
        line["score"] = .number(JSONNumber(Int64(similarity.score)))
        if !similarity.skills.isEmpty {
            line["skills"] = .array(similarity.skills.map { .string($0) })
        }
        if !similarity.fields.isEmpty {
            line["fields"] = .array(
                similarity.fields.map { code in
                    var field = JSONObject()
                    field["value"] = .string(code)
                    field["label"] = FacetDimension.field.label(of: code).map { .string($0) }
                    return .object(field)
                })
        }
        line["levelDistance"] = similarity.levelDistance.map { .number(JSONNumber(Int64($0))) }
        line["workload"] = similarity.workload.map {
            .number(JSONNumber(Int64(($0 * 100).rounded())))
        }
        return .object(line)
    }

    /// The first items that match the words, best first.
    package func search(_ words: String, domain: String?, limit: Int) throws -> JSON {
        var query = CatalogueQuery(words, limit: limit)
        if let domain { query.filters[.institution] = [domain] }
        return try search(query)
    }

    private static func json(
        _ facets: [FacetDimension: [(value: String, count: Int)]]
    ) -> JSON {
        var members = JSONObject()
        for dimension in FacetDimension.allCases {
            let values = (facets[dimension] ?? []).map { value, count -> JSON in
                var line = JSONObject()
                line["value"] = .string(value)
                line["label"] = dimension.label(of: value).map { .string($0) }
                line["count"] = .number(JSONNumber(Int64(count)))
                return .object(line)
            }
            members[dimension.rawValue] = .array(values)
        }
        return .object(members)
    }
}

/// The parameters of a search as they come over HTTPS and over the socket.
package struct SearchParameters: Sendable {
    /// In the order of the request.
    package let pairs: [(name: String, value: String)]

    /// Parameters of a query, decoded.
    package init(_ pairs: [(name: String, value: String)]) {
        self.pairs = pairs
    }

    /// Members of a control request: texts, numbers and truth values, or lists of texts; `query` is
    /// another name of `q`.
    init(_ body: JSON) {
        var pairs: [(name: String, value: String)] = []
        for member in body.object ?? JSONObject() {
            let name = member.name == "query" ? "q" : member.name
            for value in member.value.array ?? [member.value] {
                switch value {
                case .string(let text): pairs.append((name, text))
                case .number(let number): pairs.append((name, number.token))
                case .bool(let flag): pairs.append((name, flag ? "true" : "false"))
                default: continue
                }
            }
        }
        self.pairs = pairs
    }

    /// What is asked.
    ///
    /// - Throws: `Problem` `malformed-request` that names the parameter.
    package func query() throws(Problem) -> CatalogueQuery {
        do throws(SearchProblem) {
            if let words = pairs.last(where: { $0.name == "q" })?.value,
                words.utf8.count > Limits.searchBytes
            {
                throw SearchProblem(
                    "q", "the words have more than \(Limits.searchBytes) bytes",
                    "search for fewer words")
            }
            return try CatalogueQuery(parameters: pairs)
        } catch {
            throw Problem(
                .malformedRequest, error.message, at: error.parameter, try: error.remedy)
        }
    }
}
