package import Federation
import Foundation
import GRDB
package import Keys
import Synchronization
package import TransparencyLog

extension LogStore {
    /// The entries [from, to), fewer when the log is shorter.
    package func entries(from: Int, to: Int) throws -> [[UInt8]] {
        try pool.read { try $0.leaves(from: from, to: to) }
    }

    /// One entry; nil beyond the end.
    package func entry(_ index: Int) throws -> [UInt8]? {
        // Where it lies as a rule is one statement away.
        if let entry = try pool.look({ try $0.likelyEntry(index) }) { return entry }
        return try pool.read { try $0.entry(index) }
    }

    /// A tile or bundle as tlog-tiles serves it: partial ones are prefixes of the stored ones. nil
    /// when the log is too short for it.
    package func resource(_ tile: TileCoordinate) throws -> [UInt8]? {
        // What is full is stored as it is served, and read with one statement.
        if let stored = try pool.look({ try $0.storedResource(tile) }) { return stored }
        return try pool.read { try $0.resource(tile) }
    }

    /// The tlog-proof of an entry in `checkpoint`, which must be of this log.
    ///
    /// - Throws: `ProofError.outOfRange`, and what SQLite says.
    package func proof(
        of index: Int,
        in checkpoint: VerifiedCheckpoint
    ) throws -> InclusionProof {
        let size = checkpoint.checkpoint.size
        let edge = leafEdge
        let path = try pool.read { db in
            let reader = TileReader(db: db, size: size, edge: edge)
            return try MerkleTree.inclusionProof(index: index, size: size, node: reader.node)
        }
        return InclusionProof(index: index, path: path, checkpoint: checkpoint.note)
    }

    /// The consistency proof from an older size to `new`.
    package func consistencyProof(old: Int, new: Int) throws -> [Digest] {
        let edge = leafEdge
        return try pool.read { db in
            let reader = TileReader(db: db, size: new, edge: edge)
            return try MerkleTree.consistencyProof(old: old, new: new, node: reader.node)
        }
    }

    /// The consistency proof of a subtree in the tree of an earlier or the present size.
    package func subtreeProof(_ subtree: Range<Int>, size: Int) throws -> [Digest] {
        try pool.read { db in
            let reader = TileReader(db: db, size: size)
            return try MerkleTree.subtreeProof(subtree, size: size, node: reader.node)
        }
    }

    /// The root that the tree had at an earlier size.
    package func root(at size: Int) throws -> Digest {
        // Taken first: what is read from the disk may be newer, never older.
        let held = self.size
        return try pool.read { db in
            let reader = TileReader(db: db, size: held)
            return try MerkleTree.hash(of: 0..<size, node: reader.node)
        }
    }

    /// The exact bytes of a payload; nil when it is not held.
    package func payload(_ digest: Digest) throws -> [UInt8]? {
        try pool.look { db in
            try Data.fetchOne(
                db.cachedStatement(sql: "SELECT bytes FROM payload WHERE digest = ?"),
                arguments: [digest.bytes.data]
            )
        }.map { Array($0) }
    }

    /// What the log says about a subject; nil when nothing.
    package func subject(_ key: SubjectKey) throws -> SubjectState? {
        if let state = fresh[key] { return state }
        return try pool.read { try SubjectTable($0).state(key)?.state }
    }

    /// The subjects of a scope and the index of the last leaf of each, in the order of the log.
    package func subjects(scope: String) throws -> [(subject: String, index: Int)] {
        var indices = fresh.all.reduce(into: [String: Int]()) { indices, fresh in
            if fresh.key.scope == scope { indices[fresh.key.subject] = fresh.value.index }
        }
        try pool.look { db in
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: "SELECT subject, idx FROM folded WHERE scope = ? AND earlier = 0"),
                arguments: [scope])
            while let row = try rows.next() {
                indices[row["subject"], default: 0] = max(
                    indices[row["subject"], default: 0], row["idx"])
            }
        }
        return indices.map { ($0, $1) }.sorted { $0.index < $1.index }
    }

    /// Notes the content of a subject whose leaf at `index` was healed, so that the same content
    /// is not appended again.
    package func restoreContent(_ content: Digest, of key: SubjectKey, at index: Int) throws {
        try state.withLock { state in
            guard let size = state?.tree.range.size else { throw StoreError.headChanged }
            let subjects = try pool.write { db in
                var subjects = try SubjectStep(fresh, LogStatements(db), db)
                try subjects.settle(at: size)
                try db.execute(sql: "UPDATE head SET folded = ?", arguments: [size])
                try db.execute(
                    sql: """
                        UPDATE subject SET content = ?
                        WHERE scope = ? AND subject = ? AND idx = ?
                        """,
                    arguments: [content.bytes.data, key.scope, key.subject, index])
                return subjects
            }
            fresh.take(subjects)
        }
    }

    /// Entries that count for nothing, with the reason.
    package func flagged() throws -> [(index: Int, reason: String)] {
        try pool.look { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT idx, reason FROM flagged ORDER BY idx")
            )
            .map { ($0["idx"], $0["reason"]) }
        }
    }
}

/// A log opened for reading only, beside the daemon that writes it.
package struct LogReader: Sendable {
    let queue: DatabaseQueue

    /// Opens a log's file.
    ///
    /// - Throws: `StoreError.missing`, and what SQLite says.
    package init(path: String) throws {
        queue = try Database.openReadOnly(path)
    }

    /// The log's vkey, and the checkpoint's note of its newest head.
    package func head() throws -> (vkey: String, note: [UInt8])? {
        try queue.read { db in
            guard let vkey = try String.fetchOne(db, sql: "SELECT vkey FROM log"),
                let note = try Data.fetchOne(db, sql: "SELECT note FROM head")
            else { return nil }
            return (vkey, Array(note))
        }
    }

    /// The note of the newest checkpoint that reached its quorum; nil before the first.
    package func confirmed() throws -> SignedNote? {
        try queue.read { db in
            try Data.fetchOne(db, sql: "SELECT note FROM confirmed ORDER BY size DESC")
        }.map { try SignedNote(Array($0)) }
    }

    /// A tile or bundle; nil when the log is too short for it.
    package func resource(_ tile: TileCoordinate) throws -> [UInt8]? {
        try queue.read { try $0.resource(tile) }
    }
}

extension TileCoordinate {
    /// A path may name any index below 2^60: the first entry's would overflow.
    fileprivate var isAddressable: Bool { index <= Int.max / Self.fullWidth - 1 }
}

extension GRDB.Database {
    fileprivate func leaves(from: Int, to: Int) throws -> [[UInt8]] {
        var leaves: [[UInt8]] = []
        try forEachEntry(from: from, to: to) { leaves.append(Array($1)) }
        return leaves
    }

    /// A full tile or bundle that is one row; nil for all others.
    fileprivate func storedResource(_ tile: TileCoordinate) throws -> [UInt8]? {
        guard tile.width == TileCoordinate.fullWidth, tile.isAddressable else { return nil }
        switch tile.kind {
        case .hashes(let level): return try hashes(level: level, index: tile.index)
        case .entries: return try storedBundle(tile.index)
        }
    }

    private func hashes(level: Int, index: Int) throws -> [UInt8]? {
        let statement = try DirectStatement(
            self, "SELECT hashes FROM tile WHERE level = ? AND idx = ?")
        try statement.bind(1, level)
        try statement.bind(2, index)
        guard let hashes = try statement.first({ $0.bytes(0) }), let hashes,
            hashes.count == TileCoordinate.fullWidth * 32
        else { return nil }
        return hashes
    }

    func resource(_ tile: TileCoordinate) throws -> [UInt8]? {
        switch tile.kind {
        case .hashes(let level):
            guard tile.isAddressable else { return nil }
            let data = try Data.fetchOne(
                self,
                sql: "SELECT hashes FROM tile WHERE level = ? AND idx = ?",
                arguments: [level, tile.index]
            )
            let first = tile.index * TileCoordinate.fullWidth
            let bytes =
                try data.map { Array($0) }
                ?? (level == 0 ? leafHashes(from: first, below: first + tile.width) : [])
            guard bytes.count >= tile.width * 32 else { return nil }
            return Array(bytes.prefix(tile.width * 32))
        case .entries:
            guard tile.isAddressable else { return nil }
            return try bundle(tile.index, width: tile.width)
        }
    }
}

extension LogStore {
    /// What the fold made of the entries [from, to) when they were taken.
    package func verdicts(from: Int, to: Int) throws -> [FoldVerdict] {
        try pool.read { db in
            let flagged = try Row.fetchAll(
                db,
                sql: "SELECT idx, reason FROM flagged WHERE idx >= ? AND idx < ?",
                arguments: [from, to]
            ).reduce(into: [Int: String]()) { $0[$1["idx"]] = $1["reason"] }
            var verdicts: [FoldVerdict] = []
            try db.forEachEntry(from: from, to: to) { index, leaf in
                verdicts.append(
                    flagged[index].map { .flagged($0) }
                        ?? FoldVerdict(accepted: Array(leaf), index: index))
            }
            return verdicts
        }
    }
}
