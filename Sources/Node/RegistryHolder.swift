package import Federation
package import Keys
package import MemberRegistry
package import NodeStore
package import Recognition
import Synchronization
package import TransparencyLog

/// A log that the registry vouches for.
package struct LogIdentity: Sendable, Equatable {
    /// The author.
    package let domain: String
    /// The epoch's number.
    package let epoch: Int
    /// What verifies its checkpoints; its name is the origin.
    package let key: VerifierKey
    /// How the epoch ended; nil while it is open.
    package let closing: LogEpoch.Closing?

    /// Whether the epoch is open.
    package var isOpen: Bool { closing == nil }
}

/// Who must cosign a log.
package struct WitnessPolicy: Sendable, Equatable {
    /// A witness and its newest key.
    package struct Member: Sendable, Equatable {
        /// The witness.
        package let domain: String
        /// Verifies its cosignatures.
        package let key: VerifierKey
    }

    /// The witness set.
    package let members: [Member]
    /// How many must have cosigned; 0 asks for none, and confirms nothing.
    package let quorum: Int

    /// The keys of the set.
    package var witnesses: [VerifierKey] { members.map(\.key) }

    /// What so many cosignatures of the set make of a head.
    package func standing(cosignatures: Int) -> HeadStanding {
        HeadStanding(cosignatures: cosignatures, witnesses: members.count, quorum: quorum)
    }
}

/// The registry that this node has fully accepted, and answers of the kinds that other rooms ask.
///
/// Owns: the accepted registry in memory. The files belong to `RegistryFiles`.
package final class RegistryHolder: Sendable {
    private struct State {
        var registry: TrustedRegistry?
        var stored: StoredMetadata?
    }

    private let domain: String
    private let state: Mutex<State>

    /// The registry as the data folder holds it; empty before the first refresh.
    package init(domain: String, folder: DataFolder) {
        self.domain = domain
        let stored = try? RegistryFiles(folder: folder).load()
        let registry = stored.flatMap { try? TrustedRegistry.restored(from: $0) }
        state = Mutex(State(registry: registry, stored: stored))
    }

    /// The accepted registry; nil before the first refresh.
    package var current: TrustedRegistry? { state.withLock { $0.registry } }

    /// Replaces the registry by a newer one that was fully accepted.
    package func accept(_ registry: TrustedRegistry, stored: StoredMetadata) {
        state.withLock { $0 = State(registry: registry, stored: stored) }
    }

    /// The files of the registry as a receipt carries them, for these members.
    ///
    /// - Throws: `Problem` `registry-unavailable`.
    package func excerpt(for domains: [String]) throws -> RegistryExcerpt {
        guard let stored = state.withLock({ $0.stored }) else {
            throw Problem(.registryUnavailable, "this node holds no registry yet")
        }
        return try stored.excerpt(for: domains)
    }

    /// The snapshot that is held.
    package var version: RegistryVersion? {
        current.map {
            RegistryVersion(version: Int($0.snapshotVersion), digest: $0.snapshotDigest)
        }
    }

    /// A log by origin; nil when the registry does not know it.
    package func log(_ origin: String) -> LogIdentity? {
        current?.logKey(forOrigin: origin).flatMap(Self.identity)
    }

    /// The logs of one member, in the order of their epochs.
    package func logs(of domain: String) -> [LogIdentity] {
        logs.filter { $0.domain == domain }.sorted { $0.epoch < $1.epoch }
    }

    /// All logs.
    package var logs: [LogIdentity] {
        current?.logKeys.compactMap(Self.identity) ?? []
    }

    /// All origins.
    package var origins: [String] { current?.origins ?? [] }

    /// Who must cosign a log at a time.
    package func witnesses(of origin: String, at time: Instant) -> WitnessPolicy {
        guard let set = current?.witnessSet(forOrigin: origin, at: time) else {
            return WitnessPolicy(members: [], quorum: 0)
        }
        return WitnessPolicy(members: Self.members(of: set), quorum: set.required)
    }

    /// Who keeps a log at a time.
    package func mirrors(of origin: String, at time: Instant) -> [WitnessPolicy.Member] {
        (current?.mirrorSet(forOrigin: origin, at: time)).map(Self.members) ?? []
    }

    private static func members(of set: WitnessSet) -> [WitnessPolicy.Member] {
        set.cosigners.compactMap { cosigner in
            guard let note = cosigner.keys.last, let key = try? VerifierKey(note.text) else {
                return nil
            }
            return WitnessPolicy.Member(domain: cosigner.domain, key: key)
        }
    }

    /// Which members keep a copy of a log at a time.
    package func mirrorDomains(of origin: String, at time: Instant) -> [String] {
        current?.mirrorSet(forOrigin: origin, at: time).cosigners.map(\.domain) ?? []
    }

    /// Every witness key that the registry lists, of today's set or not: whose lines are worth
    /// keeping.
    package var witnessKeys: [VerifierKey] {
        (current?.members ?? []).flatMap { member in
            member.document.keys.filter { $0.use == .witness }.compactMap {
                VerifierKey(
                    name: NoteKey.witnessName(member.document.domain), type: .cosignature,
                    publicKey: $0.publicKey)
            }
        }
    }

    /// Every witness and mirror key that the registry lists: whose cosignatures an audit verifies.
    package var cosignerKeys: [VerifierKey] {
        (current?.cosignerKeys ?? []).compactMap { try? VerifierKey($0.text) }
    }

    /// When a checkpoint reached the quorum that held then (protocol section 1, "Time"); nil below
    /// quorum and without a registry.
    ///
    /// - Throws: `NoteError` when the line of a known witness does not verify.
    package func confirmation(of checkpoint: VerifiedCheckpoint) throws -> Confirmation? {
        try current.flatMap { try Confirmation(of: checkpoint, in: $0) }
    }

    /// Where a member's node listens; nil for members without a node and for strangers.
    package func address(of domain: String) -> PeerAddress? {
        guard let document = current?.member(domain)?.document, let url = document.node else {
            return nil
        }
        let trust: PeerAddress.Trust =
            switch document.tls {
            case .system: .system
            case .authority(let certificate): .authority(certificate)
            }
        return PeerAddress(domain: domain, url: url, trust: trust)
    }

    /// The nodes of all other members.
    package var otherNodes: [PeerAddress] {
        (current?.members ?? []).map(\.document.domain).filter { $0 != domain }
            .compactMap { address(of: $0) }
    }

    /// A member's standing in a word, and `unchecked` while there is no registry.
    package func standing(of domain: String, at time: Instant) -> String {
        current?.standing(of: domain, at: time).state.rawValue ?? "unchecked"
    }

    /// The member whose document lists this DID.
    package func domain(ofDID did: String) -> String? {
        current?.members.first { $0.document.dids.contains(did) }?.document.domain
    }

    private static func identity(_ log: LogKey) -> LogIdentity? {
        guard let key = try? VerifierKey(log.key.text) else { return nil }
        return LogIdentity(
            domain: log.domain,
            epoch: Int(log.epoch.number),
            key: key,
            closing: log.epoch.closed
        )
    }
}
