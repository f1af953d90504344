package import CanonicalJSON
package import Keys

/// What a targets role says of one target file.
package struct TargetDescription: Equatable, Sendable {
    /// Bytes.
    package let length: Int
    /// SHA-256 of the file.
    package let sha256: Digest
    /// The `custom` member, if there is one.
    package let custom: JSON?

    init(_ reader: ObjectReader) throws(DocumentError) {
        length = Int(try reader.integer("length", atLeast: 0))
        sha256 = try reader.nested("hashes").digest("sha256")
        custom = reader.object["custom"]
    }

    /// Whether length and hash are those of `bytes`.
    package func matches(_ bytes: [UInt8]) -> Bool {
        length == bytes.count && sha256 == Digest(of: bytes)
    }
}

/// A role to which a targets role delegates some paths.
package struct DelegatedRole: Equatable, Sendable {
    /// Which target paths a delegation covers.
    package enum Scope: Equatable, Sendable {
        case paths([String])
        case pathHashPrefixes([String])
    }

    /// The role's name, unique among the delegations of its delegator.
    package let name: String
    /// Who signs for it.
    package let keys: RoleKeys
    /// The paths that it may speak for.
    package let scope: Scope
    /// Whether a search for a path in scope ends with this role.
    package let isTerminating: Bool

    init(_ reader: ObjectReader, known: [String: RoleKey]) throws(DocumentError) {
        name = try reader.ascii("name")
        guard !RootMetadata.roleNames.contains(name) else {
            throw reader.error("name", "\"\(name)\" is a top-level role", remedy: "rename it")
        }
        keys = try RoleKeys(reader, known: known)
        isTerminating = try reader.bool("terminating", default: false)
        switch (reader.object["paths"], reader.object["path_hash_prefixes"]) {
        case (.some, nil): scope = .paths(try reader.names("paths", limit: 10_000))
        case (nil, .some):
            scope = .pathHashPrefixes(try reader.names("path_hash_prefixes", limit: 65_536))
        default:
            throw reader.error(
                "paths",
                "not exactly one of paths and path_hash_prefixes",
                remedy: "state one of them (TUF 4.5)"
            )
        }
    }

    /// Whether the delegation covers `path`.
    package func covers(_ path: String) -> Bool {
        switch scope {
        case .paths(let patterns):
            return patterns.contains { PathPattern($0).matches(path) }
        case .pathHashPrefixes(let prefixes):
            let hash = Digest(of: Array(path.utf8)).hex
            return prefixes.contains { hash.hasPrefix($0) }
        }
    }
}

/// `targets.json` or the metadata of a delegated role (TUF 4.5).
package struct TargetsMetadata: Equatable, Sendable {
    /// From 1, rising.
    package let version: Int64
    /// The first moment at which it is no longer valid.
    package let expires: Instant
    /// By path.
    package let targets: [String: TargetDescription]
    /// In order of precedence.
    package let delegations: [DelegatedRole]

    init(_ envelope: MetadataEnvelope, limits: RegistryLimits) throws(DocumentError) {
        let header = try MetadataHeader(envelope, type: "targets")
        version = header.version
        expires = header.expires
        targets = try Self.targets(header.reader.nested("targets"), limits: limits)
        delegations = try Self.delegations(header.reader, limits: limits)
    }

    private static func targets(
        _ reader: ObjectReader,
        limits: RegistryLimits
    ) throws(DocumentError) -> [String: TargetDescription] {
        guard reader.object.count <= limits.targetsPerRole else {
            throw DocumentError(
                reader.place,
                "\(reader.object.count) targets",
                remedy: "a role lists at most \(limits.targetsPerRole); split it into bodies"
            )
        }
        var targets: [String: TargetDescription] = [:]
        for member in reader.object {
            guard ObjectReader.isASCII(member.name) else {
                throw reader.error(member.name, "odd path", remedy: "use printable ASCII")
            }
            targets[member.name] = try TargetDescription(
                ObjectReader(member.value, at: reader.pointer(member.name))
            )
        }
        return targets
    }

    private static func delegations(
        _ reader: ObjectReader,
        limits: RegistryLimits
    ) throws(DocumentError) -> [DelegatedRole] {
        guard let delegations = try reader.optionalNested("delegations") else { return [] }
        let known = try RootMetadata.keys(delegations.nested("keys"))
        var roles: [DelegatedRole] = []
        var names: Set<String> = []
        for entry in try delegations.objects("roles", limit: limits.delegations) {
            let role = try DelegatedRole(entry, known: known)
            guard names.insert(role.name).inserted else {
                throw entry.error("name", "\"\(role.name)\" appears twice", remedy: "rename it")
            }
            roles.append(role)
        }
        return roles
    }
}
