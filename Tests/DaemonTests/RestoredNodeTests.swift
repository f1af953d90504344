import CanonicalJSON
import Foundation
import NodeStore
import Testing

/// An old backup put back while the other nodes are ahead: the log heals, and never forks.
@Suite(.ownThreads, .serialized) struct RestoredNodeTests {
    @Test(arguments: [false, true])
    func `a node restored from an old backup heals from the others and goes on`(
        _ losesAnchor: Bool
    ) async throws {
        let network = try await Network.founded(converged: true)
        let b = network.b
        let backup = b.file("backup")
        let made = try b.run(["backup", "create", backup])
        try #require(made.status == 0, "\(made.error)")
        try #require(try b.publish(["CS-8"]).status == 0)
        try #require(try b.publish(["CS-9"]).status == 0)
        try #require(try b.converge().status == 0)
        for other in [network.c] { try #require(try other.converge().status == 0) }
        try network.operatorNode.eccoe(["status", "--wait", "converged", "--timeout", "60s"])
        let before = try b.run(["log", "show"]).json
        #expect(before["size"]?.integer == 4)

        #expect(b.stop() == 0)
        let restored = try b.run(["backup", "restore", backup, "--force"])
        try #require(restored.status == 0, "\(restored.error)")
        if losesAnchor { try FileManager.default.removeItem(atPath: b.file("anchor")) }
        try b.start()
        let open = try b.status { $0["writing"]?["state"]?.string == "open" }
        #expect(open["log"]?["size"]?.integer == 4)
        #expect(open["log"]?["root"] == before["root"])
        #expect(open["log"]?["payloadsMissing"]?.integer == 0)

        // What was published before is known again, and the next leaf continues the old tree.
        let again = try b.publish(["CS-9", "CS-10"])
        try #require(again.status == 0, "\(again.error)")
        #expect(again.json["results"]?[0]?["outcome"]?.string == "unchanged")
        #expect(again.json["results"]?[1]?["outcome"]?.string == "published")
        #expect(try b.run(["log", "show"]).json["size"]?.integer == 5)
        try #require(try b.converge().status == 0)
        try #require(try network.c.converge().status == 0)
        let copy = try network.c.run(["log", "show", "--origin", "uni-b.example/eccoe/1"]).json
        #expect(copy["size"]?.integer == 5)
        let anchored = try AnchorFile(folder: b.file("anchor"), epoch: 1).read()
        #expect((anchored?.size ?? 0) >= 4)
        #expect(b.stop() == 0)
        #expect(try AnchorFile(folder: b.file("anchor"), epoch: 1).read()?.size == 5)
    }
}
