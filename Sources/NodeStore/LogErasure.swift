package import Federation
import Foundation
import GRDB
package import Keys
import TransparencyLog

/// Erasure of payloads: what a `payload.erased` leaf covers is deleted in the transaction that
/// takes the leaf, and never fetched or stored again (protocol.md section 1).
extension LogStore {
    /// Whether a payload was erased.
    package func isErased(_ digest: Digest) throws -> Bool {
        try pool.read { try $0.isErased(digest) }
    }

    /// Payloads that were erased by the leaves [from, to), and those that leaves of another epoch
    /// have erased.
    package func erasedPayloads(from: Int, to: Int) throws -> [Digest] {
        try pool.look { db in
            try Data.fetchAll(
                db.cachedStatement(
                    sql: "SELECT digest FROM erased WHERE idx IS NULL OR idx >= ? AND idx < ?"),
                arguments: [from, to]
            ).compactMap { Digest(bytes: $0) }
        }
    }

    /// Leaves of the institution's other epochs whose payloads this log's leaves have erased.
    package func foreignErasures() throws -> [LeafReference] {
        try pool.look { db in
            try Row.fetchAll(db.cachedStatement(sql: "SELECT origin, leaf, hash FROM erasure"))
                .compactMap { row in
                    let hash: Data = row["hash"]
                    return Digest(bytes: hash).map {
                        LeafReference(origin: row["origin"], index: row["leaf"], hash: $0)
                    }
                }
        }
    }

    /// Carries out what a log of another epoch of the same institution has erased: the payloads of
    /// these leaves of this log, and payloads of these hashes.
    ///
    /// - Returns: whether anything was erased that was not before.
    package func erase(_ references: [LeafReference], digests: [Digest]) throws -> Bool {
        try pool.write { db in
            var isNew = false
            for reference in references where reference.origin == origin {
                let leaf = try db.payload(of: reference)
                if let leaf { isNew = try db.erase(leaf, by: nil) || isNew }
            }
            for digest in digests { isNew = try db.erase(digest, by: nil) || isNew }
            return isNew
        }
    }

    /// Deletes every payload, for good: of a copy that is kept as evidence only the leaves count, and
    /// nobody would erase anything in it any more.
    package func dropPayloads() throws {
        try pool.write { db in
            for table in ["payload", "wanted"] { try db.execute(sql: "DELETE FROM \(table)") }
        }
        try scrub()
    }

    /// Makes sure that deleted bytes are gone from the files: out of the write-ahead log, and with
    /// the copies that were made before a change of the schema.
    ///
    /// - Throws: what SQLite says, when a reader is in the way; the next opening does it then.
    package func scrub() throws {
        try Database.scrub(pool)
    }

    /// When the log was last polled with success; nil when never.
    package func lastPoll() throws -> Instant? {
        try pool.look { try Int64.fetchOne($0.cachedStatement(sql: "SELECT time FROM polled")) }
            .map { Instant(secondsSince1970: $0) }
    }

    /// Remembers when the log was polled.
    package func notePoll(at time: Instant) throws {
        try pool.write {
            try $0.execute(
                sql: "INSERT OR REPLACE INTO polled(id, time) VALUES (1, ?)",
                arguments: [time.secondsSince1970])
        }
    }
}

extension GRDB.Database {
    func isErased(_ digest: Digest) throws -> Bool {
        try Row.fetchOne(
            cachedStatement(sql: "SELECT 1 FROM erased WHERE digest = ?"),
            arguments: [digest.bytes.data]) != nil
    }

    /// Carries out the leaf at `index` of the log `origin`; leaves of other types ask for nothing.
    func carryOutErasure(_ leaf: Leaf, at index: Int, origin: String) throws {
        let domain = String(origin.prefix { $0 != "/" })
        for reference in Erasure.references(of: leaf, by: domain) {
            if reference.origin == origin {
                // A leaf cannot cover one that is not written yet.
                guard reference.index < index, let digest = try payload(of: reference) else {
                    continue
                }
                _ = try erase(digest, by: index)
                try forgetRequest(appending: reference.index)
            } else {
                try execute(
                    sql: """
                        INSERT OR IGNORE INTO erasure(idx, origin, leaf, hash)
                        VALUES (?, ?, ?, ?)
                        """,
                    arguments: [
                        index, reference.origin, reference.index, reference.hash.bytes.data,
                    ]
                )
            }
        }
    }

    /// The payload of the leaf that a reference names; nil when there is no such leaf here, or it
    /// has no payload.
    fileprivate func payload(of reference: LeafReference) throws -> Digest? {
        guard let bytes = try entry(reference.index), Digest.ofLeaf(bytes) == reference.hash,
            case .leaf(let leaf) = LeafReading(bytes)
        else { return nil }
        return leaf.payload
    }

    /// Deletes a payload and all that could tell it again: the hash of its content without the
    /// salt, also within the requests that appended it.
    ///
    /// - Parameter index: the leaf that erases; nil when it is of another epoch.
    /// - Returns: whether it was not erased before.
    fileprivate func erase(_ digest: Digest, by index: Int?) throws -> Bool {
        let hash = digest.bytes.data
        try execute(
            sql: "INSERT OR IGNORE INTO erased(digest, idx) VALUES (?, ?)",
            arguments: [hash, index]
        )
        let isNew = changesCount > 0
        try execute(sql: "DELETE FROM payload WHERE digest = ?", arguments: [hash])
        try execute(sql: "DELETE FROM wanted WHERE digest = ?", arguments: [hash])
        for table in ["subject", "inherited"] {
            try execute(
                sql: "UPDATE \(table) SET content = NULL WHERE payload = ?", arguments: [hash])
        }
        return isNew
    }

    /// Forgets what the request contained that appended a leaf: its hash is of the content without
    /// the salt. The request repeated is told that its id was used.
    private func forgetRequest(appending leaf: Int) throws {
        try execute(
            sql: "UPDATE request SET body = zeroblob(32) WHERE answer LIKE ?",
            arguments: ["%\",\(leaf),%"])
    }
}
