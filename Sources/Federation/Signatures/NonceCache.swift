package import Keys

/// The nonces of the last minutes, so that no signed request counts twice.
///
/// Two generations of 600 s each: a request is acceptable for at most 600 s (300 s before and after
/// its `created`), so a nonce outlives it. A full cache refuses; forgetting would let a replay in.
package struct NonceCache: Sendable {
    /// Nonces of one key in both generations: 5 a second over 1,200 s, and a burst.
    package static let maximumOfKey = 8192
    /// Nonces of all keys in both generations.
    package static let maximum = 1 << 18
    /// Seconds of a generation.
    package static let generation: Int64 = 2 * MessageSignature.tolerance

    /// What became of a nonce.
    package enum Verdict: Sendable, Equatable {
        case fresh, replayed, full
    }

    private var began: Instant?
    private var current: [String: Set<String>] = [:]
    private var previous: [String: Set<String>] = [:]
    private var count = 0

    /// An empty cache.
    package init() {}

    /// Notes a nonce of a key whose signature was verified.
    package mutating func admit(_ nonce: String, of kid: String, at now: Instant) -> Verdict {
        turn(at: now)
        let isKnown =
            previous[kid]?.contains(nonce) == true || current[kid]?.contains(nonce) == true
        guard !isKnown else { return .replayed }
        let ofKey = (previous[kid]?.count ?? 0) + (current[kid]?.count ?? 0)
        guard ofKey < Self.maximumOfKey, count < Self.maximum else { return .full }
        current[kid, default: []].insert(nonce)
        count += 1
        return .fresh
    }

    private mutating func turn(at now: Instant) {
        guard let began, now - began < Self.generation else {
            // After a long pause the old generation is outlived too.
            let isLong = began.map { now - $0 >= 2 * Self.generation } ?? true
            previous = isLong ? [:] : current
            current = [:]
            count = previous.values.reduce(0) { $0 + $1.count }
            self.began = now
            return
        }
    }
}
