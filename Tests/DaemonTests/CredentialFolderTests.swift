import CanonicalJSON
import Foundation
import Glibc
import NodeStore
import Testing

/// Keys that a service manager hands over in `$CREDENTIALS_DIRECTORY`.
@Suite(.ownThreads) struct CredentialFolderTests {
    /// Moves all keys out of the data folder, as `LoadCredential=keys:/etc/eccoe/keys` shows them.
    private func handOver(
        _ participant: Participant, mode: Int, prefix: String = "keys_"
    ) throws -> String {
        let folder = participant.file("credentials")
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for name in try DurableFile.list(participant.folder.file("keys")) {
            let bytes = try #require(try DurableFile.read(participant.folder.file("keys/\(name)")))
            try DurableFile.write(bytes, to: "\(folder)/\(prefix)\(name)", mode: mode)
            try DurableFile.remove(participant.folder.file("keys/\(name)"))
        }
        return folder
    }

    /// systemd sets 0400, or 0440 where an access control list lets the service in.
    @Test(arguments: [(0o400, "keys_"), (0o440, "keys_"), (0o400, "")])
    func `are the daemon's keys`(_ mode: Int, _ prefix: String) throws {
        let participant = try Participant("uni-b.example")
        let folder = try handOver(participant, mode: mode, prefix: prefix)
        try participant.start(environment: ["CREDENTIALS_DIRECTORY": folder])
        let keys = try participant.run(["status"]).json["keys"]?.array ?? []
        #expect(
            keys.map { $0["name"]?.string } == ["log-1", "witness", "mirror", "credential", "node"])
        #expect(keys.allSatisfy { $0["home"]?.string == "credential" })
        let finding = try Examination(participant)["key files"]
        #expect(finding?.state == "ok")
        #expect(finding?.detail.contains("log-1 by credential") == true)
        #expect(participant.stop() == 0)
        #expect(try Examination(participant)["key files"]?.state == "not checked")
    }

    @Test func `are refused when others may read or write them`() throws {
        let participant = try Participant("uni-b.example")
        let folder = try handOver(participant, mode: 0o444)
        let process = try Institution.process(
            "eccoed", ["--config", participant.folder.configuration],
            environment: ["CREDENTIALS_DIRECTORY": folder])
        process.waitUntilExit()
        #expect(process.terminationStatus == EX_SOFTWARE)
    }

    @Test func `count before the files of the data folder, and need not be all`() throws {
        let participant = try Participant("uni-b.example")
        let folder = participant.file("credentials")
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let node = participant.folder.file("keys/node.key")
        let bytes = try #require(try DurableFile.read(node))
        try DurableFile.write(bytes, to: folder + "/keys_node.key", mode: 0o400)
        try participant.start(environment: ["CREDENTIALS_DIRECTORY": folder])
        let keys = try participant.run(["status"]).json["keys"]?.array ?? []
        for row in keys {
            let name = row["name"]?.string
            #expect(row["home"]?.string == (name == "node" ? "credential" : "file"))
        }
        #expect(participant.stop() == 0)
    }
}
