import GRDB
import Keys
import TransparencyLog

/// Writes entries inside a transaction: a bundle that one transaction fills is written as the bytes in
/// which it is served, every other entry as a row, until it is bundled up. A row of 512 bytes wastes a
/// seventh of its page.
///
/// What is taken is not in the database before its bundle is full, or `flush`.
struct EntryWriter {
    private let row: DirectStatement
    private let bundle: DirectStatement
    private var bytes: [UInt8] = []
    private var hashes: [Digest] = []
    private var first: Int

    /// A writer of the entries from `first` on.
    init(_ db: GRDB.Database, first: Int) throws {
        row = try DirectStatement(db, "INSERT INTO entry(idx, leaf) VALUES (?, ?)")
        bundle = try DirectStatement(db, "INSERT INTO bundle(idx, leaves) VALUES (?, ?)")
        self.first = first
    }

    /// Takes the next entry.
    ///
    /// - Throws: `StoreError.hashChanged`.
    mutating func append(_ leaf: [UInt8], hash: Digest) throws {
        Bundle.append(leaf, to: &bytes)
        hashes.append(hash)
        if (first + hashes.count).isMultiple(of: TileCoordinate.fullWidth) { try flush() }
    }

    /// Writes what is left. Every hash is taken once more from the memory that SQLite is given: one
    /// flipped bit has killed public logs.
    ///
    /// - Throws: `StoreError.hashChanged`.
    mutating func flush() throws {
        guard !hashes.isEmpty else { return }
        if hashes.count == TileCoordinate.fullWidth {
            try bundle.bind(1, first / TileCoordinate.fullWidth)
            try bytes.withUnsafeBytes { bytes in
                try bundle.run(binding: 2, inPlace: bytes) {
                    try forEachTaken(in: bytes) { try check($1, at: $0) }
                }
            }
        } else {
            try bytes.withUnsafeBytes { bytes in
                try forEachTaken(in: bytes) { offset, leaf in
                    try row.bind(1, first + offset)
                    try row.run(binding: 2, inPlace: leaf) { try check(leaf, at: offset) }
                }
            }
        }
        first += hashes.count
        bytes.removeAll(keepingCapacity: true)
        hashes.removeAll(keepingCapacity: true)
    }

    /// Hands over every entry that was taken: a length that was flipped must not hide the last ones.
    private func forEachTaken(
        in bytes: UnsafeRawBufferPointer, _ body: (Int, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var count = 0
        try Bundle(bytes).forEach { offset, leaf in
            try body(offset, leaf)
            count += 1
        }
        guard count == hashes.count else { throw StoreError.hashChanged(index: first + count) }
    }

    private func check(_ leaf: UnsafeRawBufferPointer, at offset: Int) throws {
        guard Digest.ofLeaf(leaf) == hashes[offset] else {
            throw StoreError.hashChanged(index: first + offset)
        }
    }
}

/// Entries one behind the other, each after its length in two bytes: an entry bundle of tlog-tiles.
private struct Bundle {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Adds an entry behind others.
    static func append(_ leaf: some Collection<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: leaf.count >> 8))
        bytes.append(UInt8(truncatingIfNeeded: leaf.count))
        bytes.append(contentsOf: leaf)
    }

    /// Hands over the entries with their positions, as far as they are whole.
    func forEach(_ body: (Int, UnsafeRawBufferPointer) throws -> Void) rethrows {
        var position = 0
        var number = 0
        while position + 2 <= bytes.count {
            let start = position + 2
            let end = start + Int(bytes[position]) << 8 + Int(bytes[position + 1])
            guard end <= bytes.count else { return }
            try body(number, UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            position = end
            number += 1
        }
    }

    /// The entry at a position; nil when there are fewer.
    func entry(_ wanted: Int) -> [UInt8]? {
        var found: [UInt8]?
        forEach { number, leaf in
            if number == wanted { found = Array(leaf) }
        }
        return found
    }

    /// The bytes of the first `width` entries; nil when there are fewer.
    func prefix(_ width: Int) -> [UInt8]? {
        var count = 0
        var end = 0
        forEach { number, leaf in
            guard number < width else { return }
            count += 1
            end += 2 + leaf.count
        }
        return count == width ? Array(bytes[..<end]) : nil
    }
}

extension LogStore {
    /// Makes a bundle of the oldest full one whose entries still have a row each. Nothing depends on it:
    /// it takes less space, and is served without putting it together.
    ///
    /// - Returns: whether there was one. Rows that are not those of the tree are left as they are: an
    ///   audit says so.
    /// - Throws: what SQLite says.
    package func bundleUp() throws -> Bool {
        let size = self.size
        return try pool.write { try $0.bundleUp(below: size) }
    }
}

extension GRDB.Database {
    fileprivate func bundleUp(below size: Int) throws -> Bool {
        let oldest = try DirectStatement(self, "SELECT min(idx) FROM entry")
            .first { $0.isNull(0) ? size : $0.integer(0) }
        let tile = (oldest ?? size) / TileCoordinate.fullWidth
        let first = tile * TileCoordinate.fullWidth
        guard first + TileCoordinate.fullWidth <= size else { return false }
        let bytes = try bundle(tile, width: TileCoordinate.fullWidth) ?? []
        let hashes = try tileHashes(tile)
        guard bytes.withUnsafeBytes({ Self.leafHashes($0) }) == hashes else { return false }
        let insert = try DirectStatement(self, "INSERT INTO bundle(idx, leaves) VALUES (?, ?)")
        try insert.bind(1, tile)
        try insert.run(binding: 2, inPlace: bytes)
        let delete = try DirectStatement(self, "DELETE FROM entry WHERE idx >= ? AND idx < ?")
        try delete.bind(1, first)
        try delete.bind(2, first + TileCoordinate.fullWidth)
        try delete.run()
        return true
    }

    private func tileHashes(_ index: Int) throws -> [UInt8]? {
        let statement = try DirectStatement(
            self, "SELECT hashes FROM tile WHERE level = 0 AND idx = ?")
        try statement.bind(1, index)
        return try statement.first { $0.bytes(0) } ?? nil
    }

    private static func leafHashes(_ bundle: UnsafeRawBufferPointer) -> [UInt8] {
        var hashes: [UInt8] = []
        Bundle(bundle).forEach { Digest.ofLeaf($1).append(to: &hashes) }
        return hashes
    }

    /// Hands over the entries [from, to) in order; fewer when some are missing.
    func forEachEntry(
        from: Int, to: Int, _ body: (Int, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var position = max(0, from)
        let end = min(to, try entriesEnd())
        while position < end {
            let tile = position / TileCoordinate.fullWidth
            let next = min((tile + 1) * TileCoordinate.fullWidth, end)
            if let bytes = try bundleBytes(tile) {
                try bytes.withUnsafeBytes { bytes in
                    try Bundle(bytes).forEach { offset, leaf in
                        let index = tile * TileCoordinate.fullWidth + offset
                        if (position..<next).contains(index) { try body(index, leaf) }
                    }
                }
            } else {
                try forEachRow(from: position, to: next, body)
            }
            position = next
        }
    }

    /// One entry; nil when it is not there.
    func entry(_ index: Int) throws -> [UInt8]? {
        var found: [UInt8]?
        guard index >= 0, index < .max else { return nil }
        try forEachEntry(from: index, to: index + 1) { found = Array($1) }
        return found
    }

    /// One entry, if it lies where most do: in a bundle, or in a row behind them; nil does not mean that
    /// it is not there.
    func likelyEntry(_ index: Int) throws -> [UInt8]? {
        guard index >= 0, index < .max else { return nil }
        let statement = try DirectStatement(self, "SELECT leaf FROM entry WHERE idx = ?")
        try statement.bind(1, index)
        if let leaf = try statement.first({ $0.bytes(0) }) { return leaf }
        let tile = index / TileCoordinate.fullWidth
        return try bundleBytes(tile).flatMap { bytes in
            bytes.withUnsafeBytes { Bundle($0).entry(index % TileCoordinate.fullWidth) }
        }
    }

    /// A bundle that is stored as one; nil when its entries are rows, or it is not full.
    func storedBundle(_ tile: Int) throws -> [UInt8]? {
        try bundleBytes(tile).flatMap { bytes in
            bytes.withUnsafeBytes { Bundle($0).prefix(TileCoordinate.fullWidth) }
        }
    }

    /// The entries of a bundle, each after its length; nil when the log is too short for it.
    func bundle(_ tile: Int, width: Int) throws -> [UInt8]? {
        if let bytes = try bundleBytes(tile) {
            return bytes.withUnsafeBytes { Bundle($0).prefix(width) }
        }
        let first = tile * TileCoordinate.fullWidth
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512 * width)
        var count = 0
        try forEachRow(from: first, to: first + width) { _, leaf in
            Bundle.append(leaf, to: &bytes)
            count += 1
        }
        return count == width ? bytes : nil
    }

    /// Behind the last entry that is stored, wherever it lies.
    func entriesEnd() throws -> Int {
        let rows = try DirectStatement(self, "SELECT max(idx) FROM entry")
            .first { $0.isNull(0) ? 0 : $0.integer(0) + 1 }
        let bundles = try DirectStatement(self, "SELECT max(idx) FROM bundle")
            .first { $0.isNull(0) ? 0 : ($0.integer(0) + 1) * TileCoordinate.fullWidth }
        return max(rows ?? 0, bundles ?? 0)
    }

    private func forEachRow(
        from: Int, to: Int, _ body: (Int, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let statement = try DirectStatement(
            self, "SELECT idx, leaf FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx")
        try statement.bind(1, from)
        try statement.bind(2, to)
        try statement.forEach { try body($0.integer(0), $0.raw(1)) }
    }

    private func bundleBytes(_ tile: Int) throws -> [UInt8]? {
        let statement = try DirectStatement(self, "SELECT leaves FROM bundle WHERE idx = ?")
        try statement.bind(1, tile)
        return try statement.first { $0.bytes(0) } ?? nil
    }
}
