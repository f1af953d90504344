import Keys

/// Recomputes a whole log from its bundles and compares every tile and the root.
///
/// A machine without I/O: it names the next resource, the caller hands in its bytes.
public struct LogAudit: Sendable {
    /// What the audit found wrong, and in which resource.
    public struct Finding: Error, Equatable, Sendable, CustomStringConvertible {
        /// The path of the resource, or `checkpoint`.
        public let resource: String
        /// One sentence.
        public let reason: String

        /// The resource and the reason.
        public var description: String { "\(resource): \(reason)" }
    }

    /// The head that is being audited.
    public let checkpoint: Checkpoint
    /// An earlier head that this one must extend.
    public let old: Checkpoint?
    /// The tree recomputed so far.
    public private(set) var range = CompactRange()
    private var pending: [TileCoordinate] = []
    private var computed: [TileCoordinate: [Digest]] = [:]
    private var rows: [[Digest]] = []
    private var oldRoot: Digest?

    /// An audit of `checkpoint`, optionally against an older head of the same log.
    public init(checkpoint: VerifiedCheckpoint, old: VerifiedCheckpoint? = nil) {
        self.checkpoint = checkpoint.checkpoint
        self.old = old?.checkpoint
        if self.old?.size == 0 { oldRoot = MerkleTree.emptyRoot }
    }

    /// The resource to hand in next; nil when all were seen.
    public var next: TileCoordinate? {
        if let tile = pending.first { return tile }
        guard range.size < checkpoint.size else { return nil }
        let index = range.size / TileCoordinate.fullWidth
        let width = min(
            TileCoordinate.fullWidth,
            checkpoint.size - index * TileCoordinate.fullWidth
        )
        return TileCoordinate(.entries, index: index, width: width)
    }

    /// Takes the bytes of `next`.
    ///
    /// - Returns: the entries when the resource was a bundle, otherwise none.
    /// - Throws: `Finding` at the first thing that does not fit.
    @discardableResult
    public mutating func receive(_ bytes: [UInt8]) throws(Finding) -> [[UInt8]] {
        guard let resource = next else { return [] }
        do {
            if pending.first == nil {
                let entries = try EntryBundle.decode(bytes, width: resource.width)
                absorb(entries)
                return entries
            }
            let tile = try HashTile(bytes, width: resource.width)
            pending.removeFirst()
            guard tile.hashes == computed.removeValue(forKey: resource) else {
                throw ProofError.malformed("the tile's hashes are not those of the entries")
            }
            return []
        } catch {
            throw Finding(resource: resource.path, reason: "\(error)")
        }
    }

    /// Compares roots after all resources were handed in.
    ///
    /// - Throws: `Finding` when the recomputed root is not the signed one, or the log does not
    ///   extend the older head.
    public func finish() throws(Finding) {
        guard next == nil, range.root == checkpoint.root else {
            throw Finding(
                resource: "checkpoint",
                reason: "the entries hash to \(range.root), the checkpoint says \(checkpoint.root)"
            )
        }
        guard let old else { return }
        guard old.size <= checkpoint.size else {
            throw Finding(
                resource: "checkpoint",
                reason: "rolled back: size \(checkpoint.size) is below the known \(old.size)"
            )
        }
        guard oldRoot == old.root else {
            throw Finding(
                resource: "checkpoint",
                reason: "history was rewritten: at size \(old.size) the root is another"
            )
        }
    }

    private mutating func absorb(_ entries: [[UInt8]]) {
        for entry in entries {
            for (node, hash) in range.append(Digest.ofLeaf(entry)) where node.level % 8 == 0 {
                let level = node.level / 8
                if rows.count == level { rows.append([]) }
                rows[level].append(hash)
                if rows[level].count == TileCoordinate.fullWidth { closeTile(level: level) }
            }
            if range.size == old?.size { oldRoot = range.root }
        }
        guard range.size == checkpoint.size else { return }
        for level in rows.indices where !rows[level].isEmpty { closeTile(level: level) }
    }

    private mutating func closeTile(level: Int) {
        let (full, _) = TileCoordinate.widths(level: level, size: range.size)
        let width = rows[level].count
        let tile = TileCoordinate(
            .hashes(level: level),
            index: width == TileCoordinate.fullWidth ? full - 1 : full,
            width: width
        )
        computed[tile] = rows[level]
        rows[level] = []
        pending.append(tile)
    }
}
