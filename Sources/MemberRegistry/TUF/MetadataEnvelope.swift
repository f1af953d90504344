import CanonicalJSON
import Keys

/// A metadata file taken apart: `{"signed": ..., "signatures": [...]}`.
struct MetadataEnvelope: Sendable {
    let signed: JSON
    /// What the signatures are over: the OLPC form of `signed`.
    let signedBytes: [UInt8]
    /// Signatures by key id. What is not hexadecimal is an empty signature, which is invalid.
    let signatures: [String: [UInt8]]

    init(_ bytes: [UInt8], limits: RegistryLimits) throws(DocumentError) {
        let value: JSON
        do {
            value = try JSON.read(bytes, limits: limits.metadataJSON)
        } catch {
            throw DocumentError(error)
        }
        let reader = try ObjectReader(value, at: "")
        signed = try reader.required("signed")
        var signatures: [String: [UInt8]] = [:]
        for entry in try reader.objects("signatures", limit: 1024) {
            let keyID = try entry.ascii("keyid")
            let signature = Hex.decode(try entry.string("sig").lowercased()) ?? []
            guard signatures.updateValue(signature, forKey: keyID) == nil else {
                throw entry.error(
                    "keyid",
                    "a second signature by \(keyID)",
                    remedy: "one signature for each key id (TUF 4.2)"
                )
            }
        }
        self.signatures = signatures
        signedBytes = try signed.olpcBytes()
    }
}

/// What all four kinds of metadata begin with.
struct MetadataHeader {
    let reader: ObjectReader
    let version: Int64
    let expires: Instant

    /// - Throws: for another type than `type`, another major version of TUF, and missing members.
    init(_ envelope: MetadataEnvelope, type: String) throws(DocumentError) {
        reader = try ObjectReader(envelope.signed, at: "/signed")
        let found = try reader.string("_type")
        guard found == type else {
            throw reader.error(
                "_type",
                "found \"\(found)\"",
                remedy: "this file must be of type \(type)"
            )
        }
        let specification = try reader.string("spec_version")
        let parts = specification.split(separator: ".", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts[0] == "1",
            parts.allSatisfy({ Int64($0) != nil })
        else {
            throw reader.error(
                "spec_version",
                "version \"\(specification)\"",
                remedy: "TUF 1.x is understood"
            )
        }
        version = try reader.integer("version", atLeast: 1)
        expires = try reader.instant("expires")
    }
}
