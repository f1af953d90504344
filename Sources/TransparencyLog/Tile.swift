public import Keys

/// A tlog-tiles resource: a hash tile or an entry bundle, full or partial.
public struct TileCoordinate: Hashable, Sendable {
    /// Hashes or entries of a full tile.
    public static let fullWidth = 256

    /// What the resource holds.
    public enum Kind: Hashable, Sendable {
        /// Hashes at a tile level, 0 to 63 (each level is eight levels of the tree).
        case hashes(level: Int)
        /// Length-prefixed entries.
        case entries
    }

    /// Hash tile or entry bundle.
    public let kind: Kind
    /// Position within the level.
    public let index: Int
    /// 1 to 256; below 256 a partial tile.
    public let width: Int

    /// A resource; the width must be within 1...256.
    public init(_ kind: Kind, index: Int, width: Int = fullWidth) {
        self.kind = kind
        self.index = index
        self.width = width
    }

    /// `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`.
    public var path: String {
        let level =
            switch kind {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        let suffix = width < Self.fullWidth ? ".p/\(width)" : ""
        return "tile/\(level)/\(Self.indexPath(index))\(suffix)"
    }

    /// Reads a path; nil unless it is exactly as `path` writes it.
    public init?(path: some StringProtocol) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)[...]
        guard parts.count >= 3, parts.removeFirst() == "tile" else { return nil }
        let levelText = parts.removeFirst()
        if levelText == "entries" {
            kind = .entries
        } else {
            guard let level = Int(decimal: levelText), level < 64 else { return nil }
            kind = .hashes(level: level)
        }
        var width = Self.fullWidth
        if parts.count >= 2, parts[parts.endIndex - 2].hasSuffix(".p") {
            guard let partial = Int(decimal: parts.removeLast()), (1...255).contains(partial)
            else { return nil }
            width = partial
            parts.append(parts.removeLast().dropLast(2))
        }
        guard let index = Self.index(of: Array(parts)) else { return nil }
        self.index = index
        self.width = width
    }

    /// The resources of `kind` at `level` that a tree of `size` has from `from` leaves on.
    public static func widths(level: Int, size: Int) -> (full: Int, partial: Int) {
        let count = level * 8 >= Int.bitWidth - 1 ? 0 : size >> (level * 8)
        return (count / fullWidth, count % fullWidth)
    }

    /// The tile in which a tree of `size` holds the hashes below `node`, and where in it.
    public static func containing(
        _ node: MerkleTree.Node,
        size: Int
    ) -> (tile: TileCoordinate, offset: Int, height: Int) {
        let level = node.level / 8
        let height = node.level % 8
        let first = node.index << height
        let (full, partial) = widths(level: level, size: size)
        let index = first / fullWidth
        let width = index < full ? fullWidth : partial
        return (
            TileCoordinate(.hashes(level: level), index: index, width: width),
            first % fullWidth, height
        )
    }

    private static func indexPath(_ index: Int) -> String {
        func padded(_ value: Int) -> String {
            String(repeating: "0", count: 3 - String(value).utf8.count) + String(value)
        }
        var path = padded(index % 1000)
        var rest = index / 1000
        while rest > 0 {
            path = "x" + padded(rest % 1000) + "/" + path
            rest /= 1000
        }
        return path
    }

    private static func index(of parts: [some StringProtocol]) -> Int? {
        // Six groups of three digits stay below 2^60.
        guard (1...6).contains(parts.count) else { return nil }
        var index = 0
        for (position, part) in parts.enumerated() {
            let isLast = position == parts.count - 1
            guard isLast || part.utf8.first == UInt8(ascii: "x") else { return nil }
            let digits = Array(part.utf8.dropFirst(isLast ? 0 : 1))
            guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            index = digits.reduce(index) { $0 * 10 + Int($1 - 0x30) }
        }
        guard parts.count == 1 || parts[0] != "x000" else { return nil }
        return index
    }
}

/// The hashes of one tile.
public struct HashTile: Sendable, Equatable {
    /// Bytes of a full tile.
    public static let maximumBytes = TileCoordinate.fullWidth * 32

    /// Leaf side first.
    public let hashes: [Digest]

    /// Reads a tile of `width` hashes; a longer one is cut, as a full tile may stand in for a
    /// partial one.
    ///
    /// - Throws: `ProofError.malformed` when it is too short, longer than a full tile, or not made
    ///   of whole hashes.
    public init(_ bytes: [UInt8], width: Int) throws(ProofError) {
        guard bytes.count.isMultiple(of: 32),
            (width * 32...TileCoordinate.fullWidth * 32).contains(bytes.count)
        else {
            throw .malformed("a tile of \(bytes.count) bytes where \(width * 32) were expected")
        }
        hashes = (0..<width).compactMap { Digest(bytes: bytes[($0 * 32)..<($0 * 32 + 32)]) }
    }

    /// The hash of the perfect subtree of `height` whose first hash is at `offset`; nil when the
    /// tile is too narrow for it.
    public func subtree(offset: Int, height: Int) -> Digest? {
        guard offset >= 0, offset + 1 << height <= hashes.count else { return nil }
        var row = Array(hashes[offset..<(offset + 1 << height)])
        while row.count > 1 {
            row = stride(from: 0, to: row.count, by: 2).map { Digest.ofNode(row[$0], row[$0 + 1]) }
        }
        return row[0]
    }
}

/// An entry bundle: entries, each after its length as a big-endian uint16.
public enum EntryBundle {
    /// The bytes of one entry in a bundle; nil for entries above 65,535 bytes.
    public static func encode(_ entry: [UInt8]) -> [UInt8]? {
        guard entry.count <= 0xffff else { return nil }
        return [UInt8(entry.count >> 8), UInt8(entry.count & 0xff)] + entry
    }

    /// The first `width` entries; what follows those of a partial bundle is ignored, as a full one
    /// may stand in for it.
    ///
    /// - Throws: `ProofError.malformed`.
    public static func decode(_ bytes: [UInt8], width: Int) throws(ProofError) -> [[UInt8]] {
        var entries: [[UInt8]] = []
        entries.reserveCapacity(width)
        var position = 0
        while entries.count < width {
            guard position + 2 <= bytes.count else {
                throw .malformed("a bundle with \(entries.count) of \(width) entries")
            }
            let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            position += 2
            guard position + length <= bytes.count else {
                throw .malformed("entry \(entries.count) of the bundle is cut off")
            }
            entries.append(Array(bytes[position..<(position + length)]))
            position += length
        }
        guard position == bytes.count || width < TileCoordinate.fullWidth else {
            throw .malformed("\(bytes.count - position) bytes follow the full bundle")
        }
        return entries
    }
}
