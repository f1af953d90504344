extension Ed25519Key {
    /// The private key as OpenSSH writes it (openssh-key-v1, PROTOCOL.key), without a passphrase: for
    /// `ssh-add`. The secret itself.
    ///
    /// - Parameter comment: what `ssh-add -l` shows beside it.
    public func openSSH(comment: String) -> String {
        guard case .ed25519(let point) = publicKey, let blob = SSHKey.blob(publicKey) else {
            return ""
        }
        var secret = SSHWriter()
        // Twice the same number shows who decrypts that it went well; here nothing is encrypted.
        for _ in 0..<2 { secret.uint32(0x6563_636f) }
        secret.string(SSHKey.algorithm)
        secret.string(point)
        secret.string(seed + point)
        secret.string(comment)
        var padding: UInt8 = 1
        while !secret.bytes.count.isMultiple(of: 8) {
            secret.byte(padding)
            padding += 1
        }
        var file = SSHWriter()
        for byte in Array("openssh-key-v1".utf8) + [0] { file.byte(byte) }
        // Cipher, key derivation, its options.
        file.string("none")
        file.string("none")
        file.string("")
        file.uint32(1)
        file.string(blob)
        file.string(secret.bytes)
        return Self.pem(file.bytes)
    }

    private static func pem(_ bytes: [UInt8]) -> String {
        let text = Array(Base64.encode(bytes).utf8)
        let lines = stride(from: 0, to: text.count, by: 70).map {
            String(decoding: text[$0..<min($0 + 70, text.count)], as: UTF8.self)
        }
        let body = lines.joined(separator: "\n")
        return "-----BEGIN OPENSSH PRIVATE KEY-----\n\(body)\n-----END OPENSSH PRIVATE KEY-----\n"
    }
}
