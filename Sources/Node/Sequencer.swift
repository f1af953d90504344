package import Federation
import Keys
package import Logging
package import NodeStore
import ServiceLifecycle
import Synchronization
package import TransparencyLog

/// The single writer of the institution's own log (protocol section 2).
///
/// No timer: while one commit runs the next batch gathers. Callers are answered after COMMIT only, by
/// the thread that waited for the disk: every change of thread would cost as much as the commit.
package final class Sequencer: Service, Sendable {
    /// What a caller gets once its request is on disk.
    package struct Acknowledgement: Sendable {
        /// One result per draft.
        package let results: [Appended]
        /// The signed head that covers them.
        package let head: VerifiedCheckpoint
    }

    private struct Waiting {
        let request: PreparedRequest
        let answer: CheckedContinuation<Acknowledgement, any Error>
    }

    private struct Pool {
        var waiting: [Waiting] = []
        var drafts = 0
        var closed = false
        /// Whether `run` has begun.
        var isRunning = false
        /// Whether a thread writes what waits.
        var isWriting = false
        /// How the last batch after the closing ended; nil before.
        var end: Result<Void, any Error>?
        /// `run`, when it waits for that.
        var ending: CheckedContinuation<Void, any Error>?

        /// Takes as many as fit into a commit, at least one if there is one.
        mutating func next() -> [Waiting] {
            var leaves = 0
            var bytes = 0
            var count = 0
            for waiting in waiting {
                leaves += waiting.request.request.drafts.count
                bytes += waiting.request.size
                if count > 0, leaves > Limits.batchLeaves || bytes > Limits.batchBytes { break }
                count += 1
            }
            let batch = Array(waiting.prefix(count))
            waiting.removeFirst(count)
            drafts -= batch.reduce(0) { $0 + $1.request.request.drafts.count }
            return batch
        }

        /// What failed beside the commits: what the disk holds is unknown.
        var fault: (any Error)?

        /// Whether somebody is to begin writing; whoever asks does it then.
        mutating func begin() -> Bool {
            guard isRunning, !isWriting, end == nil, !waiting.isEmpty || closed else {
                return false
            }
            isWriting = true
            return true
        }
    }

    private let log: LogStore
    private let signer: NoteSigner
    private let time: any TimeSource
    private let logger: Logger
    private let metrics: NodeMetrics
    private let pool = Mutex(Pool())
    /// New heads, in order; ends when everything is written after the closing.
    private let heads: AsyncStream<VerifiedCheckpoint>
    private let written: AsyncStream<VerifiedCheckpoint>.Continuation
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
        (heads, written) = AsyncStream.makeStream()
    }

    /// Why nothing could be written when it was last tried: the disk is full, or whoever holds the key
    /// did not sign. Cleared by the next commit.
    package var fault: Problem? {
        let known = trouble.withLock { $0 }
        return known?.slug == .readOnly && log.hasSpace ? nil : known
    }

    /// Appends the drafts of a request and returns when they are on disk.
    ///
    /// - Throws: `Problem` `busy` when the pool is full, `request-id-reused`, or what is wrong with
    ///   a draft.
    package func append(_ request: AppendRequest) async throws -> Acknowledgement {
        let prepared = PreparedRequest(request, at: time.now())
        return try await withCheckedThrowingContinuation { continuation in
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
                pool.waiting.append(Waiting(request: prepared, answer: continuation))
                return nil
            }
            if let refusal { continuation.resume(throwing: refusal) } else { write() }
        }
    }

    package func run() async throws {
        try log.prepareForCommits()
        pool.withLock { $0.isRunning = true }
        write()
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                for await head in heads { await committed(head) }
            } onGracefulShutdown: {
                self.close()
            }
        } onCancel: {
            self.close()
        }
        try await withCheckedThrowingContinuation { continuation in
            let end = pool.withLock { pool in
                if pool.end == nil { pool.ending = continuation }
                return pool.end
            }
            if let end { continuation.resume(with: end) }
        }
    }

    /// Whether it takes entries.
    var isOpen: Bool { pool.withLock { !$0.closed } }

    /// Takes no more requests; `run` ends when those that wait are written.
    package func close() {
        pool.withLock { $0.closed = true }
        write()
    }

    /// Takes no more requests, and writes none of those that wait.
    func halt(_ problem: Problem) {
        turnAway(problem, forGood: true)
        write()
    }

    /// Answers whoever waits, and the batch that was tried, with a problem.
    private func turnAway(_ problem: Problem, batch: [Waiting] = [], forGood: Bool = false) {
        let left = pool.withLock { pool in
            defer {
                pool.waiting = []
                pool.drafts = 0
                if forGood { pool.closed = true }
            }
            return pool.waiting
        }
        for waiting in batch + left { waiting.answer.resume(throwing: problem) }
    }

    /// Has everything written that waits, unless somebody is at it.
    private func write() {
        guard pool.withLock({ $0.begin() }) else { return }
        disk.run { [self] in
            while let batch = takeBatch() {
                do {
                    try commit(batch)
                } catch { return end(.failure(error)) }
            }
        }
    }

    /// Everything is written that ever will be.
    private func end(_ result: Result<Void, any Error>) {
        let ending = pool.withLock { pool in
            pool.end = result
            return pool.ending
        }
        written.finish()
        ending?.resume(with: result)
    }

    /// What is to be written next; nil when nothing waits, and then nobody writes any more.
    private func takeBatch() -> [Waiting]? {
        let (batch, isOver) = pool.withLock { pool in
            let batch = pool.next()
            let isOver = batch.isEmpty && pool.closed
            if batch.isEmpty, !isOver { pool.isWriting = false }
            return (batch, isOver)
        }
        if isOver { end(.success(())) }
        return batch.isEmpty ? nil : batch
    }

    private func commit(_ batch: [Waiting]) throws {
        let sizeBefore = log.size
        do {
            if let fault = pool.withLock({ $0.fault }) { throw fault }
            let began = ContinuousClock.now
            let (answers, head) = try log.commit(
                prepared: batch.map(\.request), at: time.now(), signer: signer)
            metrics.committed(
                leaves: head.checkpoint.size - sizeBefore, took: ContinuousClock.now - began)
            if trouble.withLock({ $0.take() }) != nil { logger.notice("the log is written again") }
            for (waiting, answer) in zip(batch, answers) {
                waiting.answer.resume(with: Self.result(of: waiting.request.request, answer, head))
            }
            if log.isCarryOverDue { beside.run { self.tidy() } }
            if head.checkpoint.size != sizeBefore { written.yield(head) }
        } catch  where StoreFault(of: error) == .full {
            standStill(
                batch,
                Problem(
                    .readOnly,
                    "the disk is full: the log is read-only until there is space again",
                    try: "free some space and send the request again; the node need not be "
                        + "restarted"))
        } catch let error as SigningUnavailable {
            // The transaction was rolled back: without a signature there is no head.
            standStill(
                batch,
                Problem(.keyUnusable, "nothing was written: \(error.reason)", try: error.remedy))
        } catch {
            logger.critical("commit failed; the log stops", metadata: ["error": "\(error)"])
            let problem = Problem(
                .readOnly,
                "the log could not be written: \(error)",
                try: "look at the disk, then start the daemon again; nothing was acknowledged"
            )
            turnAway(problem, batch: batch, forGood: true)
            // What the disk holds is unknown: the only next state is a successful start.
            throw error
        }
    }

    private static func result(
        of request: AppendRequest, _ answer: AppendAnswer, _ head: VerifiedCheckpoint
    ) -> Result<Acknowledgement, any Error> {
        switch answer {
        case .appended(let results): .success(Acknowledgement(results: results, head: head))
        case .refused(let problem): .failure(problem)
        case .reused:
            .failure(
                Problem(
                    .requestIDReused,
                    "this request id was used for another request",
                    at: request.id.text,
                    try: "draw a new UUID version 7"
                ))
        }
    }

    /// A disk that is full, or a database that is busy, is tried again after a later commit.
    private func tidy() {
        do {
            try log.tidy()
        } catch {
            guard StoreFault(of: error) == .fatal else { return }
            pool.withLock { $0.fault = error }
        }
    }

    /// Nothing was written, and nothing is lost: the next request tries again.
    private func standStill(_ batch: [Waiting], _ problem: Problem) {
        let before = trouble.withLock { trouble in
            defer { trouble = problem }
            return trouble
        }
        if before?.slug != problem.slug {
            let isFull = problem.slug == .readOnly
            logger.error(
                isFull
                    ? "the disk is full; the log is read-only for now"
                    : "the log's key is out of reach; nothing is written for now",
                metadata: isFull ? [:] : ["reason": "\(problem.detail)"])
        }
        turnAway(problem, batch: batch)
    }
}
