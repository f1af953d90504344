import Keys
import Testing

@testable import MemberRegistry

@Suite struct `Answers as of a time` {
    /// Registered on day 0, suspended on day 10, reinstated on day 20, withdrawn on day 30.
    private static func member() throws -> MemberDocument {
        try TestMember.document("uni-a.example")
            .adding(.suspension, at: TestTime.after(days: 10), reason: "test")
            .adding(.reinstatement, at: TestTime.after(days: 20), reason: "test")
            .adding(.withdrawal, at: TestTime.after(days: 30), reason: "test")
    }

    private static func registry(_ document: MemberDocument) throws -> TrustedRegistry {
        var registry = try TestRegistry()
        try registry.admit(document, at: TestTime.start)
        return try registry.refreshed().registry
    }

    @Test(arguments: [
        (0, -1, Standing.State.notYet, Int64?.none), (0, 0, .active, 1), (10, -1, .active, 1),
        (10, 0, .suspended, 2), (20, -1, .suspended, 2), (20, 0, .active, 3),
        (30, -1, .active, 3), (30, 0, .withdrawn, 4), (400, 0, .withdrawn, 4),
    ])
    func `a standing begins with its event and ends before the next`(
        days: Int64,
        seconds: Int64,
        state: Standing.State,
        event: Int64?
    ) throws {
        let registry = try Self.registry(try Self.member())
        let standing = registry.standing(
            of: "uni-a.example",
            at: TestTime.after(days: days) + seconds
        )
        #expect(standing.state == state)
        #expect(standing.event == event)
        #expect(
            registry.standing(of: "uni-x.example", at: TestTime.start).state == .notAMember
        )
    }

    @Test(arguments: [
        (0, -1, KeyAnswer.State.notYet), (0, 0, .valid), (40, -1, .valid),
        (40, 0, .revoked(.compromised, at: TestTime.after(days: 40))),
        (70, 0, .revoked(.compromised, at: TestTime.after(days: 40))),
    ])
    func `a revoked key is good until its revocation`(
        days: Int64,
        seconds: Int64,
        state: KeyAnswer.State
    ) throws {
        let document = try TestMember.document("uni-a.example")
            .revoking(.credential, at: TestTime.after(days: 40), .compromised)
        let registry = try Self.registry(document)
        let key = try #require(document.keys.first { $0.use == .credential })
        let answer = registry.key(kid: key.kid, at: TestTime.after(days: days) + seconds)
        #expect(answer.state == state)
        #expect(answer.holder?.domain == "uni-a.example")
        #expect(answer.holder?.document == Digest(of: document.canonicalBytes))
    }

    @Test func `an expired key is good until it expires and an unknown one never`() throws {
        var document = try TestMember.document("uni-a.example")
        let end = TestTime.after(days: 5)
        let key = try TestMember.key("uni-a.example", .node, 2, until: end)
        document.keys.append(key)
        let registry = try Self.registry(document)
        #expect(registry.key(kid: key.kid, at: end + -1).state == .valid)
        #expect(document.keys(for: .node, at: end + -1).count == 2)
        #expect(document.keys(for: .node, at: end).count == 1)
        #expect(registry.key(kid: key.kid, at: end).state == .expired(at: end))
        #expect(registry.key(kid: "nobody", at: end) == KeyAnswer(state: .unknown, holder: nil))
    }

    @Test func `a key is found by its bytes and its use`() throws {
        let registry = try Self.registry(try Self.member())
        let key = try TestMember.key("uni-a.example", .credential)
        #expect(registry.keyOwner(of: key.publicKey)?.domain == "uni-a.example")
        #expect(registry.keyOwner(of: key.publicKey, use: .credential)?.key == key)
        #expect(registry.keyOwner(of: key.publicKey, use: .node) == nil)
        #expect(registry.keyOwner(of: try TestKeys.key("stranger").publicKey) == nil)
    }

    @Test func `every epoch has its origin, key and closing`() throws {
        var document = try TestMember.document("uni-a.example")
        let closing = LogEpoch.Closing(
            at: TestTime.after(days: 3),
            size: 7,
            root: Digest(of: [1]),
            reason: "key lost"
        )
        let next = try TestMember.signer("uni-a.example", .log, 2).publicKey
        #expect(document.openingEpoch(next, at: closing.at) == nil)
        document = try #require(document.closingEpoch(closing, revokingKeyAs: .compromised))
        #expect(document.closingEpoch(closing, revokingKeyAs: .compromised) == nil)
        document = try #require(document.openingEpoch(next, at: closing.at))
        let registry = try Self.registry(document)
        #expect(registry.origins == ["uni-a.example/eccoe/1", "uni-a.example/eccoe/2"])
        let first = try #require(registry.logKey(forOrigin: "uni-a.example/eccoe/1"))
        #expect(first.epoch.closed == closing)
        #expect(first.key.text.hasPrefix("uni-a.example/eccoe/1+"))
        let second = try #require(registry.logKey(forOrigin: "uni-a.example/eccoe/2"))
        #expect(second.epoch.closed == nil)
        #expect(second.key.publicKey == next)
        #expect(registry.logKey(forOrigin: "uni-a.example/eccoe/3") == nil)
    }
}

@Suite struct `Witness sets` {
    /// Computed by a program of its own: members uni-b to uni-j in turn, for uni-a's log.
    static let golden: [(eligible: Int, required: Int, letters: String)] = [
        (0, 0, ""), (1, 1, "b"), (2, 2, "cb"), (3, 2, "cdb"), (4, 2, "cdb"), (5, 4, "fcdbe"),
        (6, 4, "gfcdb"), (7, 5, "gfcdhbe"), (8, 5, "gfcidhb"), (9, 5, "gfcidhb"),
    ]

    @Test(arguments: golden)
    func `the lowest hashes witness, as many as the quorum table says`(
        eligible: Int,
        required: Int,
        letters: String
    ) throws {
        let (registry, _) = try TestRegistry.withMembers(eligible + 1).refreshed()
        let set = registry.witnessSet(
            forOrigin: "uni-a.example/eccoe/1",
            at: TestTime.after(hours: 1)
        )
        #expect(set.eligible == eligible)
        #expect(set.required == required)
        #expect(set.cosigners.map(\.domain) == letters.map { "uni-\($0).example" })
    }

    @Test func `up to five members mirror and none is required`() throws {
        let (registry, _) = try TestRegistry.withMembers(8).refreshed()
        let set = registry.mirrorSet(
            forOrigin: "uni-a.example/eccoe/1",
            at: TestTime.after(hours: 1)
        )
        #expect(
            set.cosigners.map(\.domain) == ["g", "f", "c", "d", "h"].map { "uni-\($0).example" }
        )
        #expect(set.required == 0)
        #expect(set.cosigners[0].keys[0].name == "uni-g.example/eccoe/mirror")
    }

    @Test func `members who are not active or have no valid key are not drawn`() throws {
        var registry = try TestRegistry.withMembers(4)
        let suspended = try TestMember.document("uni-b.example")
            .adding(.suspension, at: TestTime.after(days: 1), reason: "test")
            .adding(.reinstatement, at: TestTime.after(days: 3), reason: "test")
        try registry.update(suspended, at: TestTime.start)
        let revoked = try TestMember.document("uni-c.example")
            .revoking(.witness, at: TestTime.after(days: 2), .superseded)
        try registry.update(revoked, at: TestTime.start)
        let (trusted, _) = try registry.refreshed()
        func drawn(_ days: Int64, _ seconds: Int64 = 0) -> [String] {
            trusted.witnessSet(
                forOrigin: "uni-a.example/eccoe/1",
                at: TestTime.after(days: days) + seconds
            ).cosigners.map(\.domain)
        }
        let (b, c, d) = ("uni-b.example", "uni-c.example", "uni-d.example")
        #expect(drawn(0) == [c, d, b])
        #expect(drawn(1, -1) == [c, d, b])
        #expect(drawn(1) == [c, d])
        #expect(drawn(2) == [d])
        #expect(drawn(3) == [d, b])
        #expect(drawn(0, -1) == [])
    }

    @Test func `the table in force is the latest that has begun`() throws {
        let later = TestTime.after(days: 30)
        let network = NetworkDocument(
            name: "test-net",
            quorums: TestRegistry.network.quorums + [
                NetworkDocument.Quorum(
                    from: later,
                    minimum: 0,
                    maximum: nil,
                    required: 0,
                    witnesses: 0
                )
            ],
            bodies: TestRegistry.network.bodies
        )
        var registry = try TestRegistry.withMembers(4)
        _ = try registry.repository.updateNetwork(
            network,
            signers: try TestRegistry.signers(),
            at: TestTime.start
        )
        let (trusted, _) = try registry.refreshed()
        let origin = "uni-a.example/eccoe/1"
        #expect(trusted.witnessSet(forOrigin: origin, at: later + -1).required == 2)
        #expect(trusted.witnessSet(forOrigin: origin, at: later).required == 0)
        #expect(trusted.witnessSet(forOrigin: origin, at: TestTime.start + -1).required == 0)
    }

    /// The key of RFC 8032's first test; the texts were computed by a program of its own.
    @Test(arguments: [
        (
            "uni-a.example/eccoe/witness", NoteKey.SignatureType.cosignature,
            "uni-a.example/eccoe/witness+7c0551da+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
        ),
        (
            "uni-a.example/eccoe/1", .log,
            "uni-a.example/eccoe/1+dd9e5729+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
        ),
    ])
    func `a vkey has the C2SP form`(
        name: String,
        type: NoteKey.SignatureType,
        text: String
    ) throws {
        let bytes = try #require(
            Hex.decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        )
        #expect(NoteKey(name: name, type: type, publicKey: .ed25519(bytes))?.text == text)
        #expect(NoteKey(text)?.publicKey == .ed25519(bytes))
        #expect(NoteKey(text.replacing("eccoe", with: "other")) == nil)
    }
}
