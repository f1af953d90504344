import CanonicalJSON
import Federation
import Foundation
import Glibc
import NodeStore
import Testing

/// What an operator may get wrong, and what a service manager relies on.
@Suite(.ownThreads) struct OperationTests {
    private func daemon(_ folder: DataFolder) throws -> Outcome {
        try Outcome.of("eccoed", ["--config", folder.configuration])
    }

    @Test func `a second daemon on the same data folder is refused`() async throws {
        let institution = try Institution()
        try institution.start()
        let refused = try daemon(institution.folder)
        #expect(refused.status == EX_CONFIG)
        #expect(refused.error.contains("another daemon uses this data folder"))
        #expect(refused.error.contains("  at: \(institution.folder.file("lock"))"))
        #expect(refused.error.contains("  try: stop it first"))
        // The first one still answers: its socket was not taken away.
        #expect(try await institution.ask(.status)["domain"]?.string == institution.domain)
    }

    @Test(arguments: [0o644, 0o440, 0o404])
    func `a key that others may read is refused`(_ mode: Int) throws {
        let participant = try Participant("uni-b.example")
        let key = participant.folder.file("keys/log-1.key")
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: key)
        let refused = try daemon(participant.folder)
        #expect(refused.status != 0)
        #expect(refused.error.contains("a private key is of mode 0400, and this file is not"))
        #expect(refused.error.contains("  at: \(key)"))
        #expect(refused.error.contains("  try: chmod 0400 \(key)"))
    }

    @Test(arguments: ["verison: 1", "log:\n  levle: debug", "tls2: {}"])
    func `an unknown configuration key is refused by its name`(_ lines: String) throws {
        let participant = try Participant("uni-b.example")
        let path = participant.folder.configuration
        let text = try String(contentsOfFile: path, encoding: .utf8) + lines + "\n"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let refused = try daemon(participant.folder)
        #expect(refused.status == EX_CONFIG)
        let name = lines.contains("levle") ? "log.levle" : lines.prefix { $0 != ":" }
        #expect(refused.error.contains("unknown key \(name)"), "\(refused.error)")
        #expect(refused.error.contains("  try: the keys are "))
    }

    @Test func `SIGTERM does not wait for those who keep a connection`() throws {
        let participant = try Participant("uni-b.example")
        try participant.start()
        let status = try participant.run(["status"]).json
        let port = try #require(status["url"]?.string?.split(separator: ":").last)
        let half =
            "POST /control/v1/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
        let held = [
            try RawSocket.Held(unix: participant.folder.socket, Array(half.utf8)),
            try RawSocket.Held(tcp: Int(port) ?? 0, []),
        ]
        #expect(participant.stop() == 0)
        withExtendedLifetime(held) {}
    }

    @Test func `SIGTERM ends the daemon with status 0`() throws {
        let participant = try Participant("uni-b.example")
        try participant.start()
        #expect(participant.stop() == 0)
        // What it leaves behind does not keep the next one from starting.
        try participant.start()
        #expect(participant.stop() == 0)
    }
}
