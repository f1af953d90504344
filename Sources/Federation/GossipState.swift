package import Keys

/// Whom to poll and what to fetch: synchronous, without I/O, the same from the same seed.
///
/// Owns: the neighbours, their back-off, and which heads are wanted from whom.
package struct GossipState: Sendable {
    /// What the node is to do next.
    package enum Effect: Sendable, Equatable {
        /// Ask for the heads that changed since a position.
        case poll(domain: String, instance: String?, since: Int)
        /// Fetch and verify a log's checkpoint and entries from a member.
        case fetch(origin: String, from: String)
        /// Look for a newer registry, preferably at this member.
        case refreshRegistry(from: String)
        /// Show a member the evidence against a log.
        case passOn(evidence: String, to: String)
    }

    /// What is known of a member as a peer.
    package struct Peer: Sendable, Equatable {
        /// Whether it is one of the polled neighbours.
        package var isNeighbour = false
        /// Its table's instance and the next position.
        package var instance: String?
        /// Position to ask from.
        package var since = 0
        /// Failures since the last success.
        package var failures = 0
        /// Not polled before.
        package var nextPoll: Instant?
        /// Last successful poll.
        package var lastSuccess: Instant?
        /// Why the last poll failed.
        package var lastError: String?
        var inFlight = false
    }

    /// Neighbours that a node keeps.
    package static let neighbourCount = 6
    /// Seconds between polls of a neighbour, +-20 %.
    package static let pollSeconds: Int64 = 60
    /// Longest back-off in seconds; while no neighbour is healthy, `isolatedBackoff`.
    package static let longestBackoff: Int64 = 6 * 3600
    /// Longest back-off while no neighbour is healthy.
    package static let isolatedBackoff: Int64 = 600
    /// Failures after which a neighbour is replaced.
    package static let failuresToReplace = 2
    /// Seconds before an author is asked again for a head that nobody could serve.
    package static let retrySeconds: Int64 = 10
    /// Longest such wait in seconds; it doubles with each failure.
    package static let longestRetry: Int64 = 3600
    /// Seconds between rotations of one neighbour.
    package static let rotationSeconds: Int64 = 3600

    /// All members but oneself.
    package private(set) var peers: [String: Peer] = [:]
    /// Short origin to origin, of every log that the registry vouches for.
    private var origins: [String: String] = [:]
    private var authors: [String: String] = [:]
    private var held: [String: (size: Int, root: String, cosignatures: Int)] = [:]
    private var wanted: [String: (size: Int, sources: [String])] = [:]
    private var fetching: Set<String> = []
    private var retries: [String: Instant] = [:]
    private var fetchFailures: [String: Int] = [:]
    /// Quarantined logs, and who has been shown the evidence or is being shown it.
    var evidence: [String: Set<String>] = [:]
    private var snapshotVersion = 0
    private var refreshTokens = 10
    private var lastToken: Instant?
    private var lastRotation: Instant?
    private var lastTick: Instant?
    private var random: SplitMix64

    /// A state that draws its chances from `seed`.
    package init(seed: UInt64) {
        random = SplitMix64(state: seed)
    }

    /// Takes the registry's members (without oneself) and the logs that it vouches for.
    package mutating func registryChanged(
        members: Set<String>,
        logs: [String: String],
        snapshot: Int,
        at now: Instant
    ) -> [Effect] {
        snapshotVersion = snapshot
        for domain in peers.keys where !members.contains(domain) { peers[domain] = nil }
        for domain in members where peers[domain] == nil { peers[domain] = Peer() }
        origins = [:]
        authors = logs
        for origin in logs.keys { origins[HeadHint.shortOrigin(origin)] = origin }
        chooseNeighbours(at: now)
        return tick(at: now)
    }

    /// Notes what is held of a log: at start, and after each step of replication.
    package mutating func holds(origin: String, size: Int, root: Digest, cosignatures: Int) {
        held[origin] = (size, String(root.hex.prefix(16)), cosignatures)
    }

    /// Time has passed.
    package mutating func tick(at now: Instant) -> [Effect] {
        if let last = lastTick, now < last { turnBack(by: last - now) }
        lastTick = now
        rotate(at: now)
        var effects = retryFetches(at: now)
        for domain in peers.keys.sorted() {
            guard let peer = peers[domain], peer.isNeighbour, !peer.inFlight,
                peer.nextPoll.map({ $0 <= now }) ?? true
            else { continue }
            effects.append(poll(domain))
        }
        return effects
    }

    /// The earliest moment at which `tick` has something to do; nil when there is none.
    package var nextTick: Instant? {
        let polls = peers.values.filter { $0.isNeighbour && !$0.inFlight }.compactMap(\.nextPoll)
        return (polls + retries.values).min()
    }

    /// The clock was set back: what was planned by the old time would come as much too late.
    private mutating func turnBack(by seconds: Int64) {
        for (domain, peer) in peers {
            peers[domain]?.nextPoll = peer.nextPoll.map { $0 + -seconds }
        }
        retries = retries.mapValues { $0 + -seconds }
        lastToken = lastToken.map { $0 + -seconds }
        lastRotation = lastRotation.map { $0 + -seconds }
    }

    private mutating func retryFetches(at now: Instant) -> [Effect] {
        var effects: [Effect] = []
        for origin in retries.filter({ $0.value <= now }).keys.sorted() {
            retries[origin] = nil
            guard let want = wanted[origin], let author = authors[origin] else { continue }
            effects += fetchNext(origin, (want.size, [author]))
        }
        return effects
    }

    /// Polls everybody now, neighbour or not.
    package mutating func pollAll() -> [Effect] {
        peers.keys.sorted().filter { peers[$0]?.inFlight == false }.map { poll($0) }
    }

    /// A poll succeeded.
    package mutating func received(
        _ page: HeadsPage,
        from domain: String,
        at now: Instant
    ) -> [Effect] {
        guard var peer = peers[domain] else { return [] }
        peer.inFlight = false
        peer.failures = 0
        peer.lastError = nil
        peer.lastSuccess = now
        peer.instance = page.instance
        peer.since = page.next
        peer.nextPoll = page.more ? now : now + jittered(Self.pollSeconds)
        peers[domain] = peer
        var effects = showEvidence(to: [domain])
        var unknownOrigins = 0
        for row in page.rows {
            guard let origin = origins[row.origin] else {
                unknownOrigins += 1
                continue
            }
            effects += heard(of: origin, row: row, from: domain)
        }
        if page.snapshot.map({ $0.version > snapshotVersion }) ?? false || unknownOrigins > 0 {
            effects += refresh(from: domain, at: now)
        }
        if page.more { effects.append(poll(domain)) }
        return effects
    }

    /// A poll failed.
    package mutating func pollFailed(_ domain: String, reason: String, at now: Instant) -> [Effect]
    {
        guard var peer = peers[domain] else { return [] }
        peer.inFlight = false
        peer.failures += 1
        peer.lastError = reason
        let healthy = peers.values.contains { $0.isNeighbour && $0.failures == 0 }
        let cap = healthy ? Self.longestBackoff : Self.isolatedBackoff
        let backoff = min(cap, Self.pollSeconds << Int64(min(peer.failures - 1, 12)))
        peer.nextPoll = now + jittered(backoff)
        if peer.failures >= Self.failuresToReplace { peer.isNeighbour = false }
        peers[domain] = peer
        chooseNeighbours(at: now)
        return tick(at: now)
    }

    /// An author announced a verified head of its own log.
    package mutating func announced(
        origin: String,
        size: Int,
        root: Digest,
        cosignatures: Int
    ) -> [Effect] {
        guard let author = authors[origin] else { return [] }
        let row = HeadHint(
            origin: HeadHint.shortOrigin(origin),
            size: size,
            root: String(root.hex.prefix(16)),
            cosignatures: cosignatures
        )
        return heard(of: origin, row: row, from: author)
    }

    /// A stranger's log was announced: perhaps a member that was admitted just now.
    package mutating func announcedUnknown(at now: Instant) -> [Effect] {
        guard let source = peers.keys.sorted().first else { return [] }
        return refresh(from: source, at: now)
    }

    /// A fetch ended. A source that failed is not asked again for the same head; when none is left
    /// the author is asked again after `retrySeconds` and ever later, since no feed repeats a row.
    package mutating func fetched(
        origin: String,
        succeeded: Bool,
        at now: Instant
    ) -> [Effect] {
        fetching.remove(origin)
        if succeeded { fetchFailures[origin] = nil }
        guard let want = wanted[origin] else { return [] }
        guard want.sources.isEmpty else { return fetchNext(origin, want) }
        if succeeded, want.size <= held[origin]?.size ?? 0 {
            wanted[origin] = nil
            return []
        }
        let failures = fetchFailures[origin] ?? 0
        fetchFailures[origin] = failures + 1
        retries[origin] =
            now + min(Self.longestRetry, Self.retrySeconds << Int64(min(failures, 12)))
        return []
    }

    /// The sizes that were heard of and are not held yet.
    package var outstanding: [String: Int] { wanted.mapValues(\.size) }

    /// Nothing more is wanted of a log.
    mutating func forget(_ origin: String) {
        wanted[origin] = nil
        retries[origin] = nil
    }

    private mutating func heard(of origin: String, row: HeadHint, from domain: String) -> [Effect] {
        guard evidence[origin] == nil else { return [] }
        let have = held[origin]
        // A smaller head is stale, whoever serves it; the same one is news only for its witnesses.
        guard row.size >= have?.size ?? 0 else { return [] }
        if let have, row.size == have.size, row.root == have.root,
            row.cosignatures <= have.cosignatures
        {
            return []
        }
        var want = wanted[origin] ?? (0, [])
        if row.size > want.size { want = (row.size, []) }
        if !want.sources.contains(domain) { want.sources.append(domain) }
        return fetchNext(origin, want)
    }

    private mutating func fetchNext(
        _ origin: String,
        _ want: (size: Int, sources: [String])
    ) -> [Effect] {
        wanted[origin] = want
        guard !fetching.contains(origin), let source = want.sources.first else { return [] }
        wanted[origin]?.sources.removeFirst()
        fetching.insert(origin)
        return [.fetch(origin: origin, from: source)]
    }

    private mutating func poll(_ domain: String) -> Effect {
        peers[domain]?.inFlight = true
        let peer = peers[domain]
        return .poll(domain: domain, instance: peer?.instance, since: peer?.since ?? 0)
    }

    /// A bucket of 10, refilled one a minute.
    private mutating func refresh(from domain: String, at now: Instant) -> [Effect] {
        let last = lastToken ?? now
        let minutes = max(0, (now - last) / 60)
        lastToken = last + minutes * 60
        refreshTokens = min(10, refreshTokens + Int(minutes))
        guard refreshTokens > 0 else { return [] }
        refreshTokens -= 1
        return [.refreshRegistry(from: domain)]
    }

    private mutating func chooseNeighbours(at now: Instant) {
        let count = peers.values.count { $0.isNeighbour }
        guard count < Self.neighbourCount else { return }
        var candidates = peers.filter { !$0.value.isNeighbour && ($0.value.nextPoll ?? now) <= now }
            .keys.sorted()
        if candidates.isEmpty, count == 0 {
            // Isolated: better an ill neighbour than none; its back-off still holds.
            candidates = peers.keys.sorted()
        }
        candidates.shuffle(using: &random)
        for domain in candidates.prefix(Self.neighbourCount - count) {
            peers[domain]?.isNeighbour = true
        }
    }

    private mutating func rotate(at now: Instant) {
        guard let last = lastRotation else {
            lastRotation = now
            return
        }
        guard now - last >= Self.rotationSeconds else { return chooseNeighbours(at: now) }
        lastRotation = now
        let neighbours = peers.filter(\.value.isNeighbour).keys.sorted()
        guard peers.count > neighbours.count,
            let leaving = neighbours.randomElement(using: &random)
        else { return }
        peers[leaving]?.isNeighbour = false
        let others = peers.keys.filter { $0 != leaving && peers[$0]?.isNeighbour == false }.sorted()
        if let joining = others.randomElement(using: &random) {
            peers[joining]?.isNeighbour = true
        }
    }

    private mutating func jittered(_ seconds: Int64) -> Int64 {
        let fifth = max(1, seconds / 5)
        return seconds + Int64.random(in: -fifth...fifth, using: &random)
    }
}

/// A small generator with a seed, so that a run can be repeated.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator that starts from `state`.
    package init(state: UInt64) {
        self.state = state
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
