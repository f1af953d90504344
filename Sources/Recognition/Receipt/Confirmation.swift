package import Keys
package import MemberRegistry
package import TransparencyLog

/// When a checkpoint was confirmed, and by whom (protocol.md section 1, "Time"). The one place of
/// this rule.
package struct Confirmation: Equatable, Sendable {
    /// A witness's first cosignature that counts.
    package struct Vote: Equatable, Sendable {
        /// The witness.
        package let domain: String
        /// When it says that it saw the head.
        package let time: Instant
    }

    /// The smallest time by which the quorum had cosigned.
    package let time: Instant
    /// The members of the set that had cosigned by then, in the order of their times.
    package let votes: [Vote]
    /// How many were needed.
    package let required: Int
    /// How many witnesses the set has.
    package let witnessCount: Int
    /// The moment whose witness set they are of.
    package let moment: Instant

    /// The domains of the witnesses that had cosigned.
    package var witnesses: [String] { votes.map(\.domain) }

    /// How long after it stopped to hold a witness set still counts.
    private static let grace: Int64 = 86_400

    /// Looks for the smallest cosignature time t for which, at one moment s in [t - 24 h, t], as
    /// many members of the witness set as were required at s had cosigned, each with a key that
    /// was valid at the time of its cosignature.
    ///
    /// - Returns: nil below quorum, and for a log that has no witnesses.
    /// - Throws: `NoteError` when the line of a known witness does not verify.
    package init?(
        of checkpoint: VerifiedCheckpoint,
        in registry: TrustedRegistry
    ) throws(NoteError) {
        let origin = checkpoint.checkpoint.origin
        let votes = try Self.votes(on: checkpoint, registry: registry)
        var sets: [Int: WitnessSet] = [:]
        for vote in votes {
            let before = votes.filter { $0.time <= vote.time }
            for moment in Self.moments(until: vote.time, registry: registry) {
                let stretch = registry.stretch(at: moment)
                let set =
                    sets[stretch] ?? registry.witnessSet(forOrigin: origin, at: moment)
                sets[stretch] = set
                let counted = before.filter { vote in
                    set.cosigners.contains { $0.domain == vote.domain }
                }
                guard set.required > 0, counted.count >= set.required else { continue }
                self.votes = counted
                self.moment = moment
                (time, required) = (vote.time, set.required)
                witnessCount = set.cosigners.count
                return
            }
        }
        return nil
    }

    /// Each witness's earliest cosignature by a key that was valid then, in order of time.
    private static func votes(
        on checkpoint: VerifiedCheckpoint,
        registry: TrustedRegistry
    ) throws(NoteError) -> [Vote] {
        var votes: [Vote] = []
        for name in Set(checkpoint.note.signatures.map(\.name)) {
            let domain = String(name.prefix { $0 != "/" })
            guard name == NoteKey.witnessName(domain) else { continue }
            for key in Set(registry.witnessKeys(of: domain)) {
                guard
                    let verifier = VerifierKey(
                        name: key.name, type: .cosignature, publicKey: key.publicKey)
                else { continue }
                for time in try checkpoint.cosignatureTimes(by: verifier)
                where registry.isValid(key, ofWitness: domain, at: time) {
                    votes.append(Vote(domain: domain, time: time))
                }
            }
        }
        var seen: Set<String> = []
        return votes.sorted { ($0.time, $0.domain) < ($1.time, $1.domain) }
            .filter { seen.insert($0.domain).inserted }
    }

    /// One moment of every stretch within the last 24 hours during which the set stayed the same,
    /// the newest first.
    private static func moments(until time: Instant, registry: TrustedRegistry) -> [Instant] {
        let start = time + -grace
        return registry.witnessSetChanges(after: start, until: time).reversed() + [start]
    }
}
