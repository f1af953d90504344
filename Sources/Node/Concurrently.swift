/// Runs work over elements, at most `limit` at once.
///
/// - Returns: the results in the order of the elements.
/// - Throws: the first error; what is under way then is cancelled.
func concurrently<Element: Sendable, Result: Sendable>(
    _ elements: [Element],
    limit: Int,
    _ work: @escaping @Sendable (Element) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var waiting = elements.enumerated().makeIterator()
        func start() {
            guard let (index, element) = waiting.next() else { return }
            group.addTask { (index, try await work(element)) }
        }
        for _ in 0..<max(1, limit) { start() }
        var results = [Result?](repeating: nil, count: elements.count)
        while let (index, result) = try await group.next() {
            results[index] = result
            start()
        }
        return results.compactMap(\.self)
    }
}
