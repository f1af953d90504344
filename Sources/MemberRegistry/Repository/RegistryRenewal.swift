package import Keys

extension RegistryRepository {
    /// Signs what would expire: the timestamp always, the snapshot and the targets roles in the
    /// second half of their lives. A role whose keys are not at hand is left and named in `due`;
    /// so is the root, which only its own ceremony renews.
    ///
    /// - Parameter signers: reach the threshold of timestamp at least.
    /// - Throws: `RepositoryError`.
    package mutating func refresh(
        signers: [any Signer],
        at time: Instant
    ) throws(RepositoryError) -> RepositoryChange {
        var draft = draft()
        var due: [String] = []
        if isDue(trusted.root.expires, lifetimes.root, at: time) { due.append("root") }
        for (role, metadata) in trusted.targets.sorted(by: { $0.key < $1.key }) {
            let lifetime = lifetimes.lifetime(ofTargets: role)
            guard isDue(metadata.expires, lifetime, at: time) else { continue }
            let keys = keys(ofTargets: role)
            guard MetadataSigning.chosen(from: signers, for: keys).count >= keys.threshold else {
                due.append(role)
                continue
            }
            draft.roles[role] = TargetsMetadata(
                version: metadata.version + 1,
                expires: time + lifetime,
                targets: metadata.targets,
                delegations: metadata.delegations
            )
        }
        let expires = trusted.snapshot?.expires ?? time
        draft.renewsSnapshot = isDue(expires, lifetimes.snapshot, at: time)
        var change = try publish(draft, signers: signers, at: time)
        change.due = due
        return change
    }

    private func isDue(_ expires: Instant, _ lifetime: Int64, at time: Instant) -> Bool {
        expires - time <= lifetime / 2
    }

    private func keys(ofTargets role: String) -> RoleKeys {
        if role == "targets" { return trusted.root.keys(of: role) }
        let delegator = trusted.delegators[role]?.first.flatMap { trusted.targets[$0] }
        return delegator?.delegations.first { $0.name == role }?.keys
            ?? RoleKeys(keys: [], threshold: 1)
    }

    /// The next root, not signed yet: with the keys of `plan`, or the same ones for a mere renewal.
    /// Its signers add their signatures with `MetadataSigning.adding`, those of the old root and
    /// those of the new one.
    ///
    /// - Throws: `RepositoryError.plan`.
    package func rootProposal(
        _ plan: TopLevelPlan?,
        at time: Instant
    ) throws(RepositoryError) -> [UInt8] {
        let next = RootMetadata(
            version: trusted.root.version + 1,
            expires: time + lifetimes.root,
            roles: try plan?.roles() ?? trusted.root.roles
        )
        return MetadataSigning.unsigned(next.signed)
    }

    /// Publishes a root that old and new keys have signed, with a new snapshot and timestamp, and a
    /// new targets file if its keys changed.
    ///
    /// - Parameter signers: reach the new thresholds of snapshot, timestamp and, where changed, of
    ///   targets.
    /// - Throws: `RepositoryError`.
    package mutating func publishRoot(
        _ rootFile: [UInt8],
        signers: [any Signer],
        at time: Instant
    ) throws(RepositoryError) -> RepositoryChange {
        var next = trusted
        if case .refused(let refusal) = next.updateRoot(rootFile) { throw .refused(refusal) }
        var draft = RepositoryDraft(root: next.root)
        draft.rootFile = rootFile
        draft.snapshot = trusted.snapshot
        draft.timestamp = trusted.timestamp
        draft.delegations = trusted.targets.values.flatMap(\.delegations)
        let areKeysNew = !next.root.keys(of: "targets").isSame(as: trusted.root.keys(of: "targets"))
        if areKeysNew, let targets = trusted.targets["targets"] {
            draft.roles["targets"] = TargetsMetadata(
                version: targets.version + 1,
                expires: time + lifetimes.targets,
                targets: targets.targets,
                delegations: targets.delegations
            )
        }
        return try publish(draft, signers: signers, at: time)
    }

    /// Proposal, signatures and publication in one, where all keys are at hand. A rotation to the
    /// same keys that was stopped half-way is taken up where it stands.
    ///
    /// - Throws: `RepositoryError`.
    package mutating func rotateRoot(
        _ plan: TopLevelPlan?,
        signers: [any Signer],
        at time: Instant
    ) throws(RepositoryError) -> RepositoryChange {
        if let leftover = try leftoverRoot(plan) {
            return try publishRoot(leftover, signers: signers, at: time)
        }
        let proposal = try rootProposal(plan, at: time)
        let newRoot = try plan?.root.roleKeys("root") ?? trusted.root.keys(of: "root")
        let chosen =
            MetadataSigning.chosen(
                from: signers,
                for: RoleKeys(
                    keys: trusted.root.keys(of: "root").keys + newRoot.keys,
                    threshold: 1
                )
            )
        let signed = try MetadataSigning.adding(chosen, to: proposal)
        return try publishRoot(signed, signers: signers, at: time)
    }

    /// The next root's file, if it was written for the same keys and nothing came of it.
    private func leftoverRoot(_ plan: TopLevelPlan?) throws(RepositoryError) -> [UInt8]? {
        var next = trusted
        let path = RegistryPath.root(version: trusted.root.version + 1)
        guard let leftover = files[path], next.updateRoot(leftover) == .accepted else {
            return nil
        }
        let wanted = try plan?.roles() ?? trusted.root.roles
        let isSame = wanted.allSatisfy { next.root.keys(of: $0.key).isSame(as: $0.value) }
        return isSame ? leftover : nil
    }
}

extension RegistryRepository {
    /// Whether timestamp or snapshot is in the second half of its life.
    package func isRenewalDue(at time: Instant) -> Bool {
        isDue(trusted.timestamp?.expires ?? time, lifetimes.timestamp, at: time)
            || isDue(trusted.snapshot?.expires ?? time, lifetimes.snapshot, at: time)
    }
}
