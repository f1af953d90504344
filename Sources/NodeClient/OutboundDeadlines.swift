import Synchronization

/// How long others may take to answer (protocol section 8).
package struct OutboundDeadlines: Sendable {
    /// From nothing to a TLS connection: TCP and handshake together.
    package var connect = Duration.seconds(5)
    /// From the end of the request to the first byte of the answer, and between any two readings.
    package var silence = Duration.seconds(10)
    /// The whole exchange, all attempts included.
    package var total = Duration.seconds(30)
    /// The whole of a bulk exchange.
    package var bulkTotal = Duration.seconds(120)
    /// What a bulk answer must do at least.
    package var floor = ThroughputFloor(bytesPerSecond: 4096, grace: .seconds(10))

    /// The protocol's numbers.
    package init() {}
}

/// The least that an answer must bring on average, once a while has passed.
package struct ThroughputFloor: Sendable {
    /// Bytes of the body for each second since its head.
    package var bytesPerSecond: Int
    /// Time from the head in which nothing is asked.
    package var grace: Duration

    /// A floor from its parts.
    package init(bytesPerSecond: Int, grace: Duration) {
        self.bytesPerSecond = bytesPerSecond
        self.grace = grace
    }

    /// Whether so many bytes are enough after so long.
    package func isMet(bytes: Int, after elapsed: Duration) -> Bool {
        elapsed <= grace || Double(bytes) >= Double(bytesPerSecond) * (elapsed / .seconds(1))
    }
}

/// How far an answer has come, for whoever watches it.
final class TransferProgress: Sendable {
    private let state = Mutex<(began: ContinuousClock.Instant, bytes: Int)?>(nil)

    /// The head is there.
    func begin() {
        state.withLock { $0 = (.now, 0) }
    }

    func add(_ bytes: Int) {
        state.withLock { $0?.bytes += bytes }
    }

    func meets(_ floor: ThroughputFloor) -> Bool {
        guard let (began, bytes) = state.withLock({ $0 }) else { return true }
        return floor.isMet(bytes: bytes, after: .now - began)
    }
}
