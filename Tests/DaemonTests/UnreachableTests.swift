import CanonicalJSON
import Federation
import Foundation
import NodeStore
import Testing
import TransparencyLog

/// An institution behind NAT: it reaches the others, and nobody reaches it.
@Suite(.serialized) struct UnreachableTests {
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
        for participant in [b, c, d] {
            _ = try participant.status { $0["standing"]?.string == "active" }
        }
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
    }
}
