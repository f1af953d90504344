package import MemberRegistry

/// Carries a refresh out for whoever can fetch files.
extension RefreshWorkflow {
    /// How a refresh ends.
    package enum Outcome: Sendable {
        /// The registry, and what to keep instead of the copy that was given.
        case finished(TrustedRegistry, StoredMetadata)
        /// Not done; see `stored`.
        case failed(RegistryRefusal)
    }

    /// Target files that are fetched at a time: a registry of thousands of members would otherwise
    /// take as many round trips, one after the other.
    package static let filesAtOnce = 8

    /// Fetches what the refresh asks for until it ends.
    ///
    /// - Parameters:
    ///   - fetch: fetches a path, relative to the registry's base URL, of at most so many bytes.
    ///   - progress: told before each round how many files were fetched, and how many are known to be
    ///     left.
    /// - Throws: what `fetch` throws.
    package mutating func carryOut(
        by fetch: @escaping @Sendable (_ path: String, _ maxBytes: Int) async throws -> Answer,
        progress: (_ fetched: Int, _ left: Int) -> Void = { _, _ in }
    ) async throws -> Outcome {
        var step = start()
        var ahead: [String: Answer] = [:]
        var fetched = 0
        while true {
            switch step {
            case .fetch(let path, let maxBytes):
                if ahead[path] == nil {
                    progress(fetched, remaining)
                    let files =
                        [FileToFetch(path: path, maxBytes: maxBytes)]
                        + upcoming(Self.filesAtOnce - 1)
                    ahead = try await Self.answers(files, by: fetch)
                    fetched += files.count
                }
                step = receive(ahead.removeValue(forKey: path) ?? .unreachable("not fetched"))
            case .finished(let registry, let kept): return .finished(registry, kept)
            case .failed(let refusal): return .failed(refusal)
            }
        }
    }

    private static func answers(
        _ files: [FileToFetch],
        by fetch: @escaping @Sendable (String, Int) async throws -> Answer
    ) async throws -> [String: Answer] {
        try await withThrowingTaskGroup(of: (String, Answer).self) { group in
            for file in files {
                group.addTask { (file.path, try await fetch(file.path, file.maxBytes)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}
