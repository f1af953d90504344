package import NodeStore
import Synchronization

/// The one writer of the witness's memory. No timer: requests that come while one transaction is being
/// synced share the next one, as those of the log do.
package final class WitnessWriter: Sendable {
    /// Requests of one transaction.
    private static let batch = 256

    private struct Waiting {
        let request: WitnessRequest
        let answer: CheckedContinuation<WitnessAnswer, any Error>
    }

    private struct Queue {
        var waiting: [Waiting] = []
        var isRunning = false
    }

    private let database: NodeDatabase
    private let disk: any BlockingExecutor
    private let queue = Mutex(Queue())

    /// A writer of `database`.
    ///
    /// - Parameter disk: where it waits for the disk.
    package init(_ database: NodeDatabase, disk: any BlockingExecutor) {
        self.database = database
        self.disk = disk
    }

    /// What the witness answers to a request; the cosigned head is on disk then.
    ///
    /// - Throws: what the signer throws, and what SQLite says.
    package func judge(_ request: WitnessRequest) async throws -> WitnessAnswer {
        try await withCheckedThrowingContinuation { continuation in
            let isFirst = queue.withLock { queue in
                queue.waiting.append(Waiting(request: request, answer: continuation))
                defer { queue.isRunning = true }
                return !queue.isRunning
            }
            if isFirst { disk.run { self.run() } }
        }
    }

    private func run() {
        while let batch = take() {
            do {
                let answers = try database.witness(batch.map(\.request))
                for (waiting, answer) in zip(batch, answers) { waiting.answer.resume(with: answer) }
            } catch {
                for waiting in batch { waiting.answer.resume(throwing: error) }
            }
        }
    }

    private func take() -> [Waiting]? {
        queue.withLock { queue in
            let batch = Array(queue.waiting.prefix(Self.batch))
            queue.waiting.removeFirst(batch.count)
            queue.isRunning = !batch.isEmpty
            return batch.isEmpty ? nil : batch
        }
    }
}
