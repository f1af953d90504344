package import Federation
import Keys
import NodeStore
package import TransparencyLog

/// The protocol step of a witness, apart from HTTP.
package struct WitnessDesk: Sendable {
    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Judges an add-checkpoint request; the cosigned head is on disk before this returns.
    ///
    /// - Throws: `Problem` `not-found` when this member is no witness, and what the store throws.
    package func addCheckpoint(
        _ request: AddCheckpoint
    ) throws -> (verdict: WitnessVerdict, cosignature: NoteSignature?) {
        guard let signer = node.identity.witnessSigner else {
            throw Problem(.notFound, "this member is no witness")
        }
        guard let origin = try? Checkpoint(text: request.note.text).origin else {
            return (.malformed("the note is no checkpoint"), nil)
        }
        let log = node.registry.log(origin)
        if let log, !log.isOpen { return (.forbidden("the epoch is closed"), nil) }
        let now = node.time.now()
        if log == nil { node.gossip.handle { $0.announcedUnknown(at: now) } }
        return try node.database.witness(request, origin: origin, key: log?.key) {
            try signer.sign($0.note.text, at: now)
        }
    }

    /// The last checkpoint that this witness cosigned of the log whose origin hashes to these
    /// digits; nil when none.
    package func witnessed(originHash: String) throws -> SignedNote? {
        let origin = node.registry.origins.first {
            Checkpoint.originHash($0).hex == originHash
        }
        return try origin.flatMap { try node.database.witnessed($0) }
    }
}
