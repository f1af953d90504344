import CanonicalJSON
package import Keys

/// What one metadata file says of another: its version, and where stated length and hash.
package struct FileDescription: Equatable, Sendable {
    /// The version that the file must carry.
    package let version: Int64
    /// Bytes, if stated.
    package let length: Int?
    /// SHA-256, if stated.
    package let sha256: Digest?

    init(_ reader: ObjectReader) throws(DocumentError) {
        version = try reader.integer("version", atLeast: 1)
        length =
            reader.object["length"] == nil
            ? nil : Int(try reader.integer("length", atLeast: 0))
        sha256 = try reader.optionalNested("hashes").map { hashes throws(DocumentError) in
            try hashes.digest("sha256")
        }
    }

    /// Whether length and hash, as far as stated, are those of `bytes`.
    func matches(_ bytes: [UInt8]) -> Bool {
        (length ?? bytes.count) == bytes.count && (sha256 ?? Digest(of: bytes)) == Digest(of: bytes)
    }
}

/// `timestamp.json`: the newest snapshot (TUF 4.6).
package struct TimestampMetadata: Equatable, Sendable {
    /// From 1, rising.
    package let version: Int64
    /// The first moment at which it is no longer valid.
    package let expires: Instant
    /// The snapshot file.
    package let snapshot: FileDescription

    init(_ envelope: MetadataEnvelope) throws(DocumentError) {
        let header = try MetadataHeader(envelope, type: "timestamp")
        version = header.version
        expires = header.expires
        let meta = try header.reader.nested("meta")
        snapshot = try FileDescription(meta.nested("snapshot.json"))
    }
}

/// `snapshot.json`: the version of every targets role (TUF 4.4).
package struct SnapshotMetadata: Equatable, Sendable {
    /// From 1, rising.
    package let version: Int64
    /// The first moment at which it is no longer valid.
    package let expires: Instant
    /// By file name, such as `targets.json`.
    package let files: [String: FileDescription]

    init(_ envelope: MetadataEnvelope) throws(DocumentError) {
        let header = try MetadataHeader(envelope, type: "snapshot")
        version = header.version
        expires = header.expires
        let meta = try header.reader.nested("meta")
        var files: [String: FileDescription] = [:]
        for member in meta.object {
            guard ObjectReader.isASCII(member.name) else {
                throw meta.error(member.name, "odd file name", remedy: "use printable ASCII")
            }
            files[member.name] = try FileDescription(
                ObjectReader(member.value, at: meta.pointer(member.name))
            )
        }
        self.files = files
    }
}
