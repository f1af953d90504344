import Federation
import Keys
import Node
import Synchronization
import Testing

/// What a node does when a peer says 429.
@Suite(.serialized) struct `A request that came too early` {
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution
    private let nonces = Nonces()

    init() async throws {
        federation = try TestFederation()
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
        for member in [a, b] { _ = await member.refresh.refresh(from: nil) }
    }

    /// The signatures that arrived.
    private final class Nonces: Sendable {
        let seen = Mutex<[String]>([])
    }

    /// B asks to wait so many times.
    private func refuse(_ times: Int, retryAfter: String?) {
        federation.network.change(for: b.domain) { [nonces] request, response in
            let signature = request.headers.first { $0.name == "signature-input" }?.value ?? ""
            return nonces.seen.withLock { seen in
                seen.append(signature)
                guard seen.count <= times else { return response }
                return PeerResponse(
                    status: 429, headers: retryAfter.map { ["retry-after": $0] } ?? [:], body: [])
            }
        }
    }

    private var asked: Int { nonces.seen.withLock { $0.count } }

    private func ask() async throws -> PeerResponse {
        let address = try #require(a.node.registry.address(of: b.domain))
        return try await a.node.transport.send(
            PeerRequest(
                "GET", "/v1/heads?since=0", of: address, maximumBytes: 1 << 16, isSigned: true))
    }

    @Test func `is made again after the time that was named, signed anew`() async throws {
        refuse(2, retryAfter: "3")
        let began = federation.clock.time.now()
        async let answer = ask()
        try await federation.until("it was asked three times", seconds: 60) { asked == 3 }
        #expect(try await answer.status == 200)
        #expect(federation.clock.time.now() - began >= 6)
        #expect(Set(nonces.seen.withLock { $0 }).count == 3)
    }

    @Test func `is given up after three more`() async throws {
        refuse(.max, retryAfter: "1")
        async let answer = ask()
        try await federation.until("it was asked four times", seconds: 60) { asked == 4 }
        #expect(try await answer.status == 429)
    }

    @Test(arguments: [nil, "0", "11", "-1", "soon", "1.5", "99999999999999999999"])
    func `is not made again when no time is named, or a long one`(_ field: String?) async throws {
        refuse(.max, retryAfter: field)
        #expect(try await ask().status == 429)
        #expect(asked == 1)
    }
}
