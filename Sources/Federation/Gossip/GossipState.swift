package import Keys

/// Whom to poll and what to fetch: synchronous, without I/O, the same from the same seed.
///
/// Owns: the neighbours, their back-off, which heads are wanted from whom, and whose clock says
/// what. The schedule, the wanted heads and the evidence have files of their own.
package struct GossipState: Sendable {
    /// What the node is to do next. There are never more of them than peers, fetches under way,
    /// refreshes that the bucket allows, and evidence to show, so a queue of them is bounded.
    package enum Effect: Sendable, Equatable {
        /// Ask for the heads that changed since a position.
        case poll(domain: String, instance: String?, since: Int)
        /// Fetch and verify a log's checkpoint and entries from a member.
        case fetch(origin: String, from: String)
        /// Look for a newer registry, preferably at this member.
        case refreshRegistry(from: String)
        /// Show a member the evidence against a log.
        case passOn(evidence: String, to: String)
        /// A member holds another registry of the version that is held here.
        case registrySplit(RegistryVersion, at: String)
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
        /// Answers that did not verify, since the node started.
        package var faults = 0
        /// Not polled before, in back-off.
        package var nextPoll: Instant?
        /// Last successful poll.
        package var lastSuccess: Instant?
        /// Why the last poll failed, or what did not verify.
        package var lastError: String?
        /// Its clock less ours at the last answer, in seconds.
        package var clockOffset: Int64?
        /// No neighbour before, for what it served did not verify.
        package var distrustedUntil: Instant?
        /// Where the first page began that had rows of logs that the registry did not know then.
        var unknownFrom: Int?
        var lastPoll: Instant?
        var inFlight = false
        /// Pages of the poll under way.
        var pages = 0
        /// Whether the poll under way is a probe, and whether this back-off has had its probe.
        var isProbe = false
        var wasProbed = false
    }

    /// All members but oneself.
    package internal(set) var peers: [String: Peer] = [:]
    /// Short origin to origin, of every log that the registry vouches for.
    var origins: [String: String] = [:]
    var authors: [String: String] = [:]
    /// Members that are assigned to mirror a log.
    var mirrors: [String: [String]] = [:]
    /// Sizes at which the registry closed logs.
    var closings: [String: Int] = [:]
    var held: [String: HeadHint] = [:]
    var wanted: [String: Want] = [:]
    var fetching: Set<String> = []
    /// Quarantined logs, and who has been shown the evidence or is being shown it.
    var evidence: [String: Set<String>] = [:]
    var random: SplitMix64
    var lastRotation: Instant?
    /// When the next neighbour's turn is.
    var nextTurn: Instant?
    private var registry = RegistryVersion(version: 0, digest: Digest(of: [UInt8]()))
    private var refreshTokens = Self.refreshBucket
    private var lastToken: Instant?
    private var lastSplit: RegistryVersion?
    private var lastTick: Instant?

    /// A state that draws its chances from `seed`.
    package init(seed: UInt64) {
        random = SplitMix64(state: seed)
    }

    /// Takes the registry's members (without oneself), the logs that it vouches for with their
    /// authors, who is assigned to mirror them, and the sizes at which they were closed.
    package mutating func registryChanged(
        members: Set<String>,
        logs: [String: String],
        mirrors: [String: [String]] = [:],
        closings: [String: Int] = [:],
        registry: RegistryVersion,
        at now: Instant
    ) -> [Effect] {
        self.registry = registry
        for domain in peers.keys where !members.contains(domain) { peers[domain] = nil }
        for domain in members where peers[domain] == nil { peers[domain] = Peer() }
        if !Set(logs.keys).isSubset(of: authors.keys) { readUnknownAgain() }
        origins = [:]
        authors = logs
        self.mirrors = mirrors
        self.closings = closings
        for origin in logs.keys { origins[HeadHint.shortOrigin(origin)] = origin }
        for origin in wanted.keys where logs[origin] == nil { forget(origin) }
        chooseNeighbours(at: now)
        return tick(at: now)
    }

    /// Time has passed.
    package mutating func tick(at now: Instant) -> [Effect] {
        if let last = lastTick, now < last { turnBack(by: last - now) }
        if let last = lastTick, (now - last).magnitude >= UInt64(PeerClock.warnSeconds) {
            forgetOffsets()
        }
        lastTick = now
        rotate(at: now)
        return retryFetches(at: now) + duePolls(at: now)
    }

    /// The clock was set: what the peers' clocks were compared with is no more.
    private mutating func forgetOffsets() {
        for domain in peers.keys { peers[domain]?.clockOffset = nil }
    }

    /// The clock was set back: what was planned by the old time would come as much too late.
    private mutating func turnBack(by seconds: Int64) {
        for (domain, peer) in peers {
            peers[domain]?.nextPoll = peer.nextPoll.map { $0 + -seconds }
        }
        for (origin, want) in wanted { wanted[origin]?.retry = want.retry.map { $0 + -seconds } }
        lastToken = lastToken.map { $0 + -seconds }
        lastRotation = lastRotation.map { $0 + -seconds }
        nextTurn = nextTurn.map { $0 + -seconds }
    }

    /// The earliest moment at which `tick` has something to do; nil when there is none.
    package var nextTick: Instant? {
        let polls = peers.values.filter { $0.isNeighbour && !$0.inFlight }.compactMap {
            $0.nextPoll ?? nextTurn
        }
        let poll = polls.min().map { max($0, nextTurn ?? $0) }
        return (wanted.values.compactMap(\.retry) + [poll].compactMap(\.self)).min()
    }

    /// Polls everybody now, neighbour or not.
    package mutating func pollAll(at now: Instant) -> [Effect] {
        peers.keys.sorted().filter { peers[$0]?.inFlight == false }.map { poll($0, at: now) }
    }

    /// Polls one member now; nothing when it is none, or is being polled.
    package mutating func pollNow(_ domain: String, at now: Instant) -> [Effect] {
        peers[domain]?.inFlight == false ? [poll(domain, at: now)] : []
    }

    /// A poll succeeded.
    package mutating func received(
        _ page: HeadsPage,
        from domain: String,
        at now: Instant
    ) -> [Effect] {
        guard var peer = peers[domain] else { return [] }
        let before = page.instance == peer.instance ? peer.since : page.from
        guard !page.more || page.next > before else {
            return pollFailed(domain, reason: "promises more rows and sends none", at: now)
        }
        peer.pages += 1
        peer.instance = page.instance
        peer.since = page.next
        peer.clockOffset = page.now - now
        if page.rows.contains(where: { origins[$0.origin] == nil }) {
            peer.unknownFrom = peer.unknownFrom ?? page.from
        }
        let goesOn = page.more && peer.pages < Self.pagesOfPoll
        if !goesOn { peer.settle(at: now) }
        peers[domain] = peer
        var effects = showEvidence(to: [domain])
        var hasUnknown = false
        for row in page.rows {
            if let origin = origins[row.origin] {
                effects += heard(of: origin, row: row, from: domain)
            } else {
                hasUnknown = true
            }
        }
        effects += compare(page.snapshot, of: domain, hasUnknown: hasUnknown, at: now)
        if goesOn { effects.append(askOn(domain)) }
        return effects
    }

    /// No feed repeats a row: what was not understood is asked for again.
    private mutating func readUnknownAgain() {
        for (domain, peer) in peers {
            guard let from = peer.unknownFrom else { continue }
            peers[domain]?.since = min(peer.since, from)
            peers[domain]?.unknownFrom = nil
            peers[domain]?.lastPoll = nil
        }
    }

    /// A stranger's log was announced: perhaps a member that was admitted just now.
    package mutating func announcedUnknown(at now: Instant) -> [Effect] {
        guard let source = peers.keys.sorted().first else { return [] }
        return refresh(from: source, at: now)
    }

    private mutating func compare(
        _ theirs: RegistryVersion?,
        of domain: String,
        hasUnknown: Bool,
        at now: Instant
    ) -> [Effect] {
        if hasUnknown || theirs.map({ $0.version > registry.version }) ?? false {
            return refresh(from: domain, at: now)
        }
        guard let theirs, theirs.version == registry.version, theirs != registry,
            theirs != lastSplit
        else { return [] }
        lastSplit = theirs
        return [.registrySplit(theirs, at: domain)]
    }

    /// A bucket of 10, refilled one a minute.
    private mutating func refresh(from domain: String, at now: Instant) -> [Effect] {
        let last = lastToken ?? now
        let minutes = max(0, (now - last) / 60)
        lastToken = last + minutes * 60
        refreshTokens = min(Self.refreshBucket, refreshTokens + Int(min(minutes, 1000)))
        guard refreshTokens > 0 else { return [] }
        refreshTokens -= 1
        return [.refreshRegistry(from: domain)]
    }
}

extension GossipState.Peer {
    /// A poll was answered to its end.
    fileprivate mutating func settle(at now: Instant) {
        inFlight = false
        isProbe = false
        wasProbed = false
        pages = 0
        failures = 0
        lastError = nil
        nextPoll = nil
        lastSuccess = now
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
