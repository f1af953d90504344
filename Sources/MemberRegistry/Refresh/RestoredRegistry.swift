import Keys

extension TrustedRegistry {
    /// The registry as the last complete refresh left it on the node's own disk. Signatures and
    /// hashes are verified again; expiry is not, for without a valid refresh the last accepted set
    /// stays.
    ///
    /// - Throws: `RegistryRefusal` when the copy is incomplete or damaged, or nothing was ever
    ///   fetched.
    package static func restored(
        from stored: StoredMetadata,
        limits: RegistryLimits = .standard
    ) throws(RegistryRefusal) -> TrustedRegistry {
        guard let root = stored.newestRoot else { throw RegistryRefusal("root.json", .notFound) }
        var trusted = try TrustedMetadata(trustedRoot: root, expiry: .ignored, limits: limits)
        let (walk, alarms) = try trusted.takeAll { stored.file(ofRole: $0, version: $1) }
        var acceptance = DocumentAcceptance(restoring: stored)
        acceptance.review(trusted, frozen: walk.frozen)
        guard let network = acceptance.network,
            let snapshot = stored.file(ofRole: "snapshot", version: trusted.snapshot?.version)
        else { throw RegistryRefusal(RegistryPath.network, .notFound) }
        return TrustedRegistry(
            trusted,
            snapshot: snapshot,
            roots: stored.rootChain,
            network: network,
            index: acceptance.index,
            frozen: walk.frozen,
            alarms: alarms + acceptance.alarms
        )
    }
}

extension StoredMetadata {
    /// A role's file under the name that consistent snapshots give it; the timestamp has none.
    func file(ofRole role: String, version: Int64?) -> [UInt8]? {
        self[RegistryPath.role(role, version: version)]
    }

    /// The newest roots without a gap before them, oldest first.
    var rootChain: [[UInt8]] {
        var chain: [[UInt8]] = []
        guard var version = rootVersions.last else { return [] }
        while let bytes = self[RegistryPath.root(version: version)] {
            chain.append(bytes)
            version -= 1
        }
        return chain.reversed()
    }
}
