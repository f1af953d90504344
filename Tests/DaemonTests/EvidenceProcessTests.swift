import CanonicalJSON
import Federation
import Foundation
import Keys
import NodeStore
import Testing
import TransparencyLog

/// Evidence of a fork, from a second history that comes to light to the command of another node.
@Suite(.ownThreads, .serialized, .joinedNetwork) struct EvidenceProcessTests {
    let nodes: JoinedNetwork.Nodes

    init() throws {
        nodes = try #require(JoinedNetwork.nodes)
    }

    @Test func `evidence is listed, shown, exported and verified wherever it came`() async throws {
        for node in [nodes.a, nodes.b, nodes.c] { try expectNone(node) }
        let head = try await nodes.b.head()
        let forged = try nodes.b.signed(size: 2, root: Digest(of: [7] as [UInt8]))
        // Whoever holds the one is told of the other.
        let told = try await nodes.a.ask(
            "POST", Endpoint.announce.template, body: Announcement(checkpoints: [forged.note]).bytes
        )
        #expect(told.status == 200, "\(told.status)")
        try expectListed(nodes.a)
        try expectShown(nodes.a)
        try expectVerified(nodes.a, key: head.key.text)
        // It was passed on.
        let end = ContinuousClock.now.advanced(by: .seconds(60))
        while try nodes.c.run(["evidence", "list"]).json["evidence"]?.array?.isEmpty != false {
            try #require(ContinuousClock.now < end)
            _ = try nodes.c.run(["peer", "refresh"])
        }
        try expectListed(nodes.c)
    }

    private func expectNone(_ node: ServingNode) throws {
        let listed = try node.run(["evidence", "list"])
        #expect(listed.status == 0, "\(listed.error)")
        #expect(listed.json["evidence"]?.array?.isEmpty == true)
        for verb in ["show", "export"] {
            try node.expectRefusal(
                ["evidence", verb, ""], 65, .malformedRequest, "a text is missing", try: "origin")
            for origin in [nodes.b.origin, "uni-z.example/eccoe/1"] {
                try node.expectRefusal(
                    ["evidence", verb, origin], 1, .notFound, "no evidence",
                    try: "eccoe evidence list")
            }
        }
    }

    private func expectListed(_ node: ServingNode) throws {
        let listed = try node.run(["evidence", "list"]).json["evidence"]?.array ?? []
        #expect(listed.map { $0["origin"]?.string } == [nodes.b.origin])
        #expect(listed.first?["quarantined"]?.bool == true)
        #expect(listed.first?["first"]?["size"]?.integer == 2)
        let text = try node.read(["evidence", "list"])
        #expect(text.status == 0 && text.output.hasPrefix("LOG"))
        #expect(text.output.contains(nodes.b.origin) && text.output.contains("2 and 2"))
        let lines = try node.read(["evidence", "list", "-o", "jsonl"]).output
        #expect(lines.split(separator: "\n").count == 1)
    }

    private func expectShown(_ node: ServingNode) throws {
        let shown = try node.run(["evidence", "show", nodes.b.origin])
        #expect(shown.status == 0, "\(shown.error)")
        #expect(shown.json["first"]?["root"]?.string != shown.json["second"]?["root"]?.string)
        let text = try node.read(["evidence", "show", nodes.b.origin])
        #expect(text.status == 0)
        for name in ["first", "second"] {
            let root = try #require(shown.json[name]?["root"]?.string)
            #expect(text.output.contains("\(name) head") && text.output.contains(root))
        }
    }

    /// What was exported is verified without any node; cut, or under another key, it is not.
    private func expectVerified(_ node: ServingNode, key: String) throws {
        let folder = try TemporaryPlace()
        let file = folder.file("fork.json")
        let exported = try node.run(["evidence", "export", nodes.b.origin, "--out", file])
        #expect(exported.status == 0, "\(exported.error)")
        #expect(exported.json["vkey"]?.string == key)
        func verify(_ file: String, _ key: String) throws -> Outcome {
            try Outcome.of("eccoe", ["evidence", "verify", file, "--key", key, "-o", "json"])
        }
        let good = try verify(file, key)
        #expect(good.status == 0, "\(good.error)")
        #expect(good.json["origin"]?.string == nodes.b.origin, "\(good.output)")
        let other = try #require(
            try Outcome.of("eccoe", ["log", "key", "--data", nodes.a.folder.path]).output
                .split(separator: "\n").first)
        #expect(try verify(file, String(other)).status == 1)
        let bytes = try #require(try DurableFile.read(file))
        try DurableFile.write(Array(bytes.dropLast(9)), to: folder.file("cut.json"))
        #expect(try verify(folder.file("cut.json"), key).status == 65)
        #expect(try verify(folder.file("none.json"), key).status == 66)
    }
}
