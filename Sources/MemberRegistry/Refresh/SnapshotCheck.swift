extension StoredMetadata {
    /// Whether these bytes are a snapshot of `version` that the snapshot keys of the newest root
    /// here have signed, expired or not.
    package func vouches(forSnapshot bytes: [UInt8], version: Int64) -> Bool {
        guard let root = newestRoot,
            var trusted = try? TrustedMetadata(trustedRoot: root, expiry: .ignored)
        else { return false }
        trusted.recall(timestamp: nil, snapshot: bytes)
        return trusted.snapshot?.version == version
    }
}
