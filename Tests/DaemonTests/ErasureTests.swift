import CanonicalJSON
import Federation
import Foundation
import Keys
import NodeStore
import Testing
import TransparencyLog

/// Real programs, disks and TLS: an item of uni-b.example is erased, and what is left of it.
@Suite(.ownThreads, .serialized, .joinedNetwork) struct ErasureTests {
    private static let text = "Course CS-7"
    let nodes: JoinedNetwork.Nodes

    init() throws {
        nodes = try #require(JoinedNetwork.nodes)
    }

    private var all: [ServingNode] { [nodes.a, nodes.b, nodes.c] }

    private func run(_ node: ServingNode, _ arguments: [String]) throws -> Outcome {
        try Outcome.of("eccoe", arguments + ["--data", node.folder.path, "-o", "json"])
    }

    private func files(of node: ServingNode) throws -> [String] {
        let names = FileManager.default.enumerator(atPath: node.folder.path)?
            .compactMap { $0 as? String }
        return try #require(names).filter { name in
            let bytes = FileManager.default.contents(atPath: node.folder.file(name))
            return bytes?.range(of: Data(Self.text.utf8)) != nil
        }
    }

    private func status(of digest: Digest, at node: ServingNode) async throws -> Int {
        try await node.ask("GET", "/v1/blobs/sha256/\(digest.hex)").status
    }

    /// Has a node poll everybody until it answers 410 and has swept its files, which it does right
    /// after; an error after a minute.
    private func gone(_ digest: Digest, at node: ServingNode) async throws {
        let end = ContinuousClock.now.advanced(by: .seconds(60))
        while try await status(of: digest, at: node) != 410 || !files(of: node).isEmpty {
            try #require(ContinuousClock.now < end, "\(node.domain)")
            _ = try run(node, ["peer", "refresh"])
        }
    }

    @Test func `what was erased is gone from all files, and answered so`() async throws {
        let bundle = try await nodes.b.ask("GET", "/log/1/tile/entries/000.p/2")
        let entry = try EntryBundle.decode(bundle.body, width: 2)[1]
        guard case .leaf(let leaf) = LeafReading(entry), let digest = leaf.payload else {
            Issue.record("no item")
            return
        }
        for node in all {
            #expect(try await status(of: digest, at: node) == 200)
            #expect(try !files(of: node).isEmpty)
        }
        let before = try run(nodes.c, ["log", "time", nodes.b.origin, "1"])
        #expect(before.status == 0)
        #expect(before.json["confirmed"]?.bool == true)
        let erase = ["catalogue", "erase", "CS-7", "--reason", "a test"]
        let told = try run(nodes.b, erase)
        #expect(told.status == 64)
        #expect(told.error.contains("--yes"))
        #expect(try await status(of: digest, at: nodes.b) == 200)
        let done = try run(nodes.b, erase + ["--yes"])
        #expect(done.status == 0, "\(done.error)")
        #expect(done.json["leaves"]?.array?.count == 1)
        #expect(try run(nodes.b, erase + ["--yes"]).status == 1)
        for node in all {
            try await gone(digest, at: node)
            #expect(try files(of: node) == [], "\(node.domain)")
            let batch = try await node.ask(
                "POST", "/v1/blobs/batch", body: BlobBatch(digests: [digest]).bytes)
            #expect(try BlobBatch.decode(batch.body, count: 1) == [nil])
            let shown = try run(node, ["catalogue", "show", "https://uni-b.example/items/CS-7"])
            #expect(shown.json["erased"]?.bool == true)
            #expect(shown.json["item"] == nil)
            #expect(shown.json["evidence"]?["inclusion"]?.string == "verified")
        }
        let after = try run(nodes.c, ["log", "time", nodes.b.origin, "1"])
        #expect(after.json["time"] == before.json["time"])
        #expect(try run(nodes.c, ["log", "time", nodes.b.origin, "99"]).status == 1)
    }
}
