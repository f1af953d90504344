import CanonicalJSON
package import Keys

/// One refresh of a registry as a state machine: it says which file to fetch, is told what came,
/// and ends with a verified registry or a refusal (TUF 5.1 to 5.7, protocol.md section 5).
///
/// It fetches nothing that `stored` holds with the hash that is signed. A refresh that fails leaves
/// the registry of the last complete one in force; `stored` is worth keeping all the same, since
/// it holds the roots learnt and guards against rollback.
package struct RefreshWorkflow: Sendable {
    /// What to do next.
    package enum Step: Sendable {
        /// Fetch this path, relative to the registry's base URL, and call `receive`.
        case fetch(path: String, maxBytes: Int)
        /// Done: the registry, and what to keep instead of the copy that was given.
        case finished(TrustedRegistry, StoredMetadata)
        /// Not done; see `stored`.
        case failed(RegistryRefusal)
    }

    /// A file of the registry.
    package struct FileToFetch: Equatable, Sendable {
        /// Relative to the registry's base URL.
        package let path: String
        /// How many bytes it has at most.
        package let maxBytes: Int

        /// A file from its parts.
        package init(path: String, maxBytes: Int) {
            self.path = path
            self.maxBytes = maxBytes
        }
    }

    /// What came of a fetch.
    package enum Answer: Equatable, Sendable {
        /// The exact bytes; more than asked for are refused.
        case bytes([UInt8])
        /// The server answered that there is no such file (HTTP 404, 410 or 403).
        case notFound
        /// No answer, or another error; in words.
        case unreachable(String)
    }

    /// What to keep on the disk, whatever comes of this refresh.
    package internal(set) var stored: StoredMetadata
    let time: Instant
    let limits: RegistryLimits
    let known: TrustedRegistry?
    var phase = Phase.idle
    /// Set by `start`.
    var trusted: TrustedMetadata?
    var rotations = 0
    var walk = RoleWalk()
    var acceptance = DocumentAcceptance()
    /// Targets still to be looked at, last first.
    var wanted: [WantedTarget] = []
    var alarms: [RegistryAlarm] = []

    enum Phase: Sendable {
        case idle
        case root
        case earlierRoot(Int64)
        case timestamp
        case snapshot
        case role(RoleWalk.Visit)
        case target(WantedTarget)
        case over
    }

    struct WantedTarget: Sendable {
        let path: String
        let description: TargetDescription
    }

    /// A refresh of the registry that `stored` is a copy of, with time standing still at `at`.
    ///
    /// - Parameter known: the registry in force; documents that have not changed are taken from it.
    package init(
        stored: StoredMetadata,
        known: TrustedRegistry? = nil,
        at time: Instant,
        limits: RegistryLimits = .standard
    ) {
        self.stored = stored
        self.known = known
        self.time = time
        self.limits = limits
    }

    /// Begins; call it once.
    package mutating func start() -> Step {
        guard let root = stored.newestRoot else {
            return fail(RegistryRefusal("root.json", .notFound))
        }
        do throws(RegistryRefusal) {
            var trusted = try TrustedMetadata(
                trustedRoot: root,
                expiry: .judged(at: time),
                limits: limits
            )
            recall(into: &trusted)
            self.trusted = trusted
        } catch {
            return fail(error)
        }
        return fetchRoot()
    }

    /// Goes on with what came of the last fetch.
    package mutating func receive(_ answer: Answer) -> Step {
        switch phase {
        case .root: receiveRoot(answer)
        case .earlierRoot(let version): receiveEarlierRoot(answer, version: version)
        case .timestamp: receiveTimestamp(answer)
        case .snapshot: receiveSnapshot(answer)
        case .role(let visit): receiveRole(answer, visit)
        case .target(let target): receiveTarget(answer, target)
        case .idle: start()
        case .over: fail(RegistryRefusal("", .unreachable("the refresh is over")))
        }
    }

    mutating func fail(_ refusal: RegistryRefusal) -> Step {
        phase = .over
        return .failed(refusal)
    }

    /// A step that no caller can reach: the files before it are not loaded.
    mutating func failUnstarted() -> Step { fail(RegistryRefusal("root.json", .notFound)) }

    /// What earlier runs saw. A copy that no refresh of ours has completed has only its own files.
    private func recall(into trusted: inout TrustedMetadata) {
        trusted.recall(
            timestamp: stored[StoredMetadata.seenTimestamp],
            snapshot: stored[StoredMetadata.seenSnapshot]
        )
        guard stored.accepted.isEmpty, trusted.timestamp == nil else { return }
        trusted.recall(timestamp: stored[RegistryPath.timestamp], snapshot: nil)
        let version = trusted.timestamp?.snapshot.version
        trusted.recall(timestamp: nil, snapshot: stored.file(ofRole: "snapshot", version: version))
    }
}

extension RefreshWorkflow.Answer {
    /// The bytes of a file that must be there, within a limit.
    func bytes(of file: String, limit: Int) throws(RegistryRefusal) -> [UInt8] {
        switch self {
        case .notFound: throw RegistryRefusal(file, .notFound)
        case .unreachable(let reason): throw RegistryRefusal(file, .unreachable(reason))
        case .bytes(let bytes):
            guard bytes.count <= limit else {
                throw RegistryRefusal(file, .tooLarge(limit: limit))
            }
            return bytes
        }
    }
}
