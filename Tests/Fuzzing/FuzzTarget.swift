import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import TransparencyLog

/// A reader of bytes that strangers send, and what must hold of everything that it accepts.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case addCheckpoint = "add-checkpoint"
    case addEntries = "add-entries"
    case announcement
    case bundle
    case ceremony
    case checkpoint
    case evidence
    case headsPage = "heads-page"
    case json
    case leaf
    case memberRequest = "member-request"
    case note
    case proof
    case sealedKey = "sealed-key"
    case signatureHeaders = "signature-headers"
    case tilePath = "tile-path"
    case tuf

    /// Reads the bytes.
    ///
    /// - Returns: what does not hold; nil when they were refused, or accepted rightly.
    package func violation(_ bytes: [UInt8]) -> String? {
        switch self {
        case .addCheckpoint: Self.addCheckpoint(bytes)
        case .addEntries: Self.addEntries(bytes)
        case .announcement: Self.announcement(bytes)
        case .bundle: Self.bundle(bytes)
        case .ceremony: Self.ceremony(bytes)
        case .checkpoint: Self.checkpoint(bytes)
        case .evidence: Self.evidence(bytes)
        case .headsPage: Self.headsPage(bytes)
        case .json: Self.json(bytes)
        case .leaf: Self.leaf(bytes)
        case .memberRequest: Self.memberRequest(bytes)
        case .note: Self.note(bytes)
        case .proof: Self.proof(bytes)
        case .sealedKey: Self.sealedKey(bytes)
        case .signatureHeaders: Self.signatureHeaders(bytes)
        case .tilePath: Self.tilePath(bytes)
        case .tuf: Self.tuf(bytes)
        }
    }

    private static func note(_ bytes: [UInt8]) -> String? {
        guard let note = try? SignedNote(bytes) else { return nil }
        guard note.bytes == bytes else { return "a note changed while it was read" }
        let composed = try? SignedNote(text: note.text, signatures: note.signatures)
        // A key id has one spelling in base64, so a note is its parts.
        return composed == note ? nil : "a note is not what its parts make"
    }

    private static func checkpoint(_ bytes: [UInt8]) -> String? {
        guard let checkpoint = try? Checkpoint(text: bytes) else { return nil }
        return checkpoint.text == bytes ? nil : "a checkpoint has a second spelling"
    }

    private static func proof(_ bytes: [UInt8]) -> String? {
        guard let proof = try? InclusionProof(bytes) else { return nil }
        return proof.bytes == bytes ? nil : "a proof has a second spelling"
    }

    private static func tilePath(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let tile = TileCoordinate(path: text) else { return nil }
        return tile.path == text ? nil : "a path has a second spelling"
    }

    private static func bundle(_ bytes: [UInt8]) -> String? {
        let width = 1 + Int(bytes.first ?? 0)
        let rest = Array(bytes.dropFirst())
        guard let entries = try? EntryBundle.decode(rest, width: width) else { return nil }
        guard entries.count == width else { return "\(entries.count) entries of \(width)" }
        let encoded = entries.flatMap { EntryBundle.encode($0) ?? [] }
        return rest.starts(with: encoded) ? nil : "a bundle has a second spelling"
    }

    private static func leaf(_ bytes: [UInt8]) -> String? {
        guard LeafReading(bytes) == LeafReading(general: bytes) else {
            return "the two readers of leaves differ"
        }
        switch LeafReading(bytes) {
        case .malformed: return nil
        case .unknownType:
            return JSON.isCanonical(bytes) ? nil : "a leaf of an unknown type is not RFC 8785"
        case .leaf(let leaf):
            guard JSON.isCanonical(bytes) else { return "a leaf is not RFC 8785" }
            guard bytes.count <= Leaf.maximumBytes else { return "a leaf is too large" }
            // Unknown members are ignored, so the leaf may be written shorter.
            return LeafReading(leaf.bytes) == .leaf(leaf) ? nil : "a leaf is not what it writes"
        }
    }

    private static func json(_ bytes: [UInt8]) -> String? {
        guard let value = try? JSON.read(bytes) else { return nil }
        let canonical = value.canonicalBytes
        guard let again = try? JSON.read(canonical, limits: .operatorFile) else {
            return "a canonical form cannot be read"
        }
        return again.canonicalBytes == canonical && again == value
            ? nil : "a canonical form is another value"
    }

    private static func headsPage(_ bytes: [UInt8]) -> String? {
        guard let page = try? HeadsPage(bytes) else { return nil }
        guard let again = try? HeadsPage(page.bytes) else {
            return page.bytes.count > Limits.headsPageBytes ? nil : "a page cannot be read again"
        }
        return again == page ? nil : "a page is not what it writes"
    }

    private static func addCheckpoint(_ bytes: [UInt8]) -> String? {
        guard let request = try? AddCheckpoint(bytes) else { return nil }
        return request.bytes == bytes ? nil : "an add-checkpoint request has a second spelling"
    }

    private static func evidence(_ bytes: [UInt8]) -> String? {
        guard let claim = try? ForkEvidence(bytes) else { return nil }
        // Written with every quote escaped, so it may be longer than what was read.
        guard claim.bytes.count <= Limits.evidenceBytes else { return nil }
        let again = try? ForkEvidence(claim.bytes)
        return again == claim ? nil : "evidence is not what it writes"
    }

    private static func announcement(_ bytes: [UInt8]) -> String? {
        guard let announcement = try? Announcement(bytes) else { return nil }
        guard announcement.checkpoints.count <= Limits.announcementCheckpoints else {
            return "an announcement has too many checkpoints"
        }
        let again = try? Announcement(announcement.bytes)
        return again == announcement ? nil : "an announcement is not what it writes"
    }

    /// A request to join in its signatures, and the payload and the document by themselves.
    private static func memberRequest(_ bytes: [UInt8]) -> String? {
        _ = try? RegistryRequest.verified(
            bytes, network: Seeds.network, current: nil, at: Seeds.at)
        if let request = try? RegistryRequest(readingPayload: bytes), request.payload != bytes {
            return "a request has a second spelling"
        }
        if let document = try? MemberDocument(reading: bytes), document.canonicalBytes != bytes {
            return "a document has a second spelling"
        }
        return nil
    }

    /// What is shown before a key signs, and what is carried on.
    private static func ceremony(_ bytes: [UInt8]) -> String? {
        guard let ceremony = try? Ceremony(reading: bytes) else { return nil }
        _ = try? ceremony.changes()
        _ = try? ceremony.panels()
        let again = try? Ceremony(reading: ceremony.json.canonicalBytes)
        return again == ceremony ? nil : "a ceremony is not what it writes"
    }

    /// Without a passphrase: what a file may ask for is bounded where it is read.
    private static func sealedKey(_ bytes: [UInt8]) -> String? {
        guard let json = try? JSON.read(bytes), let key = try? SealedKey(json: json) else {
            return nil
        }
        let again = try? SealedKey(json: key.json)
        return again?.json == key.json ? nil : "a sealed key is not what it writes"
    }

    /// Roots of trust are read from an invite's URL, and all roles from strangers' copies.
    private static func tuf(_ bytes: [UInt8]) -> String? {
        _ = try? TrustedMetadata(trustedRoot: bytes, expiry: .ignored)
        guard var trusted = Seeds.trusted else { return "the seed is no root" }
        let before = trusted.root.version
        trusted.recall(timestamp: bytes, snapshot: bytes)
        _ = trusted.updateRoot(bytes)
        _ = trusted.updateTimestamp(bytes)
        _ = trusted.updateSnapshot(bytes)
        // Nobody but the seed's key, which the fuzzer does not have, can sign a successor.
        return trusted.root.version == before ? nil : "a root was replaced without its keys"
    }

    /// Three lines: content-digest, signature-input, signature.
    private static func signatureHeaders(_ bytes: [UInt8]) -> String? {
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 3 else { return nil }
        let fields = MessageSignature(
            contentDigest: lines[0], input: lines[1], signature: lines[2])
        guard let claimed = try? ClaimedSignature(fields) else { return nil }
        let again = try? ClaimedSignature(fields)
        return again == claimed && !claimed.kid.isEmpty ? nil : "a signature is read in two ways"
    }
}
