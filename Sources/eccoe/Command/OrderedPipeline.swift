/// Carries out work a few pieces at a time and hands the results over in the order of the work.
enum OrderedPipeline {
    /// Runs until `next` returns nil.
    ///
    /// - Parameters:
    ///   - parallelism: how many pieces are under way at most.
    ///   - next: the next piece of work; called on the caller's own task.
    ///   - handle: takes each result, in order; called on the caller's own task.
    /// - Throws: what the three throw; work under way is cancelled.
    static func run<Work: Sendable, Result: Sendable>(
        parallelism: Int,
        next: () async throws -> Work?,
        perform: @escaping @Sendable (Work) async throws -> Result,
        handle: (Result) throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var asked = 0
            var handled = 0
            var waiting: [Int: Result] = [:]
            while true {
                while asked - handled < parallelism, let work = try await next() {
                    let position = asked
                    group.addTask { (position, try await perform(work)) }
                    asked += 1
                }
                guard handled < asked, let (position, result) = try await group.next() else {
                    return
                }
                waiting[position] = result
                while let result = waiting.removeValue(forKey: handled) {
                    try handle(result)
                    handled += 1
                }
            }
        }
    }
}
