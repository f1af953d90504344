package import Catalogue
import Federation
import Foundation
import GRDB
import Keys

/// What some institution is looking for.
package struct NeedRow: Sendable, Equatable {
    /// The institution in whose log the need stands.
    package let domain: String
    /// The id within that log.
    package let id: String
    /// The log.
    package let origin: String
    /// Index of the leaf that speaks for the need.
    package let index: Int
    /// The need's revision.
    package let revision: Int
    /// False for withdrawn needs.
    package let living: Bool
    /// RFC 8785 bytes of the need; nil until its payload arrives, and when it was erased.
    package let document: [UInt8]?
    /// Whether its institution has erased the text.
    package let isErased: Bool

    init(_ row: Row) {
        domain = row["domain"]
        id = row["id"]
        origin = row["origin"]
        index = row["idx"]
        revision = row["revision"]
        living = row["living"]
        let data: Data? = row["document"]
        document = data.map { Array($0) }
        isErased = row["is_erased"]
    }
}

extension ViewsStore {
    private static let columns = """
        need.*, document IS NULL AND EXISTS (SELECT 1 FROM erased
        WHERE erased.domain = need.domain AND erased.digest = need.payload) AS is_erased
        """

    /// Living needs with their texts, the newest first.
    ///
    /// - Parameters:
    ///   - domain: only this institution's needs, when given.
    ///   - isServed: whether a log's texts may be told.
    package func needs(
        domain: String? = nil, limit: Int, isServed: (String) -> Bool = { _ in true }
    ) throws -> [NeedRow] {
        try pool.look { db in
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT \(Self.columns) FROM need WHERE living AND document IS NOT NULL
                        AND (?1 IS NULL OR domain = ?1) ORDER BY at DESC, domain, id
                        """),
                arguments: [domain])
            var needs: [NeedRow] = []
            while needs.count < limit, let row = try rows.next() {
                if isServed(row["origin"]) { needs.append(NeedRow(row)) }
            }
            return needs
        }
    }

    /// A need, living or not; nil when there is none.
    package func need(domain: String, id: String) throws -> NeedRow? {
        try pool.look { db in
            try Row.fetchOne(
                db.cachedStatement(
                    sql: "SELECT \(Self.columns) FROM need WHERE domain = ? AND id = ?"),
                arguments: [domain, id]
            ).map(NeedRow.init)
        }
    }

    /// The items that serve a need best, of logs that are served.
    package func items(
        serving need: Need, limit: Int, isServed: (String) -> Bool = { _ in true }
    ) throws -> [(row: CatalogueRow, match: NeedMatch)] {
        let index = try facets()
        return try pool.read { db in
            try SearchRun(db: db, index: index, isServed: isServed).items(
                serving: need, limit: limit)
        }
    }

    /// What an item states that needs are compared with; nil for one without text, or of a log that is
    /// not served.
    package func facets(
        of globalID: String, isServed: (String) -> Bool = { _ in true }
    ) throws -> ItemFacets? {
        try pool.look { db in
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT item.origin, item_index.facets
                        FROM item JOIN item_index ON item_index.item = item.rowid
                        WHERE item.global_id = ? AND item.living
                        """),
                arguments: [globalID])
            guard let row, isServed(row["origin"]) else { return nil }
            return ItemIndexRow.facets(row["facets"])
        }
    }
}

extension SearchRun {
    /// The items that serve a need best, of equally good ones the newest first.
    func items(serving need: Need, limit: Int) throws -> [(row: CatalogueRow, match: NeedMatch)] {
        let wanted = need.facets
        let ranked = try candidates(for: need, wanted)
            .compactMap { item -> (item: Int, match: NeedMatch)? in
                guard let facets = try facets(of: item) else { return nil }
                return NeedMatch(need, wanted, facets).map { (item, $0) }
            }
            .sorted { ($0.match.score, $0.item) > ($1.match.score, $1.item) }
        return try ranked.prefix(limit).compactMap { item, match in
            try row(of: item).map { ($0, match) }
        }
    }

    /// Items with a skill or a field that is asked for; where neither is, the newest with one of the levels,
    /// languages and modes and as many credits.
    private func candidates(for need: Need, _ wanted: ItemFacets) -> [Int] {
        if !wanted.values(.skill).isEmpty || !wanted.values(.field).isEmpty {
            return candidates(for: wanted)
        }
        var found = visible
        for dimension in [FacetDimension.eqf, .language, .mode] {
            let values = Set(wanted.values(dimension))
            if !values.isEmpty { found.intersect(items(in: dimension, values)) }
        }
        if let range = need.credits { found.intersect(items(in: range)) }
        return Array(found.items.suffix(Self.maximumCompared))
    }
}

/// Needs within one fold.
extension ViewStep {
    func applyNeed(_ leaf: Leaf, key: SubjectKey, state: SubjectState) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO need(domain, id, origin, idx, revision, living, at, payload)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT(domain, id) DO UPDATE SET
                    origin = excluded.origin, idx = excluded.idx,
                    revision = excluded.revision, living = excluded.living, at = excluded.at,
                    document = CASE
                        WHEN excluded.living AND payload IS NOT excluded.payload THEN NULL
                        ELSE document END,
                    payload = CASE WHEN excluded.living THEN excluded.payload ELSE payload END
                """
        ).execute(arguments: [
            domain, key.subject, origin, state.index, state.revision, state.living,
            leaf.at.secondsSince1970, leaf.payload?.bytes.data,
        ])
    }
}
