import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import Node
import NodeStore
import Testing
import TransparencyLog

@Suite(.serialized) struct `An institution that nobody can reach` {
    private static let others = (0..<7).map { "uni-\($0).example" }

    @Test func `publishes through its mirrors, and all others follow`() async throws {
        let author = TestFederation.a
        let federation = try TestFederation([author] + Self.others, unreachable: [author])
        federation.network.cut(author)
        let a = try federation[author]
        try await federation.running {
            try await federation.until("the log may be created") {
                a.node.registry.log(Institution.origin(author)) != nil
            }
            try await a.createLog()
            try await a.publish(
                Institution.item("A-1", "Alpha"),
                Institution.item("A-2", "Beta"),
                Institution.item("A-3", "Gamma")
            )
            try await federation.until("all others hold and confirm what it published") {
                try federation.members.filter { $0.domain != author }.allSatisfy { other in
                    guard let log = other.node.logs.log(Institution.origin(author)) else {
                        return false
                    }
                    return try log.size == 4 && log.wantedCount() == 0
                        && other.confirmedSize(of: author) == 4
                }
            }
        }
        let records = try a.node.database.pushes(of: Institution.origin(author))
        #expect(records.map(\.size) == [4, 4, 4, 4, 4])
        #expect(records.map(\.payloads) == [4, 4, 4, 4, 4])
        for record in records {
            let mirror = try federation[record.mirror].node
            let head = try #require(mirror.logs.log(Institution.origin(author))?.head)
            let key = try #require(mirror.identity.mirrorSigner).key
            #expect(try head.cosignatures(by: [key]).count == 1)
        }
    }

    @Test func `goes on after a mirror was away`() async throws {
        let author = TestFederation.a
        let federation = try TestFederation(unreachable: [author])
        federation.network.cut(author)
        let a = try federation[author]
        let b = try federation[TestFederation.b]
        try await federation.running {
            try await federation.until("the log may be created") {
                a.node.registry.log(Institution.origin(author)) != nil
            }
            try await a.createLog()
            try await federation.until("it has arrived") {
                try b.confirmedSize(of: author) == 1
            }
            federation.network.cut(b.domain)
            try await a.publish(Institution.item("A-1", "Alpha"))
            for _ in 0..<40 {
                await federation.settle()
                federation.clock.advance(by: .seconds(1))
            }
            #expect(b.node.logs.log(Institution.origin(author))?.size == 1)
            federation.network.mend(b.domain)
            try await federation.until("it has arrived too") {
                try b.confirmedSize(of: author) == 2
                    && b.node.logs.log(Institution.origin(author))?.wantedCount() == 0
            }
        }
    }

    @Test func `brings a closed epoch to a mirror that was away`() async throws {
        let author = TestFederation.a
        let origin = Institution.origin(author)
        let federation = try TestFederation(unreachable: [author])
        federation.network.cut(author)
        let (a, b) = (try federation[author], try federation[TestFederation.b])
        try await federation.running {
            try await federation.until("the log may be created") {
                a.node.registry.log(origin) != nil
            }
            try await a.createLog()
            try await federation.until("it has arrived") {
                try b.confirmedSize(of: author) == 1
            }
            federation.network.cut(b.domain)
            try await a.publish(Institution.item("A-1", "Alpha"))
            let first = try #require(a.node.logs.own(epoch: 1))
            // From now on nobody else can help B.
            federation.network.cut(TestFederation.c)
            try federation.closeFirstEpoch(at: 2, root: first.root(at: 2))
            _ = await a.refresh.refresh(from: nil)
            federation.network.mend(b.domain)
            _ = await b.refresh.refresh(from: nil)
            try await federation.until("B has the first one as it was closed") {
                guard let log = b.node.logs.log(origin) else { return false }
                return try log.size == 2 && log.wantedCount() == 0
                    && a.node.database.pushes(of: origin)
                        .contains { $0.mirror == b.domain && $0.size == 2 && $0.payloads == 2 }
            }
            let found = try await b.ask(.catalogueSearch, ["query": "alpha"])
            #expect(found["results"]?.array?.count == 1)
        }
    }
}
