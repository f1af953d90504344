package import CanonicalJSON
package import Keys

/// Metadata that keys on other machines have to sign, with what it replaces: a file that is carried
/// from one to the next. It holds no secret and decides nothing; publishing checks every threshold.
package struct Ceremony: Equatable, Sendable {
    /// The network's name.
    package let network: String
    /// The proposed files by role: `root`, `targets` and bodies.
    package private(set) var metadata: [String: [UInt8]]
    /// The files in force by role, for those that are replaced, and the root always; none when a
    /// network is founded.
    let current: [String: [UInt8]]
    /// Target files that the proposed roles list and that are new, by path.
    let targets: [String: [UInt8]]
    /// What stands in their places now, by path.
    let currentTargets: [String: [UInt8]]

    init(
        network: String,
        metadata: [String: [UInt8]],
        current: [String: [UInt8]],
        targets: [String: [UInt8]] = [:],
        currentTargets: [String: [UInt8]] = [:]
    ) {
        self.network = network
        self.metadata = metadata
        self.current = current
        self.targets = targets
        self.currentTargets = currentTargets
    }

    /// SHA-256 of the root in force, as the invite names it; nil when a network is founded.
    package var currentRoot: Digest? { current["root"].map { Digest(of: $0) } }

    /// The file's content.
    package var json: JSON {
        func object(_ files: [String: [UInt8]]) -> JSON {
            var object = JSONObject()
            for (name, bytes) in files { object[name] = try? JSON.read(bytes, limits: Self.limits) }
            return .object(object)
        }
        return [
            "v": 1, "kind": "eccoe-ceremony", "network": .string(network),
            "metadata": object(metadata), "current": object(current), "targets": object(targets),
            "currentTargets": object(currentTargets),
        ]
    }

    /// Reads a file's content. Nothing is verified but that it can be read and fits together.
    ///
    /// - Throws: `DocumentError`.
    package init(reading bytes: [UInt8]) throws(DocumentError) {
        let value: JSON
        do {
            value = try JSON.read(bytes, limits: Self.limits)
        } catch {
            throw DocumentError(error)
        }
        let reader = try ObjectReader(value, at: "")
        try reader.version()
        guard try reader.string("kind") == "eccoe-ceremony" else {
            throw reader.error("kind", "no ceremony", remedy: "name the file of a proposal")
        }
        func files(_ name: String) throws(DocumentError) -> [String: [UInt8]] {
            var files: [String: [UInt8]] = [:]
            for member in try reader.nested(name).object {
                files[member.name] = member.value.canonicalBytes
            }
            return files
        }
        network = try reader.ascii("network")
        metadata = try files("metadata")
        current = try files("current")
        targets = try files("targets")
        currentTargets = try files("currentTargets")
        guard !metadata.isEmpty else {
            throw reader.error("metadata", "nothing to sign", remedy: "propose it anew")
        }
        try checkTargets()
    }

    private static let limits = JSONLimits(
        depth: 24, members: 16_384, stringBytes: 64 << 10, totalBytes: 32 << 20)

    /// A target file that is shown is the one that is signed.
    private func checkTargets() throws(DocumentError) {
        for (path, bytes) in targets {
            var isListed = false
            for role in metadata.keys where role != "root" {
                let listed = try targetsRole(role)?.targets[path]
                if listed?.matches(bytes) == true { isListed = true }
            }
            guard isListed else {
                throw DocumentError(
                    "/targets", "\(path) is not the file that is to be signed",
                    remedy: "do not sign; ask who sent this")
            }
        }
    }
}

extension Ceremony {
    /// The proposed root; nil when it stays.
    func proposedRoot() throws(DocumentError) -> RootMetadata? {
        guard let bytes = metadata["root"] else { return nil }
        return try RootMetadata(MetadataEnvelope(bytes, limits: .standard))
    }

    /// The root in force; nil when a network is founded.
    func rootInForce() throws(DocumentError) -> RootMetadata? {
        guard let bytes = current["root"] else { return nil }
        return try RootMetadata(MetadataEnvelope(bytes, limits: .standard))
    }

    /// A proposed targets role.
    func targetsRole(_ role: String) throws(DocumentError) -> TargetsMetadata? {
        guard let bytes = metadata[role] else { return nil }
        return try TargetsMetadata(
            MetadataEnvelope(bytes, limits: .standard), limits: .standard)
    }

    /// A targets role in force.
    func targetsRoleInForce(_ role: String) throws(DocumentError) -> TargetsMetadata? {
        guard let bytes = current[role] else { return nil }
        return try TargetsMetadata(
            MetadataEnvelope(bytes, limits: .standard), limits: .standard)
    }

    /// Who must sign a role's file: for a root the keys of the one in force, then those of the new
    /// one; for a targets role those of its delegator as it will be.
    func panels(of role: String) throws(DocumentError) -> [(name: String, keys: RoleKeys)] {
        let (old, new) = (try rootInForce(), try proposedRoot())
        if role == "root" {
            let roots = [old, new].compactMap(\.self)
            return roots.map { ("root \($0.version)", $0.keys(of: "root")) }
        }
        if role == "targets" {
            guard let root = new ?? old else { return [] }
            return [("targets", root.keys(of: "targets"))]
        }
        let inForce = try targetsRoleInForce("targets")
        let delegator = try targetsRole("targets") ?? inForce
        return delegator?.delegations.filter { $0.name == role }.map { (role, $0.keys) } ?? []
    }

    /// How far the signing has come.
    package struct Panel: Equatable, Sendable {
        /// The role whose file is signed.
        package let role: String
        /// Whose keys: `root 3` are those of the third root.
        package let name: String
        /// Valid signatures by distinct keys.
        package let signed: Int
        /// How many are needed.
        package let threshold: Int
        /// How many keys there are.
        package let keys: Int

        /// Whether enough have signed.
        package var isComplete: Bool { signed >= threshold }
    }

    /// Who has signed and who must, in the order root, targets, bodies.
    ///
    /// - Throws: `DocumentError`.
    package func panels() throws(DocumentError) -> [Panel] {
        var panels: [Panel] = []
        for role in roles {
            let envelope = try MetadataEnvelope(metadata[role] ?? [], limits: .standard)
            for panel in try self.panels(of: role) {
                panels.append(
                    Panel(
                        role: role, name: panel.name, signed: panel.keys.signers(of: envelope),
                        threshold: panel.keys.threshold, keys: panel.keys.keys.count))
            }
        }
        return panels
    }

    /// The members whose documents are proposed.
    package var domains: [String] {
        targets.keys.compactMap { RegistryPath.member(of: $0)?.domain }.sorted()
    }

    /// The proposed roles in the order root, targets, bodies.
    var roles: [String] {
        let first = ["root", "targets"].filter { metadata[$0] != nil }
        return first + metadata.keys.filter { !first.contains($0) }.sorted()
    }

    /// With the signatures of `signers` on every file that their keys speak for.
    ///
    /// - Throws: `RepositoryError.plan` for a key that speaks for none of them.
    package func signed(by signers: [any Signer]) throws(RepositoryError) -> Ceremony {
        var next = self
        var idle = Set(signers.map(\.publicKey))
        for role in roles {
            let panels: [RoleKeys]
            do throws(DocumentError) {
                panels = try self.panels(of: role).map(\.keys)
            } catch {
                throw .refused(RegistryRefusal("\(role).json", .malformed(error)))
            }
            let all = RoleKeys(keys: panels.flatMap(\.keys), threshold: 1)
            let chosen = MetadataSigning.chosen(from: signers, for: all)
            idle.subtract(chosen.map(\.publicKey))
            next.metadata[role] = try MetadataSigning.adding(chosen, to: metadata[role] ?? [])
        }
        guard idle.isEmpty else {
            throw .plan(
                "a key that speaks for none of \(roles.joined(separator: ", ")), neither now nor "
                    + "as proposed; take another key or another file")
        }
        return next
    }

    /// With the signatures of a copy that went to other key holders.
    ///
    /// - Throws: `RepositoryError.plan` when the copies do not propose the same.
    package func merging(_ other: Ceremony) throws(RepositoryError) -> Ceremony {
        var next = self
        guard Set(metadata.keys) == Set(other.metadata.keys), network == other.network else {
            throw .plan("the files propose different things; name copies of one proposal")
        }
        for (role, bytes) in other.metadata {
            guard let own = try? MetadataEnvelope(metadata[role] ?? [], limits: .standard),
                let theirs = try? MetadataEnvelope(bytes, limits: .standard),
                own.signedBytes == theirs.signedBytes
            else {
                throw .plan("the files propose different versions of \(role); name copies of one")
            }
            next.metadata[role] = MetadataSigning.merging(own, theirs)
        }
        return next
    }
}
