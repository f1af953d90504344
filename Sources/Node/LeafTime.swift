package import NodeStore
package import Recognition
package import TransparencyLog

/// A leaf's time, and what it rests on (protocol.md section 1, "Time").
package struct LeafTime: Sendable {
    /// The checkpoint that covers the leaf.
    package let checkpoint: VerifiedCheckpoint
    /// When the checkpoint was confirmed, and by whom.
    package let confirmation: Confirmation

    /// Kept checkpoints that are looked at: as a rule the first one decides.
    private static let looked = 32

    /// The smallest time over the kept checkpoints that cover leaf `index`, each judged anew by the
    /// registry at hand.
    ///
    /// - Returns: nil while none of them is confirmed.
    /// - Throws: what the store throws, and `NoteError` when a stored line does not verify.
    package static func find(
        index: Int, in log: LogStore, registry: RegistryHolder
    ) throws -> LeafTime? {
        var best: LeafTime?
        for skipping in 0..<looked {
            guard let kept = try log.confirmed(covering: index, skipping: skipping) else { break }
            if let best, best.confirmation.time <= kept.time { break }
            guard let confirmation = try registry.confirmation(of: kept.checkpoint),
                best.map({ confirmation.time < $0.confirmation.time }) ?? true
            else { continue }
            best = LeafTime(checkpoint: kept.checkpoint, confirmation: confirmation)
        }
        return best
    }
}
