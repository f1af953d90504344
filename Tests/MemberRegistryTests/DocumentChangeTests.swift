import Keys
import Testing

@testable import MemberRegistry

@Suite struct `Changes of a member` {
    private static let domain = "uni-a.example"

    private func document() throws -> MemberDocument { try TestMember.document(Self.domain) }

    @Test func `every difference is shown with what was and what will be`() throws {
        let old = try document()
        var new = old
        new.names["fr"] = "Université"
        new.country = "BE"
        new.kind = .association
        new.mailboxes = ["office": "office@uni-a.example"]
        new.node = nil
        new.tls = .authority([UInt8](repeating: 0x30, count: 64))
        new.dids = ["did:web:uni-a.example", "did:example:a"]
        let changes = new.changes(from: old)
        #expect(
            changes.map(\.place) == [
                "/names/fr", "/country", "/kind", "/mailboxes/office", "/mailboxes/technical",
                "/node", "/tls", "/dids",
            ])
        #expect(changes[1].was == "FR" && changes[1].will == "BE")
        #expect(changes[4].was == "eccoe@uni-a.example" && changes[4].will == nil)
        #expect(changes[7].was == nil && changes[7].will == "did:example:a")
        #expect(changes.allSatisfy { $0.from == nil })
        #expect(old.changes(from: old).isEmpty)
    }

    @Test func `keys, epochs and events are shown with the first moment that changes`() throws {
        let old = try document()
        let next = try TestMember.signer(Self.domain, .node, 2).publicKey
        let closing = LogEpoch.Closing(
            at: TestTime.after(days: 3), size: 7, root: Digest(of: [1]), reason: "lost")
        var new = try #require(
            old.rotating(
                .node, to: next, at: TestTime.after(days: 1), endingOthers: TestTime.after(days: 8))
        )
        new = try #require(new.closingEpoch(closing, revokingKeyAs: .compromised))
        new = new.adding(.suspension, at: TestTime.after(days: 4), reason: "non-payment")
        let changes = new.changes(from: old)
        #expect(
            changes.map(\.place) == ["/keys/0", "/keys/3", "/keys/6", "/epochs/0", "/events/1"])
        #expect(
            changes.map(\.from) == [3, 8, 1, 3, 4].map { TestTime.after(days: $0) })
        #expect(changes[0].will?.contains("compromised from 2026-01-04T00:00:00Z") == true)
        #expect(changes[2].was == nil)
        #expect(changes[4].will == "suspension from 2026-01-05T00:00:00Z, reason non-payment")
    }

    @Test func `a rotation overlaps and then leaves one key`() throws {
        let old = try document()
        let next = try TestMember.key(Self.domain, .node, 2, from: TestTime.after(days: 1))
        let new = try #require(
            old.rotating(
                .node, to: next.publicKey, at: TestTime.after(days: 1),
                endingOthers: TestTime.after(days: 8)))
        #expect(new.conflict(with: old) == nil)
        func valid(_ time: Instant) -> Int { new.keys(for: .node, at: time).count }
        #expect(valid(TestTime.after(days: 1) + -1) == 1)
        #expect(valid(TestTime.after(days: 1)) == 2)
        #expect(valid(TestTime.after(days: 8) + -1) == 2)
        #expect(new.keys(for: .node, at: TestTime.after(days: 8)) == [next])
        #expect(new.keys(for: .witness, at: TestTime.after(days: 8)).count == 1)
        #expect(
            old.rotating(
                .log, to: next.publicKey, at: TestTime.start, endingOthers: TestTime.start) == nil)
    }

    @Test func `a change is checked before anybody signs`() throws {
        let registry = try TestRegistry.withMembers(1)
        let old = try document()
        #expect(throws: Never.self) {
            try registry.repository.check(
                old.adding(.suspension, at: TestTime.start, reason: "test"))
        }
        for wrong in [
            old.adding(.reinstatement, at: TestTime.start, reason: "test"),
            old.adding(.suspension, at: TestTime.start + -1, reason: "test"),
        ] {
            #expect(throws: RepositoryError.self) { try registry.repository.check(wrong) }
        }
        var shorter = old
        shorter.keys.removeLast()
        let path = "members/north/uni-a.example.json"
        #expect(
            throws: RepositoryError.document(
                RegistryAlarm(
                    path,
                    .historyChanged(HistoryConflict("", "keys, epochs or events are gone"))))
        ) { try registry.repository.check(shorter) }
        #expect(throws: RepositoryError.self) {
            try registry.repository.check(try TestMember.document("uni-b.example"))
        }
    }

    @Test(arguments: [
        ("non-payment", true), ("a", true), ("", false), ("Non-payment", false), ("a b", false),
        (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false),
    ])
    func `a reason is a code`(text: String, isCode: Bool) {
        #expect(StandingEvent.isReasonCode(text) == isCode)
    }
}
