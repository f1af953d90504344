import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import Node
import NodeStore
import Testing
import TransparencyLog

@Suite(.serialized) struct `A federation of three` {
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution
    private let c: Institution

    init() throws {
        federation = try TestFederation()
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
        c = try federation[TestFederation.c]
    }

    private func converged(on domain: String, _ size: Int) async throws {
        try await federation.until("all hold \(size) confirmed leaves of \(domain)") {
            try federation.members.allSatisfy {
                try $0.confirmedSize(of: domain) >= size && $0.isConverged
            }
        }
    }

    @Test func `finds on one node what another has published, with its evidence`() async throws {
        try await federation.running { [a, b, c] in
            try await federation.admitted()
            try await a.createLog()
            let published = try await a.publish(
                Institution.item("BC-101", "Robotics for beginners"),
                Institution.item("BC-102", "Painting")
            )
            #expect(published["size"]?.integer == 3)
            #expect(published["results"]?[1]?["index"]?.integer == 2)
            try await converged(on: a.domain, 3)
            for reader in [a, b, c] {
                let found = try await reader.ask(.catalogueSearch, ["query": "robot"])
                let results = try #require(found["results"]?.array)
                #expect(results.count == 1)
                #expect(results[0]["globalId"]?.string == "https://uni-a.example/items/BC-101")
                #expect(results[0]["standing"]?.string == "active")
                let evidence = try #require(results[0]["evidence"])
                #expect(evidence["inclusion"]?.string == "verified")
                #expect(evidence["cosignatures"]?.integer == 2)
                #expect(evidence["quorum"]?.integer == 2)
                #expect(evidence["confirmed"]?.string != nil)
            }
            try await aStrangerIsConvinced(by: c)
        }
    }

    /// Checks what a node shows of an item as somebody who trusts only the keys would.
    private func aStrangerIsConvinced(by reader: Institution) async throws {
        let id = "https://uni-a.example/items/BC-101"
        let shown = try await reader.ask(.catalogueShow, ["id": .string(id)])
        let leaf = Array(try #require(shown["leaf"]?.string).utf8)
        let proof = try InclusionProof(Array(try #require(shown["proof"]?.string).utf8))
        let logKey = try #require(
            VerifierKey(
                name: Institution.origin(a.domain),
                type: .ed25519,
                publicKey: Institution.key(a.domain, .log).publicKey
            )
        )
        let witnesses = try [b.domain, c.domain].map { domain in
            try #require(
                VerifierKey(
                    name: domain + "/eccoe/witness",
                    type: .cosignature,
                    publicKey: Institution.key(domain, .witness).publicKey
                )
            )
        }
        let checkpoint = try proof.verify(leaf: leaf, key: logKey)
        #expect(try checkpoint.confirmed(by: witnesses, quorum: 2) != nil)
        guard case .leaf(let read) = LeafReading(leaf) else {
            Issue.record("no leaf")
            return
        }
        #expect(read.subject == "BC-101" && read.type == .itemPublished)
    }

    @Test func `follows revisions and withdrawals`() async throws {
        try await federation.running { [a, c] in
            try await federation.admitted()
            try await a.createLog()
            try await a.publish(Institution.item("BC-101", "Robotics"))
            try await converged(on: a.domain, 2)
            let revised = try await a.publish(Institution.item("BC-101", "Cybernetics"))
            #expect(revised["results"]?[0]?["outcome"]?.string == "revised")
            #expect(revised["results"]?[0]?["changes"]?.array?.isEmpty == false)
            let unchanged = try await a.publish(Institution.item("BC-101", "Cybernetics"))
            #expect(unchanged["results"]?[0]?["outcome"]?.string == "unchanged")
            try await converged(on: a.domain, 3)
            let found = try await c.ask(.catalogueSearch, ["query": "cybernetics"])
            #expect(found["results"]?[0]?["revision"]?.integer == 2)
            #expect(try await c.ask(.catalogueSearch, ["query": "robotics"])["results"] == [])
            let withdrawn = try await a.ask(
                .catalogueWithdraw,
                [
                    "requestId": .string(Institution.requestID()), "id": "BC-101",
                    "reason": "not taught any more",
                ]
            )
            #expect(withdrawn["outcome"]?.string == "withdrawn")
            try await converged(on: a.domain, 4)
            #expect(try await c.ask(.catalogueList)["items"] == [])
            let id = "https://uni-a.example/items/BC-101"
            #expect(try await c.ask(.catalogueShow, ["id": .string(id)])["living"] == false)
        }
    }

    @Test func `answers a repeated publishing as the first time`() async throws {
        try await federation.running { [a] in
            try await federation.admitted()
            try await a.createLog()
            let request: JSON = [
                "requestId": .string(Institution.requestID()),
                "items": [Institution.item("BC-101", "Robotics")],
            ]
            let first = try await a.ask(.cataloguePublish, request)
            #expect(try await a.ask(.cataloguePublish, request)["results"] == first["results"])
            guard case .object(var other) = request else { return }
            other["items"] = [Institution.item("BC-102", "Painting")]
            let problem = await #expect(throws: Problem.self) {
                try await a.ask(.cataloguePublish, .object(other))
            }
            #expect(problem?.slug == .requestIDReused)
            #expect(a.node.logs.own?.size == 2)
        }
    }

    @Test func `says what is wrong with an item and publishes none of the request`() async throws {
        try await federation.running { [a] in
            try await federation.admitted()
            try await a.createLog()
            let problem = await #expect(throws: Problem.self) {
                try await a.publish(Institution.item("BC-101", "Robotics"), ["id": "X"])
            }
            #expect(problem?.slug == .invalidItem)
            #expect(problem?.pointer?.hasPrefix("/items/1") == true)
            #expect(problem?.remedy != nil)
            #expect(a.node.logs.own?.size == 1)
            let dry = try await a.ask(
                .cataloguePublish,
                [
                    "requestId": .string(Institution.requestID()), "dryRun": true,
                    "items": [Institution.item("BC-101", "Robotics")],
                ]
            )
            #expect(dry["results"]?[0]?["outcome"]?.string == "published")
            #expect(a.node.logs.own?.size == 1)
        }
    }

    @Test func `reaches a member that was cut off when it is back`() async throws {
        try await federation.running { [a, b, c] in
            try await federation.admitted()
            try await a.createLog()
            try await a.publish(Institution.item("BC-101", "Robotics"))
            try await converged(on: a.domain, 2)
            federation.network.cut(b.domain)
            try await a.publish(Institution.item("BC-102", "Painting"))
            try await federation.until("C shows the item with one cosignature of two") {
                let found = try SearchDesk(node: c.node).search("painting", domain: nil, limit: 9)
                let evidence = found["results"]?[0]?["evidence"]
                return evidence?["cosignatures"]?.integer == 1 && evidence?["confirmed"] == false
            }
            #expect(try c.confirmedSize(of: a.domain) == 2)
            federation.network.mend(b.domain)
            try await federation.until("B and C hold it confirmed") {
                try [b, c].allSatisfy { try $0.confirmedSize(of: a.domain) == 3 }
            }
        }
    }

    @Test func `learns of everybody's catalogue`() async throws {
        try await federation.running {
            try await federation.admitted()
            for member in federation.members {
                try await member.createLog()
                try await member.publish(Institution.item("X", "Subject of \(member.domain)"))
            }
            for member in federation.members { try await converged(on: member.domain, 2) }
            for member in federation.members {
                let all = try await member.ask(.catalogueList)["items"]?.array
                #expect(
                    all?.compactMap { $0["domain"]?.string } == federation.members.map(\.domain))
                let status = try await member.ask(.status)
                #expect(status["items"]?.integer == 3)
                #expect(status["waits"] == [])
            }
        }
    }
}
