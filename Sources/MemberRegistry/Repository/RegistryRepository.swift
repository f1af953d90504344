package import Keys

/// The registry as its operator keeps it: files in, files out, no disk of its own. Whatever it is
/// about to publish it first reads as a client does.
package struct RegistryRepository: Sendable {
    /// All files by path, as served.
    package private(set) var files: [String: [UInt8]]
    /// How long what is signed from now on stays valid.
    package var lifetimes: RegistryLifetimes
    /// The metadata that `files` hold.
    let trusted: TrustedMetadata
    let acceptance: DocumentAcceptance

    /// A registry from its files.
    ///
    /// - Throws: `RepositoryError.refused` when a client would refuse them (expiry apart), also
    ///   when a body or a document is not in order.
    package init(
        files: [String: [UInt8]],
        lifetimes: RegistryLifetimes = RegistryLifetimes()
    ) throws(RepositoryError) {
        let stored = StoredMetadata(files: files)
        do throws(RegistryRefusal) {
            trusted = try Self.metadata(stored)
        } catch {
            throw .refused(error)
        }
        acceptance = try Self.documents(trusted, stored)
        self.files = files
        self.lifetimes = lifetimes
    }

    /// The metadata under the newest root; under the one before when a rotation was stopped after
    /// its root file was written and before its timestamp was.
    private static func metadata(
        _ stored: StoredMetadata
    ) throws(RegistryRefusal) -> TrustedMetadata {
        let candidates = stored.rootChain.suffix(2).reversed()
        guard let newest = candidates.first else { throw RegistryRefusal("root.json", .notFound) }
        do throws(RegistryRefusal) {
            return try metadata(stored, root: newest)
        } catch {
            guard case .signatures = error.reason, candidates.count == 2,
                let before = candidates.last
            else { throw error }
            return try metadata(stored, root: before)
        }
    }

    private static func metadata(
        _ stored: StoredMetadata,
        root: [UInt8]
    ) throws(RegistryRefusal) -> TrustedMetadata {
        var trusted = try TrustedMetadata(trustedRoot: root, expiry: .ignored)
        let (_, alarms) = try trusted.takeAll { stored.file(ofRole: $0, version: $1) }
        if case .frozen(let refusal) = alarms.first?.reason { throw refusal }
        return trusted
    }

    private static func documents(
        _ trusted: TrustedMetadata,
        _ stored: StoredMetadata
    ) throws(RepositoryError) -> DocumentAcceptance {
        var acceptance = DocumentAcceptance()
        var listed = trusted.allTargets()
        if let index = listed.firstIndex(where: { $0.path == RegistryPath.network }) {
            listed.insert(listed.remove(at: index), at: 0)
        }
        for (path, _, description) in listed {
            guard let bytes = stored.target(path, description.sha256) else {
                throw .refused(RegistryRefusal(path, .notFound))
            }
            acceptance.consider(bytes, path: path, description: description)
        }
        if let alarm = acceptance.alarms.first { throw .document(alarm) }
        return acceptance
    }

    /// A new registry without members, its `network.json` naming exactly the bodies of `bodies`.
    ///
    /// - Parameter signers: reach the thresholds of all roles, the bodies' included.
    /// - Throws: `RepositoryError`.
    package static func create(
        _ network: NetworkDocument,
        topLevel: TopLevelPlan,
        bodies: [String: RolePlan],
        signers: [any Signer],
        at time: Instant,
        lifetimes: RegistryLifetimes = RegistryLifetimes()
    ) throws(RepositoryError) -> (repository: RegistryRepository, change: RepositoryChange) {
        let root = RootMetadata(
            version: 1,
            expires: time + lifetimes.root,
            roles: try topLevel.roles()
        )
        let delegations = try delegations(network, bodies, existing: [])
        var draft = RepositoryDraft(root: root)
        draft.rootFile = try MetadataSigning.sign(
            root.signed,
            role: "root",
            keys: root.keys(of: "root"),
            signers: signers
        )
        let networkBytes = network.canonicalBytes
        draft.targetFiles = [(RegistryPath.network, networkBytes)]
        draft.roles["targets"] = TargetsMetadata(
            version: 1,
            expires: time + lifetimes.targets,
            targets: [
                RegistryPath.network: TargetDescription(of: networkBytes, custom: nil)
            ],
            delegations: delegations
        )
        for body in delegations {
            draft.roles[body.name] = TargetsMetadata(
                version: 1,
                expires: time + lifetimes.body,
                targets: [:],
                delegations: []
            )
        }
        let change = try draft.files(signers: signers, at: time, lifetimes: lifetimes)
        let files = Dictionary(
            uniqueKeysWithValues: change.files.map { ($0.path, $0.bytes) }
        )
        return (try RegistryRepository(files: files, lifetimes: lifetimes), change)
    }

    static func delegations(
        _ network: NetworkDocument,
        _ bodies: [String: RolePlan],
        existing: [DelegatedRole]
    ) throws(RepositoryError) -> [DelegatedRole] {
        var delegations: [DelegatedRole] = []
        for body in network.bodies {
            if let plan = bodies[body.name] {
                let keys = try plan.roleKeys(body.name)
                delegations.append(DelegatedRole(body: body.name, keys: keys))
            } else if let kept = existing.first(where: { $0.name == body.name }) {
                delegations.append(kept)
            } else {
                throw .plan("no keys are given for the body \"\(body.name)\"")
            }
        }
        for name in bodies.keys where !delegations.contains(where: { $0.name == name }) {
            throw .plan("network.json does not name the body \"\(name)\"")
        }
        return delegations
    }

    /// A draft that changes nothing yet.
    func draft() -> RepositoryDraft { draft(under: trusted.root) }

    /// A draft that changes nothing but the root.
    func draft(under root: RootMetadata) -> RepositoryDraft {
        var draft = RepositoryDraft(root: root)
        draft.snapshot = trusted.snapshot
        draft.timestamp = trusted.timestamp
        draft.delegations = trusted.targets.values.flatMap(\.delegations)
        return draft
    }

    /// Signs a draft, checks the outcome as a client would, and takes it over.
    mutating func publish(
        _ draft: RepositoryDraft,
        signers: [any Signer],
        at time: Instant
    ) throws(RepositoryError) -> RepositoryChange {
        let change = try draft.files(signers: signers, at: time, lifetimes: lifetimes)
        var next = files
        for file in change.files { next[file.path] = file.bytes }
        self = try RegistryRepository(files: next, lifetimes: lifetimes)
        return change
    }
}
