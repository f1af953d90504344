public import Keys

/// A C2SP verifier key ("vkey"): name, signature type and Ed25519 public key.
public struct VerifierKey: Sendable, Hashable {
    /// The signature types that this network uses.
    public enum SignatureType: UInt8, Sendable {
        /// Ed25519 over the note's text: logs.
        case ed25519 = 0x01
        /// Timestamped Ed25519 cosignature: witnesses and mirrors.
        case cosignature = 0x04
    }

    /// The key's name; of a log, its origin.
    public let name: String
    /// What a signature of this key means and how it is laid out.
    public let type: SignatureType
    /// 32 bytes.
    public let publicKey: [UInt8]
    /// SHA-256(name ‖ 0x0A ‖ type ‖ key), first four bytes, big-endian.
    public let keyID: UInt32

    /// A key from its parts; nil unless the name is allowed and the key an Ed25519 one.
    public init?(name: String, type: SignatureType, publicKey: PublicKey) {
        guard case .ed25519(let bytes) = publicKey, bytes.count == 32, Self.isName(name) else {
            return nil
        }
        self.name = name
        self.type = type
        self.publicKey = bytes
        keyID = Self.keyID(name, type, bytes)
    }

    /// Reads `<name>+<8 hex digits>+<base64>`.
    ///
    /// - Throws: `NoteError.malformedKey`, also for types that this network does not use and for a
    ///   key id that does not belong to the key.
    public init(_ vkey: some StringProtocol) throws(NoteError) {
        let parts = vkey.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformedKey("not <name>+<id>+<base64>") }
        guard Self.isName(parts[0]) else { throw .malformedKey("the name is not allowed") }
        guard let id = Hex.decode(parts[1]), id.count == 4 else {
            throw .malformedKey("the key id is not 8 hexadecimal digits")
        }
        guard let bytes = Base64.decode(parts[2]), let first = bytes.first else {
            throw .malformedKey("the key is not base64")
        }
        guard let type = SignatureType(rawValue: first) else {
            throw .malformedKey("signature type 0x\(Hex.encode([first])) is not supported")
        }
        guard bytes.count == 33 else { throw .malformedKey("the public key is not 32 bytes") }
        name = String(parts[0])
        self.type = type
        publicKey = Array(bytes.dropFirst())
        keyID = Self.keyID(name, type, publicKey)
        guard keyID == id.reduce(0, { $0 << 8 | UInt32($1) }) else {
            throw .malformedKey("the key id does not belong to this name and key")
        }
    }

    private static func keyID(_ name: String, _ type: SignatureType, _ key: [UInt8]) -> UInt32 {
        Digest(of: Array(name.utf8) + [0x0a, type.rawValue] + key).bytes.prefix(4)
            .reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The vkey text.
    public var text: String {
        let id = (0..<4).map { UInt8(truncatingIfNeeded: keyID >> UInt32(24 - 8 * $0)) }
        return "\(name)+\(Hex.encode(id))+\(Base64.encode([type.rawValue] + publicKey))"
    }

    /// Non-empty, no Unicode space, no plus, no control character.
    static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0 != "+" && ($0.isASCII || !$0.properties.isWhitespace)
            }
    }

    /// Whether `signature` names this key.
    func matches(_ signature: NoteSignature) -> Bool {
        signature.keyID == keyID && signature.name.utf8.elementsEqual(name.utf8)
    }

    /// The verified time of `signature` over `text`: nil time for type 01, the timestamp for 04.
    ///
    /// - Throws: `NoteError.invalidSignature`.
    func verify(_ signature: NoteSignature, over text: [UInt8]) throws(NoteError) -> Instant? {
        switch type {
        case .ed25519:
            guard PublicKey.ed25519(publicKey).isValid(signature: signature.signature, over: text)
            else { throw .invalidSignature(by: name) }
            return nil
        case .cosignature:
            guard let parsed = TimestampedSignature(signature.signature),
                PublicKey.ed25519(publicKey).isValid(
                    signature: parsed.signature,
                    over: TimestampedSignature.message(text: text, at: parsed.timestamp)
                )
            else { throw .invalidSignature(by: name) }
            return parsed.timestamp
        }
    }
}

/// Signs notes with one key under one name.
public struct NoteSigner: Sendable {
    /// What verifies the signatures.
    public let key: VerifierKey
    private let signer: any Signer

    /// A signer; nil when the name is not allowed or the key is not Ed25519.
    public init?(name: String, type: VerifierKey.SignatureType, signer: any Signer) {
        guard let key = VerifierKey(name: name, type: type, publicKey: signer.publicKey) else {
            return nil
        }
        self.key = key
        self.signer = signer
    }

    /// The signature line over `text`; cosignatures carry `time`, plain signatures ignore it.
    ///
    /// - Throws: what the signer throws.
    public func sign(_ text: [UInt8], at time: Instant) throws -> NoteSignature {
        switch key.type {
        case .ed25519:
            return NoteSignature(
                name: key.name,
                keyID: key.keyID,
                signature: try signer.sign(text)
            )
        case .cosignature:
            let signature = try signer.sign(TimestampedSignature.message(text: text, at: time))
            return NoteSignature(
                name: key.name,
                keyID: key.keyID,
                signature: TimestampedSignature(timestamp: time, signature: signature).bytes
            )
        }
    }
}

/// The `timestamped_signature` of tlog-cosignature: 8 bytes big-endian time, 64 bytes Ed25519.
struct TimestampedSignature {
    let timestamp: Instant
    let signature: [UInt8]

    init(timestamp: Instant, signature: [UInt8]) {
        self.timestamp = timestamp
        self.signature = signature
    }

    /// nil unless 72 bytes with a time of at most 2^63 - 1.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 72 else { return nil }
        let seconds = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let signed = Int64(exactly: seconds) else { return nil }
        timestamp = Instant(secondsSince1970: signed)
        signature = Array(bytes.dropFirst(8))
    }

    var bytes: [UInt8] {
        let seconds = UInt64(bitPattern: timestamp.secondsSince1970)
        return (0..<8).map { UInt8(truncatingIfNeeded: seconds >> UInt64(56 - 8 * $0)) } + signature
    }

    static func message(text: [UInt8], at time: Instant) -> [UInt8] {
        Array("cosignature/v1\ntime \(time.secondsSince1970)\n".utf8) + text
    }
}
