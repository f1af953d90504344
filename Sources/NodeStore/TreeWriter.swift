import Foundation
import GRDB
import Keys
import TransparencyLog

/// The right edge of a stored tree: appends leaves, and writes the tiles that they touched.
///
/// Owned by a `LogStore`; a copy is worked on inside a transaction and kept only after COMMIT.
struct TreeWriter {
    private(set) var range = CompactRange()
    /// The last tile of each level, full or partial.
    private var edge: [(index: Int, hashes: [UInt8])] = []
    private var dirtyLevels: Set<Int> = []
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
        for (node, hash) in range.append(leafHash) where node.level % 8 == 0 {
            let level = node.level / 8
            let index = node.index / TileCoordinate.fullWidth
            if edge.count == level { edge.append((index, [])) }
            if edge[level].index != index {
                if dirtyLevels.contains(level) {
                    completed.append((level, edge[level].index, edge[level].hashes))
                }
                edge[level] = (index, [])
            }
            edge[level].hashes += hash.bytes
            dirtyLevels.insert(level)
        }
    }

    mutating func flush(_ db: GRDB.Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO tile(level, idx, hashes) VALUES (?, ?, ?)"
        )
        for tile in completed {
            try statement.execute(arguments: [tile.level, tile.index, tile.hashes.data])
        }
        for level in dirtyLevels {
            try statement.execute(
                arguments: [level, edge[level].index, edge[level].hashes.data])
        }
        completed = []
        dirtyLevels = []
    }
}

/// Reads perfect subtrees out of stored tiles, remembering the tiles of one request.
final class TileReader {
    private let db: GRDB.Database
    private let size: Int
    private var tiles: [TileCoordinate: HashTile] = [:]

    init(db: GRDB.Database, size: Int) {
        self.db = db
        self.size = size
    }

    func bytes(level: Int, index: Int) throws -> [UInt8] {
        let statement = try db.cachedStatement(
            sql: "SELECT hashes FROM tile WHERE level = ? AND idx = ?"
        )
        guard let data = try Data.fetchOne(statement, arguments: [level, index]) else {
            throw StoreError.corrupt("tile", reason: "tile \(level)/\(index) is missing")
        }
        return Array(data)
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
