/// A signer whose key lies elsewhere, and may be out of reach for a while.
public protocol RemoteSigner: Signer {
    /// Whether it could sign now; nothing is signed. May block for some seconds.
    func check() throws(SigningUnavailable)
}

/// Nothing was signed, and it may be tried again: the key's holder is away, locked or does not hold
/// the key.
public struct SigningUnavailable: Error, Equatable, Sendable, CustomStringConvertible {
    /// Why, in a sentence.
    public let reason: String
    /// How to mend it.
    public let remedy: String

    /// A fault from its parts.
    public init(_ reason: String, try remedy: String) {
        self.reason = reason
        self.remedy = remedy
    }

    public var description: String { reason }
}
