import Keys

/// Changes to a registry that are not signed yet.
struct RepositoryDraft {
    /// The root in force once the draft is published.
    let root: RootMetadata
    /// The root's file, if it is a new one.
    var rootFile: [UInt8]?
    var snapshot: SnapshotMetadata?
    var timestamp: TimestampMetadata?
    /// All delegations as they are now.
    var delegations: [DelegatedRole] = []
    var targetFiles: [(path: String, bytes: [UInt8])] = []
    /// New versions of targets roles by name.
    var roles: [String: TargetsMetadata] = [:]
    /// The files of those among them that a ceremony has signed; the others are signed now.
    var signedRoles: [String: [UInt8]] = [:]
    /// Whether the snapshot is signed anew although no role changed.
    var renewsSnapshot = false

    init(root: RootMetadata) {
        self.root = root
    }

    /// The files to write, in the order in which they may be written.
    func files(
        signers: [any Signer],
        at time: Instant,
        lifetimes: RegistryLifetimes
    ) throws(RepositoryError) -> RepositoryChange {
        var change = RepositoryChange()
        for (path, bytes) in targetFiles {
            change.add(RegistryPath.target(path, sha256: Digest(of: bytes).hex), bytes)
        }
        var listed = snapshot?.files ?? [:]
        for (role, metadata) in roles.sorted(by: { $0.key < $1.key }) {
            let bytes = try file(of: role, metadata, signers: signers)
            change.add(RegistryPath.role(role, version: metadata.version), bytes)
            listed["\(role).json"] = FileDescription(version: metadata.version, of: bytes)
        }
        let described = try signSnapshot(
            listed,
            into: &change,
            signers: signers,
            expires: time + lifetimes.snapshot
        )
        // Between these two a client meets a new root and an old timestamp: keep it short.
        if let rootFile { change.add(RegistryPath.root(version: root.version), rootFile) }
        let newer = TimestampMetadata(
            version: (timestamp?.version ?? 0) + 1,
            expires: time + lifetimes.timestamp,
            snapshot: described
        )
        change.add(
            RegistryPath.timestamp,
            try MetadataSigning.sign(
                newer.signed,
                role: "timestamp",
                keys: root.keys(of: "timestamp"),
                signers: signers
            )
        )
        return change
    }

    private func file(
        of role: String,
        _ metadata: TargetsMetadata,
        signers: [any Signer]
    ) throws(RepositoryError) -> [UInt8] {
        let keys = try keys(of: role)
        guard let bytes = signedRoles[role] else {
            return try MetadataSigning.sign(
                metadata.signed, role: role, keys: keys, signers: signers)
        }
        let valid = (try? MetadataEnvelope(bytes, limits: .standard)).map(keys.signers) ?? 0
        guard valid >= keys.threshold else {
            throw .tooFewSigners(role: role, have: valid, need: keys.threshold)
        }
        return bytes
    }

    private func signSnapshot(
        _ listed: [String: FileDescription],
        into change: inout RepositoryChange,
        signers: [any Signer],
        expires: Instant
    ) throws(RepositoryError) -> FileDescription {
        if let described = timestamp?.snapshot, roles.isEmpty, rootFile == nil, !renewsSnapshot {
            return described
        }
        let newer = SnapshotMetadata(
            version: (snapshot?.version ?? 0) + 1,
            expires: expires,
            files: listed
        )
        let bytes = try MetadataSigning.sign(
            newer.signed,
            role: "snapshot",
            keys: root.keys(of: "snapshot"),
            signers: signers
        )
        change.add(RegistryPath.role("snapshot", version: newer.version), bytes)
        return FileDescription(version: newer.version, of: bytes)
    }

    /// The keys of a targets role: of a delegated one those of the new delegation, if that changes.
    private func keys(of role: String) throws(RepositoryError) -> RoleKeys {
        if role == "targets" { return root.keys(of: role) }
        let all = roles.values.flatMap(\.delegations) + delegations
        guard let delegation = all.first(where: { $0.name == role }) else {
            throw .plan("nobody delegates to \"\(role)\"")
        }
        return delegation.keys
    }
}
