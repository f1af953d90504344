package import Federation
import Synchronization

/// What has been counted since the start. Nothing in it names a person, an item or a caller.
package final class NodeMetrics: Sendable {
    /// A kind of answer.
    struct Answered: Hashable {
        /// nil where nothing is served.
        let endpoint: Endpoint?
        let status: Int
    }

    /// The counts at a moment.
    struct Counts {
        var answers: [Answered: Int] = [:]
        var refusals: [InboundRefusal: Int] = [:]
        var received = 0
        var sent = 0
        var leaves = 0
        /// Seconds from the beginning of a commit until it is on disk.
        var commits = Histogram(bounds: [
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
        ])
        /// Rounds of cosigning by whether the head has its quorum after it.
        var rounds: [Bool: Int] = [:]
    }

    private let state = Mutex(Counts())

    /// Nothing counted yet.
    package init() {}

    var counts: Counts { state.withLock { $0 } }

    /// A request was answered.
    package func answered(_ endpoint: Endpoint?, status: Int) {
        state.withLock {
            $0.answers[Answered(endpoint: endpoint, status: status), default: 0] += 1
        }
    }

    /// Somebody ran into a limit.
    package func refused(_ limit: InboundRefusal) {
        state.withLock { $0.refusals[limit, default: 0] += 1 }
    }

    /// Bytes came or went over the https listener, TLS included.
    package func transferred(received: Int = 0, sent: Int = 0) {
        state.withLock {
            $0.received += received
            $0.sent += sent
        }
    }

    /// A batch of leaves is on disk.
    package func committed(leaves: Int, took duration: Duration) {
        let (seconds, attoseconds) = duration.components
        state.withLock {
            $0.leaves += leaves
            $0.commits.observe(Double(seconds) + Double(attoseconds) / 1e18)
        }
    }

    /// A round of cosigning has ended.
    package func cosigned(isConfirmed: Bool) {
        state.withLock { $0.rounds[isConfirmed, default: 0] += 1 }
    }
}
