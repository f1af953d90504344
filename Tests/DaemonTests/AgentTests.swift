import CanonicalJSON
import Federation
import Foundation
import Glibc
import Keys
import NodeClient
import NodeStore
import Testing

/// The daemon with its log and node keys in OpenSSH's agent.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct AgentTests {
    @Test(.enabled("skipped: there is no ssh-agent") { SSHAgent.isThere })
    func `an agent signs, and while it does not nothing is written`() async throws {
        let institution = try Institution()
        let agent = try SSHAgent(at: institution.file("agent.sock"))
        var lines = ["admin:", "  listen: 127.0.0.1:0", "keys:"]
        for name in ["log", "node"] {
            try agent.add(key: name, of: institution)
            let line = try #require(
                institution.eccoe(["key", "show", name, "--agent", agent.socket])["configuration"]?
                    .string)
            lines.append("  \(name): \(line)")
        }
        try institution.configure(lines)
        // From here on only the agent has them; the test keeps them for an agent that starts anew.
        let secrets = try ["log-1", "node"].map { name in
            let path = institution.folder.file("keys/\(name).key")
            try DurableFile.move(path, to: institution.file("\(name).away"))
            return name
        }
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        try await institution.publish("C-1")
        let homes = try await institution.ask(.status)["keys"]?.array ?? []
        for row in homes {
            let name = row["name"]?.string ?? ""
            #expect(row["home"]?.string == (secrets.contains(name) ? "agent" : "file"), "\(name)")
        }
        #expect(homes.count == 5)
        try await expectSound(institution, size: 2)
        try await locked(institution, agent)
        try await gone(institution, agent)
        #expect(institution.stop() == 0)
    }

    /// The log verifies, the manifest is signed with the node's key, and monitoring is content.
    private func expectSound(_ institution: Institution, size: Int) async throws {
        let audit = try institution.eccoe(["log", "audit"])
        #expect(audit["sound"]?.bool == true)
        #expect(audit["logs"]?[0]?["size"]?.integer == Int64(size))
        let node = try ServingNode(institution.folder, status: await institution.ask(.status))
        let manifest = try await node.ask("GET", "/v1/node")
        #expect(manifest.status == 200)
        let key = try DataFolder.readKey(institution.file("node.away"))
        _ = try NodeManifest(
            manifest.body, of: institution.domain, keys: [try #require(key).publicKey])
        let ready = try await readiness(institution)
        #expect(ready.status == 200, "\(ready.reasons)")
    }

    private func readiness(
        _ institution: Institution
    ) async throws -> (status: Int, reasons: [String]) {
        let client = try FetchClient()
        let port = try #require(institution.adminPort)
        do {
            let answer = try await client.send(
                "GET", "http://127.0.0.1:\(port)/readyz", maximumBytes: 1 << 16)
            await client.shutdown()
            let reasons = try JSON.read(answer.body)["reasons"]?.array ?? []
            return (answer.status, reasons.compactMap(\.string))
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private func expectRefused(_ institution: Institution, because reason: String) async throws {
        let before = try await institution.ask(.status)["log"]?["size"]
        let problem = await #expect(throws: Problem.self) {
            try await institution.publish("C-never")
        }
        #expect(problem?.slug == .keyUnusable)
        #expect(problem?.detail.contains(reason) == true, "\(problem?.detail ?? "")")
        let status = try await institution.ask(.status)
        #expect(status["log"]?["size"] == before)
        #expect(status["writing"]?["state"]?.string == "unsigned")
        let ready = try await readiness(institution)
        #expect(ready.status == 503)
        #expect(ready.reasons.contains { $0.contains("log-1") && $0.contains(reason) })
        #expect(ready.reasons.contains { $0.contains("node") && $0.contains(reason) })
    }

    private func locked(_ institution: Institution, _ agent: SSHAgent) async throws {
        try agent.lock(true)
        try await expectRefused(institution, because: "does not hold this key, or is locked")
        try agent.lock(false)
        try await institution.publish("C-2")
        try await expectSound(institution, size: 3)
    }

    private func gone(_ institution: Institution, _ agent: SSHAgent) async throws {
        agent.stop()
        try await expectRefused(institution, because: "no agent listens at \(agent.socket)")
        let again = try SSHAgent(at: agent.socket)
        for name in ["log-1", "node"] {
            let path = institution.folder.file("keys/\(name).key")
            try DurableFile.move(institution.file("\(name).away"), to: path)
            try again.add(key: name, of: institution)
            try DurableFile.move(path, to: institution.file("\(name).away"))
        }
        try await institution.publish("C-3")
        try await expectSound(institution, size: 4)
        again.stop()
    }

    @Test(.enabled("skipped: there is no ssh-keygen") { SSHAgent.isThere })
    func `OpenSSH reads the key that is exported`() throws {
        let participant = try Participant("uni-b.example")
        let file = participant.file("key")
        let text = try participant.read(["key", "export", "node", "--openssh"]).output
        try DurableFile.write(Array(text.utf8), to: file, mode: 0o600)
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
        process.arguments = ["-y", "-f", file]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let line = try participant.read(["key", "show", "node"]).output
        #expect(
            String(decoding: said, as: UTF8.self) == line.dropLast() + " uni-b.example node\n")
    }

    @Test func `a configuration that names no agent's key is refused`() throws {
        let participant = try Participant("uni-b.example")
        let file = participant.folder.configuration
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let foreign = try #require(SSHKey.line(Ed25519Key().publicKey))
        let cases = [
            ("node: agent.sock", "keys.node names no key of an agent"),
            ("log: agent:/tmp/a.sock \(foreign)", "no epoch of this institution has the log key"),
        ]
        for (line, reason) in cases {
            try (text + "keys:\n  \(line)\n").write(
                toFile: file, atomically: true, encoding: .utf8)
            let refused = try Outcome.of("eccoed", ["--config", file])
            #expect(refused.status == EX_CONFIG)
            #expect(refused.error.contains(reason), "\(refused.error)")
        }
    }
}

/// OpenSSH's agent.
private final class SSHAgent {
    let socket: String
    private let process = Process()

    static var isThere: Bool {
        ["ssh-agent", "ssh-add", "ssh-keygen"].allSatisfy {
            FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
        }
    }

    init(at socket: String) throws {
        self.socket = socket
        unlink(socket)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-agent")
        process.arguments = ["-D", "-a", socket]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        while try run("ssh-add", ["-L"]) == 2 { try #require(process.isRunning) }
    }

    deinit { stop() }

    func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        unlink(socket)
    }

    /// As an operator does: eccoe key export | ssh-add -
    func add(key: String, of institution: Institution) throws {
        let text = try #require(
            institution.eccoe(["key", "export", key, "--openssh"])["openssh"]?.string)
        #expect(try run("ssh-add", ["-q", "-"], input: text) == 0)
    }

    /// Locks or unlocks it; ssh-add asks a program for the passphrase.
    func lock(_ isLocked: Bool) throws {
        #expect(try run("ssh-add", [isLocked ? "-x" : "-X"]) == 0)
    }

    private func run(_ program: String, _ arguments: [String], input: String = "") throws -> Int32 {
        let asker = socket + ".ask"
        if !FileManager.default.fileExists(atPath: asker) {
            try DurableFile.write(Array("#!/bin/sh\necho secret\n".utf8), to: asker, mode: 0o700)
        }
        let pipe = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/\(program)")
        process.arguments = arguments
        process.environment = [
            "SSH_AUTH_SOCK": socket, "SSH_ASKPASS": asker, "SSH_ASKPASS_REQUIRE": "force",
            "PATH": "/usr/bin:/bin",
        ]
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        pipe.fileHandleForWriting.write(Data(input.utf8))
        try pipe.fileHandleForWriting.close()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
