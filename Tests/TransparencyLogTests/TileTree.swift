import Keys
import Testing
import TransparencyLog

/// A log's resources by path, as a static file server would hold them.
struct TileTree {
    var files: [String: [UInt8]] = [:]
    let checkpoint: VerifiedCheckpoint
    let nodes: [MerkleTree.Node: Digest]

    /// The tree of `entries`, signed by the fixed key.
    init(entries: [[UInt8]], signer: NoteSigner) throws {
        var range = CompactRange()
        var nodes: [MerkleTree.Node: Digest] = [:]
        for entry in entries {
            for (node, hash) in range.append(Digest.ofLeaf(entry)) { nodes[node] = hash }
        }
        for level in 0..<8 {
            for tile in Self.tiles(.hashes(level: level), level: level, size: entries.count) {
                let first = tile.index * TileCoordinate.fullWidth
                files[tile.path] = (first..<(first + tile.width)).flatMap {
                    nodes[MerkleTree.Node(level: level * 8, index: $0)]?.bytes ?? []
                }
            }
        }
        for tile in Self.tiles(.entries, level: 0, size: entries.count) {
            let first = tile.index * TileCoordinate.fullWidth
            files[tile.path] = entries[first..<(first + tile.width)].flatMap {
                EntryBundle.encode($0) ?? []
            }
        }
        self.nodes = nodes
        checkpoint = try VerifiedCheckpoint(
            signing: Checkpoint(origin: signer.key.name, size: range.size, root: range.root),
            by: signer
        )
        files["checkpoint"] = checkpoint.note.bytes
    }

    /// A log of `entry <i>`.
    init(size: Int) throws {
        try self.init(
            entries: (0..<size).map { Array("entry \($0)".utf8) },
            signer: Fixtures.signer()
        )
    }

    private static func tiles(
        _ kind: TileCoordinate.Kind,
        level: Int,
        size: Int
    ) -> [TileCoordinate] {
        let (full, partial) = TileCoordinate.widths(level: level, size: size)
        let last = partial > 0 ? [TileCoordinate(kind, index: full, width: partial)] : []
        return (0..<full).map { TileCoordinate(kind, index: $0) } + last
    }

    /// Paths of all tiles and bundles.
    var tilePaths: [String] { files.keys.filter { $0 != "checkpoint" }.sorted() }

    /// Runs an audit over the files and returns the entries.
    @discardableResult
    func audit(old: VerifiedCheckpoint? = nil) throws -> [[UInt8]] {
        var audit = LogAudit(checkpoint: checkpoint, old: old)
        return try audit.run { files[$0.path] }
    }
}

extension LogAudit {
    struct Missing: Error, Equatable {
        let path: String
    }

    /// Hands in every resource and finishes.
    mutating func run(_ read: (TileCoordinate) throws -> [UInt8]?) throws -> [[UInt8]] {
        var entries: [[UInt8]] = []
        while let resource = next {
            guard let bytes = try read(resource) else { throw Missing(path: resource.path) }
            entries += try receive(bytes)
        }
        try finish()
        return entries
    }
}
