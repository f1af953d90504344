/// How often somebody may ask: so many at once, and so many a second after that.
package struct TokenRate: Sendable, Hashable {
    /// Tokens that come back each second.
    package var perSecond: Int
    /// Tokens of a full bucket.
    package var burst: Int

    /// A rate; both numbers are at least 1.
    package init(perSecond: Int, burst: Int) {
        self.perSecond = max(1, perSecond)
        self.burst = max(1, burst)
    }
}

/// A bucket that fills up again with time. Times are milliseconds of any clock that runs forward.
package struct TokenBucket: Sendable, Equatable {
    private let rate: TokenRate
    /// Thousandths of a token, so that a millisecond of any whole rate is a whole number.
    private var level: Int
    private var time: Int64

    /// A full bucket.
    package init(_ rate: TokenRate, at now: Int64) {
        self.rate = rate
        level = rate.burst * 1000
        time = now
    }

    /// Milliseconds until there is a token; 0 when there is one.
    package func wait(at now: Int64) -> Int {
        let missing = 1000 - level(at: now)
        return missing <= 0 ? 0 : (missing + rate.perSecond - 1) / rate.perSecond
    }

    /// Takes a token when there is one; the milliseconds until there is one otherwise.
    package mutating func take(at now: Int64) -> Int {
        let wait = wait(at: now)
        guard wait == 0 else { return wait }
        level = level(at: now) - 1000
        time = max(time, now)
        return 0
    }

    /// Whether it is as good as a new one.
    package func isFull(at now: Int64) -> Bool { level(at: now) == rate.burst * 1000 }

    /// When it was last taken from.
    package var lastUse: Int64 { time }

    private func level(at now: Int64) -> Int {
        let full = rate.burst * 1000
        guard now > time else { return level }
        let (elapsed, overflow) = now.subtractingReportingOverflow(time)
        // Whoever was away long enough has a full bucket: no product that could overflow.
        guard !overflow, elapsed < Int64(full) else { return full }
        return min(full, level + Int(elapsed) * rate.perSecond)
    }
}

/// A bucket for each of many callers, at most `capacity` of them.
package struct TokenBuckets<Key: Hashable & Sendable>: Sendable {
    private let rate: TokenRate
    private let capacity: Int
    private var buckets: [Key: TokenBucket] = [:]

    /// No caller yet; each begins with a full bucket.
    package init(_ rate: TokenRate, capacity: Int) {
        self.rate = rate
        self.capacity = capacity
    }

    /// Callers that are remembered.
    package var count: Int { buckets.count }

    /// Milliseconds until a caller has a token; 0 when it has one.
    package func wait(_ key: Key, at now: Int64) -> Int {
        buckets[key]?.wait(at: now) ?? 0
    }

    /// Takes a caller's token when there is one; the milliseconds until there is one otherwise.
    package mutating func take(_ key: Key, at now: Int64) -> Int {
        if buckets[key] == nil, buckets.count >= capacity { makeRoom(at: now) }
        return buckets[key, default: TokenBucket(rate, at: now)].take(at: now)
    }

    /// Full buckets are forgotten without loss; when all are in use, the one longest unused goes.
    private mutating func makeRoom(at now: Int64) {
        buckets = buckets.filter { !$0.value.isFull(at: now) }
        guard buckets.count >= capacity,
            let oldest = buckets.min(by: { $0.value.lastUse < $1.value.lastUse })
        else { return }
        buckets[oldest.key] = nil
    }
}
