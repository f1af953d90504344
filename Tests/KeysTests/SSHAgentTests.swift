import Keys
import Testing

@Suite struct `Messages of the ssh-agent protocol` {
    private let key = Ed25519Key()

    private func string(_ bytes: [UInt8]) -> [UInt8] {
        let count = bytes.count
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + bytes
    }

    private var blob: [UInt8] {
        guard case .ed25519(let point) = key.publicKey else { return [] }
        return string(Array("ssh-ed25519".utf8)) + string(point)
    }

    private func signed(_ signature: [UInt8], by algorithm: String = "ssh-ed25519") -> [UInt8] {
        [14] + string(string(Array(algorithm.utf8)) + string(signature))
    }

    @Test func `a request carries key and message, without flags`() {
        let message: [UInt8] = [1, 2, 3]
        let body: [UInt8] = [13] + string(blob) + string(message) + [0, 0, 0, 0]
        #expect(
            SSHAgentMessage.signRequest(by: key.publicKey, over: message) == string(body))
        #expect(SSHAgentMessage.identitiesRequest == [0, 0, 0, 1, 11])
        #expect(SSHAgentMessage.signRequest(by: .p256([4]), over: message) == nil)
    }

    @Test func `a signature is taken out of its answer`() throws {
        let signature = try key.sign([7])
        #expect(try SSHAgentMessage.signature(signed(signature)) == signature)
    }

    @Test func `an answer that is cut off, longer or another is none`() throws {
        let good = signed(try key.sign([7]))
        for count in 0..<good.count {
            #expect(throws: SSHAgentMessage.Fault.malformed) {
                try SSHAgentMessage.signature(Array(good.prefix(count)))
            }
        }
        let others = [
            good + [0], signed([UInt8](repeating: 1, count: 63)),
            signed([UInt8](repeating: 1, count: 65)),
            signed([UInt8](repeating: 1, count: 64), by: "ssh-rsa"), [12, 0, 0, 0, 0], [6],
        ]
        for bytes in others {
            #expect(throws: SSHAgentMessage.Fault.malformed) {
                try SSHAgentMessage.signature(bytes)
            }
        }
        #expect(throws: SSHAgentMessage.Fault.refused) { try SSHAgentMessage.signature([5]) }
    }

    @Test func `the Ed25519 keys of a list are read, and others passed over`() throws {
        let comment = string(Array("a comment".utf8))
        let other = string(string(Array("ssh-rsa".utf8)) + string([1, 0, 1]))
        let list: [UInt8] = [12, 0, 0, 0, 2] + other + comment + string(blob) + comment
        #expect(try SSHAgentMessage.identities(list) == [key.publicKey])
        #expect(try SSHAgentMessage.identities([12, 0, 0, 0, 0]) == [])
        let spoilt: [[UInt8]] = [
            Array(list.dropLast()), list + [0], [12, 0xff, 0xff, 0xff, 0xff], [12], [],
        ]
        for bytes in spoilt {
            #expect(throws: SSHAgentMessage.Fault.malformed) {
                try SSHAgentMessage.identities(bytes)
            }
        }
        #expect(throws: SSHAgentMessage.Fault.refused) { try SSHAgentMessage.identities([5]) }
    }

    @Test func `an answer is at most 256 KiB`() {
        #expect(SSHAgentMessage.length([0, 4, 0, 0]) == 256 << 10)
        #expect(SSHAgentMessage.length([0, 4, 0, 1]) == nil)
        #expect(SSHAgentMessage.length([0, 0, 0, 0]) == nil)
        #expect(SSHAgentMessage.length([0, 0, 1]) == nil)
    }

    @Test func `a line of the configuration names socket and key`() throws {
        let line = try #require(SSHKey.line(key.publicKey))
        let named = try #require(SSHAgentKey("agent:/run/eccoe/agent.sock \(line)"))
        #expect(named.socket == "/run/eccoe/agent.sock")
        #expect(named.publicKey == key.publicKey)
        #expect(SSHAgentKey(named.text) == named)
        #expect(SSHAgentKey(named.text + " a comment") == named)
        let wrong = [
            "", "agent:", line, "agent:/run/a.sock", "agent:run/a.sock \(line)",
            "/run/a.sock \(line)", "agent:/run/a.sock ssh-rsa AAAA",
            "agent:/run/a.sock \(line.dropLast(4))",
        ]
        for text in wrong { #expect(SSHAgentKey(text) == nil, "\(text)") }
        #expect(SSHKey.line(.p256([4])) == nil)
    }

    @Test func `a private key is written as OpenSSH does`() throws {
        let seed = [UInt8](repeating: 7, count: 32)
        let text = try #require(Ed25519Key(seed: seed)).openSSH(comment: "uni-a.example node")
        let lines = text.split(separator: "\n")
        #expect(lines.first == "-----BEGIN OPENSSH PRIVATE KEY-----")
        #expect(lines.last == "-----END OPENSSH PRIVATE KEY-----")
        #expect(lines.allSatisfy { $0.count <= 70 })
        let bytes = try #require(Base64.decode(lines.dropFirst().dropLast().joined()))
        #expect(bytes.starts(with: Array("openssh-key-v1\0".utf8)))
        #expect(bytes.suffix(8).contains(1) || bytes.suffix(18).starts(with: "uni-a".utf8))
    }
}
