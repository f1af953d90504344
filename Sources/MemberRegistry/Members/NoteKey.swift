package import Keys

/// A verifier key of C2SP signed-note for a member's log, witness or mirror key.
package struct NoteKey: Hashable, Sendable {
    /// What signatures of the key mean.
    package enum SignatureType: UInt8, Sendable {
        /// Ed25519 over the note: logs.
        case log = 0x01
        /// Timestamped cosignature: witnesses and mirrors.
        case cosignature = 0x04
    }

    /// The name on the note.
    package let name: String
    /// 32 bytes of Ed25519.
    package let publicKey: PublicKey
    /// `<name>+<8 hex digits>+<base64>`.
    package let text: String

    /// The key under `name`; nil unless it is Ed25519.
    package init?(name: String, type: SignatureType, publicKey: PublicKey) {
        guard case .ed25519(let bytes) = publicKey, bytes.count == 32 else { return nil }
        let typed = [type.rawValue] + bytes
        let id = Digest(of: Array(name.utf8) + [0x0a] + typed).bytes.prefix(4)
        self.name = name
        self.publicKey = publicKey
        text = "\(name)+\(Hex.encode(id))+\(Base64.encode(typed))"
    }

    /// Reads a vkey; nil when name, type or key id are not those of its own text.
    package init?(_ text: String) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decode(parts[2]), bytes.count == 33,
            let type = SignatureType(rawValue: bytes[0])
        else { return nil }
        self.init(
            name: String(parts[0]),
            type: type,
            publicKey: .ed25519(Array(bytes.dropFirst()))
        )
        guard self.text == text else { return nil }
    }

    /// The name under which a domain's witness cosigns: `<domain>/eccoe/witness`.
    package static func witnessName(_ domain: String) -> String { "\(domain)/eccoe/witness" }

    /// The name under which a domain's mirror cosigns: `<domain>/eccoe/mirror`.
    package static func mirrorName(_ domain: String) -> String { "\(domain)/eccoe/mirror" }
}
