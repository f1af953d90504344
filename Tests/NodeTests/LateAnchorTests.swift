import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import Node
import NodeStore
import Testing
import TransparencyLog

/// A node that joined after a theft holds no checkpoint that is older.
@Suite(.serialized) struct `An anchor at a node that joined late` {
    private static let late = "uni-d.example"
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution
    private let d: Institution

    init() throws {
        federation = try TestFederation(waiting: [Self.late])
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
        d = try federation[Self.late]
    }

    private func confirmed(_ size: Int, by readers: [Institution]) async throws {
        try await federation.until("\(size) leaves of A are confirmed") {
            try readers.allSatisfy { try $0.confirmedSize(of: a.domain) >= size }
        }
    }

    /// A's credential, its anchor, and the key's revocation afterwards.
    private func stolen() async throws -> (credential: JSON, anchor: JSON) {
        try await a.createLog()
        try await a.publish(Institution.item("BC-101", "Robotics"))
        let credential = try await a.ask(
            .credentialIssue, ["item": "BC-101", "subject": ["name": "Ada"]])
        let answer = try await a.ask(.credentialAnchor, ["credential": credential])
        try await confirmed(3, by: [a, b])
        federation.clock.advance(by: .seconds(60))
        let theft = federation.clock.time.now()
        try federation.update(a.domain) { document in
            guard let index = document.keys.firstIndex(where: { $0.use == .credential }) else {
                return
            }
            document.keys[index].revoked = (theft, .compromised)
        }
        for _ in 0..<8 {
            federation.clock.advance(by: .seconds(900))
            await federation.settle()
        }
        try await a.publish(Institution.item("BC-102", "Painting"))
        try await confirmed(4, by: [a, b])
        return (credential, try #require(answer["anchor"]))
    }

    @Test func `is asked of the author's archive for its operator, and for nobody else`()
        async throws
    {
        let early = federation.members.filter { $0.domain != Self.late }
        try await federation.running(early) { [a, d] in
            try await federation.admitted(early)
            let (credential, anchor) = try await stolen()
            let asked: JSON = ["credential": credential, "anchor": anchor]
            try federation.admit(Self.late)
            try await federation.running([d]) {
                try await confirmed(4, by: [d])
                let log = try #require(d.node.logs.log(Institution.origin(a.domain)))
                #expect(try log.confirmed(before: 2) == nil)
                let desk = CredentialDesk(node: d.node)
                let stranger = try await desk.lookup(body: asked.canonicalBytes)
                #expect(stranger["verdict"]?.string == "indeterminate")
                #expect(stranger["anchor"]?["confirmed"]?.string != nil)
                let own = try await d.ask(.credentialLookup, asked)
                #expect(own["verdict"]?.string == "valid")
                // What was fetched is kept.
                let again = try await desk.lookup(body: asked.canonicalBytes)
                #expect(again["verdict"]?.string == "valid")
            }
        }
    }
}
