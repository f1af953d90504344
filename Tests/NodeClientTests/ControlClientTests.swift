import CanonicalJSON
import Federation
import Foundation
import NIOHTTP1
import Testing

@testable import NodeClient

struct ControlClientTests {
    private func withSocket(
        _ answers: [String: LocalServer.Answer],
        _ body: (ControlClient) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("eccoe \(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("eccoed.sock").path
        let server = try await LocalServer.start(socket: path, answers: answers)
        let client = try ControlClient(socket: path)
        do {
            try await body(client)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
        try await server.stop()
    }

    @Test func `the daemon's answer comes back as JSON`() async throws {
        let answer: JSON = ["domain": "uni-a.example", "size": 3]
        let answers = [
            "/control/v1/log.show": LocalServer.Answer(parts: [answer.canonicalBytes])
        ]
        try await withSocket(answers) { client in
            let received = try await client.call(.logShow)
            #expect(received == answer)
        }
    }

    @Test func `the daemon's problem is thrown as it was written`() async throws {
        let problem = Problem(.noLog, "there is no log", at: "/origin", try: "eccoe log init")
        let body = problem.json(node: "uni-a.example").canonicalBytes
        let answers = [
            "/control/v1/log.show": LocalServer.Answer(status: .notFound, parts: [body])
        ]
        try await withSocket(answers) { client in
            await #expect(throws: problem) { try await client.call(.logShow) }
        }
    }

    @Test func `an answer that is no JSON is named as such`() async throws {
        let answers = [
            "/control/v1/status": LocalServer.Answer(parts: [Array("<html>".utf8)])
        ]
        try await withSocket(answers) { client in
            let error = await #expect(throws: Problem.self) { try await client.call(.status) }
            #expect(error?.slug == .internalError)
        }
    }

    @Test func `no daemon is told with what to do`() async throws {
        let client = try ControlClient(socket: "/tmp/eccoe-nobody/eccoed.sock")
        let error = await #expect(throws: Problem.self) { try await client.call(.status) }
        #expect(error?.slug == .unreachable)
        #expect(error?.remedy?.contains("eccoed --config") == true)
        await client.shutdown()
    }

    @Test(arguments: [(107, true), (108, false)])
    func `a socket path has at most 107 bytes`(_ length: Int, _ isGood: Bool) async throws {
        let path = "/tmp/" + String(repeating: "x", count: length - 5)
        if isGood {
            await (try ControlClient(socket: path)).shutdown()
        } else {
            #expect(throws: Problem.self) { try ControlClient(socket: path) }
        }
    }
}
