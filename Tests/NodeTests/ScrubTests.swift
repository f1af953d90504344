import CanonicalJSON
import Federation
import Foundation
import Keys
import Node
import NodeStore
import Testing
import TransparencyLog

/// The node audits its own store.
@Suite(.serialized) struct `The weekly audit` {
    private let federation: TestFederation
    private let a: Institution

    init() throws {
        federation = try TestFederation([TestFederation.a, TestFederation.b])
        a = try federation[TestFederation.a]
    }

    private func scrub() -> Scrub {
        Scrub(node: a.node, clock: AtOnce())
    }

    /// A clock whose sleeps are over at once.
    private struct AtOnce: Clock {
        struct Instant: InstantProtocol {
            var offset = Swift.Duration.zero
            func advanced(by duration: Swift.Duration) -> Instant {
                Instant(offset: offset + duration)
            }
            func duration(to other: Instant) -> Swift.Duration { other.offset - offset }
            static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
        }
        var now: Instant { Instant() }
        var minimumResolution: Swift.Duration { .zero }
        func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {}
    }

    private func prepared() async throws {
        _ = await a.refresh.refresh(from: nil)
        try await federation.running([a]) {
            try await a.createLog()
            try await a.publish(Institution.item("one", "One"), Institution.item("two", "Two"))
        }
    }

    @Test func `is told by the status, and comes again after a week`() async throws {
        try await prepared()
        #expect(try StatusDesk(node: a.node).status()["audits"]?.array == [])
        await scrub().auditDue()
        let first = try #require(try a.node.database.scrub(of: Institution.origin(a.domain)))
        #expect(first.size == 3)
        #expect(first.found == 0)
        #expect(
            try StatusDesk(node: a.node).status()["audits"] == [
                [
                    "origin": .string(first.origin), "at": .string(first.at.text), "size": 3,
                    "found": 0,
                ]
            ])
        federation.clock.advance(by: .seconds(Int(Scrub.interval) - 1))
        await scrub().auditDue()
        #expect(try a.node.database.scrub(of: first.origin) == first)
        federation.clock.advance(by: .seconds(1))
        await scrub().auditDue()
        #expect(
            try a.node.database.scrub(of: first.origin)?.at == first.at + Scrub.interval)
    }

    @Test func `compares the views, and counts what it finds`() async throws {
        try await prepared()
        // A leaf that stands in no log.
        let leaf = Leaf(
            type: .itemPublished, at: ManualClock.start, subject: "one", revision: 7,
            payload: Digest(of: [1] as [UInt8]))
        try a.node.views.fold(
            domain: a.domain, origin: Institution.origin(a.domain), from: 3,
            entries: [FoldVerdict(accepted: leaf.bytes, index: 1)], payload: { _ in nil },
            document: { _ in nil })
        await scrub().auditDue()
        let result = try #require(try a.node.database.scrub(of: Institution.origin(a.domain)))
        #expect(result.found == 1)
    }

    @Test func `runs as a service until the node shuts down`() async throws {
        _ = await a.refresh.refresh(from: nil)
        try await federation.running([a]) {
            try await a.createLog()
            for _ in 0..<100 where try a.node.database.scrubs().isEmpty {
                await federation.settle()
                federation.clock.advance(by: .seconds(1800))
            }
            #expect(try a.node.database.scrubs().map(\.found) == [0])
        }
    }
}
