import Foundation
import GRDB
import Keys
import TransparencyLog

/// The right edge of a stored tree: appends leaves, and writes the tiles that they touched. The
/// partial tile of leaf hashes is not stored: it follows from at most 255 entries, and to write it
/// again with every commit would cost more than the commit.
///
/// Owned by a `LogStore`; a copy is worked on inside a transaction and kept only after COMMIT.
struct TreeWriter {
    private(set) var range = CompactRange()
    /// The last tile of each level, full or partial.
    private var edge: [(index: Int, hashes: [UInt8])] = []
    /// Levels whose last tile was touched, a bit each.
    private var dirtyLevels: UInt64 = 0
    private var completed: [(level: Int, index: Int, hashes: [UInt8])] = []

    /// Reads the edge of a tree of `size` from its stored tiles.
    init(size: Int, db: GRDB.Database) throws {
        let reader = TileReader(db: db, size: size)
        range = try CompactRange(size: size, node: reader.node)
        var level = 0
        while size >> (8 * level) > 0 {
            let count = size >> (8 * level)
            let index = (count - 1) / TileCoordinate.fullWidth
            edge.append((index, try reader.bytes(level: level, index: index)))
            level += 1
        }
    }

    mutating func append(_ leafHash: Digest) {
        // Taken out, so that the closure may change the rest.
        var range = range
        self.range = CompactRange()
        range.append(leafHash) { node, hash in
            if node.level % 8 == 0 { place(hash, at: node) }
        }
        self.range = range
    }

    private mutating func place(_ hash: Digest, at node: MerkleTree.Node) {
        let level = node.level / 8
        let index = node.index / TileCoordinate.fullWidth
        if edge.count == level { edge.append((index, [])) }
        if edge[level].index != index {
            if dirtyLevels & 1 << level != 0 {
                completed.append((level, edge[level].index, edge[level].hashes))
            }
            edge[level] = (index, [])
        }
        hash.append(to: &edge[level].hashes)
        dirtyLevels |= 1 << level
    }

    /// The last tile of leaf hashes, full or partial; nil for an empty tree.
    var leafEdge: (index: Int, hashes: [UInt8])? { edge.first }

    mutating func flush(_ db: GRDB.Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO tile(level, idx, hashes) VALUES (?, ?, ?)"
        )
        for tile in completed {
            try statement.execute(arguments: [tile.level, tile.index, tile.hashes.data])
        }
        for level in edge.indices
        where dirtyLevels & 1 << level != 0
            && (level > 0 || edge[level].hashes.count == HashTile.maximumBytes)
        {
            try statement.execute(
                arguments: [level, edge[level].index, edge[level].hashes.data])
        }
        completed = []
        dirtyLevels = 0
    }
}

/// Reads perfect subtrees out of stored tiles, remembering the tiles of one request.
final class TileReader {
    private let db: GRDB.Database
    private let size: Int
    private let edge: (index: Int, hashes: [UInt8])?
    private var tiles: [TileCoordinate: HashTile] = [:]

    /// - Parameter edge: the last tile of leaf hashes of this tree or a later one, when it is at
    ///   hand; otherwise it is computed from entries.
    init(db: GRDB.Database, size: Int, edge: (index: Int, hashes: [UInt8])? = nil) {
        self.db = db
        self.size = size
        self.edge = edge
    }

    func bytes(level: Int, index: Int) throws -> [UInt8] {
        let statement = try db.cachedStatement(
            sql: "SELECT hashes FROM tile WHERE level = ? AND idx = ?"
        )
        if level == 0, let edge, edge.index == index { return edge.hashes }
        if let data = try Data.fetchOne(statement, arguments: [level, index]) {
            return Array(data)
        }
        guard level == 0 else {
            throw StoreError.corrupt("tile", reason: "tile \(level)/\(index) is missing")
        }
        return try db.leafHashes(from: index * TileCoordinate.fullWidth, below: size)
    }

    func node(_ node: MerkleTree.Node) throws -> Digest {
        let (tile, offset, height) = TileCoordinate.containing(node, size: size)
        if tiles[tile] == nil, case .hashes(let level) = tile.kind {
            tiles[tile] = try HashTile(
                bytes(level: level, index: tile.index),
                width: tile.width
            )
        }
        guard let hash = tiles[tile]?.subtree(offset: offset, height: height) else {
            throw StoreError.corrupt("tile", reason: "\(tile.path) is too narrow")
        }
        return hash
    }
}

extension GRDB.Database {
    /// The hashes of the entries of one tile, as far as they go and lie below `size`.
    func leafHashes(from first: Int, below size: Int) throws -> [UInt8] {
        var hashes: [UInt8] = []
        hashes.reserveCapacity(HashTile.maximumBytes)
        try forEachEntry(from: first, to: min(first + TileCoordinate.fullWidth, size)) {
            Digest.ofLeaf($1).append(to: &hashes)
        }
        return hashes
    }
}
