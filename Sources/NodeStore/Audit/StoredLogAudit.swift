import Federation
import Foundation
import GRDB
import Keys
import TransparencyLog

/// Recomputes a log from the entries that are stored, step by step, and compares everything else
/// that its file holds: tiles, checkpoints, payloads, the fold's tables.
///
/// A step may run in a transaction of its own, since what it reads is final; `finish` must see one
/// state of the whole.
struct StoredLogAudit {
    private(set) var report: AuditReport
    private(set) var fold = FoldAudit()
    private var tree = TreeAudit()
    private let notes: NoteAudit
    private var lastPayload: Int64 = 0
    private var reported = 0
    /// Whether all entries so far were those of the tree; otherwise the fold cannot be judged.
    private var isFoldCertain = true
    /// Leaves whose payload is neither held nor wanted.
    private var lacking: [(index: Int, payload: Digest)] = []

    init(key: VerifierKey, witnesses: [VerifierKey]) {
        report = AuditReport(origin: key.name)
        notes = NoteAudit(key: key, witnesses: witnesses)
    }

    /// Audits up to `bundles` full bundles.
    ///
    /// - Returns: whether there are more.
    mutating func takeEntries(_ db: GRDB.Database, bundles: Int) throws -> Bool {
        let size = try db.headSize()
        if tree.range.size == 0 { try begin(db) }
        for _ in 0..<bundles {
            guard size - tree.range.size >= TileCoordinate.fullWidth else { return false }
            try takeBundle(db, count: TileCoordinate.fullWidth)
        }
        return size - tree.range.size >= TileCoordinate.fullWidth
    }

    private mutating func begin(_ db: GRDB.Database) throws {
        tree.sizes = Set(try StoredNote.all(db).map(\.size))
        fold = FoldAudit()
        try fold.inherit(db)
    }

    /// Hashes up to `limit` payloads.
    ///
    /// - Returns: whether there are more.
    mutating func takePayloads(_ db: GRDB.Database, limit: Int) throws -> Bool {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT rowid, digest, bytes FROM payload WHERE rowid > ? ORDER BY rowid LIMIT ?",
            arguments: [lastPayload, limit])
        var count = 0
        while let row = try rows.next() {
            lastPayload = row["rowid"]
            let digest: Data = row["digest"]
            let bytes: Data = row["bytes"]
            if Digest(of: Array(bytes)).bytes != Array(digest) {
                report.add(
                    .init("payload \(Hex.encode(digest))", "its bytes do not have this hash"))
            }
            count += 1
        }
        report.payloads += count
        return count == limit
    }

    /// Audits what is left and compares everything that must agree at one moment.
    mutating func finish(_ db: GRDB.Database) throws {
        while try takeEntries(db, bundles: .max) {}
        while try takePayloads(db, limit: .max) {}
        let size = try db.headSize()
        let stored = try StoredNote.all(db)
        tree.sizes = Set(stored.map(\.size))
        if size > tree.range.size { try takeBundle(db, count: size - tree.range.size) }
        try tree.finish { try db.tile($0, $1) }
        takeTreeFindings()
        report.size = size
        let beyond = try Int.fetchAll(
            db, sql: "SELECT idx FROM entry WHERE idx >= ? OR idx < 0", arguments: [size])
        for index in beyond {
            report.add(.init("entry \(index)", "it lies outside the \(size) leaves of the head"))
        }
        for bundle in try db.strayBundles(beyond: size) {
            report.add(
                .init("bundle \(bundle)", "it is not the only place of its entries, or beyond them")
            )
        }
        for note in stored { notes.check(note, root: try root(at: note.size, db), &report) }
        guard isFoldCertain else { return }
        try fold.compare(db, &report)
        try comparePayloads(db)
    }

    private func root(at size: Int, _ db: GRDB.Database) throws -> Digest? {
        if size == 0 { return MerkleTree.emptyRoot }
        guard size <= tree.range.size else { return nil }
        if let root = tree.roots[size] { return root }
        // A checkpoint that was stored after its size had been passed: the tiles are verified.
        let reader = TileReader(db: db, size: tree.range.size)
        return try MerkleTree.hash(of: 0..<size, node: reader.node)
    }

    private mutating func takeBundle(_ db: GRDB.Database, count: Int) throws {
        let first = tree.range.size
        var leaves = [Digest?](repeating: nil, count: count)
        var entries: [(index: Int, bytes: [UInt8])] = []
        entries.reserveCapacity(count)
        try db.forEachEntry(from: first, to: first + count) { index, leaf in
            leaves[index - first] = Digest.ofLeaf(leaf)
            entries.append((index, Array(leaf)))
        }
        let tile = first / TileCoordinate.fullWidth
        if try db.bundleRest(tile, after: entries.reduce(0) { $0 + 2 + $1.bytes.count }) > 0 {
            report.add(.init("bundle \(tile)", "there is more than its entries in it"))
        }
        let isSound = try tree.receive(leaves) { try db.tile($0, $1) }
        takeTreeFindings()
        if !isSound { isFoldCertain = false }
        for (index, bytes) in entries {
            guard let leaf = fold.take(bytes, index: index) else { continue }
            fold.erase(leaf, origin: report.origin)
            if let payload = leaf.payload, try !db.knowsPayload(payload) {
                lacking.append((index, payload))
            }
        }
        report.size = tree.range.size
    }

    private mutating func takeTreeFindings() {
        for finding in tree.findings[reported...] {
            report.add(.init(finding.place, finding.reason))
        }
        reported = tree.findings.count
    }

    private mutating func comparePayloads(_ db: GRDB.Database) throws {
        for (index, payload) in lacking where !fold.erased.contains(index) {
            guard try !db.knowsPayload(payload) else { continue }
            report.add(
                .init(
                    "payload \(payload)", "entry \(index) names it; it is neither held nor wanted"))
        }
        let wanted = try Row.fetchCursor(
            db,
            sql: """
                SELECT digest, idx,
                    EXISTS (SELECT 1 FROM payload WHERE payload.digest = wanted.digest) AS held
                FROM wanted
                """)
        while let row = try wanted.next() {
            let digest: Data = row["digest"]
            let index: Int = row["idx"]
            let place = "wanted \(Hex.encode(digest))"
            if row["held"] { report.add(.init(place, "it is held already")) }
            guard let leaf = try db.entry(index), case .leaf(let named) = LeafReading(leaf),
                named.payload == Digest(bytes: digest)
            else {
                report.add(.init(place, "entry \(index) does not name it"))
                continue
            }
        }
    }
}

extension GRDB.Database {
    fileprivate func headSize() throws -> Int {
        try Int.fetchOne(self, sql: "SELECT size FROM head") ?? 0
    }

    /// Bundles that are not within the tree, or of whose entries some have rows too.
    fileprivate func strayBundles(beyond size: Int) throws -> [Int] {
        try Int.fetchAll(
            self,
            sql: """
                SELECT idx FROM bundle WHERE idx < 0 OR (idx + 1) * 256 > ? OR EXISTS (
                    SELECT 1 FROM entry
                    WHERE entry.idx BETWEEN bundle.idx * 256 AND bundle.idx * 256 + 255)
                """,
            arguments: [size])
    }

    /// Bytes of a bundle behind its entries; 0 where there is no bundle.
    fileprivate func bundleRest(_ tile: Int, after count: Int) throws -> Int {
        let statement = try cachedStatement(
            sql: "SELECT length(leaves) FROM bundle WHERE idx = ?")
        return try (Int.fetchOne(statement, arguments: [tile]) ?? count) - count
    }

    fileprivate func tile(_ level: Int, _ index: Int) throws -> [UInt8]? {
        let statement = try cachedStatement(
            sql: "SELECT hashes FROM tile WHERE level = ? AND idx = ?")
        return try Data.fetchOne(statement, arguments: [level, index]).map { Array($0) }
    }

    /// Whether a payload is held, to be fetched, or rightly gone.
    fileprivate func knowsPayload(_ digest: Digest) throws -> Bool {
        let statement = try DirectStatement(
            self,
            """
            SELECT EXISTS (SELECT 1 FROM payload WHERE digest = ?1)
                OR EXISTS (SELECT 1 FROM wanted WHERE digest = ?1)
                OR EXISTS (SELECT 1 FROM erased WHERE digest = ?1)
            """)
        try statement.bind(1, digest)
        return try statement.first { $0.integer(0) != 0 } ?? false
    }
}
