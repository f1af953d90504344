import Glibc
import Node
import Synchronization

/// Runs every job of a simulation on the thread that drains it, in the order in which the jobs
/// came: the same seed, the same order.
///
/// Tasks that prefer it, their children and the default actors that they call stay on it.
final class OneThread: TaskExecutor, BlockingExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        var next = 0
    }

    private let queue = Mutex(Queue())
    private let home = pthread_self()
    private let strays = Mutex(0)

    /// Jobs that other threads have brought: each of them makes a run depend on real time.
    var strayed: Int { strays.withLock { $0 } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if pthread_equal(pthread_self(), home) == 0 { strays.withLock { $0 += 1 } }
        queue.withLock { $0.jobs.append(job) }
    }

    /// A commit takes no virtual time.
    func run(_ work: @escaping @Sendable () -> Void) { work() }

    /// Runs what is there, and what that brings, until nothing is left.
    func drain() {
        while let job = take() { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    private func take() -> UnownedJob? {
        queue.withLock { queue in
            guard queue.next < queue.jobs.count else {
                queue.jobs.removeAll(keepingCapacity: true)
                queue.next = 0
                return nil
            }
            defer { queue.next += 1 }
            return queue.jobs[queue.next]
        }
    }
}
