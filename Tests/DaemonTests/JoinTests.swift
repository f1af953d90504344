import CanonicalJSON
import Federation
import Foundation
import Glibc
import NodeStore
import Testing

/// A registry's operator and two institutions, each a process of its own, from the invite to a
/// catalogue that all hold.
@Suite(.ownThreads) struct JoinTests {
    @Test func `a node trusts only the root that its invite names`() throws {
        let operatorNode = try Institution()
        try operatorNode.start()
        let participant = try Participant("uni-b.example", reaching: [operatorNode.domain])
        let invite = try operatorNode.invite()
        let fingerprint = try #require(invite.split(separator: ".").last)
        let other = String(fingerprint.dropLast()) + (fingerprint.hasSuffix("0") ? "1" : "0")
        let altered = invite.dropLast(fingerprint.count) + other

        let refused = try participant.read([
            "join", String(altered), "--ca", operatorNode.authority,
        ])
        #expect(refused.status == 1)
        #expect(refused.error.contains(fingerprint))
        #expect(refused.error.contains(other))
        #expect(try DurableFile.read(participant.folder.registrySource) == nil)
        #expect(try DurableFile.list(participant.folder.registry).isEmpty)
        #expect(try DurableFile.list(operatorNode.folder.registryRequests).isEmpty)
    }

    @Test func `a node does not join over a connection that nobody vouches for`() throws {
        let operatorNode = try Institution()
        try operatorNode.start()
        let participant = try Participant("uni-b.example", reaching: [operatorNode.domain])
        let own = participant.folder.file("tls/authority.pem")
        for authority in [[], ["--ca", own]] {
            let refused = try participant.run(["join", try operatorNode.invite()] + authority)
            #expect(refused.status == 69, "\(refused.error)")
            #expect(Problem(json: try error(of: refused))?.slug == .unreachable)
        }
        #expect(try DurableFile.read(participant.folder.registrySource) == nil)
        #expect(try DurableFile.list(operatorNode.folder.registryRequests).isEmpty)
    }

    @Test func `two institutions join, publish and go on while the operator is away`() async throws
    {
        let network = try await Network.founded(converged: false)
        let (operatorNode, b, c) = (network.operatorNode, network.b, network.c)
        try joinByCode(b, at: operatorNode)
        try operatorNode.admit(c)
        try c.start()
        for node in [b, c] {
            // Nobody tells them: they look by themselves.
            _ = try node.status { $0["standing"]?.string == "active" }
        }
        for node in [b, c] { try node.knows(members: 3) }
        let log = try b.run(["log", "init"])
        try #require(log.status == 0, "\(log.error)")
        #expect(log.json["origin"]?.string == "uni-b.example/eccoe/1")
        #expect(try b.publish(["CS-7"]).status == 0)
        for node in [b, c] {
            let converged = try node.converge()
            try #require(converged.status == 0, "\(converged.error)")
        }
        try expectProven("CS-7", at: c)
        try publishWithoutOperator(b, operatorNode)
    }

    /// Joins with the daemon running, and compares the code by which the operator admits.
    private func joinByCode(_ participant: Participant, at operatorNode: Institution) throws {
        let invite = try operatorNode.invite()
        let joined = try participant.run(["join", invite, "--ca", operatorNode.authority])
        try #require(joined.status == 0, "\(joined.error)")
        let code = try #require(joined.json["code"]?.string)
        try participant.start()
        let before = try participant.run(["status"]).json
        #expect(before["standing"]?.string != "active")

        let waiting = try operatorNode.run(["registry", "requests"]).json["requests"]?[0]
        #expect(waiting?["domain"]?.string == participant.domain)
        #expect(waiting?["code"]?.string == code)
        let wrong = String(code.reversed())
        let refused = try operatorNode.run([
            "registry", "admit", participant.domain, "--code", wrong,
        ])
        #expect(refused.status == 1)
        #expect(refused.error.contains(code) && refused.error.contains(wrong))
        #expect(try operatorNode.run(["registry", "list"]).json["members"]?.array?.count == 1)
        #expect(try DurableFile.list(operatorNode.folder.registryRequests).count == 1)

        let admitted = try operatorNode.run([
            "registry", "admit", participant.domain, "--code", code,
        ])
        #expect(admitted.status == 0, "\(admitted.error)")
        #expect(admitted.json["daemon"]?.bool == true)
        #expect(try DurableFile.list(operatorNode.folder.registryRequests).isEmpty)
    }

    private func expectProven(_ id: String, at node: Participant) throws {
        let found = try node.run(["catalogue", "search", "course"]).json["results"]?.array ?? []
        #expect(found.count == 1)
        #expect(found.first?["id"]?.string == id)
        let evidence = found.first?["evidence"]
        #expect(evidence?["inclusion"]?.string == "verified")
        #expect(evidence?["quorum"]?.integer == 2)
        #expect(evidence?["cosignatures"]?.integer == 2)
        #expect(evidence?["confirmed"]?.string != nil)
        let text = try node.read(["catalogue", "search", "course"]).output
        #expect(text.contains("verified, confirmed by 2 of 2 witnesses"), "\(text)")
        #expect(!text.contains("unconfirmed"), "\(text)")
    }

    /// With one of two witnesses away a leaf is taken, and shown for what it is.
    private func publishWithoutOperator(
        _ author: Participant, _ operatorNode: Institution
    ) throws {
        #expect(operatorNode.stop() == 0)
        #expect(try author.publish(["CS-8"]).status == 0)
        let status = try author.run(["status"]).json
        #expect(status["log"]?["size"]?.integer == 3)
        #expect(status["log"]?["confirmedSize"]?.integer == 2)
        #expect(status["converged"]?.bool == false)
        let evidence = try author.run(["catalogue", "show", "CS-8"]).json["evidence"]
        #expect(evidence?["inclusion"]?.string == "verified")
        #expect(evidence?["confirmed"]?.bool == false)
        let text = try author.read(["catalogue", "search", "CS-8"]).output
        #expect(text.contains("unconfirmed"), "\(text)")

        try operatorNode.start()
        let converged = try author.converge()
        #expect(converged.status == 0, "\(converged.error)")
        #expect(converged.json["log"]?["confirmedSize"]?.integer == 3)
    }

    private func error(of outcome: Outcome) throws -> JSON {
        try JSON.read(Array(outcome.error.utf8))
    }
}
