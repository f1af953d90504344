/// What is asked of an ssh-agent, and what it answers (draft-miller-ssh-agent): whole messages with
/// their length in front.
public enum SSHAgentMessage {
    /// Bytes of an answer that are read at most.
    public static let maximumBytes = 256 << 10

    private static let failure: UInt8 = 5
    private static let requestIdentities: UInt8 = 11
    private static let identitiesAnswer: UInt8 = 12
    private static let signRequest: UInt8 = 13
    private static let signResponse: UInt8 = 14

    /// Why an answer is of no use.
    public enum Fault: Error, Equatable, Sendable {
        /// The agent has refused: it does not hold the key, is locked, or its owner said no.
        case refused
        /// What came is no answer to what was asked.
        case malformed
    }

    /// SSH_AGENTC_REQUEST_IDENTITIES: which keys it holds.
    public static var identitiesRequest: [UInt8] { framed([requestIdentities]) }

    /// SSH_AGENTC_SIGN_REQUEST without flags; nil for a key that is not Ed25519.
    public static func signRequest(by key: PublicKey, over message: [UInt8]) -> [UInt8]? {
        guard let blob = SSHKey.blob(key) else { return nil }
        var writer = SSHWriter()
        writer.byte(signRequest)
        writer.string(blob)
        writer.string(message)
        writer.uint32(0)
        return framed(writer.bytes)
    }

    /// Bytes that follow the first four of an answer; nil when there are none, or too many.
    public static func length(_ head: [UInt8]) -> Int? {
        var reader = SSHReader(head)
        guard let count = reader.uint32(), (1...maximumBytes).contains(count) else { return nil }
        return count
    }

    /// The Ed25519 keys that an answer lists; others are passed over. An agent that is locked lists
    /// none.
    ///
    /// - Parameter body: what follows the length.
    public static func identities(_ body: [UInt8]) throws(Fault) -> [PublicKey] {
        var reader = try answer(body, of: identitiesAnswer)
        guard let count = reader.uint32() else { throw .malformed }
        var keys: [PublicKey] = []
        for _ in 0..<count {
            guard let blob = reader.string(), reader.string() != nil else { throw .malformed }
            if let key = SSHKey.key(blob: blob) { keys.append(key) }
        }
        guard reader.isAtEnd else { throw .malformed }
        return keys
    }

    /// The 64 bytes of an Ed25519 signature. Whether it is one of the key and the message is for the
    /// caller to verify.
    ///
    /// - Parameter body: what follows the length.
    public static func signature(_ body: [UInt8]) throws(Fault) -> [UInt8] {
        var reader = try answer(body, of: signResponse)
        guard let blob = reader.string(), reader.isAtEnd else { throw .malformed }
        var parts = SSHReader(blob)
        guard parts.string() == Array(SSHKey.algorithm.utf8), let signature = parts.string(),
            signature.count == 64, parts.isAtEnd
        else { throw .malformed }
        return signature
    }

    private static func answer(_ body: [UInt8], of type: UInt8) throws(Fault) -> SSHReader {
        var reader = SSHReader(body)
        let found = reader.byte()
        if found == failure { throw .refused }
        guard found == type else { throw .malformed }
        return reader
    }

    private static func framed(_ body: [UInt8]) -> [UInt8] {
        var writer = SSHWriter()
        writer.string(body)
        return writer.bytes
    }
}
