import CanonicalJSON
import Foundation
import Keys
import NodeStore
import Testing

/// The end of an epoch and the beginning of the next, with real programs.
@Suite(.ownThreads) struct `The epochs of a log` {
    private func search(_ node: Participant, _ words: String) throws -> JSON {
        try node.run(["catalogue", "search", words]).json["results"]?[0] ?? .null
    }

    /// B joins and publishes; C holds it.
    private func publishing() async throws -> Network {
        let network = try await Network.founded(converged: false)
        for node in [network.b, network.c] {
            try network.operatorNode.admit(node)
            try node.start()
            _ = try node.status { $0["standing"]?.string == "active" }
        }
        for node in [network.b, network.c] { try node.knows(members: 3) }
        try #require(try network.b.run(["log", "init"]).status == 0)
        try #require(try network.b.publish(["CS-7"]).status == 0)
        for node in [network.b, network.c] { try #require(try node.converge().status == 0) }
        return network
    }

    @Test func `end and begin by the recovery key and the registry's operator`() async throws {
        let network = try await publishing()
        let (operatorNode, b, c) = (network.operatorNode, network.b, network.c)
        let closed = try b.run(["log", "close", "--reason", "key rotation"])
        try #require(closed.status == 0, "\(closed.error)")
        #expect(closed.json["size"]?.integer == 2)
        let early = try b.run(["log", "init"])
        #expect(early.status != 0)
        let code = try #require(closed.json["code"]?.string)
        let granted = try operatorNode.run(["registry", "admit", b.domain, "--code", code])
        try #require(granted.status == 0, "\(granted.error)")
        _ = try b.run(["registry", "refresh"])
        let refused = try b.publish(["CS-8"])
        #expect(refused.status != 0)
        #expect(refused.error.contains("closed epoch 1"))
        let begun = try b.run(["log", "init"])
        try #require(begun.status == 0, "\(begun.error)")
        #expect(begun.json["origin"]?.string == "uni-b.example/eccoe/2")
        #expect(try b.publish(["CS-7", "CS-8"]).status == 0)
        for node in [b, c] { try #require(try node.converge().status == 0) }
        let old = try search(c, "CS-7")
        #expect(old["origin"]?.string == "uni-b.example/eccoe/1")
        #expect(try search(c, "CS-8")["origin"]?.string == "uni-b.example/eccoe/2")
        #expect(b.stop() == 0)
        try b.start()
        #expect(try b.publish(["CS-9"]).status == 0)
        let again = try b.run(["log", "init"])
        #expect(again.status != 0 && again.error.contains("log is there already"))
    }

    @Test func `end by the registry's own act when the recovery key is lost`() async throws {
        let network = try await publishing()
        let (operatorNode, b) = (network.operatorNode, network.b)
        try FileManager.default.removeItem(atPath: b.folder.file("keys/recovery.key"))
        let alone = try b.run(["log", "close", "--reason", "key lost"])
        #expect(alone.status == 66)
        #expect(alone.error.contains("close-epoch"))
        let head = try b.run(["log", "show"]).json
        let root = try #require(head["root"]?.string)
        let next = try #require(try DataFolder.readKey(b.folder.logKey(epoch: 2)))
        let jwk = operatorNode.file("next.jwk")
        let written = try #require(JWK.encode(next.publicKey))
        try DurableFile.write(written.canonicalBytes, to: jwk)
        let act = [
            "registry", "close-epoch", b.domain, "--size", "2", "--root", root, "--reason",
            "keys lost", "--next-key", jwk,
        ]
        let shown = try operatorNode.run(act + ["--dry-run"])
        #expect(shown.status == 0 && shown.json["signed"]?.bool == false)
        let unasked = try operatorNode.run(act)
        #expect(unasked.status == 64 && unasked.error.contains("--yes"))
        let done = try operatorNode.run(act + ["--yes"])
        try #require(done.status == 0, "\(done.error)")
        #expect(done.json["opened"]?.integer == 2)
        #expect(try operatorNode.run(act + ["--yes"]).status != 0)
        _ = try b.run(["registry", "refresh"])
        try #require(try b.run(["log", "init"]).status == 0)
        #expect(try b.publish(["CS-8"]).status == 0)
    }
}
