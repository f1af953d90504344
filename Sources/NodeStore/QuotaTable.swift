package import Federation
import GRDB
import Keys

extension NodeDatabase {
    /// What was written down of a log's quota; nil when nothing was.
    package func quota(of origin: String) throws -> LogQuota? {
        try pool.look { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT * FROM quota WHERE origin = ?"), arguments: [origin]
            )
            .map { row in
                LogQuota(
                    LogQuota.Record(
                        size: row["size"], base: row["base"], leaves: row["leaves"],
                        bytes: row["bytes"], credit: row["credit"],
                        time: Instant(secondsSince1970: row["at"])))
            }
        }
    }

    /// Writes a log's quota down in place of what was.
    package func keep(_ quota: LogQuota, of origin: String) throws {
        let record = quota.record
        try pool.write { db in
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO quota(origin, size, base, leaves, bytes, credit, at)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    origin, record.size, record.base, record.leaves, record.bytes, record.credit,
                    record.time.secondsSince1970,
                ])
        }
    }
}
