import CanonicalJSON
package import Keys

/// `root.json`: which keys speak for the top-level roles (TUF 4.3).
package struct RootMetadata: Equatable, Sendable {
    /// From 1, one more for each root.
    package let version: Int64
    /// The first moment at which it is no longer valid.
    package let expires: Instant
    /// Whether files carry version and hash in their names.
    package let hasConsistentSnapshots: Bool
    /// Keys of `root`, `timestamp`, `snapshot` and `targets`; always these four.
    package let roles: [String: RoleKeys]

    static let roleNames = ["root", "snapshot", "targets", "timestamp"]

    init(_ envelope: MetadataEnvelope) throws(DocumentError) {
        let header = try MetadataHeader(envelope, type: "root")
        version = header.version
        expires = header.expires
        let reader = header.reader
        hasConsistentSnapshots = try reader.bool("consistent_snapshot", default: false)
        let known = try Self.keys(reader.nested("keys"))
        let listed = try reader.nested("roles")
        var roles: [String: RoleKeys] = [:]
        for name in Self.roleNames {
            roles[name] = try RoleKeys(listed.nested(name), known: known)
        }
        self.roles = roles
    }

    /// The key objects of root metadata or of a delegation.
    static func keys(_ reader: ObjectReader) throws(DocumentError) -> [String: RoleKey] {
        var keys: [String: RoleKey] = [:]
        for member in reader.object {
            guard ObjectReader.isASCII(member.name) else {
                throw reader.error(member.name, "odd key id", remedy: "use hexadecimal digits")
            }
            let key = try ObjectReader(member.value, at: reader.pointer(member.name))
            keys[member.name] = try RoleKey(keyID: member.name, key)
        }
        return keys
    }

    /// The keys of one of the four top-level roles.
    func keys(of role: String) -> RoleKeys {
        roles[role] ?? RoleKeys(keys: [], threshold: 1)
    }
}
