package import Keys

/// Proposals to be signed on other machines, and their publication.
extension RegistryRepository {
    /// The next root with the keys of `plans` for the roles named there and all others as they are;
    /// without plans a mere renewal. Where the keys of targets change, its next file comes along,
    /// since the new keys must sign it.
    ///
    /// - Parameter plans: by role: `root`, `targets`, `snapshot`, `timestamp`.
    /// - Throws: `RepositoryError.plan`.
    package func proposeRoot(
        _ plans: [String: RolePlan],
        at time: Instant
    ) throws(RepositoryError) -> Ceremony {
        var roles = trusted.root.roles
        for (role, plan) in plans {
            guard RootMetadata.roleNames.contains(role) else {
                throw .plan("the root has no role \"\(role)\"")
            }
            roles[role] = try plan.roleKeys(role)
        }
        let root = RootMetadata(
            version: trusted.root.version + 1, expires: time + lifetimes.root, roles: roles)
        var metadata = ["root": MetadataSigning.unsigned(root.signed)]
        if !root.keys(of: "targets").isSame(as: trusted.root.keys(of: "targets")) {
            metadata["targets"] = MetadataSigning.unsigned(
                try renewed("targets", at: time).signed)
        }
        return ceremony(metadata)
    }

    /// The next file of a targets role, unchanged but for its version and expiry.
    ///
    /// - Throws: `RepositoryError.plan` when there is no such role.
    package func proposeRenewal(
        of role: String,
        at time: Instant
    ) throws(RepositoryError) -> Ceremony {
        ceremony([role: MetadataSigning.unsigned(try renewed(role, at: time).signed)])
    }

    /// A new `network.json` with the delegations that go with it; bodies with a plan are new, or
    /// get other keys, which sign for them.
    ///
    /// - Throws: `RepositoryError`.
    package func proposeNetwork(
        _ network: NetworkDocument,
        bodies: [String: RolePlan],
        at time: Instant
    ) throws(RepositoryError) -> Ceremony {
        let draft = try networkDraft(network, bodies: bodies, at: time)
        return ceremony(
            draft.roles.mapValues { MetadataSigning.unsigned($0.signed) },
            targets: draft.targetFiles)
    }

    /// A member's document, new or newer, for a body whose keys are elsewhere.
    ///
    /// - Throws: `RepositoryError` as `admit` and `update`.
    package func proposeMember(
        _ document: MemberDocument,
        at time: Instant
    ) throws(RepositoryError) -> Ceremony {
        let draft = try memberDraft(document, at: time)
        return ceremony(
            draft.roles.mapValues { MetadataSigning.unsigned($0.signed) },
            targets: draft.targetFiles)
    }

    /// Who signs for one of the four top-level roles now.
    package func plan(of role: String) -> RolePlan {
        let keys = trusted.root.keys(of: role)
        return RolePlan(keys.keys.compactMap(\.publicKey), threshold: keys.threshold)
    }

    /// The versions of the roles that are published.
    package var versions: [String: Int64] {
        var versions = trusted.targets.mapValues(\.version)
        versions["root"] = trusted.root.version
        versions["snapshot"] = trusted.snapshot?.version
        versions["timestamp"] = trusted.timestamp?.version
        return versions
    }

    private func renewed(
        _ role: String,
        at time: Instant
    ) throws(RepositoryError) -> TargetsMetadata {
        guard let current = trusted.targets[role] else {
            throw .plan("there is no role \"\(role)\"")
        }
        return TargetsMetadata(
            version: current.version + 1, expires: time + lifetimes.lifetime(ofTargets: role),
            targets: current.targets, delegations: current.delegations)
    }

    private func ceremony(
        _ metadata: [String: [UInt8]],
        targets: [(path: String, bytes: [UInt8])] = []
    ) -> Ceremony {
        let stored = StoredMetadata(files: files)
        var current = ["root": stored[RegistryPath.root(version: trusted.root.version)] ?? []]
        // The delegator says who signs for a body.
        for role in Set(metadata.keys).union(metadata["root"] == nil ? ["targets"] : []) {
            guard let known = trusted.targets[role] else { continue }
            current[role] = stored.file(ofRole: role, version: known.version)
        }
        var before: [String: [UInt8]] = [:]
        for (path, _) in targets {
            before[path] = trusted.target(path).flatMap {
                stored.target(path, $0.description.sha256)
            }
        }
        return Ceremony(
            network: network.name, metadata: metadata, current: current,
            targets: Dictionary(targets.map { ($0.path, $0.bytes) }) { _, newer in newer },
            currentTargets: before)
    }

    /// Publishes what was signed elsewhere, with a new snapshot and timestamp.
    ///
    /// - Parameter signers: reach the thresholds of snapshot and timestamp, as the root will be.
    /// - Throws: `RepositoryError`: below any threshold, of the old root or the new one; for a
    ///   proposal on top of another state than the one in force.
    package mutating func publish(
        _ ceremony: Ceremony,
        signers: [any Signer],
        at time: Instant
    ) throws(RepositoryError) -> RepositoryChange {
        guard ceremony.network == network.name else {
            throw .plan("the proposal is of the network \"\(ceremony.network)\"")
        }
        var root = trusted.root
        if let file = ceremony.metadata["root"] {
            var next = trusted
            if case .refused(let refusal) = next.updateRoot(file) { throw .refused(refusal) }
            root = next.root
        }
        var draft = draft(under: root)
        draft.rootFile = ceremony.metadata["root"]
        for role in ceremony.metadata.keys where role != "root" {
            let metadata = try ceremony.role(role)
            try demandSuccessor(metadata, of: role)
            draft.roles[role] = metadata
            draft.signedRoles[role] = ceremony.metadata[role]
        }
        draft.targetFiles = ceremony.targets.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        for (path, bytes) in draft.targetFiles { try check(bytes, path: path) }
        return try publish(draft, signers: signers, at: time)
    }
}

extension RegistryRepository {
    /// A role's next file is one version on and leaves nothing out.
    fileprivate func demandSuccessor(
        _ metadata: TargetsMetadata,
        of role: String
    ) throws(RepositoryError) {
        let current = trusted.targets[role]
        let expected = (current?.version ?? 0) + 1
        guard metadata.version == expected else {
            throw .plan(
                "version \(metadata.version) of \(role) was proposed, and \(expected) is next; "
                    + "something was published meanwhile: propose it anew")
        }
        for path in (current?.targets.keys.sorted() ?? []) where metadata.targets[path] == nil {
            throw .document(RegistryAlarm(path, .removed))
        }
        for body in current?.delegations ?? []
        where !metadata.delegations.contains(where: { $0.name == body.name }) {
            throw .plan("the delegation to \(body.name) is gone, but history only grows")
        }
    }
}

/// Founding a network whose root and targets keys are on other machines.
extension RegistryRepository {
    /// The first root and targets files, to be signed.
    ///
    /// - Throws: `RepositoryError.plan`.
    package static func foundation(
        _ network: NetworkDocument,
        topLevel: TopLevelPlan,
        bodies: [String: RolePlan],
        at time: Instant,
        lifetimes: RegistryLifetimes = RegistryLifetimes()
    ) throws(RepositoryError) -> Ceremony {
        let root = RootMetadata(
            version: 1, expires: time + lifetimes.root, roles: try topLevel.roles())
        let bytes = network.canonicalBytes
        let targets = TargetsMetadata(
            version: 1, expires: time + lifetimes.targets,
            targets: [RegistryPath.network: TargetDescription(of: bytes, custom: nil)],
            delegations: try delegations(network, bodies, existing: []))
        return Ceremony(
            network: network.name,
            metadata: [
                "root": MetadataSigning.unsigned(root.signed),
                "targets": MetadataSigning.unsigned(targets.signed),
            ],
            current: [:], targets: [RegistryPath.network: bytes])
    }

    /// The registry that a signed foundation makes, without members.
    ///
    /// - Parameter signers: reach the thresholds of the bodies, snapshot and timestamp.
    /// - Throws: `RepositoryError`.
    package static func found(
        _ ceremony: Ceremony,
        signers: [any Signer],
        at time: Instant,
        lifetimes: RegistryLifetimes = RegistryLifetimes()
    ) throws(RepositoryError) -> (repository: RegistryRepository, change: RepositoryChange) {
        guard ceremony.current.isEmpty, let rootFile = ceremony.metadata["root"] else {
            throw .plan("this proposal founds no network")
        }
        let trusted: TrustedMetadata
        do throws(RegistryRefusal) {
            trusted = try TrustedMetadata(trustedRoot: rootFile, expiry: .ignored)
        } catch {
            throw .refused(error)
        }
        guard trusted.root.version == 1 else { throw .plan("a network begins with root 1") }
        let targets = try ceremony.role("targets")
        var draft = RepositoryDraft(root: trusted.root)
        draft.rootFile = rootFile
        draft.roles["targets"] = targets
        draft.signedRoles["targets"] = ceremony.metadata["targets"]
        draft.targetFiles = ceremony.targets.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        for body in targets.delegations {
            draft.roles[body.name] = TargetsMetadata(
                version: 1, expires: time + lifetimes.body, targets: [:], delegations: [])
        }
        let change = try draft.files(signers: signers, at: time, lifetimes: lifetimes)
        let files = Dictionary(change.files.map { ($0.path, $0.bytes) }) { _, newer in newer }
        return (try RegistryRepository(files: files, lifetimes: lifetimes), change)
    }
}

extension Ceremony {
    /// A proposed targets role.
    fileprivate func role(_ role: String) throws(RepositoryError) -> TargetsMetadata {
        do throws(DocumentError) {
            if let metadata = try targetsRole(role) { return metadata }
        } catch {
            throw .refused(RegistryRefusal("\(role).json", .malformed(error)))
        }
        throw .plan("the proposal has no \(role)")
    }
}
