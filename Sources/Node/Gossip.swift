package import Federation
package import Keys
import Synchronization

/// The one place where the gossip state machine lives between events; hands its effects on.
package final class Gossip: Sendable {
    private let state: Mutex<GossipState>
    private let sink: AsyncStream<GossipState.Effect>.Continuation
    /// What the gossip service is to do.
    package let effects: AsyncStream<GossipState.Effect>

    /// A gossip that draws its chances from `seed`.
    package init(seed: UInt64) {
        state = Mutex(GossipState(seed: seed))
        (effects, sink) = AsyncStream.makeStream()
    }

    /// Tells the state machine of an event and queues what it asks for.
    package func handle(_ event: (inout GossipState) -> [GossipState.Effect]) {
        for effect in taking(event) { sink.yield(effect) }
    }

    /// Tells the state machine of an event and returns what it asks for, for callers that carry it
    /// out themselves.
    package func taking(
        _ event: (inout GossipState) -> [GossipState.Effect]
    ) -> [GossipState.Effect] {
        state.withLock { state in
            let effects = event(&state)
            return effects
        }
    }

    /// Notes what is held of a log.
    package func holds(origin: String, size: Int, root: Digest, cosignatures: Int) {
        state.withLock {
            $0.holds(origin: origin, size: size, root: root, cosignatures: cosignatures)
        }
    }

    /// What is known of each member as a peer.
    package var peers: [String: GossipState.Peer] { state.withLock { $0.peers } }

    /// The own clock beside those of the peers.
    package func clock(at now: Instant) -> PeerClock { state.withLock { $0.clock(at: now) } }

    /// When any peer last answered: each tells of every log.
    package var lastPoll: Instant? {
        state.withLock { $0.peers.values.compactMap(\.lastSuccess).max() }
    }

    /// Sizes that were heard of and are not held yet, by origin.
    package var outstanding: [String: Int] { state.withLock { $0.outstanding } }

    /// Ends the stream of effects.
    package func finish() { sink.finish() }
}
