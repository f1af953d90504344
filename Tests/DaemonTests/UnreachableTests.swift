import CanonicalJSON
import Federation
import Foundation
import Keys
import NodeStore
import Testing
import TransparencyLog

/// An institution behind NAT: it reaches the others, and nobody reaches it.
@Suite(.ownThreads, .serialized) struct UnreachableTests {
    @Test func `what it publishes arrives through its mirrors`() async throws {
        let operatorNode = try Institution()
        // No other node knows an address of uni-d.example.
        let known = [operatorNode.domain, "uni-b.example", "uni-c.example"]
        try operatorNode.allow(known)
        let b = try Participant("uni-b.example", reaching: known)
        let c = try Participant("uni-c.example", reaching: known)
        let d = try Participant("uni-d.example", reaching: known)
        let file = URL(fileURLWithPath: d.folder.configuration)
        let text = try String(contentsOf: file, encoding: .utf8)
        try (text + "reachable: false\n").write(to: file, atomically: true, encoding: .utf8)
        try operatorNode.start()
        _ = try await operatorNode.admitted()
        for participant in [b, c, d] {
            try operatorNode.admit(participant)
            try participant.start()
        }
        for participant in [b, c, d] { try participant.knows(members: 4) }
        try #require(try d.run(["log", "init"]).status == 0)
        try #require(try d.publish(["D-1", "D-2"]).status == 0)
        for reader in [b, c] {
            let status = try reader.status { status in
                let log = status["followed"]?.array?.first {
                    $0["origin"]?.string == "uni-d.example/eccoe/1"
                }
                return log?["confirmedSize"]?.integer == 3
                    && log?["payloadsMissing"]?.integer == 0
            }
            #expect(status["items"]?.integer == 2)
            let found = try reader.run(["catalogue", "search", "Course", "D-2"])
            #expect(found.json["results"]?.array?.count == 1, "\(found.output) \(found.error)")
        }
        let policy = try d.read(["log", "policy"])
        #expect(policy.status == 0)
        let parsed = try LogPolicy(Array(policy.output.utf8))
        #expect(parsed.witnesses.count == 3)
        #expect(parsed.groups.first?.threshold == 2)
        try await pushCompressed(to: ServingNode(b.folder, status: b.status { _ in true }))
    }

    /// Anybody may push what is held already: the mirror says again that it stores it.
    private func pushCompressed(to mirror: ServingNode) async throws {
        let origin = "uni-d.example/eccoe/1"
        let tree = "/mirror/\(Checkpoint.originHash(origin).hex)"
        let note = try await SignedNote(mirror.ask("GET", "\(tree)/checkpoint").body)
        let lines = String(decoding: note.text, as: UTF8.self).split(separator: "\n")
        let size = try #require(Int(lines[1]))
        let bundle = try await mirror.ask("GET", "\(tree)/tile/entries/000.p/\(size)").body
        let package = EntryPackage(
            indices: 0..<size, entries: try EntryBundle.decode(bundle, width: size), proof: [])
        let body = AddEntriesHeader(origin: origin, start: 0, end: size).bytes + package.bytes
        let whole = try Self.gzip(body)
        // Two members one behind the other, cut within the header of the upload.
        let two = try Self.gzip(Array(body.prefix(7))) + Self.gzip(Array(body.dropFirst(7)))
        for compressed in [whole, two] {
            let answer = try await post(compressed, to: mirror)
            #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
            #expect(String(decoding: answer.body, as: UTF8.self).contains("/eccoe/mirror "))
            #expect(answer.headers["accept-encoding"] == "gzip")
        }
        let swelling = try Self.gzip([UInt8](repeating: 0xff, count: 40 << 20))
        let torn = Array(whole.prefix(whole.count / 2) + whole.dropFirst(whole.count / 2 + 2))
        let spoilt: [(body: [UInt8], status: Int)] = [
            (body, 400), (Array(whole.prefix(whole.count / 2)), 400), (torn, 400), ([], 400),
            (swelling, 400),
        ]
        for (spoiled, status) in spoilt {
            let answer = try await post(spoiled, to: mirror)
            #expect(answer.status == status, "\(spoiled.count) bytes")
        }
    }

    private func post(_ body: [UInt8], to node: ServingNode) async throws -> PeerResponse {
        let head =
            "POST /mirror/add-entries HTTP/1.1\r\nHost: \(node.domain)\r\nConnection: close\r\n"
            + "Content-Type: application/octet-stream\r\nContent-Encoding: gzip\r\n"
            + "Content-Length: \(body.count)\r\n\r\n"
        return try #require(try await node.tell(Array(head.utf8) + body).response)
    }

    private static func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = URL(fileURLWithPath: "/tmp/eccoe-t-\(UUID().uuidString)")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-c", file.path]
        process.standardOutput = output
        try process.run()
        let compressed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return Array(compressed)
    }
}
