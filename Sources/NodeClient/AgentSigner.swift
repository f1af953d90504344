import Glibc
package import Keys

/// Signs with a key that an ssh-agent holds: OpenSSH's, or one in front of a hardware token.
///
/// Synchronous like every signer: a log signs inside its transaction, on a thread of its own. Each
/// request has a connection of its own, so that an agent may be restarted at any time.
package struct AgentSigner: RemoteSigner {
    /// How long one request may take, and the human behind a token may think.
    package static let patience = Duration.seconds(5)

    private let key: SSHAgentKey
    private let patience: Duration

    /// A signer; the agent is not asked yet.
    package init(_ key: SSHAgentKey, patience: Duration = Self.patience) {
        self.key = key
        self.patience = patience
    }

    /// The key that the configuration names.
    package var publicKey: PublicKey { key.publicKey }

    /// The agent's signature of a message.
    ///
    /// - Throws: `SigningUnavailable`; a signature that does not verify is never returned.
    package func sign(_ message: [UInt8]) throws -> [UInt8] {
        guard let request = SSHAgentMessage.signRequest(by: publicKey, over: message) else {
            throw SigningUnavailable(
                "an agent is asked for Ed25519 keys only", try: "name an ssh-ed25519 key")
        }
        let answer = try exchange(request)
        let signature: [UInt8]
        do {
            signature = try SSHAgentMessage.signature(answer)
        } catch { throw fault(error) }
        guard publicKey.isValid(signature: signature, over: message) else {
            throw SigningUnavailable(
                "the agent at \(key.socket) has signed with another key, or something else: its "
                    + "signature is not used",
                try: "check what listens at \(key.socket)")
        }
        return signature
    }

    /// Whether the agent lists the key now.
    package func check() throws(SigningUnavailable) {
        let answer = try exchange(SSHAgentMessage.identitiesRequest)
        let keys: [PublicKey]
        do {
            keys = try SSHAgentMessage.identities(answer)
        } catch { throw fault(error) }
        guard keys.contains(publicKey) else { throw fault(.refused) }
    }

    private func fault(_ fault: SSHAgentMessage.Fault) -> SigningUnavailable {
        switch fault {
        case .refused:
            SigningUnavailable(
                "the agent at \(key.socket) does not hold this key, or is locked",
                try:
                    "SSH_AUTH_SOCK=\(key.socket) ssh-add -L; unlock it with ssh-add -X, or add the "
                    + "key with ssh-add")
        case .malformed:
            SigningUnavailable(
                "what listens at \(key.socket) does not speak the ssh-agent protocol",
                try: "name the agent's socket in the configuration")
        }
    }

    /// Sends a request and returns what follows the length of the answer.
    private func exchange(_ request: [UInt8]) throws(SigningUnavailable) -> [UInt8] {
        let end = ContinuousClock.now + patience
        let connection = try AgentConnection(to: key.socket, until: end)
        defer { connection.close() }
        try connection.send(request)
        guard let count = SSHAgentMessage.length(try connection.receive(4)) else {
            throw fault(.malformed)
        }
        return try connection.receive(count)
    }
}

/// A connection to an agent's Unix socket that ends in time.
private struct AgentConnection {
    private let descriptor: Int32
    private let socketPath: String
    private let end: ContinuousClock.Instant

    init(to path: String, until end: ContinuousClock.Instant) throws(SigningUnavailable) {
        socketPath = path
        self.end = end
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SigningUnavailable(
                "the path of the agent's socket is too long: \(path)", try: "choose a shorter one")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.fault(path, errno) }
        do throws(SigningUnavailable) {
            try setPatience()
            let length = socklen_t(MemoryLayout<sockaddr_un>.size)
            let status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, length)
                }
            }
            guard status == 0 else { throw Self.fault(path, errno) }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    func close() { _ = Glibc.close(descriptor) }

    func send(_ bytes: [UInt8]) throws(SigningUnavailable) {
        var sent = 0
        while sent < bytes.count {
            try setPatience()
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.fault(socketPath, errno) }
            sent += count
        }
    }

    func receive(_ count: Int) throws(SigningUnavailable) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var have = 0
        while have < count {
            try setPatience()
            let got = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress.map { $0 + have }, count - have, 0)
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw Self.fault(socketPath, got == 0 ? ECONNRESET : errno) }
            have += got
        }
        return bytes
    }

    /// Lets the next call wait as long as there is time left.
    private func setPatience() throws(SigningUnavailable) {
        let left = (end - ContinuousClock.now).components
        let microseconds = left.seconds * 1_000_000 + left.attoseconds / 1_000_000_000_000
        guard microseconds > 0 else { throw Self.fault(socketPath, EAGAIN) }
        var time = timeval(
            tv_sec: Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    private static func fault(_ path: String, _ code: Int32) -> SigningUnavailable {
        switch code {
        case EAGAIN, EINPROGRESS:
            SigningUnavailable(
                "the agent at \(path) does not answer in time", try: "look at the agent's process")
        case ENOENT, ECONNREFUSED:
            SigningUnavailable(
                "no agent listens at \(path)", try: "start it: ssh-agent -a \(path)")
        default:
            SigningUnavailable(
                "the agent at \(path) cannot be asked: \(String(cString: strerror(code)))",
                try: "check the socket's owner and mode")
        }
    }
}
