import Foundation
import GRDB
package import Keys

/// How far the own log was pushed to one of its mirrors.
package struct PushRecord: Sendable, Equatable {
    /// The mirror's domain.
    package let mirror: String
    /// The size that the mirror has cosigned as stored; 0 before the first.
    package let size: Int
    /// Leaves whose payloads it has.
    package let payloads: Int
    /// When it last answered.
    package let time: Instant

    /// A record from its parts.
    package init(mirror: String, size: Int, payloads: Int, time: Instant) {
        self.mirror = mirror
        self.size = size
        self.payloads = payloads
        self.time = time
    }
}

extension NodeDatabase {
    /// Notes how far a mirror is; a size never falls.
    package func pushed(_ record: PushRecord, of origin: String) throws {
        try pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO pushed(origin, mirror, size, payloads, at) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT(origin, mirror) DO UPDATE SET
                        size = max(size, excluded.size),
                        payloads = max(payloads, excluded.payloads), at = excluded.at
                    """,
                arguments: [
                    origin, record.mirror, record.size, record.payloads,
                    record.time.secondsSince1970,
                ]
            )
        }
    }

    /// How far each mirror is, by domain.
    package func pushes(of origin: String) throws -> [PushRecord] {
        try pool.look { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM pushed WHERE origin = ? ORDER BY mirror"),
                arguments: [origin]
            ).map { row in
                let at: Int64 = row["at"]
                return PushRecord(
                    mirror: row["mirror"],
                    size: row["size"],
                    payloads: row["payloads"],
                    time: Instant(secondsSince1970: at)
                )
            }
        }
    }
}
