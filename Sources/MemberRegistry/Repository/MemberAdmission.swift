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
        return try publish(try memberDraft(document, at: time), signers: signers, at: time)
    }

    /// Admits many new members in one version, such as those of a network that moves here.
    ///
    /// - Parameter signers: reach the thresholds of all bodies concerned, snapshot and timestamp.
    /// - Throws: `RepositoryError`; then none is admitted.
    package mutating func admit(
        all documents: [MemberDocument],
        signers: [any Signer],
        at time: Instant
    ) throws(RepositoryError) -> RepositoryChange {
        var index = acceptance.index
        var draft = draft()
        var added: [String: [String: TargetDescription]] = [:]
        for document in documents {
            guard index.members[document.domain] == nil else {
                throw .plan("\(document.domain) is a member already; update it")
            }
            guard let body = network.body(of: document.domain) else {
                throw .plan("no body of \(network.name) has a suffix that ends \(document.domain)")
            }
            let path = RegistryPath.member(document.domain, body: body.name)
            let bytes = document.canonicalBytes
            if let reason = index.admit(bytes, path: path, network: network) {
                throw .document(RegistryAlarm(path, reason))
            }
            draft.targetFiles.append((path, bytes))
            added[body.name, default: [:]][path] = TargetDescription(
                of: bytes, custom: CosignerIntervals(document).custom)
        }
        for (body, targets) in added {
            guard let current = trusted.targets[body] else {
                throw .plan("there is no role \"\(body)\"")
            }
            draft.roles[body] = TargetsMetadata(
                version: current.version + 1,
                expires: time + lifetimes.body,
                targets: current.targets.merging(targets) { _, newer in newer },
                delegations: current.delegations
            )
        }
        return try publish(draft, signers: signers, at: time)
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
        guard acceptance.index.members[document.domain] != nil else {
            throw .plan("\(document.domain) is no member yet; admit it")
        }
        return try publish(try memberDraft(document, at: time), signers: signers, at: time)
    }

    /// The files of a member that is new, or of one that changes, not signed yet.
    func memberDraft(
        _ document: MemberDocument,
        at time: Instant
    ) throws(RepositoryError) -> RepositoryDraft {
        if let member = acceptance.index.members[document.domain] {
            let role = trusted.target(member.path)?.role ?? member.body
            return try draft(document, path: member.path, role: role, at: time)
        }
        guard let body = network.body(of: document.domain) else {
            throw .plan("no body of \(network.name) has a suffix that ends \(document.domain)")
        }
        let path = RegistryPath.member(document.domain, body: body.name)
        return try draft(document, path: path, role: body.name, at: time)
    }

    /// Checks what `update` would publish, without any key: for a person to look at first.
    ///
    /// - Throws: `RepositoryError.document` when a client would refuse the document.
    package func check(_ document: MemberDocument) throws(RepositoryError) {
        guard let member = acceptance.index.members[document.domain] else {
            throw .plan("\(document.domain) is no member yet; admit it")
        }
        try check(document.canonicalBytes, path: member.path)
    }

    /// Checks a target file as a client will.
    func check(_ bytes: [UInt8], path: String) throws(RepositoryError) {
        guard path != RegistryPath.network else {
            let newer: NetworkDocument
            do throws(DocumentError) {
                newer = try NetworkDocument(reading: bytes)
            } catch { throw .document(RegistryAlarm(path, .malformed(error))) }
            return try check(newer)
        }
        var index = acceptance.index
        if let reason = index.admit(bytes, path: path, network: network) {
            throw .document(RegistryAlarm(path, reason))
        }
    }

    private func check(_ newer: NetworkDocument) throws(RepositoryError) {
        if let conflict = newer.conflict(with: network) {
            throw .document(RegistryAlarm(RegistryPath.network, .networkChanged(conflict)))
        }
    }

    private func draft(
        _ document: MemberDocument,
        path: String,
        role: String,
        at time: Instant
    ) throws(RepositoryError) -> RepositoryDraft {
        let bytes = document.canonicalBytes
        try check(bytes, path: path)
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
        return draft
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
        let draft = try networkDraft(network, bodies: bodies, at: time)
        return try publish(draft, signers: signers, at: time)
    }

    /// The files of a new `network.json`, not signed yet.
    func networkDraft(
        _ network: NetworkDocument,
        bodies: [String: RolePlan],
        at time: Instant
    ) throws(RepositoryError) -> RepositoryDraft {
        guard let current = trusted.targets["targets"] else {
            throw .plan("there is no targets role")
        }
        try check(network)
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
        return draft
    }
}
