package import Keys

/// Who is polled when (protocol section 4, "Schedule").
extension GossipState {
    /// Neighbours that a node keeps.
    package static let neighbourCount = 6
    /// Seconds between polls of one neighbour and the next, +-20 %.
    package static let pollSeconds: Int64 = 60
    /// Pages that one poll may have: 8,000 rows, more than a network of 500 has logs. What a peer
    /// still has to tell after that waits for its next turn.
    package static let pagesOfPoll = 16
    /// Longest back-off in seconds; while no neighbour is healthy, `isolatedBackoff`.
    package static let longestBackoff: Int64 = 6 * 3600
    /// Longest back-off while no neighbour is healthy.
    package static let isolatedBackoff: Int64 = 600
    /// Failures in a row, or faults, after which a neighbour is replaced.
    package static let failuresToReplace = 2
    /// Seconds between rotations of one neighbour.
    package static let rotationSeconds: Int64 = 3600
    /// Refreshes of the registry that gossip may ask for at once; one a minute after that.
    package static let refreshBucket = 10

    /// A poll failed. A probe that fails changes nothing but the reason that is shown.
    package mutating func pollFailed(_ domain: String, reason: String, at now: Instant) -> [Effect]
    {
        guard var peer = peers[domain] else { return [] }
        let wasProbe = peer.isProbe
        peer.inFlight = false
        peer.isProbe = false
        peer.pages = 0
        peer.lastError = reason
        peers[domain] = peer
        guard !wasProbe else { return [] }
        peer.failures += 1
        let cap = isIsolated(without: domain) ? Self.isolatedBackoff : Self.longestBackoff
        let backoff = min(cap, Self.pollSeconds << Int64(min(peer.failures - 1, 12)))
        peer.nextPoll = now + jittered(backoff)
        peer.wasProbed = false
        if peer.failures >= Self.failuresToReplace { peer.isNeighbour = false }
        peers[domain] = peer
        chooseNeighbours(at: now)
        return tick(at: now)
    }

    /// What a member served did not verify: it counts against the server, never against the author
    /// of what it served.
    package mutating func blamed(_ domain: String, reason: String, at now: Instant) -> [Effect] {
        guard var peer = peers[domain] else { return [] }
        peer.faults += 1
        peer.lastError = reason
        if peer.faults.isMultiple(of: Self.failuresToReplace) {
            peer.isNeighbour = false
            peer.distrustedUntil = now + Self.longestBackoff
        }
        peers[domain] = peer
        chooseNeighbours(at: now)
        return tick(at: now)
    }

    /// A member that is in back-off has spoken to this node: that earns it one probe, and resets
    /// nothing.
    package mutating func contacted(by domain: String, at now: Instant) -> [Effect] {
        guard let peer = peers[domain], peer.failures > 0, !peer.inFlight, !peer.wasProbed else {
            return []
        }
        peers[domain]?.isProbe = true
        peers[domain]?.wasProbed = true
        return [poll(domain, at: now)]
    }

    /// New neighbours are polled at once; after that one neighbour at a time, the one that was not
    /// asked for longest.
    mutating func duePolls(at now: Instant) -> [Effect] {
        let idle = peers.filter { $0.value.isNeighbour && !$0.value.inFlight }.sorted {
            ($0.value.lastPoll ?? .distantPast, $0.key) < (
                $1.value.lastPoll ?? .distantPast, $1.key
            )
        }
        var due = idle.filter { $0.value.lastPoll == nil }.map(\.key)
        if nextTurn.map({ $0 <= now }) ?? !due.isEmpty {
            let next = idle.first {
                $0.value.lastPoll != nil && $0.value.nextPoll.map { $0 <= now } ?? true
            }
            if let next { due.append(next.key) }
            if !due.isEmpty { nextTurn = now + jittered(Self.pollSeconds) }
        }
        return due.map { poll($0, at: now) }
    }

    mutating func poll(_ domain: String, at now: Instant) -> Effect {
        peers[domain]?.inFlight = true
        peers[domain]?.pages = 0
        peers[domain]?.lastPoll = now
        return askOn(domain)
    }

    func askOn(_ domain: String) -> Effect {
        let peer = peers[domain]
        return .poll(domain: domain, instance: peer?.instance, since: peer?.since ?? 0)
    }

    /// Whether no neighbour is healthy.
    private func isIsolated(without domain: String? = nil) -> Bool {
        !peers.contains { $0.key != domain && $0.value.isNeighbour && $0.value.failures == 0 }
    }

    mutating func chooseNeighbours(at now: Instant) {
        let count = peers.values.count { $0.isNeighbour }
        guard count < Self.neighbourCount else { return }
        var candidates = candidates(at: now)
        if candidates.isEmpty, count == 0 {
            // Isolated: better an ill neighbour than none, and none is left alone for long.
            candidates = peers.keys.sorted()
            for domain in candidates {
                guard let next = peers[domain]?.nextPoll else { continue }
                let latest = Self.isolatedBackoff + Self.isolatedBackoff / 5
                peers[domain]?.nextPoll = min(next, now + latest)
            }
        }
        candidates.shuffle(using: &random)
        for domain in candidates.prefix(Self.neighbourCount - count) {
            peers[domain]?.isNeighbour = true
        }
    }

    private func candidates(at now: Instant) -> [String] {
        peers.filter { _, peer in
            !peer.isNeighbour && (peer.nextPoll ?? now) <= now
                && (peer.distrustedUntil ?? now) <= now
        }.keys.sorted()
    }

    mutating func rotate(at now: Instant) {
        guard let last = lastRotation else {
            lastRotation = now
            return
        }
        guard now - last >= Self.rotationSeconds else { return chooseNeighbours(at: now) }
        lastRotation = now
        chooseNeighbours(at: now)
        let neighbours = peers.filter(\.value.isNeighbour).keys.sorted()
        guard let joining = candidates(at: now).randomElement(using: &random),
            let leaving = neighbours.randomElement(using: &random)
        else { return }
        peers[leaving]?.isNeighbour = false
        peers[joining]?.isNeighbour = true
    }

    private mutating func jittered(_ seconds: Int64) -> Int64 {
        let fifth = max(1, seconds / 5)
        return seconds + Int64.random(in: -fifth...fifth, using: &random)
    }
}

extension Instant {
    fileprivate static let distantPast = Instant(secondsSince1970: .min)
}
