/// Tasks that go on beside whoever starts them, children of one group all the same.
final class Background: Sendable {
    private let works: AsyncStream<@Sendable () async -> Void>
    private let entry: AsyncStream<@Sendable () async -> Void>.Continuation

    init() { (works, entry) = AsyncStream.makeStream() }

    /// Starts a piece of work.
    func start(_ work: @escaping @Sendable () async -> Void) { entry.yield(work) }

    /// Carries out what is started, for as long as the simulation lasts.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await work in works { group.addTask { await work() } }
        }
    }
}
