package import Keys

/// Which heads are fetched from whom.
extension GossipState {
    /// Fetches that run at once: each holds some megabytes.
    package static let fetchesAtOnce = 8
    /// Members that are remembered as sources of one log's news.
    package static let sourcesOfLog = 8
    /// Seconds before a head that nobody could serve is asked for again.
    package static let retrySeconds: Int64 = 10
    /// Longest such wait in seconds; it doubles with each failure.
    package static let longestRetry: Int64 = 3600

    /// How a fetch ended.
    package enum FetchOutcome: Sendable, Equatable {
        /// What the member serves is held now, whatever it had claimed.
        case done
        /// It could not be fetched, or not all of it.
        case failed
        /// What it served does not verify.
        case lied(String)
    }

    /// News of one log that is not held yet. Claims are believed by nobody: one that its claimant
    /// cannot serve is dropped, unless the author has it.
    struct Want: Sendable {
        struct Claim: Sendable, Equatable {
            let source: String
            let row: HeadHint
        }

        var claims: [Claim] = []
        var underWay: Claim?
        /// What was claimed and could not be fetched, to be tried again at `retry`.
        var unmet: HeadHint?
        var retry: Instant?
        var failures = 0

        var largest: Int {
            (claims + [underWay].compactMap(\.self)).map(\.row.size).max() ?? unmet?.size ?? 0
        }
    }

    /// The sizes that were heard of and are not held yet.
    package var outstanding: [String: Int] { wanted.mapValues(\.largest) }

    /// Notes what is held of a log: at start, and after each step of replication.
    package mutating func holds(origin: String, size: Int, root: Digest, cosignatures: Int) {
        held[origin] = HeadHint(
            origin: HeadHint.shortOrigin(origin), size: size, root: String(root.hex.prefix(16)),
            cosignatures: cosignatures)
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
        // Mirrors first, to spare the author; who is a mirror asks the author itself.
        let assigned = mirrors[origin] ?? []
        var effects: [Effect] = []
        if assigned.allSatisfy({ peers[$0] != nil }),
            let mirror = assigned.filter({ $0 != author }).randomElement(using: &random)
        {
            effects += heard(of: origin, row: row, from: mirror)
        }
        return effects + heard(of: origin, row: row, from: author)
    }

    /// A fetch ended. A source that failed is not asked again for the same head; when none is left
    /// it is tried again after `retrySeconds` and ever later, since no feed repeats a row.
    package mutating func fetched(
        origin: String,
        from source: String,
        _ outcome: FetchOutcome,
        at now: Instant
    ) -> [Effect] {
        fetching.remove(origin)
        if var want = wanted[origin] {
            conclude(&want, origin, outcome, at: now)
            let isOver = want.claims.isEmpty && want.unmet == nil
            wanted[origin] = isOver ? nil : want
        }
        // Blame starts other fetches, so what this one was for is concluded before it.
        var effects: [Effect] = []
        if case .lied(let reason) = outcome { effects += blamed(source, reason: reason, at: now) }
        return effects + startFetches()
    }

    private mutating func conclude(
        _ want: inout Want,
        _ origin: String,
        _ outcome: FetchOutcome,
        at now: Instant
    ) {
        let claim = want.underWay
        want.underWay = nil
        want.claims.removeAll { !isNews($0.row, of: origin) }
        if outcome == .done { want.failures = 0 }
        if let unmet = want.unmet, !isNews(unmet, of: origin) { want.unmet = nil }
        if let claim, isNews(claim.row, of: origin) {
            let isHeld = claim.row.size <= held[origin]?.size ?? 0
            if outcome == .done, claim.source == authors[origin] {
                // Of its own log nobody knows more than the author.
                want.unmet = nil
            } else if outcome != .done || !isHeld, claim.row.size > want.unmet?.size ?? -1 {
                want.unmet = claim.row
            }
        }
        guard want.claims.isEmpty, want.unmet != nil else { return }
        want.retry =
            now + min(Self.longestRetry, Self.retrySeconds << Int64(min(want.failures, 12)))
        want.failures += 1
    }

    /// Asks again for what nobody could serve: the author and some neighbour in turn.
    mutating func retryFetches(at now: Instant) -> [Effect] {
        for origin in wanted.keys.sorted() {
            guard let want = wanted[origin], let retry = want.retry, retry <= now else { continue }
            wanted[origin]?.retry = nil
            guard let row = want.unmet, want.claims.isEmpty, let author = authors[origin] else {
                continue
            }
            let others = peers.filter { $0.value.isNeighbour && $0.key != author }.keys.sorted()
            let other = want.failures.isMultiple(of: 2) ? others.randomElement(using: &random) : nil
            wanted[origin]?.claims = [.init(source: other ?? author, row: row)]
        }
        return startFetches()
    }

    /// Nothing more is wanted of a log.
    mutating func forget(_ origin: String) {
        wanted[origin] = nil
    }

    mutating func heard(of origin: String, row: HeadHint, from domain: String) -> [Effect] {
        guard evidence[origin] == nil, isNews(row, of: origin) else { return [] }
        var want = wanted[origin] ?? Want()
        let claim = Want.Claim(source: domain, row: row)
        if want.underWay == claim || want.claims.contains(claim) { return [] }
        want.claims.removeAll { $0.source == domain }
        guard want.claims.count < Self.sourcesOfLog else { return [] }
        want.claims.append(claim)
        wanted[origin] = want
        return startFetches()
    }

    /// Whether a row tells of more than is held: a larger head, another tree of the same size (rule
    /// 3), or more witnesses. A smaller head is stale, whoever serves it (rule 4).
    private func isNews(_ row: HeadHint, of origin: String) -> Bool {
        guard let have = held[origin] else { return row.size > 0 }
        // Leaves beyond the closing of an epoch count for nothing (rule 1).
        if let closing = closings[origin], have.size >= closing, have.cosignatures >= 0 {
            return false
        }
        guard row.size == have.size else { return row.size > have.size }
        return row.root != have.root || row.cosignatures > have.cosignatures
    }

    private mutating func startFetches() -> [Effect] {
        var effects: [Effect] = []
        for origin in wanted.keys.sorted() where fetching.count < Self.fetchesAtOnce {
            guard !fetching.contains(origin), let claim = wanted[origin]?.claims.first else {
                continue
            }
            wanted[origin]?.claims.removeFirst()
            wanted[origin]?.underWay = claim
            fetching.insert(origin)
            effects.append(.fetch(origin: origin, from: claim.source))
        }
        return effects
    }
}
