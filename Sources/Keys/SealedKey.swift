public import CanonicalJSON
internal import Crypto
internal import CryptoExtras

/// An Ed25519 private key sealed with a passphrase: scrypt (RFC 7914) makes the key with which
/// AES-256-GCM (NIST SP 800-38D) encrypts the seed. All else in it is public and authenticated.
///
/// `{"cipher":"A256GCM","jwk":{public},"kdf":{"n","name":"scrypt","p","r","salt"},"kind":
/// "eccoe-sealed-key","nonce","sealed","v":1}`; bytes in base64url without padding.
public struct SealedKey: Sendable {
    /// What the making of the key from the passphrase costs.
    public struct Cost: Equatable, Sendable {
        /// CPU and memory, a power of two: 1 KiB of memory each at a block size of 8.
        public let n: Int
        /// Block size.
        public let r: Int
        /// Parallelism.
        public let p: Int

        /// 2^17, 8, 1: 128 MiB and some tenths of a second.
        public static let standard = Cost(unchecked: 1 << 17, 8, 1)

        /// A cost within what a reader accepts, at most 1 GiB: `n` is 2^10 to 2^20, `r` 1 to 16,
        /// `p` 1 to 4; nil otherwise.
        public init?(n: Int, r: Int, p: Int) {
            guard (1 << 10...1 << 20).contains(n), n.nonzeroBitCount == 1, (1...16).contains(r),
                (1...4).contains(p), n * r <= 1 << 23
            else { return nil }
            (self.n, self.r, self.p) = (n, r, p)
        }

        private init(unchecked n: Int, _ r: Int, _ p: Int) {
            (self.n, self.r, self.p) = (n, r, p)
        }
    }

    /// Why a key could not be sealed or opened.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// The text is no sealed key; what is wrong with it.
        case malformed(String)
        /// The passphrase is another one, or the file was changed.
        case wrongPassphrase
        /// The passphrase is shorter than 12 bytes.
        case shortPassphrase
        /// The machine could not do it, for lack of memory for instance.
        case unavailable(String)

        /// One sentence with the remedy.
        public var description: String {
            switch self {
            case .malformed(let reason): "no sealed key: \(reason); take another copy of the file"
            case .wrongPassphrase:
                "the passphrase is another one, or the file was changed; try again"
            case .shortPassphrase: "the passphrase is shorter than 12 bytes; take a longer one"
            case .unavailable(let reason): "it could not be computed here: \(reason)"
            }
        }
    }

    private static let kind = "eccoe-sealed-key"
    /// Fewest bytes of a passphrase.
    private static let minimumPassphrase = 12

    /// The key that verifies what the sealed key signs.
    public let publicKey: PublicKey
    private let cost: Cost
    private let salt: [UInt8]
    private let nonce: [UInt8]
    private let sealed: [UInt8]

    /// Seals a key.
    ///
    /// - Parameters:
    ///   - salt: 32 random bytes, new for each file.
    ///   - nonce: 12 random bytes, new for each file.
    /// - Throws: `Failure`.
    public init(
        sealing key: Ed25519Key,
        passphrase: [UInt8],
        salt: [UInt8],
        nonce: [UInt8],
        cost: Cost = .standard
    ) throws(Failure) {
        guard passphrase.count >= Self.minimumPassphrase else { throw .shortPassphrase }
        publicKey = key.publicKey
        (self.cost, self.salt, self.nonce) = (cost, salt, nonce)
        let secret = try Self.secret(passphrase, salt: salt, cost)
        let header = Self.header(publicKey, cost, salt: salt, nonce: nonce)
        do {
            let box = try AES.GCM.seal(
                key.seed, using: secret, nonce: AES.GCM.Nonce(data: nonce),
                authenticating: header.canonicalBytes)
            sealed = Array(box.ciphertext) + Array(box.tag)
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// The key itself.
    ///
    /// - Throws: `Failure`.
    public func open(passphrase: [UInt8]) throws(Failure) -> Ed25519Key {
        let secret = try Self.secret(passphrase, salt: salt, cost)
        let header = Self.header(publicKey, cost, salt: salt, nonce: nonce)
        let seed: [UInt8]
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: nonce), ciphertext: sealed.dropLast(16),
                tag: sealed.suffix(16))
            seed = Array(
                try AES.GCM.open(box, using: secret, authenticating: header.canonicalBytes))
        } catch {
            throw .wrongPassphrase
        }
        guard let key = Ed25519Key(seed: seed), key.publicKey == publicKey else {
            throw .wrongPassphrase
        }
        return key
    }

    /// The file's content as JSON.
    public var json: JSON {
        guard case .object(var object) = Self.header(publicKey, cost, salt: salt, nonce: nonce)
        else { return .null }
        object["sealed"] = .string(Base64URL.encode(sealed))
        return .object(object)
    }

    /// Whether a JSON text says that it is a sealed key.
    public static func isOne(_ json: JSON) -> Bool { json["kind"]?.string == kind }

    /// Reads a file's content.
    ///
    /// - Throws: `Failure.malformed`.
    public init(json: JSON) throws(Failure) {
        func bytes(_ value: JSON?, _ count: Int) -> [UInt8]? {
            guard let text = value?.string, let bytes = Base64URL.decode(text),
                bytes.count == count
            else { return nil }
            return bytes
        }
        func number(_ name: String) -> Int { Int(json["kdf"]?[name]?.integer ?? 0) }
        guard Self.isOne(json), json["v"]?.integer == 1,
            json["cipher"]?.string == "A256GCM", json["kdf"]?["name"]?.string == "scrypt"
        else { throw .malformed("another kind, version, cipher or derivation") }
        guard let cost = Cost(n: number("n"), r: number("r"), p: number("p")) else {
            throw .malformed("the costs of scrypt are out of bounds")
        }
        guard let jwk = json["jwk"], let key = JWK.decode(jwk), case .ed25519 = key else {
            throw .malformed("no public Ed25519 JWK")
        }
        guard let salt = bytes(json["kdf"]?["salt"], 32), let nonce = bytes(json["nonce"], 12),
            let sealed = bytes(json["sealed"], 48)
        else { throw .malformed("salt, nonce or sealed have another length") }
        publicKey = key
        (self.cost, self.salt, self.nonce, self.sealed) = (cost, salt, nonce, sealed)
    }

    /// Everything but the sealed bytes: authenticated with them.
    private static func header(
        _ publicKey: PublicKey,
        _ cost: Cost,
        salt: [UInt8],
        nonce: [UInt8]
    ) -> JSON {
        [
            "v": 1, "kind": .string(kind), "jwk": JWK.encode(publicKey) ?? .null,
            "cipher": "A256GCM", "nonce": .string(Base64URL.encode(nonce)),
            "kdf": [
                "name": "scrypt", "n": .number(JSONNumber(Int64(cost.n))),
                "r": .number(JSONNumber(Int64(cost.r))), "p": .number(JSONNumber(Int64(cost.p))),
                "salt": .string(Base64URL.encode(salt)),
            ],
        ]
    }

    private static func secret(
        _ passphrase: [UInt8],
        salt: [UInt8],
        _ cost: Cost
    ) throws(Failure) -> SymmetricKey {
        do {
            return try KDF.Scrypt.deriveKey(
                from: passphrase, salt: salt, outputByteCount: 32, rounds: cost.n,
                blockSize: cost.r, parallelism: cost.p)
        } catch {
            throw .unavailable("\(error)")
        }
    }
}
