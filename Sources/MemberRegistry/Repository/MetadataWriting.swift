import CanonicalJSON
import Keys

/// The specification that our metadata is written to.
private let specification = "1.0.31"

private func header(_ type: String, _ version: Int64, _ expires: Instant) -> JSONObject {
    var object = JSONObject()
    object["_type"] = .string(type)
    object["spec_version"] = .string(specification)
    object["version"] = .number(JSONNumber(version))
    object["expires"] = .string(expires.text)
    return object
}

extension RoleKeys {
    /// `keyids` and `threshold`.
    fileprivate var members: JSONObject {
        var object = JSONObject()
        object["keyids"] = .array(keys.map { .string($0.keyID) })
        object["threshold"] = .number(JSONNumber(Int64(threshold)))
        return object
    }
}

private func keyObjects(_ roles: some Sequence<RoleKeys>) -> JSON {
    var object = JSONObject()
    for key in roles.flatMap(\.keys) { object[key.keyID] = key.written }
    return .object(object)
}

extension RootMetadata {
    /// A root with consistent snapshots.
    init(version: Int64, expires: Instant, roles: [String: RoleKeys]) {
        self.version = version
        self.expires = expires
        self.roles = roles
        hasConsistentSnapshots = true
    }

    /// The part that is signed.
    var signed: JSON {
        var object = header("root", version, expires)
        object["consistent_snapshot"] = .bool(hasConsistentSnapshots)
        object["keys"] = keyObjects(roles.values)
        var written = JSONObject()
        for (name, role) in roles { written[name] = .object(role.members) }
        object["roles"] = .object(written)
        return .object(object)
    }
}

extension FileDescription {
    /// The description of a metadata file.
    init(version: Int64, of bytes: [UInt8]) {
        self.version = version
        length = bytes.count
        sha256 = Digest(of: bytes)
    }

    fileprivate var json: JSON {
        var object = JSONObject()
        object["version"] = .number(JSONNumber(version))
        object["length"] = length.map { .number(JSONNumber(Int64($0))) }
        object["hashes"] = sha256.map { ["sha256": .string($0.hex)] }
        return .object(object)
    }
}

extension TimestampMetadata {
    init(version: Int64, expires: Instant, snapshot: FileDescription) {
        self.version = version
        self.expires = expires
        self.snapshot = snapshot
    }

    /// The part that is signed.
    var signed: JSON {
        var object = header("timestamp", version, expires)
        object["meta"] = ["snapshot.json": snapshot.json]
        return .object(object)
    }
}

extension SnapshotMetadata {
    init(version: Int64, expires: Instant, files: [String: FileDescription]) {
        self.version = version
        self.expires = expires
        self.files = files
    }

    /// The part that is signed.
    var signed: JSON {
        var object = header("snapshot", version, expires)
        var meta = JSONObject()
        for (name, file) in files { meta[name] = file.json }
        object["meta"] = .object(meta)
        return .object(object)
    }
}

extension TargetDescription {
    /// The description of a target file.
    init(of bytes: [UInt8], custom: JSON?) {
        length = bytes.count
        sha256 = Digest(of: bytes)
        self.custom = custom
    }

    fileprivate var json: JSON {
        var object = JSONObject()
        object["length"] = .number(JSONNumber(Int64(length)))
        object["hashes"] = ["sha256": .string(sha256.hex)]
        object["custom"] = custom
        return .object(object)
    }
}

extension DelegatedRole {
    /// The terminating delegation of `members/<body>/*`.
    init(body: String, keys: RoleKeys) {
        self.init(
            name: body,
            keys: keys,
            scope: .paths(["members/\(body)/*"]),
            isTerminating: true
        )
    }

    init(name: String, keys: RoleKeys, scope: Scope, isTerminating: Bool) {
        self.name = name
        self.keys = keys
        self.scope = scope
        self.isTerminating = isTerminating
    }

    fileprivate var json: JSON {
        var object = keys.members
        object["name"] = .string(name)
        object["terminating"] = .bool(isTerminating)
        switch scope {
        case .paths(let paths): object["paths"] = .array(paths.map { .string($0) })
        case .pathHashPrefixes(let prefixes):
            object["path_hash_prefixes"] = .array(prefixes.map { .string($0) })
        }
        return .object(object)
    }
}

extension TargetsMetadata {
    init(
        version: Int64,
        expires: Instant,
        targets: [String: TargetDescription],
        delegations: [DelegatedRole]
    ) {
        self.version = version
        self.expires = expires
        self.targets = targets
        self.delegations = delegations
    }

    /// The part that is signed.
    var signed: JSON {
        var object = header("targets", version, expires)
        var written = JSONObject()
        for (path, target) in targets { written[path] = target.json }
        object["targets"] = .object(written)
        if !delegations.isEmpty {
            object["delegations"] = [
                "keys": keyObjects(delegations.map(\.keys)),
                "roles": .array(delegations.map(\.json)),
            ]
        }
        return .object(object)
    }
}
