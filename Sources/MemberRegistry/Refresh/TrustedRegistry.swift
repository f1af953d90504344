package import Keys

/// A registry that was verified from its root down. Only the refresh, the node's own disk and the
/// offline check make one.
package struct TrustedRegistry: Sendable {
    /// How old what we know is (protocol.md section 5, freshness).
    package enum Freshness: Sendable {
        /// Less than 7 days.
        case fresh
        /// 7 days and more: warn.
        case ageing
        /// 28 days and more: accept no new member, key or agreement.
        case stale
    }

    /// `network.json`.
    package let network: NetworkDocument
    /// The members accepted, sorted by domain.
    package let members: [Member]
    /// What was not accepted, and why.
    package let alarms: [RegistryAlarm]
    /// Versions of `root`, `timestamp`, `snapshot`, `targets` and the bodies that are not frozen.
    package let versions: [String: Int64]
    /// When each of these expires.
    package let expiries: [String: Instant]
    /// SHA-256 of the snapshot file; two copies of one version must agree.
    package let snapshotDigest: Digest
    /// SHA-256 of each root file at hand, by version.
    package let rootDigests: [Int64: Digest]
    /// Bodies whose role is not valid now; what was accepted of them before stays.
    package let frozenBodies: [String]

    private let index: MemberIndex
    /// Domains that the roles list but whose documents are not carried (excerpts only).
    private let notCarried: Set<String>
    /// By domain, those of members whose documents are not carried too.
    let cosigners: [String: CosignerIntervals]
    /// When a witness set, a mirror set or a quorum may become another, sorted.
    let cosignerChanges: CosignerChanges
    private let epochs: [String: LogKey]

    init(
        _ trusted: TrustedMetadata,
        snapshot: [UInt8],
        roots: [[UInt8]],
        network: NetworkDocument,
        index: MemberIndex,
        notCarried: [String: CosignerIntervals] = [:],
        frozen: Set<String>,
        alarms: [RegistryAlarm]
    ) {
        self.network = network
        self.index = index
        self.alarms = alarms
        members = index.members.values.sorted { $0.document.domain < $1.document.domain }
        frozenBodies = frozen.sorted()
        snapshotDigest = Digest(of: snapshot)
        (versions, expiries) = Self.roles(trusted)
        rootDigests = Dictionary(
            uniqueKeysWithValues: roots.enumerated().map {
                (trusted.root.version - Int64(roots.count - 1 - $0.offset), Digest(of: $0.element))
            }
        )
        self.notCarried = Set(notCarried.keys)
        cosigners = index.members.mapValues { CosignerIntervals($0.document) }
            .merging(notCarried) { carried, _ in carried }
        cosignerChanges = CosignerChanges(of: cosigners.values, network)
        var epochs: [String: LogKey] = [:]
        for log in members.flatMap({ LogKey.all(of: $0.document) }) { epochs[log.origin] = log }
        self.epochs = epochs
    }

    private static func roles(
        _ trusted: TrustedMetadata
    ) -> (versions: [String: Int64], expiries: [String: Instant]) {
        var versions = ["root": trusted.root.version]
        var expiries = ["root": trusted.root.expires]
        versions["timestamp"] = trusted.timestamp?.version
        expiries["timestamp"] = trusted.timestamp?.expires
        versions["snapshot"] = trusted.snapshot?.version
        expiries["snapshot"] = trusted.snapshot?.expires
        for (role, metadata) in trusted.targets {
            versions[role] = metadata.version
            expiries[role] = metadata.expires
        }
        return (versions, expiries)
    }

    /// The snapshot's version.
    package var snapshotVersion: Int64 { versions["snapshot"] ?? 0 }

    /// Seconds since the timestamp was made, taking it to live for one day.
    package func age(at time: Instant) -> Int64 {
        guard let expires = expiries["timestamp"] else { return .max }
        return time - (expires + -86_400)
    }

    /// What the age means.
    package func freshness(at time: Instant) -> Freshness {
        switch age(at: time) {
        case ..<(7 * 86_400): .fresh
        case ..<(28 * 86_400): .ageing
        default: .stale
        }
    }

    /// The member of this domain; nil when there is none or the excerpt does not carry it.
    package func member(_ domain: String) -> Member? { index.members[domain] }

    /// What the domain is to the network at `time`.
    package func standing(of domain: String, at time: Instant) -> Standing {
        if let member = index.members[domain] { return member.document.standing(at: time) }
        return Standing(notCarried.contains(domain) ? .notCarried : .notAMember)
    }

    /// The origins of all logs, closed ones too, sorted.
    package var origins: [String] { epochs.keys.sorted() }

    /// The log keys of all members, sorted by origin.
    package var logKeys: [LogKey] { epochs.values.sorted { $0.origin < $1.origin } }

    /// The key and state of one log; nil for an origin that the registry does not know.
    package func logKey(forOrigin origin: String) -> LogKey? { epochs[origin] }

    /// The key that anyone registered with these public-key bytes, for `use` if given; nil when
    /// nobody did.
    package func keyOwner(
        of publicKey: PublicKey,
        use: MemberKey.Use? = nil
    ) -> KeyAnswer.Holder? {
        guard let kid = JWK.thumbprint(publicKey), let holder = holder(of: kid),
            holder.key.publicKey == publicKey, use ?? holder.key.use == holder.key.use
        else { return nil }
        return holder
    }

    /// What the key with this id was worth at `time`.
    package func key(kid: String, at time: Instant) -> KeyAnswer {
        guard let holder = holder(of: kid) else { return KeyAnswer(state: .unknown, holder: nil) }
        return KeyAnswer(state: holder.key.state(at: time), holder: holder)
    }

    private func holder(of kid: String) -> KeyAnswer.Holder? {
        guard let domain = index.keyOwners[kid], let member = index.members[domain],
            let key = member.document.key(kid)
        else { return nil }
        return KeyAnswer.Holder(domain: domain, key: key, document: member.digest)
    }

    /// Who must cosign the log `origin` at `time`: of the other members that are active and have a
    /// valid witness key then, those with the lowest hashes (protocol.md section 4).
    package func witnessSet(forOrigin origin: String, at time: Instant) -> WitnessSet {
        let candidates = candidates(forOrigin: origin, at: time) { $0.witness }
        let row = network.quorum(eligible: candidates.count, at: time)
        return WitnessSet(
            cosigners: WitnessSet.lowest(
                row?.witnesses ?? 0,
                of: candidates,
                forOrigin: origin
            ),
            required: row?.required ?? 0,
            eligible: candidates.count
        )
    }

    /// Who mirrors the log `origin` at `time`, drawn in the same way; none is required.
    package func mirrorSet(forOrigin origin: String, at time: Instant) -> WitnessSet {
        let candidates = candidates(forOrigin: origin, at: time) { $0.mirror }
        return WitnessSet(
            cosigners: WitnessSet.lowest(network.mirrors, of: candidates, forOrigin: origin),
            required: 0,
            eligible: candidates.count
        )
    }

    /// Every witness and mirror key that the members' documents list, valid now or not: whose
    /// cosignatures can be verified.
    package var cosignerKeys: [NoteKey] {
        members.flatMap { member in
            let domain = member.document.domain
            return member.document.keys.compactMap { key in
                switch key.use {
                case .witness:
                    NoteKey(
                        name: NoteKey.witnessName(domain), type: .cosignature,
                        publicKey: key.publicKey)
                case .mirror:
                    NoteKey(
                        name: NoteKey.mirrorName(domain), type: .cosignature,
                        publicKey: key.publicKey)
                default: nil
                }
            }
        }
    }

    private func candidates(
        forOrigin origin: String,
        at time: Instant,
        _ entries: (CosignerIntervals) -> [CosignerIntervals.Entry]
    ) -> [WitnessSet.Cosigner] {
        let author = origin.prefix { $0 != "/" }
        return cosigners.compactMap { domain, intervals in
            guard domain != author else { return nil }
            let keys = entries(intervals).filter { $0.interval.contains(time) }.map(\.key)
            return keys.isEmpty ? nil : WitnessSet.Cosigner(domain: domain, keys: keys)
        }
    }
}
