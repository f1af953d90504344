import CanonicalJSON
import NodeStore
import Testing

/// A body that admits its own members, with a key that is on no registry's machine.
@Suite(.ownThreads) struct `A national body` {
    private static let domain = "uni-f.france.example"

    private func root(_ arguments: [String]) throws {
        let outcome = try Outcome.of("eccoe", ["registry", "root"] + arguments)
        try #require(outcome.status == 0, "\(outcome.error)")
    }

    /// Signs a proposal with these keys and publishes it.
    private func grant(
        _ proposal: String, at operatorNode: Institution, by keys: [String]
    ) throws {
        try root(["sign", proposal, "--yes"] + keys.flatMap { ["--key", $0] })
        try operatorNode.eccoe(["registry", "root", "publish", proposal, "--yes"])
    }

    @Test func `admits and suspends its member by its own key, and daemons go along`()
        async throws
    {
        let operatorNode = try Institution()
        let member = try Participant(Self.domain, reaching: [operatorNode.domain])
        try operatorNode.allow([Self.domain])
        try operatorNode.start()
        _ = try await operatorNode.admitted()
        let (key, proposal) = (operatorNode.file("france"), operatorNode.file("p.json"))
        try root(["make-key", key, "--plain"])
        try operatorNode.eccoe([
            "registry", "body", "add", "france", "--suffix", "france.example", "--key",
            key + ".jwk", "--out", proposal,
        ])
        let targets = operatorNode.folder.registryAuthority + "/keys/targets-"
        try grant(proposal, at: operatorNode, by: [targets + "1.key", targets + "2.key", key])

        let joined = try member.run([
            "join", try operatorNode.invite(), "--ca", operatorNode.authority,
        ])
        try #require(joined.status == 0, "\(joined.error)")
        let code = try #require(joined.json["code"]?.string)
        let admit = ["registry", "admit", Self.domain, "--code", code]
        #expect(try operatorNode.run(admit).status != 0)
        try operatorNode.eccoe(admit + ["--propose", proposal])
        try grant(proposal, at: operatorNode, by: [key])
        try member.start()
        try member.knows(members: 2)
        try #require(try member.run(["log", "init"]).status == 0)
        try #require(try member.publish(["F-1"]).status == 0)
        try #require(try member.converge().status == 0)
        try operatorNode.eccoe(["status", "--wait", "converged", "--timeout", "60s"])
        let found = try operatorNode.run(["catalogue", "search", "F-1"])
        #expect(found.json["results"]?[0]?["evidence"]?["confirmed"]?.string != nil)
        let standing = ["member", "standing", Self.domain]
        let active = try operatorNode.run(standing)
        #expect(active.status == 0)
        #expect(active.json["registry"]?["body"]?["name"]?.string == "france")

        let suspend = ["registry", "suspend", Self.domain, "--reason", "non-payment"]
        #expect(try operatorNode.run(suspend + ["--yes"]).status != 0)
        try operatorNode.eccoe(suspend + ["--propose", proposal])
        #expect(try operatorNode.run(standing).status == 0)
        try grant(proposal, at: operatorNode, by: [key])
        #expect(try operatorNode.run(standing).status == 1)
        try #require(try member.run(["registry", "refresh"]).status == 0)
        #expect(try member.run(standing).status == 1)
    }
}
