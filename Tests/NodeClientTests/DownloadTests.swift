import Credentials
import Federation
import NIOHTTP1
import NodeClient
import Synchronization
import Testing

@Suite struct DownloadTests {
    /// What a sink was given.
    private final class Taken: Sendable {
        private let pieces = Mutex<[[UInt8]]>([])

        func add(_ piece: [UInt8]) { pieces.withLock { $0.append(piece) } }
        var bytes: [UInt8] { pieces.withLock { $0.flatMap(\.self) } }
    }

    private func download(
        _ answers: [String: LocalServer.Answer], from path: String = "/0",
        headers: [(name: String, value: String)] = [], isFull: Bool = false
    ) async throws -> [UInt8] {
        let server = try await LocalServer.start(answers: answers)
        let client = try FetchClient()
        let taken = Taken()
        do {
            try await client.download("http://127.0.0.1:\(server.port)\(path)", headers: headers) {
                if isFull { throw Problem(.internalError, "no space left") }
                taken.add($0)
            }
        } catch {
            await client.shutdown()
            try await server.stop()
            throw error
        }
        await client.shutdown()
        try await server.stop()
        return taken.bytes
    }

    private static func redirection(to target: String) -> LocalServer.Answer {
        LocalServer.Answer(status: .found, headers: [("Location", target)], parts: [[1, 2, 3]])
    }

    @Test func `pieces come in order, and redirections give nothing`() async throws {
        let parts: [[UInt8]] = (0..<40).map { [UInt8](repeating: $0, count: 5000) }
        let answers = [
            "/0": Self.redirection(to: "/1"), "/1": LocalServer.Answer(parts: parts),
        ]
        #expect(try await download(answers) == parts.flatMap(\.self))
    }

    @Test func `as many redirections are followed as may be, and not one more`() async throws {
        let limit = FetchClient.maximumRedirections
        var answers = ["/\(limit)": LocalServer.Answer(parts: [[7]])]
        for number in 0..<limit { answers["/\(number)"] = Self.redirection(to: "/\(number + 1)") }
        #expect(try await download(answers) == [7])
        answers["/\(limit)"] = Self.redirection(to: "/\(limit + 1)")
        answers["/\(limit + 1)"] = LocalServer.Answer(parts: [[7]])
        let problem = await #expect(throws: Problem.self) { try await download(answers) }
        #expect(problem?.detail.contains("more than \(limit) redirections") == true)
    }

    @Test(arguments: ["ftp://a.example/x", "", "nowhere", "https://"])
    func `a redirection to what is no address is refused`(_ target: String) async throws {
        let problem = await #expect(throws: Problem.self) {
            try await download(["/0": Self.redirection(to: target)])
        }
        #expect(problem?.slug == .unreachable)
        #expect(problem?.detail.contains("no http URL") == true)
    }

    @Test func `from https nothing leads to plain text`() async throws {
        let authority = try TestAuthority.make("Uni A")
        let server = try await LocalServer.start(
            certificate: TestAuthority.certificate(of: authority, for: ["127.0.0.1"]),
            answers: ["/0": Self.redirection(to: "http://127.0.0.1:1/x")])
        let client = try FetchClient(authorityPEM: Array(authority.certificate.pem.utf8))
        let problem = await #expect(throws: Problem.self) {
            try await client.download("https://127.0.0.1:\(server.port)/0") { _ in }
        }
        #expect(problem?.detail.contains("from https to http://127.0.0.1:1/x") == true)
        await client.shutdown()
        try await server.stop()
    }

    @Test func `other answers give nothing, and say their status`() async throws {
        let answers = [
            "/0": LocalServer.Answer(status: .notFound, parts: [[1]]),
            "/1": LocalServer.Answer(status: .noContent, parts: [[]]),
        ]
        for path in ["/0", "/1"] {
            let problem = await #expect(throws: Problem.self) {
                try await download(answers, from: path)
            }
            #expect(problem?.slug == .unreachable)
            #expect(problem?.detail.contains("status") == true)
        }
    }

    @Test func `what the sink throws ends the download`() async throws {
        let problem = await #expect(throws: Problem.self) {
            try await download(["/0": LocalServer.Answer(parts: [[1], [2]])], isFull: true)
        }
        #expect(problem?.detail == "no space left")
    }

    @Test func `more than may be is refused before it comes`() async throws {
        let length = String(FetchClient.maximumDownloadBytes + 1)
        let problem = await #expect(throws: Problem.self) {
            try await download([
                "/0": LocalServer.Answer(headers: [("Content-Length", length)], parts: [[1], [2]])
            ])
        }
        #expect(problem?.slug == .tooLarge)
    }
}
