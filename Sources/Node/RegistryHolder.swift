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
        var index: RegistryIndex?
        var stored: StoredMetadata?
        /// How many registries were accepted since the start.
        var accepted: UInt64 = 0
    }

    private let domain: String
    private let state: Mutex<State>

    /// The registry as the data folder holds it; empty before the first refresh.
    package init(domain: String, folder: DataFolder) {
        self.domain = domain
        let stored = try? RegistryFiles(folder: folder).load()
        let registry = stored.flatMap { try? TrustedRegistry.restored(from: $0) }
        state = Mutex(State(index: registry.map { RegistryIndex($0) }, stored: stored))
    }

    /// The accepted registry; nil before the first refresh.
    package var current: TrustedRegistry? { index?.registry }

    private var index: RegistryIndex? { state.withLock { $0.index } }

    /// Replaces the registry by a newer one that was fully accepted.
    package func accept(_ registry: TrustedRegistry, stored: StoredMetadata) {
        let index = RegistryIndex(registry)
        state.withLock {
            $0 = State(index: index, stored: stored, accepted: $0.accepted + 1)
        }
    }

    /// How many registries were accepted since the start: while it is the same, so are all answers at one
    /// time.
    package var changes: UInt64 { state.withLock { $0.accepted } }

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
        index?.log(origin)
    }

    /// The origin whose hash has these hexadecimal digits; nil when the registry has none.
    package func origin(hash: String) -> String? {
        index?.origin(hash: hash)
    }

    /// The logs of one member, in the order of their epochs.
    package func logs(of domain: String) -> [LogIdentity] {
        logs.filter { $0.domain == domain }.sorted { $0.epoch < $1.epoch }
    }

    /// All logs.
    package var logs: [LogIdentity] {
        index?.logs ?? []
    }

    /// All origins.
    package var origins: [String] { current?.origins ?? [] }

    /// Who must cosign a log at a time.
    package func witnesses(of origin: String, at time: Instant) -> WitnessPolicy {
        index?.witnesses(of: origin, at: time) ?? WitnessPolicy(members: [], quorum: 0)
    }

    /// Who keeps a log at a time.
    package func mirrors(of origin: String, at time: Instant) -> [WitnessPolicy.Member] {
        index?.mirrors(of: origin, at: time) ?? []
    }

    /// Which members keep a copy of a log at a time.
    package func mirrorDomains(of origin: String, at time: Instant) -> [String] {
        mirrors(of: origin, at: time).map(\.domain)
    }

    /// Every witness key that the registry lists, of today's set or not: whose lines are worth
    /// keeping.
    package var witnessKeys: [VerifierKey] { index?.witnessKeys ?? [] }

    /// Every witness and mirror key that the registry lists: whose cosignatures an audit verifies.
    package var cosignerKeys: [VerifierKey] {
        (current?.cosignerKeys ?? []).compactMap { try? VerifierKey($0.text) }
    }

    /// When a checkpoint reached the quorum that held then (protocol section 1, "Time"); nil below
    /// quorum and without a registry.
    ///
    /// - Throws: `NoteError` when the line of a known witness does not verify.
    package func confirmation(of checkpoint: VerifiedCheckpoint) throws -> Confirmation? {
        try index?.confirmation(of: checkpoint)
    }

    /// The cosignatures on a head by all witnesses that the registry lists, of today's set or not.
    ///
    /// - Throws: `NoteError` when the line of a known witness does not verify.
    package func cosignatures(on head: VerifiedCheckpoint) throws -> [Cosignature] {
        try index?.cosignatures(on: head) ?? []
    }

    /// How many of the witnesses that a log has at a time have cosigned a head.
    ///
    /// - Throws: `NoteError` when the line of one of them does not verify.
    package func cosignatures(on head: VerifiedCheckpoint, at time: Instant) throws -> Int {
        try index?.cosignatures(on: head, at: time) ?? 0
    }

    /// Where a member's node listens; nil for members without a node and for strangers.
    package func address(of domain: String) -> PeerAddress? {
        index?.addresses[domain]
    }

    /// The nodes of all other members.
    package var otherNodes: [PeerAddress] {
        (index?.nodes ?? []).filter { $0.domain != domain }
    }

    /// A member's standing in a word, and `unchecked` while there is no registry.
    package func standing(of domain: String, at time: Instant) -> String {
        current?.standing(of: domain, at: time).state.rawValue ?? "unchecked"
    }

    /// The member whose document lists this DID.
    package func domain(ofDID did: String) -> String? {
        current?.members.first { $0.document.dids.contains(did) }?.document.domain
    }
}
