import Foundation
import GRDB
package import Keys
import Synchronization
package import TransparencyLog

/// How densely confirmed checkpoints are kept for ever, beyond the recent ones (protocol.md section
/// 1, "Time"): of each interval the last.
package enum ArchiveInterval: Int64, Sendable {
    /// An author's own log.
    case hour = 3600
    /// A copy.
    case day = 86_400
}

/// A checkpoint that reached its quorum, and when.
typealias ConfirmedCheckpoint = (checkpoint: VerifiedCheckpoint, time: Instant)

extension LogStore {
    /// How many of the newest confirmed checkpoints are kept, whatever their times.
    package static let recentConfirmed = 1000

    /// Keeps a checkpoint that reached its quorum; its lines and those that are kept of this size
    /// already become one note, confirmed at the earlier time. The one that is no longer among the
    /// recent ones gives way unless it is the last of its interval.
    ///
    /// - Parameter interval: nil lets none give way: what was fetched on purpose is kept.
    /// - Throws: `StoreError.headChanged` when another tree of this size is kept, and what SQLite
    ///   says.
    package func confirm(
        _ checkpoint: VerifiedCheckpoint,
        at time: Instant,
        keepingLastOf interval: ArchiveInterval?
    ) throws {
        guard !isKept(checkpoint, at: time) else { return }
        try pool.write { try keep(checkpoint, at: time, keepingLastOf: interval, $0) }
    }

    /// Whether the newest confirmation says all that there is to keep.
    func isKept(_ checkpoint: VerifiedCheckpoint, at time: Instant) -> Bool {
        guard let newest = newestConfirmed.withLock({ $0 }) else { return false }
        return newest.checkpoint.checkpoint == checkpoint.checkpoint && newest.time <= time
            && checkpoint.note.signatures.allSatisfy(newest.checkpoint.note.signatures.contains)
    }

    /// As `confirm`, within a transaction.
    func keep(
        _ checkpoint: VerifiedCheckpoint,
        at time: Instant,
        keepingLastOf interval: ArchiveInterval?,
        _ db: GRDB.Database
    ) throws {
        let size = checkpoint.checkpoint.size
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT time, note FROM confirmed WHERE size = ?"),
            arguments: [size])
        var kept = (checkpoint: checkpoint, time: time)
        if let row {
            let stored = try confirmation(row)
            guard stored.checkpoint.checkpoint == checkpoint.checkpoint else {
                throw StoreError.headChanged
            }
            kept.checkpoint = try stored.checkpoint.adding(checkpoint.note.signatures)
            kept.time = min(time, stored.time)
            if kept == stored { return }
        }
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO confirmed(size, time, note) VALUES (?, ?, ?)"
        ).execute(
            arguments: [size, kept.time.secondsSince1970, kept.checkpoint.note.bytes.data])
        let written = kept
        db.afterNextTransaction { _ in self.becameConfirmed(written) }
        guard row == nil, let interval else { return }
        // One more came, so one at most has left the recent ones.
        try db.cachedStatement(
            sql: """
                DELETE FROM confirmed WHERE size =
                    (SELECT size FROM confirmed ORDER BY size DESC LIMIT 1 OFFSET ?1)
                AND EXISTS (SELECT 1 FROM confirmed AS later
                    WHERE later.size > confirmed.size
                    AND later.time / ?2 = confirmed.time / ?2)
                """
        ).execute(arguments: [Self.recentConfirmed, interval.rawValue])
    }

    /// The newest checkpoint that reached its quorum, and when; nil before the first.
    package func confirmed() throws -> (checkpoint: VerifiedCheckpoint, time: Instant)? {
        // Read under the lock: what is committed meanwhile comes after it.
        try newestConfirmed.withLock { newest in
            if newest == nil {
                newest = try pool.look {
                    try Row.fetchOne(
                        $0.cachedStatement(
                            sql: "SELECT time, note FROM confirmed ORDER BY size DESC LIMIT 1"))
                }.map(confirmation)
            }
            return newest
        }
    }

    private func becameConfirmed(_ written: ConfirmedCheckpoint) {
        newestConfirmed.withLock { newest in
            guard let known = newest,
                known.checkpoint.checkpoint.size <= written.checkpoint.checkpoint.size
            else { return }
            newest = written
        }
    }

    /// The kept checkpoint with quorum that covers leaf `index` and was confirmed first: its time is
    /// the leaf's.
    ///
    /// - Parameter skipping: how many that were confirmed earlier are passed over.
    package func confirmed(
        covering index: Int,
        skipping: Int = 0
    ) throws -> (checkpoint: VerifiedCheckpoint, time: Instant)? {
        try pool.look {
            try Row.fetchOne(
                $0.cachedStatement(
                    sql: """
                        SELECT time, note FROM confirmed WHERE size > ?
                        ORDER BY time, size LIMIT 1 OFFSET ?
                        """),
                arguments: [index, skipping]
            )
        }.map(confirmation)
    }

    /// The kept checkpoint with quorum that ends before leaf `index` and was confirmed last: the
    /// leaf may have come soon after; nil when all that are kept cover it.
    package func confirmed(
        before index: Int
    ) throws -> (checkpoint: VerifiedCheckpoint, time: Instant)? {
        try pool.look {
            try Row.fetchOne(
                $0.cachedStatement(
                    sql: """
                        SELECT time, note FROM confirmed WHERE size <= ? ORDER BY size DESC LIMIT 1
                        """),
                arguments: [index]
            )
        }.map(confirmation)
    }

    /// How many confirmed checkpoints are kept.
    package func confirmedCount() throws -> Int {
        try pool.look {
            try Int.fetchOne($0.cachedStatement(sql: "SELECT count(*) FROM confirmed")) ?? 0
        }
    }

    private func confirmation(
        _ row: Row
    ) throws -> (checkpoint: VerifiedCheckpoint, time: Instant) {
        let note: Data = row["note"]
        let time: Int64 = row["time"]
        return (try checkpoint(Array(note)), Instant(secondsSince1970: time))
    }

    /// A note whose signature was verified lately is not verified again.
    private func checkpoint(_ note: [UInt8]) throws -> VerifiedCheckpoint {
        if let known = verified.withLock({ $0[note] }) { return known }
        let checkpoint = try VerifiedCheckpoint(note, key: key)
        verified.withLock { $0[note] = checkpoint }
        return checkpoint
    }
}
