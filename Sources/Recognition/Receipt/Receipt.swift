package import CanonicalJSON
import Keys
package import MemberRegistry

/// The learner's receipt (protocol.md section 7): all that is needed to verify a decision offline,
/// for ever. Everything in it is as it arrived: believed by nobody yet.
package struct Receipt: Equatable, Sendable {
    /// The decision.
    package var record: DecisionRecord
    /// The key of the commitment, 64 bytes.
    package var r: [UInt8]
    /// The exact bytes of the leaf.
    package var leaf: [UInt8]
    /// The exact bytes of the tlog-proof with its cosignatures.
    package var proof: [UInt8]
    /// The registry as the author saw it: roots from version 1 on, all roles, `network.json`, the
    /// author and the witnesses.
    package var registry: RegistryExcerpt

    /// Bounds for reading: a registry's roles may be megabytes long.
    package static let limits = JSONLimits(
        depth: 16,
        members: 4096,
        stringBytes: 8 << 20,
        totalBytes: 32 << 20
    )

    /// A receipt from its parts.
    package init(
        record: DecisionRecord,
        r: [UInt8],
        leaf: [UInt8],
        proof: [UInt8],
        registry: RegistryExcerpt
    ) {
        self.record = record
        self.r = r
        self.leaf = leaf
        self.proof = proof
        self.registry = registry
    }

    /// The file: RFC 8785, with exact bytes in unpadded base64url.
    package var bytes: [UInt8] {
        let receipt: JSON = [
            "v": 1, "kind": "receipt", "record": record.json, "r": Self.text(r),
            "leaf": Self.text(leaf), "proof": Self.text(proof),
            "registry": [
                "roots": .array(registry.roots.map(Self.text)),
                "metadata": Self.files(registry.metadata),
                "targets": Self.files(registry.targets),
            ],
        ]
        return receipt.canonicalBytes
    }

    /// Reads a receipt. The file need not be canonical, so that it survives a formatter: what is
    /// signed is inside it byte for byte, and the record is put into its one form again.
    ///
    /// - Throws: `RecordError` with a JSON pointer.
    package init(bytes: [UInt8]) throws(RecordError) {
        let json: JSON
        do { json = try JSON.read(bytes, limits: Self.limits) } catch {
            throw RecordError("", "is no JSON: \(error)", remedy: "ask for the receipt again")
        }
        let members = try RecordMembers(
            json,
            at: "",
            allowing: ["v", "kind", "record", "r", "leaf", "proof", "registry"]
        )
        try members.version(kind: "receipt")
        guard let record = members["record"] else { throw members.error("record", "is missing") }
        do { self.record = try DecisionRecord(json: record) } catch {
            throw RecordError("/record" + error.pointer, error.reason, remedy: error.remedy)
        }
        r = try Self.bytes(members["r"], at: "/r")
        guard r.count == 64 else { throw members.error("r", "has \(r.count) bytes, not 64") }
        leaf = try Self.bytes(members["leaf"], at: "/leaf")
        proof = try Self.bytes(members["proof"], at: "/proof")
        let registry = try RecordMembers(
            members["registry"],
            at: "/registry",
            allowing: ["roots", "metadata", "targets"]
        )
        guard let roots = registry["roots"]?.array, !roots.isEmpty else {
            throw registry.error("roots", "is no array with something in it")
        }
        var files: [[UInt8]] = []
        for (index, root) in roots.enumerated() {
            files.append(try Self.bytes(root, at: "/registry/roots/\(index)"))
        }
        self.registry = RegistryExcerpt(
            roots: files,
            metadata: try Self.files(registry["metadata"], at: "/registry/metadata"),
            targets: try Self.files(registry["targets"], at: "/registry/targets")
        )
    }

    private static func text(_ bytes: [UInt8]) -> JSON { .string(Base64URL.encode(bytes)) }

    private static func files(_ files: [String: [UInt8]]) -> JSON {
        var object = JSONObject()
        for (name, bytes) in files { object[name] = text(bytes) }
        return .object(object)
    }

    private static func bytes(_ json: JSON?, at place: String) throws(RecordError) -> [UInt8] {
        guard let bytes = json?.string.flatMap({ Base64URL.decode($0) }) else {
            throw RecordError(
                place,
                "is no unpadded base64url",
                remedy: "ask for the receipt again"
            )
        }
        return bytes
    }

    private static func files(
        _ json: JSON?,
        at place: String
    ) throws(RecordError) -> [String: [UInt8]] {
        guard let object = json?.object else {
            throw RecordError(place, "is no object", remedy: "ask for the receipt again")
        }
        var files: [String: [UInt8]] = [:]
        for (name, value) in object { files[name] = try bytes(value, at: "\(place)/\(name)") }
        return files
    }
}
