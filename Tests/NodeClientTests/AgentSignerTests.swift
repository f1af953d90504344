import Dispatch
import Foundation
import Glibc
import Keys
import NodeClient
import Testing

/// Agents that do what none should.
@Suite(.serialized, .timeLimit(.minutes(1))) struct `A signer with an agent` {
    private let key = Ed25519Key()

    private func signer(_ agent: FalseAgent, _ patience: Duration = .seconds(5)) -> AgentSigner {
        AgentSigner(
            SSHAgentKey(socket: agent.path, publicKey: key.publicKey), patience: patience)
    }

    private func answer(_ signature: [UInt8]) -> [UInt8] {
        func string(_ bytes: [UInt8]) -> [UInt8] {
            [0, 0, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
        }
        return string(
            [14] + string(string(Array("ssh-ed25519".utf8)) + string(signature)))
    }

    private func reason(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch { return (error as? SigningUnavailable)?.reason ?? "another error: \(error)" }
    }

    @Test func `takes a signature of its key over its message`() throws {
        let agent = try FalseAgent(saying: answer(try key.sign([1, 2, 3])))
        let signature = try signer(agent).sign([1, 2, 3])
        #expect(key.publicKey.isValid(signature: signature, over: [1, 2, 3]))
    }

    @Test func `never returns one that does not verify`() throws {
        let wrong = [
            try key.sign([9]), try Ed25519Key().sign([1, 2, 3]), [UInt8](repeating: 0, count: 64),
        ]
        for signature in wrong {
            let agent = try FalseAgent(saying: answer(signature))
            let said = reason { _ = try signer(agent).sign([1, 2, 3]) }
            #expect(said?.contains("its signature is not used") == true, "\(said ?? "none")")
        }
    }

    @Test func `looks for its own key among those that an agent lists`() throws {
        func listing(_ keys: [Ed25519Key]) throws -> FalseAgent {
            func string(_ bytes: [UInt8]) -> [UInt8] {
                [0, 0, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
            }
            let entries = keys.flatMap { key -> [UInt8] in
                guard case .ed25519(let point) = key.publicKey else { return [] }
                return string(string(Array("ssh-ed25519".utf8)) + string(point))
                    + string(Array("comment".utf8))
            }
            return try FalseAgent(saying: string([12, 0, 0, 0, UInt8(keys.count)] + entries))
        }
        let other = Ed25519Key()
        let both = try listing([other, key])
        #expect(reason { try signer(both).check() } == nil)
        for keys in [[], [other]] {
            let agent = try listing(keys)
            let said = reason { try signer(agent).check() }
            #expect(said?.contains("does not hold this key") == true, "\(said ?? "none")")
        }
    }

    @Test func `says that an agent has refused, or is none`() throws {
        let refusing = try FalseAgent(saying: [0, 0, 0, 1, 5])
        #expect(reason { _ = try signer(refusing).sign([1]) }?.contains("or is locked") == true)
        for bytes in [Array("HTTP/1.1 400 Bad Request\r\n".utf8), [0, 0, 0, 1, 6], [0, 0, 0, 0]] {
            let other = try FalseAgent(saying: bytes)
            let said = reason { _ = try signer(other).sign([1]) }
            #expect(said?.contains("does not speak") == true, "\(said ?? "none")")
        }
    }

    @Test func `does not wait for ever`() throws {
        let silent = try FalseAgent(saying: [], isOpen: true)
        let half = try FalseAgent(saying: [0, 0, 0, 100, 14], isOpen: true)
        for agent in [silent, half] {
            let said = reason { _ = try signer(agent, .milliseconds(200)).sign([1]) }
            #expect(said?.contains("does not answer in time") == true, "\(said ?? "none")")
        }
    }

    @Test func `says that nobody is there`() throws {
        let none = SSHAgentKey(socket: "/tmp/eccoe-none", publicKey: key.publicKey)
        #expect(
            reason { _ = try AgentSigner(none).sign([1]) } == "no agent listens at /tmp/eccoe-none")
        let long = SSHAgentKey(
            socket: "/" + String(repeating: "x", count: 200), publicKey: key.publicKey)
        #expect(reason { try AgentSigner(long).check() }?.contains("too long") == true)
        let gone = try FalseAgent(saying: [])
        #expect(reason { _ = try signer(gone).sign([1]) }?.contains("cannot be asked") == true)
    }

    @Test func `finds its key missing among those that an agent lists`() throws {
        let locked = try FalseAgent(saying: [0, 0, 0, 5, 12, 0, 0, 0, 0])
        #expect(reason { try signer(locked).check() }?.contains("or is locked") == true)
    }
}

/// Listens on a Unix socket and gives every connection the same answer, whatever it is asked.
private final class FalseAgent {
    let path = "/tmp/eccoe-f-\(UUID().uuidString.prefix(8))"
    private let listener: Int32

    /// - Parameter isOpen: whether it keeps the connection after its answer.
    init(saying answer: [UInt8], isOpen: Bool = false) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length)
            }
        }
        try #require(status == 0 && listen(descriptor, 4) == 0)
        listener = descriptor
        DispatchQueue.global().async {
            while case let connection = accept(descriptor, nil, nil), connection >= 0 {
                var buffer = [UInt8](repeating: 0, count: 4096)
                _ = read(connection, &buffer, buffer.count)
                _ = write(connection, answer, answer.count)
                // Until the other side has had enough.
                if isOpen { _ = read(connection, &buffer, buffer.count) }
                close(connection)
            }
            // Closed by whoever uses it: its number may be another agent's at once.
            close(descriptor)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(path)
    }
}
