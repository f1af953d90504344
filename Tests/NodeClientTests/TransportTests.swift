import Credentials
import Federation
import NIOHTTP1
import Testing

@testable import NodeClient

struct TransportTests {
    private static let answers: [String: LocalServer.Answer] = [
        "/hello": .init(headers: [("X-Kind", "greeting")], parts: [Array("hello".utf8)]),
        "/declared": .init(parts: [[UInt8](repeating: 1, count: 4096)]),
        "/streamed": .init(parts: Array(repeating: [UInt8](repeating: 1, count: 1024), count: 64)),
        "/away": .init(
            status: .found,
            headers: [("Location", "/hello")],
            parts: [Array("moved".utf8)]
        ),
    ]

    /// A server at node.uni-a.example, and a transport that is allowed to reach it.
    private func withServer(
        names: [String] = ["node.uni-a.example"],
        until end: Int64 = 4_000_000_000,
        _ body: (HTTPPeerTransport, OwnAuthority, String) async throws -> Void
    ) async throws {
        let authority = try TestAuthority.make("Uni A")
        let server = try await LocalServer.start(
            certificate: TestAuthority.certificate(of: authority, for: names, until: end),
            answers: Self.answers
        )
        let allow = try #require(OutboundAllow("node.uni-a.example=127.0.0.1"))
        let transport = HTTPPeerTransport(outbound: OutboundGuard(allow: [allow]))
        do {
            try await body(
                transport,
                authority,
                "https://node.uni-a.example:\(server.port)"
            )
        } catch {
            await transport.shutdown()
            throw error
        }
        await transport.shutdown()
        try await server.stop()
    }

    @Test(arguments: [
        ["127.0.0.1"], ["127.0.0.1", "node.uni-b.example"], ["uni-a.example", "127.0.0.1"],
    ])
    func `a certificate for the address does not stand in for the name`(
        _ names: [String]
    ) async throws {
        try await withServer(names: names) { transport, authority, url in
            let peer = peer(url, .authority(authority.certificate.der))
            let problem = await expect(.unreachable) {
                try await transport.send(PeerRequest("GET", "/hello", of: peer, maximumBytes: 5))
            }
            #expect(problem?.detail == "the server's certificate is for another host")
        }
    }

    @Test func `a certificate for the name and the address is taken`() async throws {
        let names = ["127.0.0.1", "node.uni-a.example"]
        try await withServer(names: names) { transport, authority, url in
            let peer = peer(url, .authority(authority.certificate.der))
            let response = try await transport.send(
                PeerRequest("GET", "/hello", of: peer, maximumBytes: 5))
            #expect(response.status == 200)
        }
    }

    @Test func `a person who types an address is shown a certificate for the address`()
        async throws
    {
        let authority = try TestAuthority.make("Uni A")
        for (names, isTaken) in [(["127.0.0.1"], true), (["localhost"], false)] {
            let server = try await LocalServer.start(
                certificate: TestAuthority.certificate(of: authority, for: names),
                answers: Self.answers)
            let pem = Array(authority.certificate.pem.utf8)
            let client = try FetchClient(authorityPEM: pem)
            let address = try? await client.get(
                "https://127.0.0.1:\(server.port)/hello", maximumBytes: 5)
            #expect((address != nil) == isTaken)
            let name = try? await client.get(
                "https://localhost:\(server.port)/hello", maximumBytes: 5)
            #expect((name != nil) == !isTaken)
            await client.shutdown()
            try await server.stop()
        }
    }

    private func peer(_ url: String, _ trust: PeerAddress.Trust) -> PeerAddress {
        PeerAddress(domain: "uni-a.example", url: url, trust: trust)
    }

    @Test func `a member's own authority is trusted and traffic is counted`() async throws {
        try await withServer { transport, authority, url in
            let peer = peer(url, .authority(authority.certificate.der))
            let response = try await transport.send(
                PeerRequest("GET", "/hello", of: peer, maximumBytes: 5)
            )
            #expect(response.status == 200)
            #expect(response.body == Array("hello".utf8))
            #expect(response.headers["x-kind"] == "greeting")
            let posted = try await transport.send(
                PeerRequest(
                    "POST",
                    "/hello",
                    of: peer,
                    body: [UInt8](repeating: 7, count: 1000),
                    maximumBytes: 5
                )
            )
            #expect(posted.status == 200)
            #expect(transport.traffic.requests == 2)
            #expect(transport.traffic.sent > 1000)
            #expect(transport.traffic.received > 10)
        }
    }

    @Test func `another status is an answer, not an error`() async throws {
        try await withServer { transport, authority, url in
            let response = try await transport.send(
                PeerRequest(
                    "GET",
                    "/nothing",
                    of: peer(url, .authority(authority.certificate.der)),
                    maximumBytes: 100
                )
            )
            #expect(response.status == 404)
        }
    }

    @Test func `a certificate of another authority is refused`() async throws {
        let other = try TestAuthority.make("Uni A")
        try await withServer { transport, _, url in
            for trust in [PeerAddress.Trust.authority(other.certificate.der), .system] {
                await expect(.unreachable) {
                    try await transport.send(
                        PeerRequest("GET", "/hello", of: peer(url, trust), maximumBytes: 5)
                    )
                }
            }
        }
    }

    @Test func `a certificate for another host is refused`() async throws {
        try await withServer(names: ["node.uni-b.example"]) { transport, authority, url in
            await expect(.unreachable) {
                try await transport.send(
                    PeerRequest(
                        "GET",
                        "/hello",
                        of: peer(url, .authority(authority.certificate.der)),
                        maximumBytes: 5
                    )
                )
            }
        }
    }

    @Test func `an expired certificate is refused`() async throws {
        try await withServer(until: 1_700_000_001) { transport, authority, url in
            await expect(.unreachable) {
                try await transport.send(
                    PeerRequest(
                        "GET",
                        "/hello",
                        of: peer(url, .authority(authority.certificate.der)),
                        maximumBytes: 5
                    )
                )
            }
        }
    }

    @Test(arguments: [("/declared", 4096), ("/streamed", 64 << 10)])
    func `an answer of exactly the limit passes, one byte more does not`(
        _ path: String,
        _ size: Int
    ) async throws {
        try await withServer { transport, authority, url in
            let peer = peer(url, .authority(authority.certificate.der))
            let response = try await transport.send(
                PeerRequest("GET", path, of: peer, maximumBytes: size)
            )
            #expect(response.body.count == size)
            await expect(.tooLarge) {
                try await transport.send(
                    PeerRequest("GET", path, of: peer, maximumBytes: size - 1)
                )
            }
        }
    }

    @Test func `a redirect is handed back and not followed`() async throws {
        try await withServer { transport, authority, url in
            let response = try await transport.send(
                PeerRequest(
                    "GET",
                    "/away",
                    of: peer(url, .authority(authority.certificate.der)),
                    maximumBytes: 100
                )
            )
            #expect(response.status == 302)
            #expect(transport.traffic.requests == 1)
        }
    }

    @Test func `a peer is found again after its server was away`() async throws {
        let authority = try TestAuthority.make("Uni A")
        let certificate = try TestAuthority.certificate(of: authority, for: ["localhost"])
        let first = try await LocalServer.start(certificate: certificate, answers: Self.answers)
        let allow = try #require(OutboundAllow("localhost=127.0.0.1"))
        let transport = HTTPPeerTransport(outbound: OutboundGuard(allow: [allow]))
        let trust = PeerAddress.Trust.authority(authority.certificate.der)
        try await first.stop()
        let gone = peer("https://localhost:\(first.port)", trust)
        await expect(.unreachable) {
            try await transport.send(PeerRequest("GET", "/hello", of: gone, maximumBytes: 5))
        }
        let second = try await LocalServer.start(certificate: certificate, answers: Self.answers)
        let back = peer("https://localhost:\(second.port)", trust)
        for _ in 0..<3 {
            let response = try await transport.send(
                PeerRequest("GET", "/hello", of: back, maximumBytes: 5)
            )
            #expect(response.status == 200)
        }
        await transport.shutdown()
        try await second.stop()
    }

    @Test func `a host that only the own network sees is refused`() async throws {
        try await withServer { transport, authority, url in
            let port = url.split(separator: ":").last ?? ""
            for host in ["localhost", "127.0.0.1", "10.0.0.1"] {
                await expect(.unreachable) {
                    try await transport.send(
                        PeerRequest(
                            "GET",
                            "/hello",
                            of: peer(
                                "https://\(host):\(port)",
                                .authority(authority.certificate.der)
                            ),
                            maximumBytes: 5
                        )
                    )
                }
            }
            #expect(transport.traffic.requests == 0)
        }
    }

    @discardableResult
    private func expect(
        _ slug: Problem.Slug,
        _ body: () async throws -> PeerResponse,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async -> Problem? {
        let error = await #expect(throws: Problem.self, sourceLocation: sourceLocation) {
            _ = try await body()
        }
        #expect(error?.slug == slug, sourceLocation: sourceLocation)
        return error
    }
}
