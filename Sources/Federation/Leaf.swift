import CanonicalJSON
package import Keys

/// One entry of an institution's log: public, at most 2,046 bytes, free of personal data.
package struct Leaf: Sendable, Equatable {
    /// Bytes that a leaf may have, so that a full bundle has at most 512 KiB.
    package static let maximumBytes = 2046
    /// References that a leaf may carry.
    package static let maximumReferences = 4

    /// The author's clock; informs, orders nothing.
    package var at: Instant
    /// What the leaf says.
    package var type: LeafType
    /// The id that the leaf is about, scoped by the first word of the type.
    package var subject: String?
    /// The subject's leaf number, from 1.
    package var revision: Int?
    /// Index of the subject's leaf before this one in the same epoch.
    package var previous: Int?
    /// SHA-256 of the payload's exact bytes.
    package var payload: Digest?
    /// References of the form `<origin>#<index>@<leaf hash>`.
    package var references: [String]
    /// Of agreements: SHA-256 of the canonical document.
    package var digest: Digest?
    /// Of decisions and anchored issuances.
    package var commitment: Digest?
    /// Of agreements: the partner's domain.
    package var with: String?
    /// Of terminations: the last day, `YYYY-MM-DD`.
    package var on: String?

    /// A leaf from its parts; `violation` tells what its type still misses.
    package init(
        type: LeafType,
        at: Instant,
        subject: String? = nil,
        revision: Int? = nil,
        previous: Int? = nil,
        payload: Digest? = nil,
        references: [String] = [],
        digest: Digest? = nil,
        commitment: Digest? = nil,
        with: String? = nil,
        on: String? = nil
    ) {
        self.type = type
        self.at = at
        self.subject = subject
        self.revision = revision
        self.previous = previous
        self.payload = payload
        self.references = references
        self.digest = digest
        self.commitment = commitment
        self.with = with
        self.on = on
    }

    /// The RFC 8785 bytes that are hashed into the log.
    package var bytes: [UInt8] {
        var object = CanonicalObjectWriter(capacity: 512)
        object.string("at", at.text)
        object.hex("commitment", "", commitment?.bytes)
        object.hex("digest", "sha256:", digest?.bytes)
        object.string("on", on)
        object.hex("payload", "sha256:", payload?.bytes)
        object.integer("previous", previous)
        if !references.isEmpty { object.strings("refs", references) }
        object.integer("revision", revision)
        object.string("subject", subject)
        object.string("type", type.rawValue)
        object.integer("v", 1)
        object.string("with", with)
        return object.finish()
    }
}

/// What the bytes of a log entry turn out to be.
package enum LeafReading: Sendable, Equatable {
    case leaf(Leaf)
    /// A type that this version does not know: kept and skipped.
    case unknownType(String)
    /// Stays in the tree, counts for nothing.
    case malformed(String)

    /// Reads an entry. Unknown members are ignored; anything else that departs from the protocol
    /// makes the leaf malformed.
    package init(_ bytes: [UInt8]) {
        guard bytes.count <= Leaf.maximumBytes, let leaf = LeafScanner.leaf(bytes) else {
            self.init(general: bytes)
            return
        }
        self = leaf.violation.map { .malformed($0) } ?? .leaf(leaf)
    }

    /// Reads an entry as any JSON: with the same outcome, slowly.
    package init(general bytes: [UInt8]) {
        do {
            self = try Self.read(bytes)
        } catch {
            self = .malformed(error.reason)
        }
    }

    private struct Malformed: Error {
        let reason: String
    }

    private static func read(_ bytes: [UInt8]) throws(Malformed) -> LeafReading {
        guard bytes.count <= Leaf.maximumBytes else {
            throw Malformed(reason: "larger than \(Leaf.maximumBytes) bytes")
        }
        let json: JSON
        do {
            json = try JSON.read(bytes)
        } catch { throw Malformed(reason: error.description) }
        guard json.canonicalBytes == bytes else { throw Malformed(reason: "not RFC 8785") }
        guard json["v"]?.integer == 1, let name = json["type"]?.string else {
            throw Malformed(reason: "no v 1 or no type")
        }
        guard let type = LeafType(rawValue: name) else { return .unknownType(name) }
        guard let text = json["at"]?.string, let at = Instant(text) else {
            throw Malformed(reason: "at is no RFC 3339 time with Z and whole seconds")
        }
        var leaf = Leaf(type: type, at: at)
        leaf.subject = try member("subject", of: json) { $0.string }
        leaf.revision = try member("revision", of: json) { $0.integer.map { Int($0) } }
        leaf.previous = try member("previous", of: json) { $0.integer.map { Int($0) } }
        leaf.payload = try member("payload", of: json, as: prefixedDigest)
        leaf.digest = try member("digest", of: json, as: prefixedDigest)
        leaf.commitment = try member("commitment", of: json) {
            $0.string.flatMap { Digest(hex: $0) }
        }
        leaf.with = try member("with", of: json) { $0.string }
        leaf.on = try member("on", of: json) { $0.string }
        leaf.references =
            try member("refs", of: json) { value in
                value.array.flatMap { list in
                    let texts = list.compactMap(\.string)
                    return texts.count == list.count ? texts : nil
                }
            } ?? []
        if let violation = leaf.violation { throw Malformed(reason: violation) }
        return .leaf(leaf)
    }

    private static func member<Value>(
        _ name: String,
        of json: JSON,
        as convert: (JSON) -> Value?
    ) throws(Malformed) -> Value? {
        guard let value = json[name] else { return nil }
        guard let converted = convert(value) else {
            throw Malformed(reason: "\(name) is malformed")
        }
        return converted
    }

    private static func prefixedDigest(_ value: JSON) -> Digest? {
        guard let text = value.string, text.hasPrefix("sha256:") else { return nil }
        return Digest(hex: String(text.dropFirst(7)))
    }
}
