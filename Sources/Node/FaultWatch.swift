import NodeStore
import ServiceLifecycle

/// Ends the daemon when a disk has failed at or after COMMIT: what it holds is unknown then, and
/// the only next state is a successful start (protocol section 2).
package final class FaultWatch: Service, Sendable {
    private let faults: AsyncStream<any Error>
    private let sink: AsyncStream<any Error>.Continuation

    /// A watch that has seen nothing.
    package init() {
        (faults, sink) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Tells of an error of a store; those that leave the disk's state known are not meant here.
    package func report(_ error: any Error) {
        if StoreFault(of: error) == .fatal { sink.yield(error) }
    }

    /// Ends the daemon whatever the error is: without what failed it cannot go on.
    package func end(with error: any Error) {
        sink.yield(error)
    }

    package func run() async throws {
        let fault = await untilShutdown {
            for await fault in self.faults { return fault as (any Error)? }
            return nil
        }
        if let fault { throw fault }
    }
}
