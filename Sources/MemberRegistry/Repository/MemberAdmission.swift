package import Keys

extension RegistryRepository {
    /// The members in force, sorted by domain.
    package var members: [Member] {
        acceptance.index.members.values.sorted { $0.document.domain < $1.document.domain }
    }

    /// `network.json`.
    package var network: NetworkDocument {
        acceptance.network ?? NetworkDocument(name: "", quorums: [], bodies: [])
    }

    /// Admits a new member; its document must have a registration event.
    ///
    /// - Parameter signers: reach the thresholds of the member's body, snapshot and timestamp.
    /// - Throws: `RepositoryError.document` when a client would refuse the document.
    package mutating func admit(
        _ document: MemberDocument,
        signers: [any Signer],
        at time: Instant
    ) throws(RepositoryError) -> RepositoryChange {
        if let member = acceptance.index.members[document.domain] {
            throw .plan("\(document.domain) is a member already, as \(member.path); update it")
        }
        guard let body = network.body(of: document.domain) else {
            throw .plan("no body of \(network.name) has a suffix that ends \(document.domain)")
        }
        let path = RegistryPath.member(document.domain, body: body.name)
        return try put(document, path: path, role: body.name, signers: signers, at: time)
    }

    /// Publishes a member's newer document, which must extend the one in force: suspension,
    /// reinstatement, a revoked key, a closed and an opened epoch, a new address.
    ///
    /// - Parameter signers: as for `admit`.
    /// - Throws: `RepositoryError.document` when a client would refuse the document.
    package mutating func update(
        _ document: MemberDocument,
        signers: [any Signer],
        at time: Instant
    ) throws(RepositoryError) -> RepositoryChange {
        guard let member = acceptance.index.members[document.domain] else {
            throw .plan("\(document.domain) is no member yet; admit it")
        }
        let role = trusted.target(member.path)?.role ?? member.body
        return try put(document, path: member.path, role: role, signers: signers, at: time)
    }

    private mutating func put(
        _ document: MemberDocument,
        path: String,
        role: String,
        signers: [any Signer],
        at time: Instant
    ) throws(RepositoryError) -> RepositoryChange {
        let bytes = document.canonicalBytes
        var index = acceptance.index
        if let reason = index.admit(bytes, path: path, network: network) {
            throw .document(RegistryAlarm(path, reason))
        }
        guard let current = trusted.targets[role] else {
            throw .plan("there is no role \"\(role)\"")
        }
        var targets = current.targets
        targets[path] = TargetDescription(of: bytes, custom: CosignerIntervals(document).custom)
        var draft = draft()
        draft.targetFiles = [(path, bytes)]
        draft.roles[role] = TargetsMetadata(
            version: current.version + 1,
            expires: time + lifetimes.body,
            targets: targets,
            delegations: current.delegations
        )
        return try publish(draft, signers: signers, at: time)
    }

    /// Publishes a new `network.json` and the delegations that go with it. Bodies that are new, or
    /// get other keys, have a plan in `bodies`.
    ///
    /// - Parameter signers: reach the thresholds of targets, snapshot, timestamp and of those
    ///   bodies.
    /// - Throws: `RepositoryError`.
    package mutating func updateNetwork(
        _ network: NetworkDocument,
        bodies: [String: RolePlan] = [:],
        signers: [any Signer],
        at time: Instant
    ) throws(RepositoryError) -> RepositoryChange {
        guard let current = trusted.targets["targets"] else {
            throw .plan("there is no targets role")
        }
        if let conflict = network.conflict(with: self.network) {
            throw .document(RegistryAlarm(RegistryPath.network, .networkChanged(conflict)))
        }
        let bytes = network.canonicalBytes
        var targets = current.targets
        targets[RegistryPath.network] = TargetDescription(of: bytes, custom: nil)
        var draft = draft()
        draft.targetFiles = [(RegistryPath.network, bytes)]
        draft.roles["targets"] = TargetsMetadata(
            version: current.version + 1,
            expires: time + lifetimes.targets,
            targets: targets,
            delegations: try Self.delegations(network, bodies, existing: current.delegations)
        )
        for name in bodies.keys {
            let earlier = trusted.targets[name]
            draft.roles[name] = TargetsMetadata(
                version: (earlier?.version ?? 0) + 1,
                expires: time + lifetimes.body,
                targets: earlier?.targets ?? [:],
                delegations: earlier?.delegations ?? []
            )
        }
        return try publish(draft, signers: signers, at: time)
    }
}
