package import Federation
package import Logging
package import NodeStore
import ServiceLifecycle
import Synchronization
package import TransparencyLog

/// The single writer of the institution's own log (protocol section 2).
///
/// No timer: while one commit runs the next batch gathers. Callers are answered after COMMIT only.
package final class Sequencer: Service, Sendable {
    /// What a caller gets once its request is on disk.
    package struct Acknowledgement: Sendable {
        /// One result per draft.
        package let results: [Appended]
        /// The signed head that covers them.
        package let head: VerifiedCheckpoint
    }

    private struct Waiting {
        let request: AppendRequest
        let answer: CheckedContinuation<Acknowledgement, any Error>
    }

    private struct Pool {
        var waiting: [Waiting] = []
        var drafts = 0
        var closed = false
    }

    private let log: LogStore
    private let signer: NoteSigner
    private let time: any TimeSource
    private let logger: Logger
    private let metrics: NodeMetrics
    private let pool = Mutex(Pool())
    private let wake: AsyncStream<Void>.Continuation
    private let wakes: AsyncStream<Void>
    private let committed: @Sendable (VerifiedCheckpoint) async -> Void
    private let trouble = Mutex<Problem?>(nil)
    /// Commits block on the disk; the cooperative threads do not.
    private let disk: any BlockingExecutor
    /// Where the write-ahead log is carried over, beside the commits.
    private let beside: any BlockingExecutor

    /// A sequencer of `log`.
    ///
    /// - Parameter committed: told of every new head, after it is on disk.
    package init(
        log: LogStore,
        signer: NoteSigner,
        time: any TimeSource,
        disk: any BlockingExecutor = DispatchExecutor(label: "sequencer"),
        beside: any BlockingExecutor = DispatchExecutor(label: "write-ahead log"),
        logger: Logger,
        metrics: NodeMetrics = NodeMetrics(),
        committed: @escaping @Sendable (VerifiedCheckpoint) async -> Void
    ) {
        self.log = log
        self.signer = signer
        self.time = time
        self.disk = disk
        self.beside = beside
        self.logger = logger
        self.metrics = metrics
        self.committed = committed
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Why nothing can be written for now: the disk is full. Cleared by the next commit.
    package var fault: Problem? {
        let known = trouble.withLock { $0 }
        return known == nil || log.hasSpace ? nil : known
    }

    /// Appends the drafts of a request and returns when they are on disk.
    ///
    /// - Throws: `Problem` `busy` when the pool is full, `request-id-reused`, or what is wrong with
    ///   a draft.
    package func append(_ request: AppendRequest) async throws -> Acknowledgement {
        try await withCheckedThrowingContinuation { continuation in
            let refusal: Problem? = pool.withLock { pool in
                if pool.closed {
                    return Problem(
                        .readOnly,
                        "the log takes no entries now",
                        try: "see eccoe status for the reason; the daemon may be stopping"
                    )
                }
                guard pool.drafts + request.drafts.count <= Limits.poolDrafts else {
                    return Problem(
                        .busy,
                        "more entries wait than the pool holds",
                        try: "send the request again in a few seconds"
                    )
                }
                pool.drafts += request.drafts.count
                pool.waiting.append(Waiting(request: request, answer: continuation))
                return nil
            }
            if let refusal { continuation.resume(throwing: refusal) } else { wake.yield() }
        }
    }

    package func run() async throws {
        try log.prepareForCommits()
        try await withGracefulShutdownHandler {
            for await _ in wakes {
                while let batch = takeBatch() { try await commit(batch) }
                if pool.withLock({ $0.closed }) { break }
            }
        } onGracefulShutdown: {
            self.close()
        }
        close()
        while let batch = takeBatch() { try await commit(batch) }
    }

    /// Whether it takes entries.
    var isOpen: Bool { pool.withLock { !$0.closed } }

    /// Takes no more requests; `run` ends when those that wait are written.
    package func close() {
        pool.withLock { $0.closed = true }
        wake.yield()
    }

    /// Takes no more requests, and writes none of those that wait.
    func halt(_ problem: Problem) {
        close()
        turnAway(problem)
    }

    /// Answers whoever waits, and the batch that was tried, with a problem.
    private func turnAway(_ problem: Problem, batch: [Waiting] = []) {
        let left = pool.withLock { pool in
            defer {
                pool.waiting = []
                pool.drafts = 0
            }
            return pool.waiting
        }
        for waiting in batch + left { waiting.answer.resume(throwing: problem) }
    }

    private func takeBatch() -> [Waiting]? {
        pool.withLock { pool in
            var leaves = 0
            var bytes = 0
            var count = 0
            for waiting in pool.waiting {
                let drafts = waiting.request.drafts
                leaves += drafts.count
                bytes += drafts.reduce(0) { $0 + $1.sizeBound }
                if count > 0, leaves > Limits.batchLeaves || bytes > Limits.batchBytes { break }
                count += 1
            }
            guard count > 0 else { return nil }
            let batch = Array(pool.waiting.prefix(count))
            pool.waiting.removeFirst(count)
            pool.drafts -= batch.reduce(0) { $0 + $1.request.drafts.count }
            return batch
        }
    }

    private func commit(_ batch: [Waiting]) async throws {
        let sizeBefore = log.size
        do {
            let began = ContinuousClock.now
            let (answers, head) = try await blocking { [log, signer, time] in
                try log.commit(batch.map(\.request), at: time.now(), signer: signer)
            }
            metrics.committed(
                leaves: head.checkpoint.size - sizeBefore, took: ContinuousClock.now - began)
            if trouble.withLock({ $0.take() }) != nil { logger.notice("the log is written again") }
            for (waiting, answer) in zip(batch, answers) {
                switch answer {
                case .appended(let results):
                    waiting.answer.resume(
                        returning: Acknowledgement(results: results, head: head)
                    )
                case .reused:
                    waiting.answer.resume(
                        throwing: Problem(
                            .requestIDReused,
                            "this request id was used for another request",
                            at: waiting.request.id.text,
                            try: "draw a new UUID version 7"
                        )
                    )
                case .refused(let problem): waiting.answer.resume(throwing: problem)
                }
            }
            if log.isCarryOverDue { beside.run { [log] in try? log.carryOver() } }
            if head.checkpoint.size != sizeBefore { await committed(head) }
        } catch  where StoreFault(of: error) == .full {
            standStill(batch)
        } catch {
            logger.critical("commit failed; the log stops", metadata: ["error": "\(error)"])
            let problem = Problem(
                .readOnly,
                "the log could not be written: \(error)",
                try: "look at the disk, then start the daemon again; nothing was acknowledged"
            )
            close()
            turnAway(problem, batch: batch)
            // What the disk holds is unknown: the only next state is a successful start.
            throw error
        }
    }

    /// Nothing was written, and nothing is lost: the next request tries again.
    private func standStill(_ batch: [Waiting]) {
        let problem = Problem(
            .readOnly,
            "the disk is full: the log is read-only until there is space again",
            try: "free some space and send the request again; the node need not be restarted"
        )
        let before = trouble.withLock { trouble in
            defer { trouble = problem }
            return trouble
        }
        if before == nil { logger.error("the disk is full; the log is read-only for now") }
        turnAway(problem, batch: batch)
    }

    private func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            disk.run { continuation.resume(with: Result { try work() }) }
        }
    }
}
