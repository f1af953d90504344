package import Keys

/// The client workflow of TUF 1.0 (sections 5.1 to 5.7) for any repository, as a state machine: it
/// says what to fetch, is told what came, and ends with the top-level metadata or with one target.
///
/// What is accepted is in `files` at once, so whoever keeps them keeps what the specification says
/// to persist, however the run ends.
package struct RepositoryClient: Sendable {
    /// What to do next.
    package enum Step: Sendable {
        /// Fetch this file, relative to the URL of the metadata, and call `receive`.
        case fetch(file: String, maxBytes: Int)
        /// Fetch this target, relative to the URL of the targets, and call `receive`.
        case download(path: String, maxBytes: Int)
        /// Done; with the target's bytes when one was wanted.
        case finished(target: [UInt8]?)
        /// Not done.
        case failed(RegistryRefusal)
    }

    /// Metadata that was accepted, by file name without version: `root.json`, `timestamp.json`,
    /// and the names of delegated roles percent-encoded.
    package private(set) var files: [String: [UInt8]]
    private let wanted: String?
    private let kept: [UInt8]?
    private let time: Instant
    private let limits: RegistryLimits

    private enum Phase {
        case root
        case timestamp
        case snapshot
        case role(Visit)
        case target(TargetDescription)
        case over
    }

    /// A role to be looked at, and the role that delegates to it.
    private struct Visit {
        let role: String
        let delegator: String
    }

    private var phase = Phase.over
    /// Set by `start`.
    private var trusted: TrustedMetadata?
    private var rotations = 0
    /// The last one is next.
    private var toVisit = [Visit(role: "targets", delegator: "root")]
    private var visited: Set<String> = []

    /// A run with time standing still at `time`.
    ///
    /// - Parameters:
    ///   - files: what an earlier run has left in `files`; at first only `root.json`.
    ///   - target: the path of the target to find; nil only refreshes the top-level metadata.
    ///   - kept: what is held of that target: it is not fetched when it is the one that is signed.
    package init(
        files: [String: [UInt8]],
        target: String? = nil,
        kept: [UInt8]? = nil,
        at time: Instant,
        limits: RegistryLimits = RepositoryClient.limits
    ) {
        self.files = files
        wanted = target
        self.kept = kept
        self.time = time
        self.limits = limits
    }

    /// Bounds for repositories of others: larger targets, fewer delegations.
    package static var limits: RegistryLimits {
        var limits = RegistryLimits.standard
        limits.targetBytes = 256 << 20
        limits.targetsPerRole = 100_000
        limits.rootRotations = 256
        limits.delegations = 32
        return limits
    }

    /// The name under which the metadata of a role is kept.
    package static func file(of role: String) -> String {
        RegistryPath.percentEncoded(role) + ".json"
    }

    /// A part of a path as a URL or a file name has it: only unreserved characters are left.
    package static func encoded(_ part: String) -> String { RegistryPath.percentEncoded(part) }

    /// Begins; call it once.
    package mutating func start() -> Step {
        guard let root = files["root.json"] else {
            return fail(RegistryRefusal("root.json", .notFound))
        }
        do throws(RegistryRefusal) {
            var trusted = try TrustedMetadata(
                trustedRoot: root, expiry: .judged(at: time), limits: limits)
            trusted.recall(timestamp: files["timestamp.json"], snapshot: files["snapshot.json"])
            self.trusted = trusted
        } catch {
            return fail(error)
        }
        return fetchRoot()
    }

    /// Goes on with what came of the last fetch.
    package mutating func receive(_ answer: RefreshWorkflow.Answer) -> Step {
        do throws(RegistryRefusal) {
            switch phase {
            case .root: return try receiveRoot(answer)
            case .timestamp: return try receiveTimestamp(answer)
            case .snapshot: return try receiveSnapshot(answer)
            case .role(let visit): return try receiveRole(answer, visit)
            case .target(let description): return try receiveTarget(answer, description)
            case .over: return fail(RegistryRefusal("root.json", .notFound))
            }
        } catch {
            return fail(error)
        }
    }

    private mutating func fail(_ refusal: RegistryRefusal) -> Step {
        phase = .over
        return .failed(refusal)
    }
}

// MARK: - Top level
extension RepositoryClient {
    private mutating func fetchRoot() -> Step {
        guard let trusted, rotations < limits.rootRotations else { return fetchTimestamp() }
        phase = .root
        return .fetch(
            file: "\(trusted.root.version + 1).root.json", maxBytes: limits.rootBytes)
    }

    private mutating func receiveRoot(
        _ answer: RefreshWorkflow.Answer
    ) throws(RegistryRefusal) -> Step {
        if case .notFound = answer { return fetchTimestamp() }
        let bytes = try answer.bytes(of: "root.json", limit: limits.rootBytes)
        try take(trusted?.updateRoot(bytes))
        files["root.json"] = bytes
        rotations += 1
        return fetchRoot()
    }

    private mutating func fetchTimestamp() -> Step {
        phase = .timestamp
        // An expired root is kept, and nothing more is asked for (TUF 5.3.10).
        if let root = trusted?.root, root.expires <= time {
            return fail(RegistryRefusal("root.json", .expired(root.expires)))
        }
        return .fetch(file: "timestamp.json", maxBytes: limits.timestampBytes)
    }

    private mutating func receiveTimestamp(
        _ answer: RefreshWorkflow.Answer
    ) throws(RegistryRefusal) -> Step {
        let bytes = try answer.bytes(of: "timestamp.json", limit: limits.timestampBytes)
        if try take(trusted?.updateTimestamp(bytes)) == .accepted {
            files["timestamp.json"] = bytes
        }
        let expected = trusted?.timestamp?.snapshot
        if let held = files["snapshot.json"], trusted?.updateSnapshot(held) == .accepted {
            return nextRole()
        }
        phase = .snapshot
        return .fetch(
            file: name(of: "snapshot", version: expected?.version),
            maxBytes: expected?.length ?? limits.metadataBytes)
    }

    private mutating func receiveSnapshot(
        _ answer: RefreshWorkflow.Answer
    ) throws(RegistryRefusal) -> Step {
        let limit = trusted?.timestamp?.snapshot.length ?? limits.metadataBytes
        let bytes = try answer.bytes(of: "snapshot.json", limit: limit)
        try take(trusted?.updateSnapshot(bytes))
        files["snapshot.json"] = bytes
        return nextRole()
    }

    /// The name under which a repository has a role's file.
    private func name(of role: String, version: Int64?) -> String {
        let isConsistent = trusted?.root.hasConsistentSnapshots ?? true
        let path = RegistryPath.role(role, version: isConsistent ? version : nil)
        return String(path.dropFirst("metadata/".count))
    }

    @discardableResult
    private func take(_ verdict: MetadataVerdict?) throws(RegistryRefusal) -> MetadataVerdict? {
        if case .refused(let refusal) = verdict { throw refusal }
        return verdict
    }
}

// MARK: - Targets
extension RepositoryClient {
    /// The search for the target: pre-order, depth first, each role once (TUF 5.6.7).
    private mutating func nextRole() -> Step {
        while let visit = toVisit.popLast() {
            guard !visited.contains(visit.role), visited.count <= limits.delegations else {
                continue
            }
            let file = "\(visit.role).json"
            guard let expected = trusted?.snapshot?.files[file] else {
                return fail(RegistryRefusal(file, .notListed))
            }
            if let held = files[Self.file(of: visit.role)],
                trusted?.updateTargets(held, role: visit.role, delegatedBy: visit.delegator)
                    == .accepted
            {
                if let step = look(into: visit) { return step }
                continue
            }
            phase = .role(visit)
            return .fetch(
                file: name(of: visit.role, version: expected.version),
                maxBytes: expected.length ?? limits.metadataBytes)
        }
        guard let wanted else {
            phase = .over
            return .finished(target: nil)
        }
        return fail(RegistryRefusal(wanted, .notListed))
    }

    private mutating func receiveRole(
        _ answer: RefreshWorkflow.Answer, _ visit: Visit
    ) throws(RegistryRefusal) -> Step {
        let file = "\(visit.role).json"
        let limit = trusted?.snapshot?.files[file]?.length ?? limits.metadataBytes
        let bytes = try answer.bytes(of: file, limit: limit)
        try take(
            trusted?.updateTargets(bytes, role: visit.role, delegatedBy: visit.delegator))
        files[Self.file(of: visit.role)] = bytes
        return look(into: visit) ?? nextRole()
    }

    /// What to do when the role has the target; nil when its delegations are to be followed.
    private mutating func look(into visit: Visit) -> Step? {
        visited.insert(visit.role)
        guard let wanted, let role = trusted?.targets[visit.role] else { return nil }
        if let listed = role.targets[wanted] { return found(at: wanted, listed) }
        let (children, isLast) = role.delegations(of: wanted)
        if isLast { toVisit = [] }
        toVisit += children.reversed().map { Visit(role: $0.name, delegator: visit.role) }
        return nil
    }

    private mutating func found(at path: String, _ description: TargetDescription) -> Step {
        if let kept, description.matches(kept) {
            phase = .over
            return .finished(target: kept)
        }
        guard description.length <= limits.targetBytes else {
            return fail(RegistryRefusal(path, .tooLarge(limit: limits.targetBytes)))
        }
        phase = .target(description)
        let isConsistent = trusted?.root.hasConsistentSnapshots ?? true
        let file = RegistryPath.target(
            path, sha256: isConsistent ? description.sha256.hex : nil)
        return .download(
            path: String(file.dropFirst("targets/".count)), maxBytes: description.length)
    }

    private mutating func receiveTarget(
        _ answer: RefreshWorkflow.Answer, _ description: TargetDescription
    ) throws(RegistryRefusal) -> Step {
        let path = wanted ?? ""
        let bytes = try answer.bytes(of: path, limit: description.length)
        guard description.matches(bytes) else { throw RegistryRefusal(path, .mismatch) }
        phase = .over
        return .finished(target: bytes)
    }
}
