import Synchronization

/// Bytes over the wire, without TLS and TCP framing; headers approximately.
package struct Traffic: Sendable, Equatable {
    /// Requests that were begun.
    package var requests = 0
    /// Bytes of request lines, headers and bodies.
    package var sent = 0
    /// Bytes of status lines, headers and bodies.
    package var received = 0

    /// No traffic yet.
    package init() {}
}

/// Counts from any task.
final class TrafficCounter: Sendable {
    private let total = Mutex(Traffic())

    var snapshot: Traffic { total.withLock(\.self) }

    func add(requests: Int = 0, sent: Int = 0, received: Int = 0) {
        total.withLock {
            $0.requests += requests
            $0.sent += sent
            $0.received += received
        }
    }
}
