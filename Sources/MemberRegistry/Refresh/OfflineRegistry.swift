package import Keys

/// The parts of a registry that a receipt carries (protocol.md section 7): enough to verify them
/// from a root alone.
package struct RegistryExcerpt: Equatable, Sendable {
    /// Root files, oldest first; from version 1 on when the node knows them.
    package let roots: [[UInt8]]
    /// `timestamp`, `snapshot`, `targets` and all bodies, by role name.
    package let metadata: [String: [UInt8]]
    /// `network.json` and the members asked for, by target path.
    package let targets: [String: [UInt8]]

    /// Parts as given, to be verified by `TrustedRegistry.offline`.
    package init(
        roots: [[UInt8]],
        metadata: [String: [UInt8]],
        targets: [String: [UInt8]]
    ) {
        self.roots = roots
        self.metadata = metadata
        self.targets = targets
    }
}

extension StoredMetadata {
    /// The parts of this copy that vouch for `domains`.
    ///
    /// - Throws: `RegistryRefusal` when the copy is incomplete, or does not list a domain.
    package func excerpt(for domains: [String]) throws(RegistryRefusal) -> RegistryExcerpt {
        guard let root = newestRoot else { throw RegistryRefusal("root.json", .notFound) }
        var trusted = try TrustedMetadata(trustedRoot: root, expiry: .ignored)
        let (walk, _) = try trusted.takeAll { file(ofRole: $0, version: $1) }
        var metadata: [String: [UInt8]] = [:]
        metadata["timestamp"] = file(ofRole: "timestamp", version: nil)
        metadata["snapshot"] = file(ofRole: "snapshot", version: trusted.snapshot?.version)
        for role in walk.frozen.union(trusted.targets.keys) {
            let version = trusted.snapshot?.files["\(role).json"]?.version
            metadata[role] = file(ofRole: role, version: version)
        }
        let paths = accepted.keys.filter { path in
            path == RegistryPath.network
                || domains.contains { RegistryPath.member(of: path)?.domain == $0 }
        }
        var targets: [String: [UInt8]] = [:]
        for path in paths {
            guard let (_, description) = trusted.target(path),
                let bytes = target(path, description.sha256)
            else { throw RegistryRefusal(path, .notFound) }
            targets[path] = bytes
        }
        for domain in domains
        where !paths.contains(where: { RegistryPath.member(of: $0)?.domain == domain }) {
            throw RegistryRefusal("\(domain).json", .notListed)
        }
        return RegistryExcerpt(roots: rootChain, metadata: metadata, targets: targets)
    }
}

extension TrustedRegistry {
    /// Verifies the registry parts of a receipt: the chain of roots, all targets roles, and those
    /// target files that are present. Expiry is judged at `at`, the leaf's time.
    ///
    /// `trustedRootDigest` is the SHA-256 of any root of the chain that the verifier knows
    /// otherwise; without it the chain must begin with version 1, and the caller decides whether
    /// `rootDigests` are those of the network meant.
    ///
    /// - Throws: `RegistryRefusal` with the file and the rule.
    package static func offline(
        _ excerpt: RegistryExcerpt,
        at time: Instant,
        trustedRootDigest: Digest?,
        limits: RegistryLimits = .standard
    ) throws(RegistryRefusal) -> TrustedRegistry {
        var trusted = try chain(
            excerpt.roots,
            at: time,
            trustedRootDigest: trustedRootDigest,
            limits: limits
        )
        var (walk, alarms) = try trusted.takeAll { role, _ in excerpt.metadata[role] }
        var acceptance = DocumentAcceptance()
        var notCarried: [String: CosignerIntervals] = [:]
        var listed = trusted.allTargets()
        // The network document first: it says which body may speak for which domain.
        if let index = listed.firstIndex(where: { $0.path == RegistryPath.network }) {
            listed.insert(listed.remove(at: index), at: 0)
        }
        for (path, _, description) in listed {
            if let bytes = excerpt.targets[path] {
                guard description.matches(bytes) else { throw RegistryRefusal(path, .mismatch) }
                acceptance.consider(bytes, path: path, description: description)
            } else if let (domain, intervals) = acceptance.listed(path, description) {
                notCarried[domain] = intervals
            }
        }
        for path in excerpt.targets.keys where trusted.target(path) == nil {
            throw RegistryRefusal(path, .notListed)
        }
        guard let network = acceptance.network, let snapshot = excerpt.metadata["snapshot"] else {
            throw RegistryRefusal(RegistryPath.network, .notFound)
        }
        alarms += acceptance.alarms
        return TrustedRegistry(
            trusted,
            snapshot: snapshot,
            roots: excerpt.roots,
            network: network,
            index: acceptance.index,
            notCarried: notCarried,
            frozen: walk.frozen,
            alarms: alarms
        )
    }

    private static func chain(
        _ roots: [[UInt8]],
        at time: Instant,
        trustedRootDigest: Digest?,
        limits: RegistryLimits
    ) throws(RegistryRefusal) -> TrustedMetadata {
        guard let first = roots.first else { throw RegistryRefusal("root.json", .notFound) }
        var trusted = try TrustedMetadata(
            trustedRoot: first,
            expiry: .judged(at: time),
            limits: limits
        )
        if let expected = trustedRootDigest {
            guard roots.contains(where: { Digest(of: $0) == expected }) else {
                throw RegistryRefusal(
                    "root.json",
                    .otherRoot(found: Digest(of: first), expected: expected)
                )
            }
        } else if trusted.root.version != 1 {
            throw RegistryRefusal(
                "root.json",
                .version(found: trusted.root.version, expected: 1)
            )
        }
        for root in roots.dropFirst() {
            if case .refused(let refusal) = trusted.updateRoot(root) { throw refusal }
        }
        return trusted
    }
}

extension DocumentAcceptance {
    /// Domain and cosigning times of a member whose document is not at hand, from the role alone;
    /// nil for other targets, and for one that its body may not admit.
    func listed(
        _ path: String,
        _ description: TargetDescription
    ) -> (domain: String, intervals: CosignerIntervals)? {
        guard let (body, domain) = RegistryPath.member(of: path), MemberDomain.isDomain(domain),
            network?.body(of: domain)?.name == body,
            let intervals = try? CosignerIntervals(custom: description.custom, domain: domain)
        else { return nil }
        return (domain, intervals)
    }
}
