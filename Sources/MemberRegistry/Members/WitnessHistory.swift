package import Keys

/// How the witness sets of logs came and went: what judging a checkpoint's time rests on.
extension TrustedRegistry {
    /// The witness keys that `domain` has or ever had, those of members whose documents this
    /// registry does not carry too.
    package func witnessKeys(of domain: String) -> [NoteKey] {
        guard let member = member(domain) else {
            return (cosigners[domain]?.witness ?? []).map(\.key)
        }
        let name = NoteKey.witnessName(domain)
        return member.document.keys.filter { $0.use == .witness }.compactMap {
            NoteKey(name: name, type: .cosignature, publicKey: $0.publicKey)
        }
    }

    /// Whether a witness key of `domain` was valid at `time`. Of a member whose document is not
    /// carried only the times are known at which it was active too.
    package func isValid(_ key: NoteKey, ofWitness domain: String, at time: Instant) -> Bool {
        guard let member = member(domain) else {
            return (cosigners[domain]?.witness ?? []).contains {
                $0.key == key && $0.interval.contains(time)
            }
        }
        return member.document.keys(for: .witness, at: time).contains {
            $0.publicKey == key.publicKey
        }
    }

    /// The moments after `start` and not after `end` at which a witness set or a quorum may have
    /// become another, sorted: between two of them nothing changes.
    package func witnessSetChanges(after start: Instant, until end: Instant) -> [Instant] {
        cosignerChanges.ofWitnesses.filter { start < $0 && $0 <= end }
    }

    /// Which stretch of time `time` lies in: within one, no witness or mirror set and no quorum
    /// changes.
    package func stretch(at time: Instant) -> Int {
        let moments = cosignerChanges.ofAll
        var (low, high) = (0, moments.count)
        while low < high {
            let middle = (low + high) / 2
            if moments[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The moments at which keys and quorums come into force or end, sorted.
struct CosignerChanges: Sendable {
    /// Those of witnesses and quorums.
    let ofWitnesses: [Instant]
    /// Those of mirrors too.
    let ofAll: [Instant]

    init(of members: some Collection<CosignerIntervals>, _ network: NetworkDocument) {
        let witnesses = Self.moments(members.flatMap(\.witness))
            .union(network.quorums.map(\.from))
        ofWitnesses = witnesses.sorted()
        ofAll = witnesses.union(Self.moments(members.flatMap(\.mirror))).sorted()
    }

    private static func moments(_ entries: [CosignerIntervals.Entry]) -> Set<Instant> {
        Set(entries.flatMap { [$0.interval.from, $0.interval.until].compactMap(\.self) })
    }
}
