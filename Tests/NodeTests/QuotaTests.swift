import CanonicalJSON
import Federation
import Keys
import Node
import NodeStore
import Testing

/// What happens when a log grows faster than the protocol allows.
@Suite(.serialized) struct `A log at its quota` {
    private static let origin = Institution.origin(TestFederation.a)
    private static let day: Int64 = 86_400
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution

    init() throws {
        federation = try TestFederation()
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
    }

    /// A's log as a node is to see it: so many leaves and bytes are left.
    private func leave(
        _ leaves: Int64, bytes: Int64 = 1 << 20, in institution: Institution, size: Int
    ) throws {
        try institution.node.database.keep(
            LogQuota(
                LogQuota.Record(
                    size: size, base: size, leaves: leaves * Self.day,
                    bytes: bytes * 30 * Self.day, credit: 0, time: federation.clock.time.now())),
            of: Self.origin)
    }

    private func begin() async throws {
        try await federation.admitted()
        try await a.createLog()
    }

    private func publish(_ id: String) async throws {
        try await a.publish(Institution.item(id, "Item \(id)"))
    }

    @Test func `takes what there is room for, refuses the next, and says when it goes on`()
        async throws
    {
        try await federation.running {
            try await begin()
            try leave(2, in: a, size: 1)
            try await publish("A-1")
            try await publish("A-2")
            let now = federation.clock.time.now()
            let problem = await #expect(throws: Problem.self) { try await publish("A-3") }
            #expect(problem?.slug == .rateLimited)
            #expect(problem?.remedy?.contains((now + 5).text) == true)
            #expect(a.node.logs.own?.size == 3)
            federation.clock.advance(by: .seconds(5))
            try await publish("A-3")
            #expect(a.node.logs.own?.size == 4)
        }
    }

    @Test func `refuses a payload beyond the bytes that are left`() async throws {
        try await federation.running {
            try await begin()
            try leave(10, bytes: 100, in: a, size: 1)
            let problem = await #expect(throws: Problem.self) { try await publish("A-1") }
            #expect(problem?.slug == .rateLimited)
            #expect(a.node.logs.own?.size == 1)
        }
    }

    @Test func `may still erase`() async throws {
        try await federation.running {
            try await begin()
            try leave(1, in: a, size: 1)
            try await publish("A-1")
            await #expect(throws: Problem.self) { try await publish("A-2") }
            _ = try await a.ask(
                .catalogueErase,
                [
                    "requestId": .string(Institution.requestID()), "id": "A-1",
                    "reason": "a mistake",
                ])
            #expect(a.node.logs.own?.size ?? 0 >= 3)
        }
    }

    @Test func `is copied, but for its payloads, which come later`() async throws {
        try await federation.running {
            try await begin()
            try await federation.until("B holds the log") {
                try b.confirmedSize(of: a.domain) == 1
            }
        }
        // B begins again, and what it remembers is that A has written 2,200 leaves too many.
        try leave(-2200, in: b, size: 1)
        let again = try federation.restarted(b.domain)
        let author = try federation.restarted(a.domain)
        try await federation.running([author, again]) {
            try await author.publish(Institution.item("A-1", "Robotics"))
            try await federation.until("B holds the leaf", seconds: 600) {
                again.node.logs.log(Self.origin)?.size == 2
            }
            let log = try #require(again.node.logs.log(Self.origin))
            #expect(try log.wantedCount() == 1)
            let alarms = try StatusDesk(node: again.node).status()["alarms"]?.array ?? []
            #expect(alarms.contains { $0.string?.contains("beyond its quota") == true })
            #expect(again.node.gossip.peers[a.domain]?.faults == 0)
            federation.clock.advance(by: .seconds(900))
            try await author.publish(Institution.item("A-2", "Painting"))
            try await federation.until("B has both payloads", seconds: 600) {
                try log.size == 3 && log.wantedCount() == 0
            }
        }
    }
}
