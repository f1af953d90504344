package import Federation
import Keys

/// The one place where a node draws its chances: salts, ids, keys of commitments, seeds.
package protocol RandomSource: Sendable {
    /// `count` bytes that nobody can guess.
    func bytes(_ count: Int) -> [UInt8]
}

/// The system's generator.
package struct SystemRandom: RandomSource {
    /// The system's generator.
    package init() {}

    package func bytes(_ count: Int) -> [UInt8] { SecureRandom.bytes(count) }
}

extension RandomSource {
    /// A generator for choices that need not be secret, with a seed from here.
    package func generator() -> SplitMix64 {
        SplitMix64(state: bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
