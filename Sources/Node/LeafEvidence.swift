package import CanonicalJSON
package import Federation
package import Keys
package import NodeStore
import Recognition
package import TransparencyLog

/// That a leaf stands in a log: audit path, checkpoint and cosignatures, all verified.
package struct LeafEvidence: Sendable {
    /// The proof as anybody may check it.
    package let proof: InclusionProof
    /// The leaf's exact bytes.
    package let leaf: [UInt8]
    /// The checkpoint that covers the leaf.
    package let checkpoint: VerifiedCheckpoint
    /// Members' witnesses that cosigned it.
    package let witnesses: [Cosignature]
    /// How many of the log's witness set must have.
    package let quorum: Int
    /// When the leaf was confirmed; nil without quorum.
    package let confirmed: Instant?
    /// What the cosignatures make of the checkpoint.
    package let standing: HeadStanding

    /// Proves a leaf by the oldest confirmed checkpoint that covers it, or by the newest head.
    ///
    /// - Returns: nil when the log is shorter.
    /// - Throws: `ProofError` when what is stored does not prove: the copy is damaged.
    package static func gather(
        index: Int, in log: LogStore, registry: RegistryHolder, at now: Instant
    ) throws -> LeafEvidence? {
        let time = try LeafTime.find(index: index, in: log, registry: registry)
        guard let leaf = try log.entry(index), let checkpoint = time?.checkpoint ?? log.head
        else { return nil }
        let proof = try log.proof(of: index, in: checkpoint)
        try proof.verify(leaf: leaf, under: checkpoint)
        let policy = registry.witnesses(of: log.origin, at: now)
        let witnesses = try registry.cosignatures(on: checkpoint)
        let quorum = time?.confirmation.required ?? policy.quorum
        return LeafEvidence(
            proof: proof, leaf: leaf, checkpoint: checkpoint, witnesses: witnesses, quorum: quorum,
            confirmed: time?.confirmation.time,
            standing: HeadStanding(
                cosignatures: witnesses.count, witnesses: policy.members.count, quorum: quorum,
                isConfirmed: time != nil))
    }

    /// The lines that a person reads.
    package var json: JSON {
        var line = JSONObject()
        line["inclusion"] = "verified"
        line["index"] = .number(JSONNumber(Int64(proof.index)))
        line["checkpoint"] = [
            "origin": .string(checkpoint.checkpoint.origin),
            "size": .number(JSONNumber(Int64(checkpoint.checkpoint.size))),
            "root": .string(checkpoint.checkpoint.root.hex),
        ]
        line["cosignatures"] = .number(JSONNumber(Int64(witnesses.count)))
        line["quorum"] = .number(JSONNumber(Int64(quorum)))
        line["witnesses"] = .array(
            witnesses.map { ["name": .string($0.witness.name), "time": .string($0.time.text)] }
        )
        line["confirmed"] = confirmed.map { .string($0.text) } ?? .bool(false)
        line["confirmation"] = .string(standing.text)
        return .object(line)
    }
}
