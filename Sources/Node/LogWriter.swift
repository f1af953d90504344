package import Federation
import Keys
package import NodeStore
import ServiceLifecycle
import Synchronization
package import TransparencyLog

/// The own log's writer for as long as the daemon runs; it has a sequencer once there is a log and
/// the recovery gate is open.
package final class LogWriter: Service, Sendable {
    private typealias Waiting = CheckedContinuation<Sequencer, any Error>

    private enum State {
        case noLog
        /// The gate has not been answered yet; who appends waits for it.
        case opening([Waiting])
        case refused(Problem)
        case open(Sequencer)
    }

    /// Callers that wait for the gate.
    private static let maximumWaiting = 1024

    private let state = Mutex<State>(.noLog)
    private let opened: AsyncStream<Sequencer>
    private let opening: AsyncStream<Sequencer>.Continuation
    private let listeners = Mutex<[@Sendable (VerifiedCheckpoint) -> Void]>([])

    /// A writer without a log.
    package init() {
        (opened, opening) = AsyncStream.makeStream()
    }

    /// Calls `listener` with every new own head, after it is on disk.
    package func onHead(_ listener: @escaping @Sendable (VerifiedCheckpoint) -> Void) {
        listeners.withLock { $0.append(listener) }
    }

    /// There is a log that will be opened: who appends waits until it is, or is refused.
    package func expect() {
        state.withLock { state in
            switch state {
            case .noLog, .refused: state = .opening([])
            case .opening, .open: break
            }
        }
    }

    /// Starts writing `log`; one whose epoch the registry has closed is refused instead.
    package func open(_ log: LogStore, node: Node, signer: NoteSigner) {
        if let problem = node.closing(of: log) { return refuse(problem) }
        if let problem = node.fork(of: log.origin) { return stop(problem) }
        let made = Sequencer(
            log: log, signer: signer, time: node.time, disk: node.disk, beside: node.background,
            logger: node.logger, metrics: node.metrics
        ) { [weak self] head in
            for listener in self?.listeners.withLock({ $0 }) ?? [] { listener(head) }
        }
        for waiting in replace(.open(made)) { waiting.resume(returning: made) }
        opening.yield(made)
    }

    /// Keeps the log closed for writing: every append is answered with this problem, until it is
    /// opened. One that is open already stays open.
    package func refuse(_ problem: Problem) {
        let waiting = state.withLock { state -> [Waiting] in
            if case .open = state { return [] }
            defer { state = .refused(problem) }
            if case .opening(let waiting) = state { return waiting }
            return []
        }
        for caller in waiting { caller.resume(throwing: problem) }
    }

    /// Closes the log for good, open or not: nothing is signed any more but the batch that is under
    /// way on the disk.
    package func stop(_ problem: Problem) {
        let sequencer = current
        for waiting in replace(.refused(problem)) { waiting.resume(throwing: problem) }
        sequencer?.halt(problem)
    }

    /// Why the log cannot be written although it is open: a full disk; nil when it can.
    package var fault: Problem? {
        current?.fault
    }

    private var current: Sequencer? {
        state.withLock { if case .open(let sequencer) = $0 { sequencer } else { nil } }
    }

    /// Ends writing the log that is open, such as when its epoch was closed: what waits is still
    /// written, then every append is answered with this problem until another log is opened.
    package func retire(_ problem: Problem) {
        let (retired, waiting) = state.withLock { state -> (Sequencer?, [Waiting]) in
            defer { state = .refused(problem) }
            switch state {
            case .open(let sequencer): return (sequencer, [])
            case .opening(let waiting): return (nil, waiting)
            case .noLog, .refused: return (nil, [])
            }
        }
        retired?.close()
        for caller in waiting { caller.resume(throwing: problem) }
    }

    /// Why the log is closed for writing; nil when it is not.
    package var refused: Problem? {
        state.withLock { if case .refused(let problem) = $0 { problem } else { nil } }
    }

    /// Whether the log is being written.
    package var isOpen: Bool { current?.isOpen ?? false }

    /// Appends to the own log.
    ///
    /// - Throws: `Problem` `no-log` when there is none yet, and what the sequencer throws.
    package func append(_ request: AppendRequest) async throws -> Sequencer.Acknowledgement {
        try await sequencer().append(request)
    }

    package func run() async throws {
        try await withGracefulShutdownHandler {
            for await sequencer in opened {
                try await sequencer.run()
            }
        } onGracefulShutdown: {
            self.opening.finish()
            self.turnAway()
        }
        // Listeners know the node, and the node knows its writer.
        listeners.withLock { $0 = [] }
    }

    private func sequencer() async throws -> Sequencer {
        try await withCheckedThrowingContinuation { waiting in
            let answer = state.withLock { state -> Result<Sequencer, any Error>? in
                switch state {
                case .open(let sequencer): return .success(sequencer)
                case .refused(let problem): return .failure(problem)
                case .noLog:
                    return .failure(
                        Problem(
                            .noLog, "this institution has no log yet",
                            try: "create it once with eccoe log init, after the registry has "
                                + "admitted you"))
                case .opening(let others):
                    guard others.count < Self.maximumWaiting else {
                        return .failure(
                            Problem(.busy, "the log is being opened", try: "try again in a second"))
                    }
                    state = .opening(others + [waiting])
                    return nil
                }
            }
            if let answer { waiting.resume(with: answer) }
        }
    }

    /// Takes on a state and returns who waited for it.
    private func replace(_ new: State) -> [Waiting] {
        state.withLock { state in
            defer { state = new }
            if case .opening(let waiting) = state { return waiting }
            return []
        }
    }

    /// At shutdown nobody waits for the gate any more.
    private func turnAway() {
        let waiting = state.withLock { state -> [Waiting] in
            guard case .opening(let waiting) = state else { return [] }
            state = .opening([])
            return waiting
        }
        for caller in waiting {
            caller.resume(throwing: Problem(.readOnly, "the daemon is stopping"))
        }
    }
}
