import Foundation
import GRDB
package import Keys

/// What an institution's catalogue holds at one moment, in the order of the items' ids: living items
/// whose texts are here. Their documents are read later, a page at a time.
package struct CatalogueSelection: Sendable {
    /// An item and the leaf that speaks for it.
    package struct Place: Sendable {
        let rowid: Int64
        let index: Int
    }

    /// The items in order.
    package let places: [Place]
    /// Over the ids of the items and their leaves: the same digest means the same catalogue.
    package let digest: Digest
    /// When the newest of all changes was made, withdrawals and erasures included; nil while nothing
    /// was ever published.
    package let newest: Instant?
}

/// A change of an institution's catalogue: the item as it is since.
package struct ChangeRow: Sendable {
    /// The id within the institution.
    package let id: String
    /// When it was published, revised, withdrawn or erased.
    package let time: Instant
    /// RFC 8785 bytes of the item; nil when it was withdrawn or erased.
    package let document: [UInt8]?
    /// Of a withdrawn item, as it was before.
    package let formerDocument: [UInt8]?

    /// What a query must select.
    static let columns = "id, at, living, document"

    /// Items whose texts have not arrived are no news yet.
    static let isNews = """
        domain = ?1 AND (document IS NOT NULL OR NOT living OR EXISTS (SELECT 1 FROM erased
            WHERE erased.domain = item.domain AND erased.digest = item.payload))
        """

    init(_ row: Row) {
        id = row["id"]
        time = Instant(secondsSince1970: row["at"])
        let data: Data? = row["document"]
        let isLiving: Bool = row["living"]
        document = isLiving ? data.map { Array($0) } : nil
        formerDocument = isLiving ? nil : data.map { Array($0) }
    }
}

extension ViewsStore {
    /// The catalogue of an institution as it is now.
    package func selection(domain: String) throws -> CatalogueSelection {
        try pool.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT rowid, id, origin, idx FROM item
                    WHERE domain = ? AND living AND document IS NOT NULL ORDER BY id
                    """,
                arguments: [domain])
            var places: [CatalogueSelection.Place] = []
            var hasher = RunningDigest()
            while let row = try rows.next() {
                let place = CatalogueSelection.Place(rowid: row["rowid"], index: row["idx"])
                places.append(place)
                let id: String = row["id"]
                let origin: String = row["origin"]
                hasher.update(Array("\(id) \(origin) \(place.index)\n".utf8))
            }
            let newest = try Int64.fetchOne(
                db, sql: "SELECT max(at) FROM item WHERE domain = ?", arguments: [domain])
            return CatalogueSelection(
                places: places, digest: hasher.value,
                newest: newest.map { Instant(secondsSince1970: $0) })
        }
    }

    /// The documents of items of a selection, in its order.
    ///
    /// - Returns: nil when one of them has changed since it was selected.
    package func documents(of places: ArraySlice<CatalogueSelection.Place>) throws -> [[UInt8]]? {
        try pool.read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT document FROM item WHERE rowid = ? AND idx = ? AND living")
            var documents: [[UInt8]] = []
            for place in places {
                let data = try Data.fetchOne(statement, arguments: [place.rowid, place.index])
                guard let data else { return nil }
                documents.append(Array(data))
            }
            return documents
        }
    }

    /// Changes of an institution's catalogue, the oldest first, by time and then by the bytes of the
    /// id; both times inclusive.
    ///
    /// - Parameter after: the last change of the page before.
    package func changes(
        domain: String, from: Instant?, until: Instant?,
        after: (time: Instant, id: String)?, limit: Int
    ) throws -> [ChangeRow] {
        try pool.look { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT \(ChangeRow.columns) FROM item WHERE \(ChangeRow.isNews)
                        AND at <= ?3 AND (at, id) > (?2, ?4) ORDER BY at, id LIMIT ?5
                        """),
                arguments: Self.bounds(domain, from, until, after) + [limit]
            ).map(ChangeRow.init)
        }
    }

    /// Changes of an institution's catalogue, the newest first.
    ///
    /// - Parameter before: the last change of the page before.
    package func newestChanges(
        domain: String, before: (time: Instant, id: String)?, limit: Int
    ) throws -> [ChangeRow] {
        try pool.look { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT \(ChangeRow.columns) FROM item WHERE \(ChangeRow.isNews)
                        AND (at, id) < (?2, ?3) ORDER BY at DESC, id DESC LIMIT ?4
                        """),
                arguments: [
                    domain, before?.time.secondsSince1970 ?? Int64.max, before?.id ?? "", limit,
                ]
            ).map(ChangeRow.init)
        }
    }

    /// The ids of items of a selection, with the times of their last changes; those that have gone
    /// since are left out.
    package func addresses(
        of places: ArraySlice<CatalogueSelection.Place>
    ) throws -> [(id: String, time: Instant)] {
        try pool.read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT id, at FROM item WHERE rowid = ? AND living")
            return try places.compactMap { place in
                try Row.fetchOne(statement, arguments: [place.rowid]).map {
                    ($0["id"], Instant(secondsSince1970: $0["at"]))
                }
            }
        }
    }

    /// One item of an institution as its last change left it; nil when there is none.
    package func change(domain: String, id: String) throws -> ChangeRow? {
        try pool.look { db in
            try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT \(ChangeRow.columns) FROM item WHERE \(ChangeRow.isNews) AND id = ?2
                        """),
                arguments: [domain, id]
            ).map(ChangeRow.init)
        }
    }

    /// When the first change that is still the last of its item was made; nil while there is none.
    package func earliestChange(domain: String) throws -> Instant? {
        try pool.look { db in
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT min(at) FROM item WHERE domain = ?"),
                arguments: [domain]
            ).map { Instant(secondsSince1970: $0) }
        }
    }

    /// Where a page begins, as the order compares: behind the last change of the page before, or at
    /// the first of its second.
    private static func bounds(
        _ domain: String, _ from: Instant?, _ until: Instant?,
        _ after: (time: Instant, id: String)?
    ) -> StatementArguments {
        let first = from?.secondsSince1970 ?? 0
        let start = after.map { ($0.time.secondsSince1970, $0.id) }
        // No id is empty, so that every change of the first second comes behind it.
        let (time, id) = start.map { $0.0 < first ? (first, "") : $0 } ?? (first, "")
        return [domain, time, until?.secondsSince1970 ?? Int64.max, id]
    }
}
