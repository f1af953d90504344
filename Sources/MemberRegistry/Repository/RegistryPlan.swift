package import Keys

/// Who signs for one role.
package struct RolePlan: Equatable, Sendable {
    /// Ed25519 keys.
    package let keys: [PublicKey]
    /// How many must sign.
    package let threshold: Int

    /// `threshold` of `keys`.
    package init(_ keys: [PublicKey], threshold: Int) {
        self.keys = keys
        self.threshold = threshold
    }

    /// - Throws: `RepositoryError.plan` for other than Ed25519 keys, double keys, and a threshold
    ///   that they cannot reach.
    func roleKeys(_ role: String) throws(RepositoryError) -> RoleKeys {
        let made = keys.compactMap { RoleKey($0) }
        guard made.count == keys.count, Set(keys).count == keys.count else {
            throw .plan("the keys of \(role) must be distinct Ed25519 keys")
        }
        guard (1...max(1, made.count)).contains(threshold), !made.isEmpty else {
            throw .plan("\(threshold) of \(made.count) keys cannot sign for \(role)")
        }
        return RoleKeys(keys: made, threshold: threshold)
    }
}

/// Who signs for the four top-level roles; protocol.md section 5 asks for a root of 3 of 5 and
/// targets of 2 of 3, offline.
package struct TopLevelPlan: Equatable, Sendable {
    /// Vouches for all others.
    package var root: RolePlan
    /// Vouches for `network.json` and the bodies.
    package var targets: RolePlan
    /// Vouches for the versions of all targets roles; online.
    package var snapshot: RolePlan
    /// Vouches for the newest snapshot; online.
    package var timestamp: RolePlan

    /// The four roles.
    package init(root: RolePlan, targets: RolePlan, snapshot: RolePlan, timestamp: RolePlan) {
        self.root = root
        self.targets = targets
        self.snapshot = snapshot
        self.timestamp = timestamp
    }

    func roles() throws(RepositoryError) -> [String: RoleKeys] {
        [
            "root": try root.roleKeys("root"), "targets": try targets.roleKeys("targets"),
            "snapshot": try snapshot.roleKeys("snapshot"),
            "timestamp": try timestamp.roleKeys("timestamp"),
        ]
    }
}

/// How long metadata stays valid, in seconds.
package struct RegistryLifetimes: Equatable, Sendable {
    /// 365 days.
    package var root: Int64 = 365 * 86_400
    /// 90 days.
    package var targets: Int64 = 90 * 86_400
    /// 90 days, each body's role.
    package var body: Int64 = 90 * 86_400
    /// 7 days.
    package var snapshot: Int64 = 7 * 86_400
    /// 1 day; the age of a copy is counted from it, so change it only in tests.
    package var timestamp: Int64 = 86_400

    /// The lifetimes of protocol.md section 5.
    package init() {}

    func lifetime(ofTargets role: String) -> Int64 { role == "targets" ? targets : body }
}

/// What to write, in this order: the files that others refer to first, `timestamp.json` last. A
/// writer that is stopped in between begins again from the files on the disk: until the timestamp
/// is there, nothing has happened.
package struct RepositoryChange: Equatable, Sendable {
    /// One file to be written whole.
    package struct File: Equatable, Sendable {
        /// Relative to the registry's base.
        package let path: String
        /// Its content.
        package let bytes: [UInt8]
    }

    /// The files in order.
    package internal(set) var files: [File] = []
    /// Roles that are past half of their life and whose keys were not at hand.
    package internal(set) var due: [String] = []

    mutating func add(_ path: String, _ bytes: [UInt8]) {
        files.append(File(path: path, bytes: bytes))
    }
}
