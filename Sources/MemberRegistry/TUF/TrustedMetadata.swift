package import Keys

/// The metadata that a client trusts, and the rules by which it takes newer files (TUF 5.3 to
/// 5.6). A value: an update that is refused leaves it as it was.
package struct TrustedMetadata: Sendable {
    /// Whether files may have expired.
    package enum Expiry: Equatable, Sendable {
        /// Files that expire at or before this moment are refused.
        case judged(at: Instant)
        /// Only for what was accepted before and is read again from the node's own disk.
        case ignored
    }

    /// The root in force.
    package private(set) var root: RootMetadata
    /// The newest timestamp, if one was taken.
    package private(set) var timestamp: TimestampMetadata?
    /// The newest snapshot, if one was taken.
    package private(set) var snapshot: SnapshotMetadata?
    /// `targets` and the delegated roles that were taken, by name.
    package private(set) var targets: [String: TargetsMetadata] = [:]
    /// The roles under whose delegation each taken role was verified; `targets` has none.
    private(set) var delegators: [String: Set<String>] = [:]

    let expiry: Expiry
    let limits: RegistryLimits

    /// Begins with a root that is trusted already: it is only checked against itself, and may have
    /// expired.
    ///
    /// - Throws: `RegistryRefusal` when it cannot be read or has not signed itself.
    package init(
        trustedRoot: [UInt8],
        expiry: Expiry,
        limits: RegistryLimits = .standard
    ) throws(RegistryRefusal) {
        self.expiry = expiry
        self.limits = limits
        let envelope = try Self.envelope(trustedRoot, "root.json", limits: limits)
        root = try Self.reading("root.json") { () throws(DocumentError) in
            try RootMetadata(envelope)
        }
        try Self.demand(root.keys(of: "root"), of: envelope, role: "root")
    }

    /// TUF 5.3: signed by the old and the new root, exactly one version on. Changed timestamp or
    /// snapshot keys drop both files (fast-forward recovery). Expiry of an intermediate root does
    /// not matter.
    package mutating func updateRoot(_ bytes: [UInt8]) -> MetadataVerdict {
        verdict { trusted throws(RegistryRefusal) in try trusted.takeRoot(bytes) }
    }

    /// TUF 5.4: signed by the root's timestamp keys, newer than the trusted one, naming no older
    /// snapshot, not expired. An equal version is discarded and the trusted file kept.
    package mutating func updateTimestamp(_ bytes: [UInt8]) -> MetadataVerdict {
        verdict { trusted throws(RegistryRefusal) in try trusted.takeTimestamp(bytes) }
    }

    /// TUF 5.5: the length, hash and version that the timestamp names, signed by the root's
    /// snapshot keys, rolling no targets role back and dropping none, not expired.
    package mutating func updateSnapshot(_ bytes: [UInt8]) -> MetadataVerdict {
        verdict { trusted throws(RegistryRefusal) in
            try trusted.takeSnapshot(bytes)
            return .accepted
        }
    }

    /// TUF 5.6: the length, hash and version that the snapshot names, signed by the keys that the
    /// delegator names (the root for `targets`), not expired.
    package mutating func updateTargets(
        _ bytes: [UInt8],
        role: String = "targets",
        delegatedBy delegator: String = "root"
    ) -> MetadataVerdict {
        verdict { trusted throws(RegistryRefusal) in
            try trusted.takeTargets(bytes, role: role, delegator: delegator)
            return .accepted
        }
    }

    /// Takes a timestamp and a snapshot that an earlier run accepted: for rollback checks only, so
    /// expiry and the match between them are not asked. What the root's keys did not sign is left.
    package mutating func recall(timestamp bytes: [UInt8]?, snapshot snapshotBytes: [UInt8]?) {
        if let bytes, let envelope = try? MetadataEnvelope(bytes, limits: limits),
            let earlier = try? TimestampMetadata(envelope), isSigned(envelope, by: "timestamp")
        {
            timestamp = earlier
        }
        if let snapshotBytes, let envelope = try? MetadataEnvelope(snapshotBytes, limits: limits),
            let earlier = try? SnapshotMetadata(envelope), isSigned(envelope, by: "snapshot")
        {
            snapshot = earlier
        }
    }

    /// Whether `newer` follows `older` by the rules of root rotation: the chain read backwards.
    static func isRoot(_ newer: [UInt8], successorOf older: [UInt8]) -> Bool {
        guard var trusted = try? TrustedMetadata(trustedRoot: older, expiry: .ignored) else {
            return false
        }
        return trusted.updateRoot(newer) == .accepted
    }

    private mutating func verdict(
        _ update: (inout TrustedMetadata) throws(RegistryRefusal) -> MetadataVerdict
    ) -> MetadataVerdict {
        var next = self
        do {
            let verdict = try update(&next)
            self = next
            return verdict
        } catch {
            return .refused(error)
        }
    }
}

extension TrustedMetadata {
    private mutating func takeRoot(_ bytes: [UInt8]) throws(RegistryRefusal) -> MetadataVerdict {
        let file = "\(root.version + 1).root.json"
        let envelope = try Self.envelope(bytes, file, limits: limits)
        let newer = try Self.reading(file) { () throws(DocumentError) in
            try RootMetadata(envelope)
        }
        try Self.demand(root.keys(of: "root"), of: envelope, role: "root \(root.version)", file)
        try Self.demand(newer.keys(of: "root"), of: envelope, role: "root \(newer.version)", file)
        guard newer.version >= root.version else {
            throw RegistryRefusal(file, .rollback(found: newer.version, trusted: root.version))
        }
        guard newer.version == root.version + 1 else {
            throw RegistryRefusal(
                file,
                .version(found: newer.version, expected: root.version + 1)
            )
        }
        let older = root
        root = newer
        let isRotated = ["timestamp", "snapshot"].contains {
            !older.keys(of: $0).isSame(as: newer.keys(of: $0))
        }
        if isRotated {
            timestamp = nil
            snapshot = nil
        }
        return .accepted
    }

    private mutating func takeTimestamp(
        _ bytes: [UInt8]
    ) throws(RegistryRefusal) -> MetadataVerdict {
        let file = "timestamp.json"
        try demandFresh(root.expires, "\(root.version).root.json")
        let envelope = try Self.envelope(bytes, file, limits: limits)
        let newer = try Self.reading(file) { () throws(DocumentError) in
            try TimestampMetadata(envelope)
        }
        try Self.demand(root.keys(of: "timestamp"), of: envelope, role: "timestamp")
        if let timestamp {
            guard newer.version >= timestamp.version else {
                throw RegistryRefusal(
                    file,
                    .rollback(found: newer.version, trusted: timestamp.version)
                )
            }
            if newer.version == timestamp.version {
                try demandFresh(timestamp.expires, file)
                return .unchanged
            }
            guard newer.snapshot.version >= timestamp.snapshot.version else {
                throw RegistryRefusal(
                    "snapshot.json",
                    .rollback(
                        found: newer.snapshot.version,
                        trusted: timestamp.snapshot.version
                    )
                )
            }
        }
        try demandFresh(newer.expires, file)
        timestamp = newer
        return .accepted
    }

    private mutating func takeSnapshot(_ bytes: [UInt8]) throws(RegistryRefusal) {
        let file = "snapshot.json"
        guard let expected = timestamp?.snapshot else { throw RegistryRefusal(file, .notListed) }
        guard expected.matches(bytes) else { throw RegistryRefusal(file, .mismatch) }
        let envelope = try Self.envelope(bytes, file, limits: limits)
        let newer = try Self.reading(file) { () throws(DocumentError) in
            try SnapshotMetadata(envelope)
        }
        try Self.demand(root.keys(of: "snapshot"), of: envelope, role: "snapshot")
        guard newer.version == expected.version else {
            throw RegistryRefusal(
                file,
                .version(found: newer.version, expected: expected.version)
            )
        }
        for (name, earlier) in (snapshot?.files ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let entry = newer.files[name] else { throw RegistryRefusal(name, .notListed) }
            guard entry.version >= earlier.version else {
                throw RegistryRefusal(
                    name,
                    .rollback(found: entry.version, trusted: earlier.version)
                )
            }
        }
        try demandFresh(newer.expires, file)
        snapshot = newer
    }

    private mutating func takeTargets(
        _ bytes: [UInt8],
        role: String,
        delegator: String
    ) throws(RegistryRefusal) {
        let file = "\(role).json"
        guard let expected = snapshot?.files[file],
            let keys = role == "targets" ? root.keys(of: role) : delegation(to: role, by: delegator)
        else { throw RegistryRefusal(file, .notListed) }
        guard expected.matches(bytes) else { throw RegistryRefusal(file, .mismatch) }
        let envelope = try Self.envelope(bytes, file, limits: limits)
        let newer = try Self.reading(file) { () throws(DocumentError) in
            try TargetsMetadata(envelope, limits: limits)
        }
        try Self.demand(keys, of: envelope, role: role)
        guard newer.version == expected.version else {
            throw RegistryRefusal(
                file,
                .version(found: newer.version, expected: expected.version)
            )
        }
        try demandFresh(newer.expires, file)
        targets[role] = newer
        if role != "targets" { delegators[role, default: []].insert(delegator) }
    }

    private func delegation(to role: String, by delegator: String) -> RoleKeys? {
        targets[delegator]?.delegations.first { $0.name == role }?.keys
    }

    private func isSigned(_ envelope: MetadataEnvelope, by role: String) -> Bool {
        root.keys(of: role).signers(of: envelope) >= root.keys(of: role).threshold
    }

    private func demandFresh(_ expires: Instant, _ file: String) throws(RegistryRefusal) {
        if case .judged(let now) = expiry, expires <= now {
            throw RegistryRefusal(file, .expired(expires))
        }
    }

    private static func demand(
        _ keys: RoleKeys,
        of envelope: MetadataEnvelope,
        role: String,
        _ file: String? = nil
    ) throws(RegistryRefusal) {
        let valid = keys.signers(of: envelope)
        guard valid >= keys.threshold else {
            throw RegistryRefusal(
                file ?? "\(role).json",
                .signatures(valid: valid, threshold: keys.threshold, role: role)
            )
        }
    }

    private static func envelope(
        _ bytes: [UInt8],
        _ file: String,
        limits: RegistryLimits
    ) throws(RegistryRefusal) -> MetadataEnvelope {
        try reading(file) { () throws(DocumentError) in
            try MetadataEnvelope(bytes, limits: limits)
        }
    }

    private static func reading<Value>(
        _ file: String,
        _ read: () throws(DocumentError) -> Value
    ) throws(RegistryRefusal) -> Value {
        do {
            return try read()
        } catch {
            throw RegistryRefusal(file, .malformed(error))
        }
    }
}
