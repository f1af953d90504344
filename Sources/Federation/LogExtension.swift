import Keys
package import TransparencyLog

/// The step by which a replica grows: new entries are believed only when, appended to what is
/// held, they hash to the root that the author signed.
package struct LogExtension: Sendable {
    /// The head to reach.
    package let target: VerifiedCheckpoint
    /// Entries taken so far, from the held size on.
    package private(set) var entries: [[UInt8]] = []
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
        for entry in found {
            guard entry.count <= Leaf.maximumBytes else {
                throw .malformed("entry \(range.size) has more than \(Leaf.maximumBytes) bytes")
            }
            entries.append(entry)
            range.append(Digest.ofLeaf(entry))
        }
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
