import CanonicalJSON
import Credentials
import Keys
import Testing

@testable import MemberRegistry
@testable import Recognition

/// A learner hands in a credential of University A.
@Suite struct LookupTests {
    private static let issuer = "uni-a.example"
    private static let issued = TestNetwork.start + 3600
    private static let now = TestNetwork.start + 2 * 3600
    private static let itemID = "https://uni-a.example/items/BC-101"
    private let network: TestNetwork

    init() throws {
        network = try TestNetwork()
    }

    /// A credential with its key's document at hand.
    private func report(
        signedBy key: Ed25519Key? = nil,
        at issued: Instant = LookupTests.issued,
        edit: (JSON) -> JSON = { $0 }
    ) throws -> CredentialReport {
        let signer = try key ?? TestNetwork.key(.credential, of: Self.issuer)
        let badge = OpenBadgeCredential(
            id: "urn:uuid:01020304-0506-4708-890a-0b0c0d0e0f10",
            issuerDomain: Self.issuer,
            issuerName: "University A",
            name: "Basics of baking",
            validFrom: issued,
            subject: ["name": "Ada"],
            achievement: .init(
                id: Self.itemID,
                name: "Basics of baking",
                description: "Bread.",
                criteria: "A loaf."
            )
        )
        let document = try badge.signed(kid: "k", created: issued, signer: signer)
        let did = DIDWeb.did(domain: Self.issuer)
        let didDocument = try #require(
            DIDWeb.document(
                domain: Self.issuer,
                keys: [.init(kid: "k", key: signer.publicKey)]
            )
        )
        return CredentialVerification.verify(
            edit(document),
            evidence: Evidence(didDocuments: [did: .document(didDocument, source: "the web")]),
            at: issued
        )
    }

    private func lookup(
        _ report: CredentialReport,
        _ registry: TrustedRegistry?,
        item: ItemEvidence = .unchecked("Nobody asked."),
        at now: Instant = LookupTests.now
    ) -> CredentialReport {
        LookupReport(report, registry: registry, item: item, at: now).lines
    }

    private func verdict(
        _ report: CredentialReport,
        _ registry: TrustedRegistry?,
        item: ItemEvidence = .unchecked("Nobody asked."),
        anchor: AnchorEvidence = .none,
        at now: Instant = LookupTests.now
    ) -> CredentialReport.Verdict {
        LookupReport(report, registry: registry, item: item, anchor: anchor, at: now).verdict
    }

    private static func anchored(_ time: Instant) -> AnchorEvidence {
        .confirmed(origin: "uni-a.example/eccoe/1", index: 9, time: time)
    }

    private func found() -> ItemEvidence.Found {
        ItemEvidence.Found(
            matched: Self.itemID,
            title: "Basics of baking",
            origin: "uni-a.example/eccoe/1",
            index: 7,
            isInclusionVerified: true,
            confirmed: TestNetwork.start + 60
        )
    }

    @Test func `a member's credential for its item passes all three lines`() throws {
        let report = lookup(try report(), try network.registry(), item: .found(found()))
        #expect(report.verdict == .valid)
        #expect(
            report.checks.map(\.id)
                == CredentialReport.decisive + ["member", "key", "item"]
        )
        for id in ["member", "key", "item"] { #expect(report.check(id)?.status == .pass) }
        #expect(report.check("member")?.detail.contains("uni-a.example") == true)
        let item = try #require(report.check("item")).detail
        #expect(item.contains("leaf 7 of uni-a.example/eccoe/1"))
        #expect(item.contains("confirmed by witnesses at 2026-11-01T00:01:00Z"))
    }

    @Test func `unchecked, stale and not a member are three different answers`() throws {
        let stranger = try report(signedBy: Ed25519Key())
        let registry = try network.registry()
        let unchecked = try #require(lookup(stranger, nil).check("member"))
        let month = TestNetwork.start + 29 * 86_400
        let stale = try #require(lookup(stranger, registry, at: month).check("member"))
        let notMember = try #require(lookup(stranger, registry).check("member"))
        #expect([unchecked, stale, notMember].map(\.status) == [.unknown, .unknown, .fail])
        #expect(unchecked.detail.hasPrefix("Unchecked: "))
        #expect(stale.detail.hasPrefix("Stale: "))
        #expect(notMember.detail.hasPrefix("Not a member: "))
        #expect(lookup(stranger, registry).check("key")?.status == .unknown)
    }

    @Test func `a member's name over a foreign key makes no member`() throws {
        let report = lookup(
            try report(signedBy: TestNetwork.key(77)),
            try network.registry(),
            item: .found(found())
        )
        #expect(report.facts.issuer == "did:web:uni-a.example")
        #expect(report.verdict == .valid)
        #expect(report.check("member")?.status == .fail)
        #expect(report.check("item")?.status == .unknown)
    }

    @Test func `a key that a member registered for something else is no credential key`() throws {
        let key = try TestNetwork.key(.witness, of: Self.issuer)
        let report = lookup(try report(signedBy: key), try network.registry())
        #expect(report.check("member")?.status == .fail)
    }

    @Test func `a credential whose proof fails belongs to nobody`() throws {
        let tampered = try report { document in
            var object = document.object ?? JSONObject()
            object["name"] = "Masters of baking"
            return .object(object)
        }
        let report = lookup(tampered, try network.registry(), item: .found(found()))
        #expect(report.verdict == .invalid)
        for id in ["member", "key", "item"] { #expect(report.check(id)?.status == .unknown) }
    }

    @Test func `standing is judged at the time of issue`() throws {
        for (offset, isGood) in [(-1, false), (0, false), (1, true)] as [(Int64, Bool)] {
            var network = network
            try network.suspend(Self.issuer, at: Self.issued + offset)
            let report = lookup(try report(), try network.registry())
            #expect((report.check("member")?.status == .pass) == isGood)
            #expect(report.check("key")?.status == .pass)
        }
    }

    @Test func `a key is judged at the time of issue`() throws {
        for (offset, isGood) in [(0, false), (1, true)] as [(Int64, Bool)] {
            var network = network
            try network.change(Self.issuer, at: TestNetwork.start) {
                $0.keys[2].expires = Self.issued + offset
            }
            let report = lookup(try report(), try network.registry())
            #expect((report.check("key")?.status == .pass) == isGood)
        }
        let early = try report(at: TestNetwork.start + -1)
        #expect(lookup(early, try network.registry()).check("key")?.status == .fail)
    }

    @Test func `a superseded key stays good for what is older, a compromised one does not`() throws
    {
        let cases: [(MemberKey.Revocation, Int64, CheckStatus)] = [
            (.superseded, 1, .pass), (.superseded, 0, .fail), (.compromised, 1, .unknown),
            (.compromised, 0, .fail),
        ]
        for (reason, offset, status) in cases {
            var network = network
            try network.change(Self.issuer, at: TestNetwork.start) {
                $0.keys[2].revoked = (Self.issued + offset, reason)
            }
            let report = lookup(try report(), try network.registry())
            #expect(report.check("key")?.status == status, "\(reason) \(offset)")
        }
    }

    @Test func `only proof of existence before the theft saves what a stolen key has signed`()
        throws
    {
        var network = network
        let theft = Self.issued + 3600
        try network.change(Self.issuer, at: TestNetwork.start) {
            $0.keys[2].revoked = (theft, .compromised)
        }
        let registry = try network.registry()
        let report = try report()
        let cases: [(AnchorEvidence, CheckStatus, String)] = [
            (Self.anchored(theft + -1), .pass, "leaf 9 of uni-a.example/eccoe/1"),
            (Self.anchored(theft), .unknown, "leaf 9 of uni-a.example/eccoe/1"),
            (Self.anchored(theft + 1), .unknown, "leaf 9 of uni-a.example/eccoe/1"),
            (
                .unconfirmed(origin: "uni-a.example/eccoe/1", index: 9), .unknown,
                "not yet confirmed"
            ),
            (.unusable("it is not this credential's."), .unknown, "not this credential's"),
            (.none, .unknown, "No anchor was handed in"),
        ]
        for (anchor, status, words) in cases {
            let lookup = LookupReport(
                report, registry: registry, item: .found(found()), anchor: anchor, at: Self.now)
            let line = try #require(lookup.lines.check("key"))
            #expect(line.status == status, "\(anchor)")
            #expect(line.detail.contains(words), "\(line.detail)")
            #expect(lookup.verdict == (status == .pass ? .valid : .indeterminate), "\(anchor)")
        }
        let late = try self.report(at: theft)
        #expect(verdict(late, registry, anchor: Self.anchored(theft + -1)) == .invalid)
    }

    @Test func `proof of existence makes no expired key good`() throws {
        var network = network
        try network.change(Self.issuer, at: TestNetwork.start) {
            $0.keys[2].expires = Self.issued
            $0.keys[2].revoked = (Self.issued + 3600, .compromised)
        }
        let anchor = Self.anchored(Self.issued + 1)
        #expect(verdict(try report(), try network.registry(), anchor: anchor) == .invalid)
    }

    @Test func `the verdict is over all lines, and unknown is never good`() throws {
        let registry = try network.registry()
        let report = try report()
        let item = ItemEvidence.found(found())
        #expect(verdict(report, registry, item: item) == .valid)
        #expect(verdict(report, registry) == .valid)
        let missing = ItemEvidence.notFound(
            origin: "uni-a.example/eccoe/1", size: 12, asOf: Self.now)
        #expect(verdict(report, registry, item: missing) == .indeterminate)
        #expect(verdict(report, nil, item: item) == .indeterminate)
        let stranger = try self.report(signedBy: Ed25519Key())
        #expect(verdict(stranger, registry, item: item) == .indeterminate)
        let month = TestNetwork.start + 29 * 86_400
        let recent = try self.report(at: month)
        #expect(verdict(recent, registry, item: item, at: month) == .indeterminate)
        let tampered = try self.report { document in
            var object = document.object ?? JSONObject()
            object["name"] = "Masters of baking"
            return .object(object)
        }
        #expect(verdict(tampered, registry, item: item) == .invalid)
        let early = try self.report(at: TestNetwork.start + -1)
        #expect(verdict(early, registry, item: item) == .invalid)
        var suspended = network
        try suspended.suspend(Self.issuer, at: Self.issued)
        #expect(verdict(report, try suspended.registry(), item: item) == .invalid)
    }

    @Test func `the report's own verdict is on the credential alone`() throws {
        var network = network
        try network.change(Self.issuer, at: TestNetwork.start) {
            $0.keys[2].revoked = (Self.issued + 1, .compromised)
        }
        #expect(lookup(try report(), try network.registry()).verdict == .valid)
        #expect(verdict(try report(), try network.registry()) == .indeterminate)
    }

    @Test func `an old registry speaks for its own time only`() throws {
        let registry = try network.registry()
        let after = TestNetwork.start + 10 * 86_400
        let old = lookup(try report(at: TestNetwork.start), registry, at: after)
        #expect(old.check("member")?.status == .pass)
        let recent = lookup(try report(at: after), registry, at: after)
        #expect(recent.check("member")?.status == .unknown)
        #expect(recent.check("key")?.status == .unknown)
        #expect(recent.check("member")?.detail.hasPrefix("Stale: ") == true)
    }

    @Test func `an item counts only in the issuer's own log, by id and with its proof`() throws {
        let registry = try network.registry()
        let report = try report()
        func line(_ edit: (inout ItemEvidence.Found) -> Void) throws -> CredentialCheck {
            var found = found()
            edit(&found)
            return try #require(
                lookup(report, registry, item: .found(found)).check("item")
            )
        }
        #expect(try line { $0.origin = "uni-b.example/eccoe/1" }.status == .fail)
        #expect(try line { $0.origin = "uni-a.example.org/eccoe/1" }.status == .fail)
        #expect(try line { $0.matched = "https://uni-a.example/items/BC-102" }.status == .fail)
        #expect(try line { $0.isInclusionVerified = false }.status == .unknown)
        #expect(try line { $0.withdrawn = Self.issued }.status == .fail)
        let later = try line { $0.withdrawn = Self.issued + 1 }
        #expect(later.status == .pass)
        #expect(later.detail.contains("since withdrawn"))
        let unconfirmed = try line { $0.confirmed = nil }
        #expect(unconfirmed.detail.contains("not yet confirmed"))
    }

    @Test func `an item not found, not looked for and not up to date are told apart`() throws {
        let registry = try network.registry()
        let report = try report()
        let answers: [(ItemEvidence, CheckStatus, String)] = [
            (.unchecked("The catalogue was not asked."), .unknown, "Unchecked: "),
            (.stale(asOf: Self.now), .unknown, "Stale: "),
            (
                .notFound(origin: "uni-a.example/eccoe/1", size: 12, asOf: Self.now), .fail,
                "Not in the catalogue: "
            ),
        ]
        for (evidence, status, beginning) in answers {
            let line = try #require(lookup(report, registry, item: evidence).check("item"))
            #expect(line.status == status)
            #expect(line.detail.hasPrefix(beginning))
        }
    }
}
