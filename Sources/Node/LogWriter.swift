package import Federation
import Keys
package import NodeStore
import ServiceLifecycle
import Synchronization
package import TransparencyLog

/// The own log's writer for as long as the daemon runs; it has a sequencer once there is a log.
package final class LogWriter: Service, Sendable {
    private let sequencer = Mutex<Sequencer?>(nil)
    private let opened: AsyncStream<Sequencer>
    private let opening: AsyncStream<Sequencer>.Continuation
    private let refusal = Mutex<Problem?>(nil)
    private let listeners = Mutex<[@Sendable (VerifiedCheckpoint) -> Void]>([])

    /// A writer without a log.
    package init() {
        (opened, opening) = AsyncStream.makeStream()
    }

    /// Calls `listener` with every new own head, after it is on disk.
    package func onHead(_ listener: @escaping @Sendable (VerifiedCheckpoint) -> Void) {
        listeners.withLock { $0.append(listener) }
    }

    /// Starts writing `log`; one whose epoch the registry has closed is refused instead.
    package func open(_ log: LogStore, node: Node, signer: NoteSigner) {
        if let problem = node.closing(of: log) { return refuse(problem) }
        refusal.withLock { $0 = nil }
        let made = Sequencer(
            log: log, signer: signer, time: node.time, disk: node.disk, logger: node.logger,
            metrics: node.metrics
        ) { [weak self] head in
            for listener in self?.listeners.withLock({ $0 }) ?? [] { listener(head) }
        }
        sequencer.withLock { $0 = made }
        opening.yield(made)
    }

    /// Keeps the log closed for writing: every append is answered with this problem.
    package func refuse(_ problem: Problem) {
        refusal.withLock { $0 = problem }
    }

    /// Ends writing the log that is open, such as when its epoch was closed: what waits is still
    /// written, then every append is answered with this problem until another log is opened.
    package func retire(_ problem: Problem) {
        refuse(problem)
        let retired = sequencer.withLock { current in
            defer { current = nil }
            return current
        }
        retired?.close()
    }

    /// Why the log is closed for writing; nil when it is not.
    package var refused: Problem? { refusal.withLock { $0 } }

    /// Whether the log is being written.
    package var isOpen: Bool { sequencer.withLock { $0?.isOpen ?? false } }

    /// Appends to the own log.
    ///
    /// - Throws: `Problem` `no-log` when there is none yet, and what the sequencer throws.
    package func append(_ request: AppendRequest) async throws -> Sequencer.Acknowledgement {
        if let refusal = refusal.withLock({ $0 }) { throw refusal }
        guard let current = sequencer.withLock({ $0 }) else {
            throw Problem(
                .noLog,
                "this institution has no log yet",
                try: "create it once with eccoe log init, after the registry has admitted you"
            )
        }
        return try await current.append(request)
    }

    package func run() async throws {
        try await withGracefulShutdownHandler {
            for await sequencer in opened {
                try await sequencer.run()
            }
        } onGracefulShutdown: {
            self.opening.finish()
        }
        // Listeners know the node, and the node knows its writer.
        listeners.withLock { $0 = [] }
    }
}
