import Federation
import Keys
import MemberRegistry
import NodeStore
import Recognition
import Synchronization
import TransparencyLog

/// What is asked of one version of the registry for nearly every message, worked out once.
final class RegistryIndex: Sendable {
    /// A set of cosigners holds for a log and a stretch of time.
    private struct Place: Hashable {
        let origin: String
        let stretch: Int
    }

    /// What was found, which may be that there is no quorum.
    private struct Confirmed {
        let confirmation: Confirmation?
    }

    private struct Drawn {
        var witnesses: [Place: WitnessPolicy] = [:]
        var mirrors: [Place: [WitnessPolicy.Member]] = [:]
        /// Of the notes that were judged lately, when each reached its quorum, and who cosigned it.
        var confirmations = RecentCache<[UInt8], Confirmed>(capacity: 1024)
        var cosignatures = RecentCache<[UInt8], [Cosignature]>(capacity: 1024)
        var counts: [Place: (note: [UInt8], found: Int)] = [:]
    }

    /// Sets that are kept; nearly all questions are of today's.
    private static let maximumKept = 4096

    let registry: TrustedRegistry
    /// All logs, sorted by origin.
    let logs: [LogIdentity]
    private let logsByOrigin: [String: LogIdentity]
    private let originsByHash: [String: String]
    /// Where the members' nodes listen.
    let addresses: [String: PeerAddress]
    /// The members that have a node, in the registry's order.
    let nodes: [PeerAddress]
    /// Every witness key that the registry lists.
    let witnessKeys: [VerifierKey]
    private let drawn = Mutex(Drawn())

    init(_ registry: TrustedRegistry) {
        self.registry = registry
        logs = registry.logKeys.compactMap(Self.identity)
        logsByOrigin = Dictionary(uniqueKeysWithValues: logs.map { ($0.key.name, $0) })
        originsByHash = Dictionary(
            registry.origins.map { (Checkpoint.originHash($0).hex, $0) },
            uniquingKeysWith: { first, _ in first })
        nodes = registry.members.compactMap { PeerAddress(of: $0.document) }
        addresses = Dictionary(uniqueKeysWithValues: nodes.map { ($0.domain, $0) })
        witnessKeys = registry.members.flatMap { member in
            member.document.keys.filter { $0.use == .witness }.compactMap {
                VerifierKey(
                    name: NoteKey.witnessName(member.document.domain), type: .cosignature,
                    publicKey: $0.publicKey)
            }
        }
    }

    func log(_ origin: String) -> LogIdentity? { logsByOrigin[origin] }

    /// The origin whose hash has these hexadecimal digits.
    func origin(hash: String) -> String? { originsByHash[hash] }

    func witnesses(of origin: String, at time: Instant) -> WitnessPolicy {
        let place = Place(origin: origin, stretch: registry.stretch(at: time))
        if let known = drawn.withLock({ $0.witnesses[place] }) { return known }
        let set = registry.witnessSet(forOrigin: origin, at: time)
        let policy = WitnessPolicy(members: Self.members(of: set), quorum: set.required)
        drawn.withLock { drawn in
            if drawn.witnesses.count >= Self.maximumKept { drawn.witnesses = [:] }
            drawn.witnesses[place] = policy
        }
        return policy
    }

    func mirrors(of origin: String, at time: Instant) -> [WitnessPolicy.Member] {
        let place = Place(origin: origin, stretch: registry.stretch(at: time))
        if let known = drawn.withLock({ $0.mirrors[place] }) { return known }
        let members = Self.members(of: registry.mirrorSet(forOrigin: origin, at: time))
        drawn.withLock { drawn in
            if drawn.mirrors.count >= Self.maximumKept { drawn.mirrors = [:] }
            drawn.mirrors[place] = members
        }
        return members
    }

    /// When a head reached its quorum; the lines of one note are verified once.
    func confirmation(of head: VerifiedCheckpoint) throws -> Confirmation? {
        let note = head.note.bytes
        if let known = drawn.withLock({ $0.confirmations[note] }) { return known.confirmation }
        let found = try Confirmation(of: head, in: registry)
        drawn.withLock { $0.confirmations[note] = Confirmed(confirmation: found) }
        return found
    }

    /// The cosignatures on a head by all witnesses that the registry lists; the lines of one note are
    /// verified once.
    func cosignatures(on head: VerifiedCheckpoint) throws -> [Cosignature] {
        let note = head.note.bytes
        if let known = drawn.withLock({ $0.cosignatures[note] }) { return known }
        let found = try head.cosignatures(by: witnessKeys)
        drawn.withLock { $0.cosignatures[note] = found }
        return found
    }

    /// How many of the witnesses of its log have cosigned a head.
    func cosignatures(on head: VerifiedCheckpoint, at time: Instant) throws -> Int {
        let origin = head.checkpoint.origin
        let place = Place(origin: origin, stretch: registry.stretch(at: time))
        if let known = drawn.withLock({ $0.counts[place] }), known.note == head.note.bytes {
            return known.found
        }
        let witnesses = witnesses(of: origin, at: time).witnesses
        let found = try head.cosignatures(by: witnesses).count
        drawn.withLock { drawn in
            if drawn.counts.count >= Self.maximumKept { drawn.counts = [:] }
            drawn.counts[place] = (head.note.bytes, found)
        }
        return found
    }

    private static func members(of set: WitnessSet) -> [WitnessPolicy.Member] {
        set.cosigners.compactMap { cosigner in
            guard let note = cosigner.keys.last,
                let key = VerifierKey(
                    name: note.name, type: .cosignature, publicKey: note.publicKey)
            else { return nil }
            return WitnessPolicy.Member(domain: cosigner.domain, key: key)
        }
    }

    private static func identity(_ log: LogKey) -> LogIdentity? {
        guard
            let key = VerifierKey(
                name: log.origin, type: .ed25519, publicKey: log.key.publicKey)
        else { return nil }
        return LogIdentity(
            domain: log.domain,
            epoch: Int(log.epoch.number),
            key: key,
            closing: log.epoch.closed
        )
    }
}
