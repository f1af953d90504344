/// Runs what takes long on the threads that all tasks share, instead of the connection's own, where it
/// would hold up the other connections of that thread.
func elsewhere<Value: Sendable>(
    _ work: @Sendable () async throws -> Value
) async throws -> Value {
    try await withTaskExecutorPreference(globalConcurrentExecutor) { try await work() }
}
