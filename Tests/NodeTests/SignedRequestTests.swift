import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import Node
import Testing

@Suite(.serialized) struct `A signed request between members` {
    private static let path = "/v1/heads?since=0"
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution

    init() async throws {
        federation = try TestFederation()
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
        for member in [a, b] { _ = await member.refresh.refresh(from: nil) }
    }

    private func ask() async throws -> PeerResponse {
        let address = try #require(a.node.registry.address(of: b.domain))
        return try await a.node.transport.send(
            PeerRequest("GET", Self.path, of: address, maximumBytes: 1 << 16, isSigned: true)
        )
    }

    /// What `b` makes of a request that this key signed.
    private func verify(
        by key: Ed25519Key,
        to domain: String = TestFederation.b,
        nonce: String = "0123456789abcdef",
        after seconds: Int64 = 0
    ) throws -> SignedRequest? {
        let target = RequestTarget(
            method: "GET", nodeURL: "https://\(domain):8443", path: Self.path)
        let now = federation.clock.time.now()
        let signature = try MessageSignature(
            signing: target,
            body: [],
            by: key,
            kid: #require(JWK.thumbprint(key.publicKey)),
            nonce: nonce,
            at: now
        )
        return try b.node.authentication.verify(
            method: "GET",
            path: Self.path,
            field: { name in signature.fields.first { $0.name == name }?.value },
            at: now + seconds
        )
    }

    private func refusal(_ body: () throws -> SignedRequest?) throws -> Problem {
        do {
            _ = try body()
        } catch let problem as Problem { return problem }
        throw Problem(.internalError, "it was not refused")
    }

    @Test func `is signed, verified, and answered with a signature`() async throws {
        let response = try await ask()
        #expect(response.status == 200)
        #expect(response.headers["signature-input"]?.contains("\"@status\"") == true)
    }

    @Test func `names the member that asks`() throws {
        let key = try Institution.key(TestFederation.a, .node)
        let signed = try #require(try verify(by: key))
        #expect(signed.member.domain == TestFederation.a)
        #expect(signed.member.kid == JWK.thumbprint(key.publicKey))
    }

    @Test func `counts once`() throws {
        let key = try Institution.key(TestFederation.a, .node)
        _ = try verify(by: key)
        let found = try refusal { try verify(by: key) }
        #expect(found.status == 401)
        #expect(found.detail.contains("received before"))
        #expect(try verify(by: key, nonce: "fedcba9876543210") != nil)
    }

    @Test func `for another node's address is refused, and its nonce stays free`() throws {
        let key = try Institution.key(TestFederation.a, .node)
        let found = try refusal { try verify(by: key, to: TestFederation.c) }
        #expect(found.slug == .unauthenticated)
        #expect(found.detail.contains("https://uni-b.example:8443"))
        #expect(try verify(by: key) != nil)
    }

    @Test func `by a stranger's key, or a member's key of another use, is refused`() throws {
        for key in [try TestKeys.key("stranger"), try Institution.key(TestFederation.a, .witness)] {
            let found = try refusal { try verify(by: key) }
            #expect(found.status == 401)
            #expect(found.pointer == "keyid")
        }
    }

    @Test func `of a clock that is off is told so`() throws {
        let key = try Institution.key(TestFederation.a, .node)
        #expect(try refusal { try verify(by: key, after: 301) }.slug == .clockSkew)
        #expect(try verify(by: key, after: 299) != nil)
    }

    @Test func `by a key that was revoked, or of a suspended member, is refused`() async throws {
        let now = federation.clock.time.now()
        try federation.update(TestFederation.a) { document in
            guard let index = document.keys.firstIndex(where: { $0.use == .node }) else { return }
            document.keys[index].revoked = (at: now, reason: .superseded)
        }
        try federation.update(TestFederation.c) { document in
            document.events.append(
                StandingEvent(sequence: 2, at: now, event: .suspension, reason: "test")
            )
        }
        _ = await b.refresh.refresh(from: nil)
        let revoked = try refusal {
            try verify(by: Institution.key(TestFederation.a, .node))
        }
        #expect(revoked.status == 401)
        #expect(revoked.detail.contains("was revoked"))
        let suspended = try refusal {
            try verify(by: Institution.key(TestFederation.c, .node))
        }
        #expect(suspended.status == 403)
        #expect(suspended.detail.contains("suspended"))
    }

    @Test func `that is answered unsigned, or about another body, is not believed`() async throws {
        federation.network.change(for: TestFederation.b) { _, response in
            PeerResponse(status: response.status, headers: [:], body: response.body)
        }
        await #expect(throws: Problem.self) { _ = try await ask() }
        federation.network.change(for: TestFederation.b) { _, response in
            PeerResponse(status: response.status, headers: response.headers, body: [1])
        }
        await #expect(throws: Problem.self) { _ = try await ask() }
        federation.network.change(for: TestFederation.b) { _, _ in .status(502) }
        #expect(try await ask().status == 502)
        federation.network.change(for: TestFederation.b, nil)
        #expect(try await ask().status == 200)
    }
}
