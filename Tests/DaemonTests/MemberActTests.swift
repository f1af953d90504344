import CanonicalJSON
import Credentials
import Federation
import Foundation
import Keys
import NodeStore
import Testing

/// What the registry's operator does to members, and what the others make of it.
@Suite(.ownThreads) struct `Acts upon members` {
    /// Operator, B and C, all members with running daemons.
    private static func network() async throws -> Network {
        let network = try await Network.founded(converged: false)
        for node in [network.b, network.c] {
            try network.operatorNode.admit(node)
            try node.start()
        }
        for node in [network.b, network.c] { try node.knows(members: 3) }
        return network
    }

    /// What C answers to a question that is signed by this key.
    private func ask(_ c: Participant, signedBy key: Ed25519Key) async throws -> PeerResponse {
        let node = try ServingNode(c.folder, status: c.run(["status"]).json)
        let path = "/v1/heads?since=0"
        let now = Instant(secondsSince1970: Int64(Date().timeIntervalSince1970))
        let signature = try MessageSignature(
            signing: RequestTarget(method: "GET", nodeURL: node.url, path: path), body: [],
            by: key, kid: try #require(JWK.thumbprint(key.publicKey)),
            nonce: UUID().uuidString, at: now)
        return try await node.ask("GET", path, headers: signature.fields)
    }

    private func state(_ outcome: Outcome) -> String? { outcome.json["state"]?.string }

    @Test func `are shown first, and refused where nobody can confirm them`() async throws {
        let operatorNode = try Institution()
        let act = ["registry", "suspend", operatorNode.domain, "--reason", "non-payment"]
        let before = try operatorNode.run(["registry", "list"]).output
        let asked = try operatorNode.run(act)
        #expect(asked.status == 64)
        for part in ["suspension from", "- nothing", "non-payment", "--yes"] {
            #expect(asked.error.contains(part), "\(asked.error)")
        }
        let dry = try operatorNode.run(act + ["--dry-run"])
        #expect(dry.status == 0 && dry.json["signed"]?.bool == false)
        #expect(dry.json["changes"]?[0]?["place"]?.string == "/events/1")
        let vague = try operatorNode.run(
            ["registry", "suspend", operatorNode.domain, "--reason", "Mr X", "--yes"])
        #expect(vague.status == 64)
        let early = try operatorNode.run(
            ["registry", "reinstate", operatorNode.domain, "--reason", "settled", "--yes"])
        #expect(early.status == 1, "\(early.error)")
        #expect(early.error.contains("reinstatement after registration"), "\(early.error)")
        #expect(try operatorNode.run(["registry", "list"]).output == before)
    }

    @Test func `a suspended member is refused and marked until it is reinstated`() async throws {
        let network = try await Self.network()
        let (operatorNode, b, c) = (network.operatorNode, network.b, network.c)
        let key = try #require(try b.folder.readKey(.node))
        #expect(try await ask(c, signedBy: key).status == 200)
        let active = try c.run(["member", "standing", b.domain])
        #expect(active.status == 0 && state(active) == "active")
        let versions = active.json["registry"]
        #expect(versions?["timestamp"]?.integer == 4 && versions?["body"]?["version"]?.integer == 4)

        try operatorNode.eccoe(
            ["registry", "suspend", b.domain, "--reason", "non-payment", "--yes"])
        try #require(try c.run(["registry", "refresh"]).status == 0)
        let suspended = try c.run(["member", "standing", b.domain])
        #expect(suspended.status == 1 && state(suspended) == "suspended")
        #expect(suspended.json["event"]?.integer == 2)
        #expect(suspended.json["registry"]?["timestamp"]?.integer == 5)
        let since = try #require(suspended.json["from"]?.string.flatMap { Instant($0) })
        let before = try c.run(["member", "standing", b.domain, "--at", (since + -1).text])
        #expect(before.json["until"]?.string == since.text || state(before) == "notYet")
        let refused = try await ask(c, signedBy: key)
        #expect(refused.status == 403)
        #expect(String(decoding: refused.body, as: UTF8.self).contains("suspended"))
        let shown = try c.read(["member", "show", b.domain]).output
        #expect(shown.contains("non-payment") && shown.contains("suspended"), "\(shown)")
        let stranger = try c.run(["member", "standing", "uni-x.example"])
        #expect(stranger.status == 1 && state(stranger) == "notAMember")

        try operatorNode.eccoe(["registry", "reinstate", b.domain, "--reason", "settled", "--yes"])
        try #require(try c.run(["registry", "refresh"]).status == 0)
        #expect(try await ask(c, signedBy: key).status == 200)

        let asked = try b.run(["member", "request", "withdraw"])
        try #require(asked.status == 0, "\(asked.error)")
        let code = try #require(asked.json["code"]?.string)
        try operatorNode.eccoe(["registry", "update", b.domain, "--code", code, "--yes"])
        try #require(try c.run(["registry", "refresh"]).status == 0)
        #expect(state(try c.run(["member", "standing", b.domain])) == "withdrawn")
        #expect(try await ask(c, signedBy: key).status == 403)
    }

    @Test func `a key is replaced by the member's request, and ends when it is`() async throws {
        let network = try await Self.network()
        let (operatorNode, b, c) = (network.operatorNode, network.b, network.c)
        let old = try #require(try b.folder.readKey(.node))
        let asked = try b.run(["member", "request", "rotate-key", "node", "--overlap", "0"])
        try #require(asked.status == 0, "\(asked.error)")
        #expect(try b.run(["member", "activate-key", "node"]).status == 1)
        let code = try #require(asked.json["code"]?.string)
        let wrong = try operatorNode.run(
            ["registry", "rotate-key", b.domain, "--code", String(code.reversed()), "--yes"])
        #expect(wrong.status == 1 && wrong.error.contains("the code is another"))
        let granted = try operatorNode.eccoe(
            ["registry", "rotate-key", b.domain, "--code", code, "--yes"])
        #expect(granted["changes"]?.array?.count == 2)
        for node in [b, c] { try #require(try node.run(["registry", "refresh"]).status == 0) }
        let refused = try await ask(c, signedBy: old)
        #expect(refused.status == 401)
        #expect(String(decoding: refused.body, as: UTF8.self).contains("superseded"))
        let activated = try b.run(["member", "activate-key", "node"])
        try #require(activated.status == 0, "\(activated.error)")
        let new = try #require(try b.folder.readKey(.node))
        #expect(new.publicKey != old.publicKey)
        let finding = try #require(try Examination(b)["keys"])
        #expect(finding.state == "warning" && finding.detail.hasPrefix("node.key was replaced"))
        #expect(finding.remedy == "end eccoed, then eccoed --config \(b.folder.configuration)")
        #expect(b.stop() == 0)
        try b.start()
        #expect(try Examination(b)["keys"]?.state == "ok")
        #expect(try await ask(c, signedBy: new).status == 200)
        let kept = try #require(activated.json["kept"]?.string)
        #expect(try DataFolder.readKey(kept)?.publicKey == old.publicKey)

        let moved = try b.run(["member", "request", "update", "--mailbox", "office=o@b.example"])
        try #require(moved.status == 0, "\(moved.error)")
        let other = try operatorNode.run(["registry", "rotate-key", b.domain, "--yes"])
        #expect(other.status == 1 && other.error.contains("it replaces no key"))
        try operatorNode.eccoe(["registry", "update", b.domain, "--yes"])
        #expect(try operatorNode.run(["registry", "update", b.domain, "--yes"]).status == 1)
    }

    @Test func `a root that a ceremony rotated is taken by the others`() async throws {
        let network = try await Network.founded(converged: false)
        let (operatorNode, b) = (network.operatorNode, network.b)
        try operatorNode.admit(b)
        try b.start()
        try b.knows(members: 2)
        let file = operatorNode.file("root.json")
        let keys = operatorNode.folder.registryAuthority + "/keys/root-"
        let fresh = operatorNode.file("fresh")
        func run(_ arguments: [String]) throws {
            let outcome = try Outcome.of("eccoe", ["registry", "root"] + arguments)
            try #require(outcome.status == 0, "\(outcome.error)")
        }
        try run(["make-key", fresh, "--plain"])
        try operatorNode.eccoe([
            "registry", "root", "propose", "--out", file, "--root-key", fresh + ".jwk",
            "--root-threshold", "1",
        ])
        for key in [1, 2, 3].map({ "\(keys)\($0).key" }) + [fresh] {
            try run(["sign", file, "--yes", "--key", key])
        }
        try operatorNode.eccoe(["registry", "root", "publish", file, "--yes"])
        let refreshed = try b.run(["registry", "refresh"])
        try #require(refreshed.status == 0, "\(refreshed.error)")
        let standing = try b.run(["member", "standing", b.domain])
        #expect(standing.status == 0)
        #expect(standing.json["registry"]?["root"]?.integer == 2)
        try operatorNode.eccoe(
            ["registry", "suspend", b.domain, "--reason", "non-payment", "--yes"])
        try #require(try b.run(["registry", "refresh"]).status == 0)
        #expect(state(try b.run(["member", "standing", b.domain])) == "suspended")
    }

    @Test func `what a compromised key signed is indeterminate without proof`() async throws {
        let network = try await Self.network()
        let (operatorNode, b, c) = (network.operatorNode, network.b, network.c)
        try #require(try b.run(["log", "init"]).status == 0)
        try #require(try b.publish(["CS-7"]).status == 0)
        let issued = try b.read(["credential", "issue", "CS-7", "--subject", "{\"name\":\"L\"}"])
        try #require(issued.status == 0, "\(issued.error)")
        let badge = c.file("badge.json")
        try DurableFile.write(Array(issued.output.utf8), to: badge)
        func keyLine() throws -> String? {
            let report = try c.run(["credential", "lookup", badge]).json
            return report["checks"]?.array?.first { $0["id"]?.string == "key" }?["status"]?.string
        }
        #expect(try keyLine() == "pass")
        let key = try #require(try b.folder.readKey(.credential))
        let kid = try #require(JWK.thumbprint(key.publicKey))
        let issuedAt = try #require(issued.json["validFrom"]?.string.flatMap { Instant($0) })
        let from = issuedAt + 1
        let revoke = ["registry", "revoke-key", b.domain, kid, "--yes", "--reason"]
        try operatorNode.eccoe(revoke + ["compromised", "--at", from.text])
        try #require(try c.run(["registry", "refresh"]).status == 0)
        let worth = try c.run(["credential", "lookup", badge])
        #expect(worth.status == 2 && worth.json["verdict"]?.string == "indeterminate")
        #expect(try keyLine() == "unknown")
        let question = ["member", "key", kid]
        let claimed = try c.run(question + ["--at", issuedAt.text])
        #expect(claimed.status == 2 && state(claimed) == "unproven")
        #expect(claimed.json["until"]?.string == from.text)
        let proven = try c.run(question + ["--at", issuedAt.text, "--proven"])
        #expect(proven.status == 0 && state(proven) == "valid")
        var present = try c.run(question)
        while state(present) == "unproven" { present = try c.run(question) }
        #expect(present.status == 1 && state(present) == "compromised")
        #expect(present.json["domain"]?.string == b.domain)
        #expect(present.json["use"]?.string == "credential")
        let again = try operatorNode.run(revoke + ["superseded"])
        #expect(again.status == 1 && again.error.contains("history only grows"))
    }

    @Test func `what was anchored before the theft of a key stays good`() async throws {
        let network = try await Self.network()
        let (operatorNode, b, c) = (network.operatorNode, network.b, network.c)
        try #require(try b.run(["log", "init"]).status == 0)
        try #require(try b.publish(["CS-7"]).status == 0)
        let (badge, anchor) = (c.file("badge.json"), c.file("badge.anchor.json"))
        let issued = try b.read([
            "credential", "issue", "CS-7", "--subject", "{\"name\":\"L\"}", "--anchor", anchor,
        ])
        try #require(issued.status == 0, "\(issued.error)")
        try DurableFile.write(Array(issued.output.utf8), to: badge)
        for node in [b, c] { try #require(try node.converge().status == 0) }
        let again = try b.run(["credential", "anchor", badge])
        try #require(again.status == 0, "\(again.error)")
        let confirmed = try #require(again.json["confirmed"]?.string.flatMap { Instant($0) })
        let handedOut = FileManager.default.contents(atPath: anchor).map { Array($0) } ?? []
        #expect(try JSON.read(handedOut) == again.json["anchor"])

        let key = try #require(try b.folder.readKey(.credential))
        let kid = try #require(JWK.thumbprint(key.publicKey))
        let theft = confirmed + 1
        try operatorNode.eccoe([
            "registry", "revoke-key", b.domain, kid, "--yes", "--reason", "compromised", "--at",
            theft.text,
        ])
        try #require(try c.run(["registry", "refresh"]).status == 0)
        let saved = try c.run(["credential", "lookup", badge, "--anchor", anchor])
        #expect(saved.status == 0, "\(saved.output)\(saved.error)")
        #expect(saved.json["anchor"]?["confirmed"]?.string == confirmed.text)
        #expect(try c.run(["credential", "lookup", badge]).status == 2)

        let forged = c.file("forged.json")
        try DurableFile.write(try Self.backDated(issued.json, by: key).canonicalBytes, to: forged)
        let thief = try c.run(["credential", "lookup", forged, "--anchor", anchor])
        #expect(thief.status == 2, "\(thief.output)")
        #expect(try c.run(["credential", "lookup", forged]).status == 2)
        #expect(try b.run(["credential", "anchor", forged]).error.contains("no anchor"))
    }

    /// What a thief makes of a credential: another learner's, of the same day, signed by the same key.
    private static func backDated(_ credential: JSON, by key: Ed25519Key) throws -> JSON {
        let domain = "uni-b.example"
        let issued = try #require(credential["validFrom"]?.string.flatMap { Instant($0) })
        let badge = OpenBadgeCredential(
            id: "urn:uuid:01020304-0506-4708-890a-0b0c0d0e0f10", issuerDomain: domain,
            issuerName: "B", name: "CS-7", validFrom: issued, subject: ["name": "Mallory"],
            achievement: .init(
                id: "https://\(domain)/items/CS-7", name: "CS-7", description: "x", criteria: "x"))
        return try badge.signed(
            kid: try #require(JWK.thumbprint(key.publicKey)), created: issued, signer: key)
    }
}
