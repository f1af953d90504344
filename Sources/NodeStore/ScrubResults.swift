import GRDB
package import Keys

/// When a log was last audited by the node itself, and with what outcome.
package struct ScrubResult: Sendable, Equatable {
    /// The log.
    package let origin: String
    /// When the audit ended.
    package let at: Instant
    /// Leaves that were audited.
    package let size: Int
    /// Findings; 0 in a sound log.
    package let found: Int

    /// A result from its parts.
    package init(origin: String, at: Instant, size: Int, found: Int) {
        self.origin = origin
        self.at = at
        self.size = size
        self.found = found
    }

    fileprivate init(_ row: Row) {
        origin = row["origin"]
        at = Instant(secondsSince1970: row["at"])
        size = row["size"]
        found = row["found"]
    }
}

extension NodeDatabase {
    /// The last audit of a log; nil when it never was.
    package func scrub(of origin: String) throws -> ScrubResult? {
        try pool.look { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT * FROM scrub WHERE origin = ?"), arguments: [origin]
            )
            .map(ScrubResult.init)
        }
    }

    /// The last audit of each log, by origin.
    package func scrubs() throws -> [ScrubResult] {
        try pool.look { db in
            try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM scrub ORDER BY origin")).map(
                ScrubResult.init)
        }
    }

    /// Keeps the outcome of an audit in place of the one before.
    package func keep(_ result: ScrubResult) throws {
        try pool.write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO scrub(origin, at, size, found) VALUES (?, ?, ?, ?)",
                arguments: [
                    result.origin, result.at.secondsSince1970, result.size, result.found,
                ])
        }
    }
}
