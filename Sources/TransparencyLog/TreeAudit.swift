public import Keys

/// Compares the tiles of a stored tree with the hashes of its entries, and tells which of the two is
/// wrong where they disagree: the level above decides.
///
/// A machine without I/O: leaves are handed in bundle by bundle, tiles are asked for.
public struct TreeAudit: Sendable {
    /// What does not fit, and where.
    public struct Finding: Sendable, Equatable {
        /// `entry <index>`, or a tile's path.
        public let place: String
        /// One sentence.
        public let reason: String
    }

    /// Reads a stored hash tile by level and index, as wide as it is stored; nil when there is none.
    public typealias TileReading = (_ level: Int, _ index: Int) throws -> [UInt8]?

    /// The tree recomputed so far.
    public private(set) var range = CompactRange()
    /// What was found.
    public private(set) var findings: [Finding] = []
    /// Sizes at which the root is wanted.
    public var sizes: Set<Int> = []
    /// The roots at those sizes that were reached.
    public private(set) var roots: [Int: Digest] = [:]
    /// Hashes of the tiles that are being filled; the first is of level 1.
    private var rows: [[Digest]] = []

    /// An audit that has seen nothing.
    public init() {}

    /// Takes the next bundle: the hashes of 256 entries, or of the last ones; nil for one that is
    /// missing. A bundle that is not full ends the log.
    ///
    /// - Returns: whether all entries of the bundle are those of the tree.
    /// - Throws: what `tile` throws.
    public mutating func receive(_ leaves: [Digest?], tile: TileReading) rethrows -> Bool {
        let first = range.size
        let index = first / TileCoordinate.fullWidth
        let stored = try tile(0, index).map(Self.hashes)
        let isFull = leaves.count == TileCoordinate.fullWidth
        let before = findings.count
        var chosen = leaves.enumerated().map { offset, leaf in
            leaf ?? stored.flatMap { $0.indices.contains(offset) ? $0[offset] : nil }
                ?? MerkleTree.emptyRoot
        }
        var isSound = !leaves.contains(nil)
        if isFull, stored == nil {
            report(0, index, "the tile is missing")
        } else if let stored, stored.count != leaves.count {
            report(0, index, "the tile has \(stored.count) hashes, not \(leaves.count)")
        } else if let stored, stored != chosen || !isSound {
            let above = try isFull ? parent(of: index, tile: tile) : nil
            isSound = judge(leaves, stored, above: above, first: first)
            if !isSound { chosen = stored }
        }
        if findings.count == before {
            for (offset, leaf) in leaves.enumerated() where leaf == nil {
                findings.append(.init(place: "entry \(first + offset)", reason: "it is missing"))
            }
        }
        for hash in chosen { try append(hash, tile: tile) }
        return isSound
    }

    /// Compares the tiles at the right edge; after the last bundle.
    ///
    /// - Throws: what `tile` throws.
    public mutating func finish(tile: TileReading) rethrows {
        for level in rows.indices where !rows[level].isEmpty {
            try close(level + 1, tile: tile)
        }
    }

    /// Who is wrong, entries or tile: the one that does not lead to the hash above.
    ///
    /// - Returns: whether the entries are right.
    private mutating func judge(
        _ leaves: [Digest?],
        _ stored: [Digest],
        above: Digest?,
        first: Int
    ) -> Bool {
        let name = Self.path(0, first / TileCoordinate.fullWidth)
        let entries = leaves.compactMap(\.self)
        if entries.count == leaves.count, above != nil, Self.root(entries) == above {
            for offset in leaves.indices where leaves[offset] != stored[offset] {
                let reason = "hash \(offset) is not that of entry \(first + offset), which is right"
                findings.append(.init(place: name, reason: reason))
            }
            return true
        }
        let isTileRight = above != nil && Self.root(stored) == above
        for offset in leaves.indices where leaves[offset] != stored[offset] {
            let hash = leaves[offset].map { "it hashes to \($0)" } ?? "it is missing"
            let reason =
                isTileRight
                ? "\(hash), the tree says \(stored[offset])"
                : "\(hash), \(name) says \(stored[offset]); the hashes above do not decide"
            findings.append(.init(place: "entry \(first + offset)", reason: reason))
        }
        return false
    }

    private mutating func append(_ hash: Digest, tile: TileReading) rethrows {
        for (node, hash) in range.append(hash) where node.level > 0 && node.level % 8 == 0 {
            let level = node.level / 8
            if rows.count < level { rows.append([]) }
            rows[level - 1].append(hash)
            if rows[level - 1].count == TileCoordinate.fullWidth { try close(level, tile: tile) }
        }
        if sizes.contains(range.size) { roots[range.size] = range.root }
    }

    private mutating func close(_ level: Int, tile: TileReading) rethrows {
        let hashes = rows[level - 1]
        let (full, _) = TileCoordinate.widths(level: level, size: range.size)
        let isFull = hashes.count == TileCoordinate.fullWidth
        let index = isFull ? full - 1 : full
        rows[level - 1] = []
        guard let stored = try tile(level, index).map(Self.hashes) else {
            return report(level, index, "the tile is missing")
        }
        guard stored.count == hashes.count else {
            let reason = "the tile has \(stored.count) hashes, not \(hashes.count)"
            return report(level, index, reason)
        }
        for offset in hashes.indices where hashes[offset] != stored[offset] {
            let below = Self.path(level - 1, index * TileCoordinate.fullWidth + offset)
            report(level, index, "hash \(offset) is not that of \(below)")
        }
    }

    private func parent(of index: Int, tile: TileReading) rethrows -> Digest? {
        let width = TileCoordinate.fullWidth
        let row = try tile(1, index / width).map(Self.hashes) ?? []
        return row.indices.contains(index % width) ? row[index % width] : nil
    }

    private mutating func report(_ level: Int, _ index: Int, _ reason: String) {
        findings.append(.init(place: Self.path(level, index), reason: reason))
    }

    private static func path(_ level: Int, _ index: Int) -> String {
        TileCoordinate(.hashes(level: level), index: index).path
    }

    /// Whole hashes only; a piece at the end counts for nothing.
    private static func hashes(_ bytes: [UInt8]) -> [Digest] {
        stride(from: 0, to: bytes.count - 31, by: 32).compactMap {
            Digest(bytes: bytes[$0..<($0 + 32)])
        }
    }

    private static func root(_ hashes: [Digest]) -> Digest {
        var range = CompactRange()
        for hash in hashes { range.append(hash) }
        return range.root
    }
}
