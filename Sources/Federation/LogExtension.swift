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

    /// Takes the bytes of `next`; entries that are held already are skipped.
    ///
    /// - Throws: `ProofError.malformed`.
    package mutating func receive(_ bytes: [UInt8]) throws(ProofError) {
        guard let next else { return }
        let first = next.index * TileCoordinate.fullWidth
        let decoded = try EntryBundle.decode(bytes, width: next.width)
        for entry in decoded.dropFirst(range.size - first) { try take(entry) }
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
