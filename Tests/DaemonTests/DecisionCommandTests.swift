import CanonicalJSON
import Federation
import Foundation
import Glibc
import NodeStore
import Testing

/// Decisions, asked about by the command: how far they have come, and which were lost.
@Suite(.ownThreads, .serialized) struct DecisionCommandTests {
    /// The operator's decision on a credential of uni-b.example.
    private struct Decided {
        let network: Network
        let subject: String
        let receipt: String
    }

    private func decided() async throws -> Decided {
        let network = try await Network.founded(converged: true)
        let operatorNode = network.operatorNode
        let issued = try network.b.read([
            "credential", "issue", "CS-7", "--subject", #"{"name":"A. Learner"}"#,
        ])
        try #require(issued.status == 0, "\(issued.error)")
        let badge = operatorNode.file("badge.json")
        try DurableFile.write(Array(issued.output.utf8), to: badge)
        let recorded = try operatorNode.run([
            "decision", "record", "--credential", badge, "--outcome", "recognised", "--credits",
            "5",
        ])
        try #require(recorded.status == 0, "\(recorded.error)")
        let subject = try #require(recorded.json["subject"]?.string)
        for node in [network.b, network.c] {
            _ = try node.status { status in
                status["followed"]?.array?.first {
                    $0["origin"]?.string == "uni-a.example/eccoe/1"
                }?["confirmedSize"]?.integer == 3
            }
        }
        try operatorNode.eccoe(["status", "--wait", "converged"])
        let receipt = operatorNode.file("receipt.json")
        try operatorNode.eccoe(["decision", "receipt", subject, "--out", receipt])
        return Decided(network: network, subject: subject, receipt: receipt)
    }

    private func read(_ node: Institution, _ arguments: [String]) throws -> Outcome {
        try Outcome.of("eccoe", arguments + ["--data", node.folder.path])
    }

    @Test func `decision status tells who has cosigned, who holds it and who has seen it`()
        async throws
    {
        let decided = try await decided()
        let node = decided.network.operatorNode
        let status = try node.run(["decision", "status", decided.subject])
        #expect(status.status == 0, "\(status.error)")
        #expect(status.json["index"]?.integer == 2)
        #expect(status.json["cosignatures"]?.integer == 2)
        #expect(status.json["quorum"]?.integer == 2)
        #expect(status.json["confirmed"]?.string != nil)
        let copies = status.json["copies"]?.array ?? []
        #expect(copies.isEmpty == false && copies.allSatisfy { $0["holds"]?.bool == true })
        #expect(status.json["counterparty"]?["domain"]?.string == "uni-b.example")
        #expect(status.json["counterparty"]?["by"]?.string == "cosignature")
        let text = try read(node, ["decision", "status", decided.subject])
        #expect(text.status == 0)
        for part in [decided.subject, "2, 2 needed", "holds the entry", "(cosignature)"] {
            #expect(text.output.contains(part), "\(text.output)")
        }
        try expectNoDecision(node)
        // Who does not answer is said so, and the rest is told all the same.
        #expect(decided.network.c.stop() == 0)
        let later = try node.run(["decision", "status", decided.subject])
        #expect(later.status == 0)
        let away = later.json["copies"]?.array?.first { $0["domain"]?.string == "uni-c.example" }
        #expect(away?["holds"]?.bool == false && away?["error"]?.string?.isEmpty == false)
    }

    private func expectNoDecision(_ node: Institution) throws {
        for subject in [String(repeating: "0", count: 32), "rubbish", ""] {
            let status: Int32 = subject.isEmpty ? EX_DATAERR : 1
            let refused = try read(node, ["decision", "status", subject])
            #expect(refused.status == status, "\(subject): \(refused.error)")
            #expect(refused.error.contains("  try: "), "\(subject): \(refused.error)")
            #expect(refused.output.isEmpty)
            let json = try node.run(["decision", "status", subject])
            #expect(json.status == status)
            let problem = try Problem(json: JSON.read(Array(json.error.utf8)))
            #expect(problem?.slug == (subject.isEmpty ? .malformedRequest : .notFound))
        }
        #expect(try read(node, ["decision", "status"]).status == 64)
    }

    @Test func `decision lost lists what the disk took, and the receipt brings it back`()
        async throws
    {
        let decided = try await decided()
        let node = decided.network.operatorNode
        let none = try node.run(["decision", "lost"])
        #expect(none.status == 0 && none.json == ["decisions": []], "\(none.output)")
        #expect(try read(node, ["decision", "lost"]).output == "No record is lost.\n")
        let early = try node.run(["decision", "refill", decided.receipt])
        #expect(early.status == 1, "\(early.error)")

        #expect(node.stop() == 0)
        for suffix in ["", "-wal", "-shm"] {
            try DurableFile.remove(node.folder.nodeDatabase + suffix)
        }
        try node.start()
        let lost = try node.run(["decision", "lost"])
        #expect(lost.status == 0, "\(lost.error)")
        let rows = lost.json["decisions"]?.array ?? []
        #expect(rows.map { $0["subject"]?.string } == [decided.subject])
        #expect(rows.first?["index"]?.integer == 2)
        let text = try read(node, ["decision", "lost"])
        #expect(text.status == 0 && text.output.contains(decided.subject))
        let status = try read(node, ["decision", "status", decided.subject])
        #expect(status.status == 1)
        #expect(status.error.contains("  try: "), "\(status.error)")

        let bytes = try #require(try DurableFile.read(decided.receipt, limit: 16 << 20))
        var forged = String(decoding: bytes, as: UTF8.self)
        forged.replace("\"5\"", with: "\"50\"")
        try DurableFile.write(Array(forged.utf8), to: node.file("forged.json"))
        let refused = try node.run(["decision", "refill", node.file("forged.json")])
        #expect(refused.status == EX_DATAERR, "\(refused.error)")
        #expect(try node.run(["decision", "lost"]).json["decisions"]?.array?.count == 1)
        let refilled = try node.run(["decision", "refill", decided.receipt])
        #expect(refilled.status == 0, "\(refilled.error)")
        #expect(try node.run(["decision", "lost"]).json == ["decisions": []])
        #expect(try node.run(["decision", "status", decided.subject]).status == 0)
    }

    @Test func `decision lost is refused where there is no log`() async throws {
        let participant = try Participant("uni-d.example")
        try participant.start()
        let outcome = try participant.read(["decision", "lost"])
        #expect(outcome.status == 1, "\(outcome.error)")
        #expect(outcome.error.contains("  try: "), "\(outcome.error)")
        #expect(participant.stop() == 0)
    }
}
