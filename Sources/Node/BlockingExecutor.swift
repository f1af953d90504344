import Dispatch

/// Carries out work that blocks on the disk, so that the cooperative threads do not.
package protocol BlockingExecutor: Sendable {
    /// Runs `work` once, after everything that was handed in before.
    func run(_ work: @escaping @Sendable () -> Void)
}

/// One thread of the system's pool at a time.
package struct DispatchExecutor: BlockingExecutor {
    private let queue: DispatchQueue

    /// An executor of its own.
    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    package func run(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }
}
