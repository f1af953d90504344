import CanonicalJSON
import Keys
import Testing

@testable import MemberRegistry

/// One change to a good document, and where the reader must point.
struct DocumentChange: CustomTestStringConvertible, Sendable {
    let name: String
    /// The pointer of the error; nil when the change is allowed.
    let place: String?
    let change: @Sendable (inout JSONObject) -> Void

    var testDescription: String { name }

    init(
        _ name: String,
        _ place: String?,
        _ change: @escaping @Sendable (inout JSONObject) -> Void
    ) {
        self.name = name
        self.place = place
        self.change = change
    }
}

extension JSONObject {
    /// Changes the object at `index` of the array `name`.
    mutating func edit(_ name: String, _ index: Int, _ change: (inout JSONObject) -> Void) {
        guard var elements = self[name]?.array, var object = elements[index].object else { return }
        change(&object)
        elements[index] = .object(object)
        self[name] = .array(elements)
    }

    mutating func append(_ name: String, _ value: JSON) {
        self[name] = .array((self[name]?.array ?? []) + [value])
    }
}

extension DocumentChange {
    private static func text(_ count: Int) -> JSON { .string(String(repeating: "x", count: count)) }

    private static func strings(_ count: Int) -> JSON {
        .array((0..<count).map { .string("did:example:\($0)") })
    }

    static let ofIdentity: [DocumentChange] = [
        DocumentChange("unchanged", nil) { _ in },
        DocumentChange("unknown member", "/nickname") { $0["nickname"] = "x" },
        DocumentChange("newer format", "/v") { $0["v"] = 2 },
        DocumentChange("no domain", "/domain") { $0["domain"] = nil },
        DocumentChange("upper-case domain", "/domain") { $0["domain"] = "Uni-a.example" },
        DocumentChange("one label", "/domain") { $0["domain"] = "example" },
        DocumentChange("an address", "/domain") { $0["domain"] = "192.0.2.1" },
        DocumentChange("a dot at the end", "/domain") { $0["domain"] = "uni-a.example." },
        DocumentChange("label of 63", nil) {
            $0["domain"] = .string(String(repeating: "a", count: 63) + ".example")
        },
        DocumentChange("label of 64", "/domain") {
            $0["domain"] = .string(String(repeating: "a", count: 64) + ".example")
        },
        DocumentChange("A-label", nil) { $0["domain"] = "xn--bcher-kva.example" },
        DocumentChange("U-label", "/domain") { $0["domain"] = "b\u{fc}cher.example" },
        DocumentChange("no name", "/names") { $0["names"] = [:] },
        DocumentChange("name of 1,024 bytes", nil) { $0["names"] = ["en": text(1024)] },
        DocumentChange("name of 1,025 bytes", "/names/en") { $0["names"] = ["en": text(1025)] },
        DocumentChange("name with a line feed", "/names/en") { $0["names"] = ["en": "a\nb"] },
        DocumentChange("odd language", "/names/e_n") { $0["names"] = ["e_n": "x"] },
        DocumentChange("long country", "/country") { $0["country"] = "FRA" },
        DocumentChange("unknown kind", "/kind") { $0["kind"] = "bakery" },
        DocumentChange("no mailbox", nil) { $0["mailboxes"] = [:] },
        DocumentChange("mailbox without domain", "/mailboxes/technical") {
            $0["mailboxes"] = ["technical": "eccoe"]
        },
        DocumentChange("no node", nil) { $0["node"] = nil },
        DocumentChange("node with a path", nil) {
            $0["node"] = ["url": "https://node.example:8443/eccoe"]
        },
        DocumentChange("node without TLS", "/node/url") {
            $0["node"] = ["url": "http://node.example"]
        },
        DocumentChange("node with a query", "/node/url") {
            $0["node"] = ["url": "https://node.example?x=1"]
        },
        DocumentChange("node with a user", "/node/url") {
            $0["node"] = ["url": "https://admin@node.example"]
        },
        DocumentChange("node at port 65536", "/node/url") {
            $0["node"] = ["url": "https://node.example:65536"]
        },
        DocumentChange("unknown trust", "/tls") { $0["tls"] = "none" },
        DocumentChange("own authority", nil) {
            $0["tls"] = .string(Base64.encode([0x30] + Array(repeating: 1, count: 64)))
        },
        DocumentChange("64 DIDs", nil) { $0["dids"] = strings(64) },
        DocumentChange("65 DIDs", "/dids") { $0["dids"] = strings(65) },
        DocumentChange("a DID twice", "/dids/1") {
            $0["dids"] = ["did:example:1", "did:example:1"]
        },
        DocumentChange("no DID", "/dids/0") { $0["dids"] = ["https://example"] },
    ]

    /// The keys are in the order of their uses: log, witness, mirror, node, credential, recovery.
    static let ofHistory: [DocumentChange] = [
        DocumentChange("another thumbprint", "/keys/0/kid") {
            $0.edit("keys", 0) { $0["kid"] = "x" }
        },
        DocumentChange("a private key", "/keys/0/jwk") {
            $0.edit("keys", 0) {
                guard var jwk = $0["jwk"]?.object else { return }
                jwk["d"] = jwk["x"]
                $0["jwk"] = .object(jwk)
            }
        },
        DocumentChange("unknown use", "/keys/0/use") { $0.edit("keys", 0) { $0["use"] = "tea" } },
        DocumentChange("a log key that expires", "/keys/0/exp") {
            $0.edit("keys", 0) { $0["exp"] = "2027-01-01T00:00:00Z" }
        },
        DocumentChange("a node key that expires", nil) {
            $0.edit("keys", 3) { $0["exp"] = "2027-01-01T00:00:00Z" }
        },
        DocumentChange("a key that expires when it begins", "/keys/3/exp") {
            $0.edit("keys", 3) { $0["exp"] = $0["nbf"] }
        },
        DocumentChange("a time with an offset", "/keys/3/nbf") {
            $0.edit("keys", 3) { $0["nbf"] = "2026-01-01T00:00:00+01:00" }
        },
        DocumentChange("unknown revocation", "/keys/3/revoked/reason") {
            $0.edit("keys", 3) {
                $0["revoked"] = ["at": "2026-02-01T00:00:00Z", "reason": "lost"]
            }
        },
        DocumentChange("a key twice", "/keys/6/kid") {
            guard let key = $0["keys"]?[3] else { return }
            $0.append("keys", key)
        },
        DocumentChange("a P-256 node key", "/keys/6/jwk") { $0.append("keys", p256("node")) },
        DocumentChange("a P-256 credential key", nil) { $0.append("keys", p256("credential")) },
        DocumentChange("epoch 2 first", "/epochs/0/n") { $0.edit("epochs", 0) { $0["n"] = 2 } },
        DocumentChange("an epoch without its key", "/epochs/0/kid") {
            $0.edit("epochs", 0) { $0["kid"] = "x" }
        },
        DocumentChange("no epoch", nil) { $0["epochs"] = [] },
        DocumentChange("closed before it opened", "/epochs/0/closed/at") {
            $0.edit("epochs", 0) { $0["closed"] = closing("2025-12-31T23:59:59Z") }
        },
        DocumentChange("a closed epoch", nil) {
            $0.edit("epochs", 0) { $0["closed"] = closing("2026-01-02T00:00:00Z") }
        },
        DocumentChange("a second epoch with the first key", "/epochs/1/kid") {
            guard var epoch = $0["epochs"]?[0]?.object else { return }
            $0.edit("epochs", 0) { $0["closed"] = closing("2026-01-02T00:00:00Z") }
            epoch["n"] = 2
            $0.append("epochs", .object(epoch))
        },
        DocumentChange("no event", nil) { $0["events"] = [] },
        DocumentChange("an event that skips a number", "/events/1/seq") {
            $0.append("events", event(3, "suspension"))
        },
        DocumentChange("a suspension", nil) { $0.append("events", event(2, "suspension")) },
        DocumentChange("a suspension before the registration", "/events/1/at") {
            $0.append("events", event(2, "suspension", "2025-12-31T23:59:59Z"))
        },
        DocumentChange("a reinstatement of an active member", "/events/1/event") {
            $0.append("events", event(2, "reinstatement"))
        },
        DocumentChange("a suspension without a reason", "/events/1/reason") {
            guard var object = event(2, "suspension").object else { return }
            object["reason"] = nil
            $0.append("events", .object(object))
        },
    ]

    private static func p256(_ use: String) -> JSON {
        let jwk: JSON = [
            "crv": "P-256", "kty": "EC", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        ]
        let kid = JWK.decode(jwk).flatMap { JWK.thumbprint($0) } ?? ""
        return [
            "jwk": jwk, "kid": .string(kid), "use": .string(use), "nbf": "2026-01-01T00:00:00Z",
        ]
    }

    private static func closing(_ at: String) -> JSON {
        [
            "at": .string(at), "size": 5, "root": .string(Digest(of: [0]).hex), "reason": "moved",
        ]
    }

    private static func event(
        _ sequence: Int64,
        _ event: String,
        _ at: String = "2026-02-01T00:00:00Z"
    ) -> JSON {
        [
            "seq": .number(JSONNumber(sequence)), "at": .string(at), "event": .string(event),
            "reason": "test",
        ]
    }
}

@Suite struct `Member documents` {
    @Test(arguments: DocumentChange.ofIdentity + DocumentChange.ofHistory)
    func `a document is taken, or refused with the place`(change: DocumentChange) throws {
        var object = try #require(try TestMember.document("uni-a.example").json.object)
        change.change(&object)
        let bytes = JSON.object(object).canonicalBytes
        guard let place = change.place else {
            #expect(try MemberDocument(reading: bytes).canonicalBytes == bytes)
            return
        }
        let error = #expect(throws: DocumentError.self) { try MemberDocument(reading: bytes) }
        #expect(error?.place == place)
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func `other bytes than the canonical ones are refused`() throws {
        let bytes = try TestMember.document("uni-a.example").canonicalBytes
        let error = #expect(throws: DocumentError.self) {
            try MemberDocument(reading: bytes + [0x0a])
        }
        #expect(error?.reason == "not in RFC 8785 form")
    }

    @Test func `512 events are taken and 513 refused`() throws {
        var document = try TestMember.document("uni-a.example")
        for number in 1..<512 {
            document = document.adding(
                number.isMultiple(of: 2) ? .reinstatement : .suspension,
                at: TestTime.after(hours: Int64(number)),
                reason: "test"
            )
        }
        #expect(try MemberDocument(reading: document.canonicalBytes) == document)
        document = document.adding(.reinstatement, at: TestTime.after(days: 100), reason: "test")
        let error = #expect(throws: DocumentError.self) {
            try MemberDocument(reading: document.canonicalBytes)
        }
        #expect(error?.place == "/events")
    }

    @Test func `the golden bytes of a small document`() throws {
        let key = try TestMember.key("uni-a.example", .node)
        let document = MemberDocument(
            domain: "uni-a.example",
            names: ["en": "A"],
            country: "FR",
            kind: .association,
            keys: [key],
            events: [StandingEvent(sequence: 1, at: TestTime.start, event: .registration)]
        )
        guard case .ed25519(let bytes) = key.publicKey else { return }
        let golden =
            #"{"country":"FR","dids":[],"domain":"uni-a.example","epochs":[],"#
            + #""events":[{"at":"2026-01-01T00:00:00Z","event":"registration","seq":1}],"#
            + #""keys":[{"jwk":{"crv":"Ed25519","kty":"OKP","x":"\#(Base64URL.encode(bytes))"},"#
            + #""kid":"\#(key.kid)","nbf":"2026-01-01T00:00:00Z","use":"node"}],"#
            + #""kind":"association","mailboxes":{},"names":{"en":"A"},"tls":"system","v":1}"#
        #expect(String(decoding: document.canonicalBytes, as: UTF8.self) == golden)
    }
}

@Suite struct `The history of a member` {
    struct Change: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let place: String?
        let change: @Sendable (inout MemberDocument) throws -> Void

        init(
            _ name: String,
            _ place: String?,
            _ change: @escaping @Sendable (inout MemberDocument) throws -> Void
        ) {
            testDescription = name
            self.place = place
            self.change = change
        }
    }

    private static let day2 = TestTime.after(days: 2)
    private static let closing = LogEpoch.Closing(
        at: day2,
        size: 5,
        root: Digest(of: [0]),
        reason: "moved"
    )

    /// Against a document whose witness key is superseded on day 2 and whose epoch is closed.
    static let changes: [Change] = [
        Change("nothing", nil) { _ in },
        Change("a new name and address", nil) {
            $0.names = ["fr": "A"]
            $0.node = nil
            $0.dids = []
        },
        Change("another key", nil) {
            $0.keys.append(try TestMember.key("uni-a.example", .node, 2))
        },
        Change("a revocation", nil) { $0 = $0.revoking(.node, at: day2, .compromised) },
        Change("an expiry", nil) { $0.keys[3].expires = TestTime.after(days: 9) },
        Change("superseded becomes compromised earlier", nil) {
            $0 = $0.revoking(.witness, at: TestTime.after(days: 1), .compromised)
        },
        Change("superseded becomes compromised later", "/keys/1") {
            $0 = $0.revoking(.witness, at: TestTime.after(days: 3), .compromised)
        },
        Change("a revocation taken back", "/keys/1") { $0.keys[1].revoked = nil },
        Change("a revocation moved", "/keys/1") {
            $0 = $0.revoking(.witness, at: TestTime.after(days: 3), .superseded)
        },
        Change("keys in another order", "/keys/2") { $0.keys.swapAt(2, 3) },
        Change("an earlier beginning", "/keys/3") {
            $0.keys[3] = try TestMember.key("uni-a.example", .node, from: TestTime.start + -1)
        },
        Change("a closing moved", "/epochs/0") {
            $0.epochs[0].closed = LogEpoch.Closing(
                at: day2,
                size: 6,
                root: closing.root,
                reason: "moved"
            )
        },
        Change("a closing taken back", "/epochs/0") { $0.epochs[0].closed = nil },
        Change("an event more", nil) { $0 = $0.adding(.suspension, at: day2, reason: "test") },
        Change("an event changed", "/events/0") {
            $0.events[0] = StandingEvent(
                sequence: 1,
                at: TestTime.start + 1,
                event: .registration
            )
        },
        Change("an event gone", "") { $0.events = [] },
        Change("another domain", "/domain") { $0.domain = "uni-b.example" },
    ]

    @Test(arguments: changes)
    func `history only grows`(change: Change) throws {
        var older = try TestMember.document("uni-a.example")
            .revoking(.witness, at: Self.day2, .superseded)
        older.epochs[0].closed = Self.closing
        var newer = older
        try change.change(&newer)
        #expect(newer.conflict(with: older)?.place == change.place)
    }
}
