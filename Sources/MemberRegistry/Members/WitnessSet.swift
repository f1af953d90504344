import Keys

/// Who cosigns or mirrors one log at one moment (protocol.md section 4).
package struct WitnessSet: Equatable, Sendable {
    /// One member of the set with all its keys that are valid at that moment.
    package struct Cosigner: Equatable, Sendable {
        /// The member.
        package let domain: String
        /// At least one key.
        package let keys: [NoteKey]
    }

    /// In ascending order of SHA-256(origin hash ‖ domain).
    package let cosigners: [Cosigner]
    /// How many of them must cosign; 0: the log is unwitnessed and nothing confirms it.
    package let required: Int
    /// How many members could have been drawn.
    package let eligible: Int

    /// The key that `vkey` names, if its holder belongs to the set.
    package func cosigner(vkey: String) -> Cosigner? {
        cosigners.first { $0.keys.contains { $0.text == vkey } }
    }

    /// The lowest `count` of `candidates` for the log `origin`.
    static func lowest(
        _ count: Int,
        of candidates: [Cosigner],
        forOrigin origin: String
    ) -> [Cosigner] {
        let originHash = Digest(of: Array(origin.utf8)).bytes
        let ranked = candidates.map {
            (rank: Digest(of: originHash + Array($0.domain.utf8)), cosigner: $0)
        }
        return ranked.sorted { $0.rank < $1.rank }.prefix(count).map(\.cosigner)
    }
}
