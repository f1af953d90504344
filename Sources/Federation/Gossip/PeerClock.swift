package import Keys

/// The own clock beside those of the peers, from the `now` of their heads pages (protocol section
/// 8, "Clock").
package struct PeerClock: Sendable, Equatable {
    /// Seconds of difference from which on the operator is warned.
    package static let warnSeconds: Int64 = 30
    /// Seconds of difference beyond which nothing that carries a time is signed.
    package static let refuseSeconds: Int64 = 300
    /// Peers that must agree before this node believes them rather than its own clock.
    package static let quorum = 3
    /// Seconds for which an answer counts.
    package static let memory: Int64 = 3600

    /// What is to be done about the difference.
    package enum Verdict: String, Sendable {
        /// Nobody was heard yet.
        case unknown
        /// Within 30 s.
        case good
        /// Off by 30 s or more.
        case off
        /// At least three peers say that it is off by more than 300 s.
        case wrong
    }

    /// Median of the peers' clocks less the own one, in seconds; nil when nobody was heard.
    package let offset: Int64?
    /// How many peers were heard.
    package let peers: Int

    /// A comparison with the offsets of these peers.
    package init(offsets: [Int64]) {
        let sorted = offsets.sorted()
        peers = sorted.count
        let middle = sorted.count / 2
        if sorted.isEmpty {
            offset = nil
        } else if sorted.count.isMultiple(of: 2) {
            // Of an even number the one nearer to the own clock: an alarm needs a majority.
            let pair = [sorted[middle - 1], sorted[middle]]
            offset = pair.min { $0.magnitude < $1.magnitude }
        } else {
            offset = sorted[middle]
        }
    }

    /// The verdict.
    package var verdict: Verdict {
        guard let offset else { return .unknown }
        if offset.magnitude > UInt64(Self.refuseSeconds), peers >= Self.quorum { return .wrong }
        return offset.magnitude >= UInt64(Self.warnSeconds) ? .off : .good
    }

    /// Refuses to sign what carries a time.
    ///
    /// - Throws: `Problem` `busy` while the clock is wrong.
    package func check() throws(Problem) {
        guard verdict == .wrong, let offset else { return }
        throw Problem(
            .busy,
            "this node's clock is off by \(offset) s against \(peers) members: it signs nothing "
                + "that carries a time",
            try: "set the clock; eccoe status shows the difference")
    }
}

extension GossipState {
    /// The own clock beside those of the peers that answered within the last hour.
    package func clock(at now: Instant) -> PeerClock {
        PeerClock(
            offsets: peers.values.compactMap { peer in
                guard let last = peer.lastSuccess, abs(now - last) <= PeerClock.memory else {
                    return nil
                }
                return peer.clockOffset
            })
    }
}
