import CanonicalJSON
import Federation
import Keys
import Node
import NodeStore
import Testing
import TransparencyLog

@Suite(.serialized) struct `A leaf's time` {
    private static let late = "uni-d.example"
    private static let origin = Institution.origin(TestFederation.a)
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution
    private let d: Institution

    /// Those that run from the beginning. A node that is not admitted polls like a member, so one
    /// that is to know nothing of a log's first states must be started later.
    private var early: [Institution] { federation.members.filter { $0.domain != Self.late } }

    init() throws {
        federation = try TestFederation(waiting: [Self.late])
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
        d = try federation[Self.late]
    }

    private func time(_ reader: Institution, _ index: Int64) async throws -> JSON {
        try await reader.ask(
            .logTime, ["origin": .string(Self.origin), "index": .number(JSONNumber(index))])
    }

    private func confirmed(_ size: Int, by readers: [Institution]) async throws {
        try await federation.until("\(size) leaves of A are confirmed") {
            try readers.allSatisfy { try $0.confirmedSize(of: a.domain) >= size }
        }
    }

    private func hoursPass(_ hours: Int) async {
        for _ in 0..<(hours * 4) {
            federation.clock.advance(by: .seconds(900))
            await federation.settle()
        }
    }

    private func begin() async throws {
        try await federation.admitted(early)
        try await a.createLog()
        try await confirmed(1, by: [a])
    }

    @Test func `is the quorum's, with all that it rests on`() async throws {
        try await federation.running { [a, b] in
            try await begin()
            try await a.publish(Institution.item("BC-1", "Robotics"))
            try await confirmed(2, by: [a, b])
            let own = try await time(a, 1)
            #expect(own["confirmed"]?.bool == true)
            #expect(own["origin"]?.string == Self.origin)
            #expect(own["size"]?.integer == 2)
            #expect(own["quorum"]?.integer == 2)
            #expect(own["witnesses"]?.integer == 2)
            #expect(own["asked"]?.array?.isEmpty == true)
            let times = own["cosignatures"]?.array?.compactMap { $0["time"]?.string }
            #expect(times?.count == 2)
            #expect(own["time"]?.string == times?.max())
            let seen = try await time(b, 1)
            #expect(seen["time"] == own["time"])
            #expect(seen["root"] == own["root"])
        }
    }

    @Test func `of a leaf that is not there is a problem`() async throws {
        try await federation.running { [a, b] in
            try await begin()
            try await confirmed(1, by: [a, b])
            let questions: [(JSON, Problem.Slug)] = [
                (["origin": .string(Self.origin), "index": 1], .notFound),
                (["origin": "stranger.example/eccoe/1", "index": 0], .unknownOrigin),
                (["index": 0], .malformedRequest),
                (["origin": .string(Self.origin)], .malformedRequest),
            ]
            for (body, slug) in questions {
                let problem = await #expect(throws: Problem.self) {
                    try await b.ask(.logTime, body)
                }
                #expect(problem?.slug == slug)
            }
        }
    }

    @Test func `is unconfirmed below quorum`() async throws {
        try await federation.running { [a] in
            try await begin()
            federation.network.cut(TestFederation.b)
            try await a.publish(Institution.item("BC-1", "Robotics"))
            let found = try await time(a, 1)
            #expect(found["confirmed"]?.bool == false)
            #expect(found["time"] == nil)
            #expect(found["quorum"]?.integer == 2)
            #expect(found["reason"]?.string?.contains("quorum") == true)
            #expect(try await time(a, 0)["confirmed"]?.bool == true)
        }
    }

    @Test(arguments: [false, true])
    func `is asked of the archive by a node that joined late`(_ isAuthorGone: Bool) async throws {
        try await federation.running(early) { [a, b, d] in
            try await begin()
            try await a.publish(Institution.item("BC-1", "Robotics"))
            try await confirmed(2, by: [a, b])
            await hoursPass(5)
            try await a.publish(Institution.item("BC-2", "Painting"))
            try await confirmed(3, by: [a, b])
            let exact = try await time(a, 1)["time"]
            try federation.admit(Self.late)
            try await federation.running([d]) {
                try await confirmed(3, by: [d])
                #expect(try d.node.logs.log(Self.origin)?.confirmed(before: 1) == nil)
                if isAuthorGone { federation.network.cut(a.domain) }
                let found = try await time(d, 1)
                #expect(found["time"] == exact)
                #expect(found["size"]?.integer == 2)
                #expect(found["asked"]?[0]?["domain"]?.string == a.domain)
                #expect(found["asked"]?.array?.count == (isAuthorGone ? 3 : 1))
                // What was fetched is kept, and nobody can know better.
                let before = federation.network.paths.count { $0.contains("/checkpoint/") }
                #expect(try await time(d, 1)["time"] == exact)
                #expect(try await time(d, 2)["confirmed"]?.bool == true)
                #expect(before > 0)
            }
        }
    }

    @Test func `is not changed by an archive that lies`() async throws {
        try await federation.running(early) { [a, b, d] in
            try await begin()
            try await a.publish(Institution.item("BC-1", "Robotics"))
            try await confirmed(2, by: [a, b])
            try federation.admit(Self.late)
            try await federation.running([d]) {
                try await confirmed(2, by: [d])
                let known = try await time(d, 1)["time"]
                let forked = try LogForger(domain: TestFederation.a).head(size: 2, of: "fork").note
                for lie in [[], Array("garbage".utf8), forked.bytes] {
                    federation.network.lie(for: a.domain) { request, response in
                        request.path.contains("/checkpoint/") ? .ok(lie) : response
                    }
                    let found = try await time(d, 0)
                    #expect(found["time"] == known)
                    #expect(found["asked"]?.array?.isEmpty == false)
                }
            }
        }
    }

    @Test func `stays while an unchanged head is cosigned anew each day`() async throws {
        try await federation.running { [a, b] in
            try await begin()
            try await a.publish(Institution.item("BC-1", "Robotics"))
            try await confirmed(2, by: [a, b])
            let first = try await time(b, 1)["time"]
            await hoursPass(60)
            for holder in [a, b] {
                let log = try #require(holder.node.logs.log(Self.origin))
                let head = try #require(log.head)
                let kept = try #require(try log.confirmed(covering: 1)).checkpoint
                for witness in [TestFederation.b, TestFederation.c] {
                    let key = try #require(
                        try federation[witness].node.identity.witnessSigner
                    ).key
                    for note in [head, kept] {
                        let times = try note.cosignatureTimes(by: key)
                        #expect(times.count == 2, "\(holder.domain)")
                        let latest = try #require(times.last)
                        #expect(federation.clock.time.now() - latest < 26 * 3600)
                    }
                }
                #expect(try await time(holder, 1)["time"] == first)
            }
            #expect(a.node.logs.own?.size == 2)
        }
    }
}
