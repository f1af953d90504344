package import Keys
package import MemberRegistry
package import TransparencyLog

/// When a checkpoint was confirmed, and by whom (protocol.md section 1, "Time").
package struct Confirmation: Equatable, Sendable {
    /// The smallest time by which the quorum had cosigned.
    package let time: Instant
    /// The domains of the witnesses that had cosigned by then, in the order of their times.
    package let witnesses: [String]
    /// How many were needed.
    package let required: Int

    /// How long after it stopped to hold a witness set still counts.
    private static let grace: Int64 = 86_400

    private struct Vote {
        let domain: String
        let time: Instant
    }

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
        let claimed = Self.claimedTimes(checkpoint.note)
        let votes = try Self.votes(on: checkpoint, claimed: claimed, registry: registry)
        for vote in votes {
            let before = votes.filter { $0.time <= vote.time }
            for moment in Self.moments(until: vote.time, claimed: claimed, registry: registry) {
                let set = registry.witnessSet(forOrigin: origin, at: moment)
                let domains = before.map(\.domain).filter { domain in
                    set.cosigners.contains { $0.domain == domain }
                }
                if set.required > 0, domains.count >= set.required {
                    (time, witnesses, required) = (vote.time, domains, set.required)
                    return
                }
            }
        }
        return nil
    }

    /// Each witness's earliest cosignature by a key that was valid then, in order of time.
    private static func votes(
        on checkpoint: VerifiedCheckpoint,
        claimed: [Instant],
        registry: TrustedRegistry
    ) throws(NoteError) -> [Vote] {
        let origin = checkpoint.checkpoint.origin
        var keys: [NoteKey: String] = [:]
        for member in registry.members {
            for key in member.document.keys where key.use == .witness {
                let name = NoteKey.witnessName(member.document.domain)
                let note = NoteKey(name: name, type: .cosignature, publicKey: key.publicKey)
                if let note { keys[note] = member.document.domain }
            }
        }
        // Witnesses whose documents an excerpt does not carry are known from the sets alone.
        for time in claimed {
            for cosigner in registry.witnessSet(forOrigin: origin, at: time).cosigners {
                for key in cosigner.keys { keys[key] = cosigner.domain }
            }
        }
        var votes: [Vote] = []
        for (key, domain) in keys {
            let verifier = try VerifierKey(key.text)
            for cosignature in try checkpoint.cosignatures(by: [verifier])
            where isValid(key, of: domain, at: cosignature.time, origin, registry) {
                votes.append(Vote(domain: domain, time: cosignature.time))
            }
        }
        var seen: Set<String> = []
        return votes.sorted { ($0.time, $0.domain) < ($1.time, $1.domain) }
            .filter { seen.insert($0.domain).inserted }
    }

    private static func isValid(
        _ key: NoteKey,
        of domain: String,
        at time: Instant,
        _ origin: String,
        _ registry: TrustedRegistry
    ) -> Bool {
        if let member = registry.member(domain) {
            return member.document.keys(for: .witness, at: time).contains {
                $0.publicKey == key.publicKey
            }
        }
        return registry.witnessSet(forOrigin: origin, at: time).cosigner(vkey: key.text) != nil
    }

    /// One moment of every stretch within the last 24 hours during which the set stayed the same:
    /// sets change only where a key, a standing or the quorum table does.
    private static func moments(
        until time: Instant,
        claimed: [Instant],
        registry: TrustedRegistry
    ) -> [Instant] {
        let start = time + -grace
        var changes = claimed + registry.network.quorums.map(\.from)
        for member in registry.members {
            changes += member.document.events.map(\.at)
            for key in member.document.keys where key.use == .witness {
                changes += [key.notBefore, key.end].compactMap(\.self)
            }
        }
        return [time, start] + Set(changes.filter { start < $0 && $0 < time }).sorted()
    }

    /// The times that cosignature lines claim, read before anything is verified: 8 bytes
    /// big-endian before the 64 bytes of the signature (C2SP tlog-cosignature).
    private static func claimedTimes(_ note: SignedNote) -> [Instant] {
        note.signatures.filter { $0.signature.count == 72 }.compactMap { line in
            let seconds = line.signature.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            // Far beyond any date that can be written, arithmetic on it would overflow.
            return seconds < 1 << 40 ? Instant(secondsSince1970: Int64(seconds)) : nil
        }
    }
}
