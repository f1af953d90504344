import ServiceLifecycle

/// Runs a service's work until it ends or the daemon is asked to stop, which cancels it.
///
/// ServiceLifecycle's `cancelWhenGracefulShutdown` ends the same way, by an unstructured task that
/// leaves the executor which its caller prefers: under a virtual clock, the end of a service would
/// then come at any later moment. Everything here is a child of the caller's task.
///
/// - Returns: what the work returns, cancelled or not.
/// - Throws: what the work throws.
func untilShutdown<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
) async rethrows -> Value {
    let (shutdown, signal) = AsyncStream<Never>.makeStream()
    return try await withGracefulShutdownHandler {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for await _ in shutdown {}
                return nil
            }
            // One of the two, however it ended, ends the other.
            let first = await group.nextResult()
            group.cancelAll()
            if case .success(let value?) = first { return value }
            if case .failure(let error) = first { throw error }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    } onGracefulShutdown: {
        signal.finish()
    }
}

/// Waits until the daemon is asked to stop, or the task is cancelled.
func shutdown() async {
    let (shutdown, signal) = AsyncStream<Never>.makeStream()
    await withGracefulShutdownHandler {
        for await _ in shutdown {}
    } onGracefulShutdown: {
        signal.finish()
    }
}
