import Keys
package import TransparencyLog

/// The step by which a replica grows: new entries are believed only when, appended to what is
/// held, they hash to the root that the author signed.
package struct LogExtension: Sendable {
    /// The head to reach.
    package let target: VerifiedCheckpoint
    /// Entries that are kept in memory; beyond it they are to be drained.
    package static let entriesInMemory = 8192
    /// Entries taken and not drained so far.
    package private(set) var entries: [[UInt8]] = []
    /// Entries that were drained, or taken before and resumed from.
    package private(set) var staged = 0
    private var range: CompactRange
    private let held: Int

    /// An extension of the held tree, given by its right edge.
    package init(from range: CompactRange, to target: VerifiedCheckpoint) {
        self.range = range
        self.target = target
        held = range.size
    }

    /// The bundle to fetch next; nil when all entries are there.
    package var next: TileCoordinate? {
        let size = target.checkpoint.size
        guard range.size < size else { return nil }
        let index = range.size / TileCoordinate.fullWidth
        let width = min(TileCoordinate.fullWidth, size - index * TileCoordinate.fullWidth)
        return TileCoordinate(.entries, index: index, width: width)
    }

    /// Entries of `next` that are held already: all others need not be fetched again.
    package var heldOfNext: Range<Int> {
        range.size / TileCoordinate.fullWidth * TileCoordinate.fullWidth..<range.size
    }

    /// The next bundles to fetch, at most `count`; none when all entries are there.
    package func upcoming(_ count: Int) -> [TileCoordinate] {
        let size = target.checkpoint.size
        let first = range.size / TileCoordinate.fullWidth
        return (first..<(first + count)).prefix { $0 * TileCoordinate.fullWidth < size }.map {
            TileCoordinate(
                .entries, index: $0,
                width: min(TileCoordinate.fullWidth, size - $0 * TileCoordinate.fullWidth))
        }.filter { _ in range.size < size }
    }

    /// Takes an entry that was drained by an earlier attempt.
    package mutating func resume(_ entry: [UInt8]) {
        range.append(Digest.ofLeaf(entry))
        staged += 1
    }

    /// Hands out the entries in memory, to be kept elsewhere until the root is compared.
    package mutating func drain() -> (first: Int, entries: [[UInt8]]) {
        defer {
            staged += entries.count
            entries = []
        }
        return (held + staged, entries)
    }

    /// Takes the bytes of `next`; entries that are held already are skipped.
    ///
    /// - Throws: `ProofError.malformed`.
    package mutating func receive(_ bytes: [UInt8]) throws(ProofError) {
        guard let next else { return }
        try take(EntryBundle.decode(bytes, width: next.width).dropFirst(heldOfNext.count))
    }

    /// Takes what follows in `next` after the entries that are held already.
    ///
    /// - Throws: `ProofError.malformed`.
    package mutating func receive(rest bytes: [UInt8]) throws(ProofError) {
        guard let next else { return }
        try take(EntryBundle.decode(bytes, width: next.width - heldOfNext.count)[...])
    }

    private mutating func take(_ found: ArraySlice<[UInt8]>) throws(ProofError) {
        for entry in found { try take(entry) }
    }

    /// Takes the next entry by itself.
    ///
    /// - Throws: `ProofError.malformed` for one that no leaf may be as long as.
    package mutating func take(_ entry: [UInt8]) throws(ProofError) {
        guard entry.count <= Leaf.maximumBytes else {
            throw .malformed("entry \(range.size) has more than \(Leaf.maximumBytes) bytes")
        }
        entries.append(entry)
        range.append(Digest.ofLeaf(entry))
    }

    /// Compares the root once nothing is left to fetch.
    ///
    /// - Throws: `ProofError.rootMismatch`: the server lies, or the author has forked.
    package func finish() throws(ProofError) {
        guard range.size == target.checkpoint.size, range.root == target.checkpoint.root else {
            throw .rootMismatch
        }
    }
}
