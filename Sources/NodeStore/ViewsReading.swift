import Foundation
import GRDB
package import Keys

/// A row of the federated catalogue.
package struct CatalogueRow: Sendable, Equatable {
    /// The institution in whose log the item stands.
    package let domain: String
    /// The id within that log.
    package let id: String
    /// The id everywhere.
    package let globalID: String
    /// The log.
    package let origin: String
    /// Index of the leaf that speaks for the item.
    package let index: Int
    /// The item's revision.
    package let revision: Int
    /// False for withdrawn items.
    package let living: Bool
    /// RFC 8785 bytes of the item; nil until its payload arrives, and when it was erased.
    package let document: [UInt8]?
    /// Whether the institution has erased the item's texts.
    package let isErased: Bool

    /// What a query must select.
    static let columns = """
        item.*, EXISTS (SELECT 1 FROM erased
            WHERE erased.domain = item.domain AND erased.digest = item.payload) AS is_erased
        """

    init(_ row: Row) {
        domain = row["domain"]
        id = row["id"]
        globalID = row["global_id"]
        origin = row["origin"]
        index = row["idx"]
        revision = row["revision"]
        living = row["living"]
        let data: Data? = row["document"]
        document = data.map { Array($0) }
        isErased = row["is_erased"]
    }
}

/// A precedent that some institution published.
package struct PrecedentRow: Sendable, Equatable {
    /// Who recognised.
    package let domain: String
    /// The log.
    package let origin: String
    /// Index of the leaf.
    package let index: Int
    /// RFC 8785 bytes of the precedent.
    package let document: [UInt8]
}

extension ViewsStore {
    /// Living items in the order of their global ids.
    ///
    /// - Parameter after: the global id of the last item of the page before.
    package func list(domain: String?, after: String?, limit: Int) throws -> [CatalogueRow] {
        try pool.look { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT \(CatalogueRow.columns) FROM item
                        WHERE living AND (?1 IS NULL OR domain = ?1) AND (?2 IS NULL OR global_id > ?2)
                        ORDER BY global_id LIMIT ?3
                        """),
                arguments: [domain, after, limit]
            ).map(CatalogueRow.init)
        }
    }

    /// The item of a global id, or of an id that the institution itself declared to mean the same:
    /// an alias counts only in its own institution's log. nil when there is none.
    package func item(globalID: String, issuer: String?) throws -> CatalogueRow? {
        try pool.read { db in
            let byID = try Row.fetchOne(
                db,
                sql: """
                    SELECT \(CatalogueRow.columns) FROM item
                    WHERE global_id = ?1 AND (?2 IS NULL OR domain = ?2)
                    """,
                arguments: [globalID, issuer]
            )
            if let byID { return CatalogueRow(byID) }
            guard let issuer else { return nil }
            return try Row.fetchOne(
                db,
                sql: """
                    SELECT \(CatalogueRow.columns)
                    FROM alias JOIN item ON item.rowid = alias.item
                    WHERE alias.domain = ? AND alias.same_as = ?
                    """,
                arguments: [issuer, globalID]
            ).map(CatalogueRow.init)
        }
    }

    /// Precedents about an item, whoever published them.
    package func precedents(item globalID: String) throws -> [PrecedentRow] {
        try pool.look { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT domain, origin, idx, document FROM precedent
                        WHERE item = ? AND document IS NOT NULL ORDER BY domain, idx LIMIT 200
                        """),
                arguments: [globalID]
            ).map { row in
                let document: Data = row["document"]
                return PrecedentRow(
                    domain: row["domain"],
                    origin: row["origin"],
                    index: row["idx"],
                    document: Array(document)
                )
            }
        }
    }

    /// Payloads of a log's leaves that the views know of and do not show yet.
    package func undocumented(origin: String) throws -> [Digest] {
        try pool.look { db in
            try Data.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT payload FROM item
                        WHERE origin = ?1 AND document IS NULL AND payload IS NOT NULL
                        UNION SELECT payload FROM precedent
                        WHERE origin = ?1 AND document IS NULL AND payload IS NOT NULL
                        UNION SELECT payload FROM need
                        WHERE origin = ?1 AND document IS NULL AND payload IS NOT NULL
                        """),
                arguments: [origin]
            ).compactMap { Digest(bytes: $0) }
        }
    }

    /// Living items per institution.
    package func itemCounts() throws -> [String: Int] {
        try pool.look { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT domain, count(*) AS n FROM item WHERE living GROUP BY domain")
            ).reduce(into: [:]) { $0[$1["domain"]] = $1["n"] }
        }
    }

    /// Whether a decision's leaf is folded here.
    package func holdsDecision(domain: String, subject: String) throws -> Bool {
        try pool.look { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT 1 FROM decision WHERE domain = ? AND subject = ?"),
                arguments: [domain, subject]
            ) != nil
        }
    }
}
