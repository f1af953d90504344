package import CanonicalJSON

/// Upper bounds of the registry's files (protocol.md section 8); `standard` is what nodes use.
package struct RegistryLimits: Sendable {
    /// Bytes of a root file.
    package var rootBytes = 512_000
    /// Bytes of a timestamp file.
    package var timestampBytes = 64 << 10
    /// Bytes of a snapshot or targets file whose length nobody vouches for.
    package var metadataBytes = 16 << 20
    /// Bytes of one target file.
    package var targetBytes = 256 << 10
    /// Targets that one role may list.
    package var targetsPerRole = 10_000
    /// Root versions that one refresh walks.
    package var rootRotations = 32
    /// Delegated roles that one refresh visits.
    package var delegations = 1024

    /// The bounds as protocol.md has them.
    package init() {}

    /// The bounds as protocol.md has them.
    package static let standard = RegistryLimits()

    /// What a reader of metadata enforces: the depth of our own messages, larger objects.
    package var metadataJSON: JSONLimits {
        JSONLimits(
            depth: 16,
            members: max(targetsPerRole, delegations + 8),
            stringBytes: 64 << 10,
            totalBytes: metadataBytes
        )
    }
}
