/// A key that an agent holds, as a configuration names it:
/// `agent:<absolute path of its socket> ssh-ed25519 <base64>`.
public struct SSHAgentKey: Hashable, Sendable {
    private static let scheme = "agent:"

    /// The agent's socket.
    public let socket: String
    /// The key.
    public let publicKey: PublicKey

    /// A key from its parts.
    public init(socket: String, publicKey: PublicKey) {
        self.socket = socket
        self.publicKey = publicKey
    }

    /// Reads the text; nil for anything else.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.scheme) else { return nil }
        let words = text.dropFirst(Self.scheme.count).split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].hasPrefix("/"), let key = SSHKey.key(line: words[1]) else {
            return nil
        }
        self.init(socket: String(words[0]), publicKey: key)
    }

    /// As it is written.
    public var text: String { "\(Self.scheme)\(socket) \(SSHKey.line(publicKey) ?? "")" }
}
