import CanonicalJSON
import Keys
import Testing

@testable import MemberRegistry

/// A served file tree in the hands of somebody who holds some keys.
struct Forgery {
    var files: [String: [UInt8]]
    private let current: TrustedMetadata

    init(_ repository: RegistryRepository) {
        files = repository.files
        current = repository.trusted
    }

    var root: RootMetadata { current.root }
    var snapshot: SnapshotMetadata { get throws { try #require(current.snapshot) } }
    var timestamp: TimestampMetadata { get throws { try #require(current.timestamp) } }

    func targets(_ role: String) throws -> TargetsMetadata { try #require(current.targets[role]) }

    static func sign(_ signed: JSON, _ labels: [String]) throws -> [UInt8] {
        try MetadataSigning.adding(try TestKeys.keys(labels), to: MetadataSigning.unsigned(signed))
    }

    /// Serves a timestamp; what is not given is as it was, one version on.
    mutating func serveTimestamp(
        version: Int64? = nil,
        expires: Instant? = nil,
        snapshot: FileDescription? = nil,
        signedBy labels: [String] = ["timestamp"]
    ) throws {
        let before = try timestamp
        let forged = TimestampMetadata(
            version: version ?? before.version + 1,
            expires: expires ?? before.expires,
            snapshot: snapshot ?? before.snapshot
        )
        files[RegistryPath.timestamp] = try Self.sign(forged.signed, labels)
    }

    /// Serves a snapshot and a timestamp that names it.
    mutating func serveSnapshot(
        version: Int64? = nil,
        expires: Instant? = nil,
        changing: [String: FileDescription?] = [:],
        signedBy labels: [String] = ["snapshot"]
    ) throws {
        let before = try snapshot
        var listed = before.files
        for (name, description) in changing { listed[name] = description }
        let forged = SnapshotMetadata(
            version: version ?? before.version + 1,
            expires: expires ?? before.expires,
            files: listed
        )
        let bytes = try Self.sign(forged.signed, labels)
        files[RegistryPath.role("snapshot", version: forged.version)] = bytes
        try serveTimestamp(snapshot: FileDescription(version: forged.version, of: bytes))
    }

    /// Serves a targets role, a snapshot and a timestamp.
    mutating func serveTargets(
        _ role: String,
        version: Int64? = nil,
        expires: Instant? = nil,
        targets: [String: TargetDescription]? = nil,
        delegations: [DelegatedRole]? = nil,
        signedBy labels: [String],
        as bytes: (([UInt8]) -> [UInt8]) = { $0 }
    ) throws {
        let before = try self.targets(role)
        let forged = TargetsMetadata(
            version: version ?? before.version + 1,
            expires: expires ?? before.expires,
            targets: targets ?? before.targets,
            delegations: delegations ?? before.delegations
        )
        let file = bytes(try Self.sign(forged.signed, labels))
        files[RegistryPath.role(role, version: forged.version)] = file
        try serveSnapshot(
            changing: ["\(role).json": FileDescription(version: forged.version, of: file)])
    }

    /// Serves a member's document, signed by its body in good form, whatever it says.
    mutating func serveMember(
        _ bytes: [UInt8],
        path: String,
        body: String,
        custom: JSON?
    ) throws {
        var targets = try self.targets(body).targets
        let description = TargetDescription(of: bytes, custom: custom)
        targets[path] = description
        files[RegistryPath.target(path, sha256: description.sha256.hex)] = bytes
        try serveTargets(body, targets: targets, signedBy: [body])
    }

    /// Serves a next root.
    mutating func serveRoot(
        version: Int64,
        at version2: Int64? = nil,
        roles: [String: RoleKeys]? = nil,
        expires: Instant? = nil,
        signedBy labels: [String]
    ) throws {
        let forged = RootMetadata(
            version: version,
            expires: expires ?? root.expires,
            roles: roles ?? root.roles
        )
        files[RegistryPath.root(version: version2 ?? version)] = try Self.sign(
            forged.signed,
            labels
        )
    }
}
