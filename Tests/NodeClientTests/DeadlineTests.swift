import Credentials
import Federation
import NIOCore
import Testing

@testable import NodeClient

/// Servers that take their time, or say more than they should.
@Suite(.timeLimit(.minutes(1))) struct DeadlineTests {
    private static let drip = LocalServer.Answer(
        parts: Array(repeating: [1], count: 100_000), pause: .milliseconds(5))
    private static let stream = LocalServer.Answer(
        parts: Array(repeating: [UInt8](repeating: 1, count: 4096), count: 100),
        pause: .milliseconds(5))

    private static func head(_ bytes: Int) -> LocalServer.Answer {
        .init(headers: [("X-Big", String(repeating: "a", count: bytes))], parts: [[1, 2, 3, 4, 5]])
    }

    /// What an answer with the header X-Big and five bytes has beside the header's value.
    private static let rest = "HTTP/1.1 200 OK\r\nX-Big: \r\nContent-Length: 5\r\n\r\n".utf8.count

    private static let answers: [String: LocalServer.Answer] = [
        "/silent": .init(parts: [[1]], isSilent: true), "/drip": drip, "/stream": stream,
        "/head": head(HTTPExchange.maximumHeadBytes - rest),
        "/head+1": head(HTTPExchange.maximumHeadBytes - rest + 1),
        "/gzip": .init(headers: [("Content-Encoding", "gzip")], parts: [[0x1f, 0x8b]]),
        "/two": .init(headers: [("Content-Encoding", "identity, br")], parts: [[1]]),
        "/identity": .init(headers: [("Content-Encoding", "Identity")], parts: [[1]]),
    ]

    /// Asks a server for a path, under deadlines of which each but the one in question is an hour.
    private func ask(
        _ path: String, isBulk: Bool = false, mute: Bool = false,
        _ change: (inout OutboundDeadlines) -> Void = { _ in }
    ) async throws -> PeerResponse {
        var deadlines = OutboundDeadlines()
        deadlines.connect = .seconds(3600)
        deadlines.silence = .seconds(3600)
        deadlines.total = .seconds(3600)
        deadlines.bulkTotal = .seconds(3600)
        deadlines.floor.grace = .seconds(3600)
        change(&deadlines)
        let authority = try TestAuthority.make("Uni A")
        let server =
            mute
            ? try await LocalServer.mute()
            : try await LocalServer.start(
                certificate: TestAuthority.certificate(of: authority, for: ["node.uni-a.example"]),
                answers: Self.answers)
        let allow = try #require(OutboundAllow("node.uni-a.example=127.0.0.1"))
        let transport = HTTPPeerTransport(
            outbound: OutboundGuard(allow: [allow]), deadlines: deadlines)
        let peer = PeerAddress(
            domain: "uni-a.example", url: "https://node.uni-a.example:\(server.port)",
            trust: .authority(authority.certificate.der))
        let request = PeerRequest("GET", path, of: peer, maximumBytes: 1 << 20, isBulk: isBulk)
        let result: Result<PeerResponse, any Error>
        do {
            result = .success(try await transport.send(request))
        } catch { result = .failure(error) }
        await transport.shutdown()
        try await server.stop()
        return try result.get()
    }

    private func expect(
        _ slug: Problem.Slug, _ detail: String, _ body: () async throws -> PeerResponse,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let problem = await #expect(throws: Problem.self, sourceLocation: sourceLocation) {
            _ = try await body()
        }
        #expect(problem?.slug == slug, sourceLocation: sourceLocation)
        #expect(
            problem?.detail.contains(detail) == true, "\(problem?.detail ?? "")",
            sourceLocation: sourceLocation)
    }

    @Test func `a handshake that never comes is given up`() async {
        await expect(.unreachable, "no answer in time") {
            try await ask("/", mute: true) { $0.connect = .milliseconds(200) }
        }
    }

    @Test func `a server that says nothing is given up`() async {
        await expect(.unreachable, "no answer in time") {
            try await ask("/silent") { $0.silence = .milliseconds(200) }
        }
        await expect(.unreachable, "no answer in time") {
            try await ask("/silent") { $0.total = .milliseconds(200) }
        }
    }

    @Test func `a server that never ends is given up, however often it says something`() async {
        await expect(.unreachable, "no answer in time") {
            try await ask("/drip") {
                $0.total = .milliseconds(500)
                $0.silence = .seconds(30)
            }
        }
        await expect(.unreachable, "no answer in time") {
            try await ask("/drip", isBulk: true) { $0.bulkTotal = .milliseconds(500) }
        }
    }

    @Test func `a bulk answer that comes too slowly is given up`() async {
        await expect(.unreachable, "slower than 4096 bytes a second") {
            try await ask("/drip", isBulk: true) { $0.floor.grace = .milliseconds(300) }
        }
    }

    @Test(arguments: [
        (0, 10_000, true), (0, 10_001, false), (40_960, 10_000, true), (40_965, 10_001, true),
        (40_964, 10_001, false), (81_920, 20_000, true), (81_919, 20_000, false),
    ])
    func `4 KiB a second are asked for, after 10 s`(
        _ bytes: Int, _ milliseconds: Int, _ isMet: Bool
    ) {
        let floor = OutboundDeadlines().floor
        #expect(floor.isMet(bytes: bytes, after: .milliseconds(milliseconds)) == isMet)
    }

    @Test func `the head of an answer has its limit`() async throws {
        #expect(try await ask("/head").status == 200)
        await expect(.tooLarge, "the head of the answer") { try await ask("/head+1") }
    }

    @Test func `what was not asked to be compressed is refused when it is`() async throws {
        for path in ["/gzip", "/two"] {
            await expect(.unreachable, "compressed") { try await ask(path) }
        }
        #expect(try await ask("/identity").body == [1])
    }
}
