internal import Crypto

/// Something that signs with one Ed25519 key: a key in memory, or one that an agent holds.
///
/// Synchronous on purpose: a log signs inside its transaction.
public protocol Signer: Sendable {
    /// The key that verifies what this signs.
    var publicKey: PublicKey { get }
    /// The 64-byte signature of `message`.
    func sign(_ message: [UInt8]) throws -> [UInt8]
}

/// An Ed25519 private key in memory.
public struct Ed25519Key: Signer {
    private let key: Curve25519.Signing.PrivateKey

    /// A new key from the system's randomness.
    public init() {
        key = Curve25519.Signing.PrivateKey()
    }

    /// The key of a 32-byte seed (RFC 8032); nil for another length.
    public init?(seed: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            return nil
        }
        self.key = key
    }

    /// The 32-byte seed: the secret itself.
    public var seed: [UInt8] { Array(key.rawRepresentation) }

    public var publicKey: PublicKey { .ed25519(Array(key.publicKey.rawRepresentation)) }

    public func sign(_ message: [UInt8]) throws -> [UInt8] {
        Array(try key.signature(for: message))
    }
}

/// Random bytes from the system.
public enum SecureRandom {
    /// `count` bytes that nobody can guess.
    public static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
