import CanonicalJSON
import Federation
import Foundation
import NIOCore
import NodeClient
import Testing
import TransparencyLog

/// Limits on who asks: the test comes from loopback addresses that no configuration exempts.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct `A node among strangers` {
    /// Runs `body` with a node whose configuration ends with these lines.
    private func withNode(
        _ lines: [String], _ body: (Institution, ServingNode) async throws -> Void
    ) async throws {
        let institution = try Institution()
        try institution.configure(lines)
        try institution.start()
        let status = try await institution.ask(.status)
        try await body(institution, ServingNode(institution.folder, status: status))
        // Whatever was done to it: it answers, and ends as it should.
        _ = try await institution.ask(.status)
        #expect(institution.stop() == 0)
    }

    /// Requests one behind the other on one connection.
    private func requests(
        _ count: Int, _ path: String, method: String = "GET", body: [UInt8] = [],
        fields: (Int) -> String = { _ in "" }
    ) -> [UInt8] {
        (1...count).flatMap { number in
            let end = number == count ? "Connection: close\r\n" : ""
            let head =
                "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\(end)\(fields(number))"
                + "Content-Length: \(body.count)\r\n\r\n"
            return Array(head.utf8) + body
        }
    }

    private func statuses(
        _ node: ServingNode, from source: String?, _ bytes: [UInt8]
    ) async throws -> [Int] {
        try await node.tell(bytes, from: source).responses.map(\.status)
    }

    @Test func `asks each network to wait, but never for files, nor whom it knows`() async throws {
        try await withNode([]) { _, node in
            let asked = requests(60, "/v1/node")
            let answers = try await node.tell(asked, from: "127.0.0.2").responses
            #expect(answers.count == 60)
            #expect(answers.prefix(20).allSatisfy { $0.status == 200 })
            let refused = try #require(answers.first { $0.status == 429 })
            node.expectProblem(refused, [429], .rateLimited, "the 21st")
            #expect(refused.headers["retry-after"] == "1")
            // The whole /24 is one.
            let neighbour = try await statuses(node, from: "127.0.0.77", requests(20, "/v1/heads"))
            #expect(neighbour.contains(429))
            let other = try await statuses(node, from: "127.0.1.2", requests(20, "/v1/heads"))
            #expect(other == Array(repeating: 200, count: 20))
            let files = try await statuses(
                node, from: "127.0.0.2", requests(60, "/registry/metadata/1.root.json"))
            #expect(files.count == 60 && !files.contains(429))
            #expect(try await statuses(node, from: nil, asked) == Array(repeating: 200, count: 60))
        }
    }

    @Test func `believes its own proxies, and nobody else, about for whom they ask`() async throws {
        let lines = ["proxies:", "  addresses: [127.0.0.2]"]
        try await withNode(lines) { _, node in
            let many = requests(60, "/v1/node") { "X-Forwarded-For: 198.51.\($0).1\r\n" }
            let one = requests(60, "/v1/node") {
                "X-Forwarded-For: 198.51.\($0).1, 203.0.113.9\r\n"
            }
            let believed = try await statuses(node, from: "127.0.0.2", many)
            #expect(believed == Array(repeating: 200, count: 60))
            #expect(try await statuses(node, from: "127.0.0.2", one).contains(429))
            #expect(try await statuses(node, from: "127.0.1.3", many).contains(429))
            let other = requests(60, "/v1/node") { "Forwarded: for=198.51.\($0).1\r\n" }
            #expect(try await statuses(node, from: "127.0.0.2", other).contains(429))
        }
    }

    @Test func `charges cosigning to the log's author, and what proves nothing to the caller`()
        async throws
    {
        try await withNode([]) { institution, node in
            _ = try await institution.admitted()
            _ = try await institution.ask(.logInit)
            let head = try await node.head()
            // Signed by the log, but of another size than was cosigned: 409, and no failure.
            let signed = AddCheckpoint(oldSize: 1, proof: [], note: head.note).bytes
            let path = "/witness/add-checkpoint"
            let proven = requests(140, path, method: "POST", body: signed)
            let statuses = try await statuses(node, from: "127.0.0.2", proven)
            #expect(statuses.prefix(100) == ArraySlice(repeating: 409, count: 100))
            #expect(statuses.contains(429))
            // The caller was never charged for that.
            let node1 = try await self.statuses(node, from: "127.0.0.2", requests(20, "/v1/node"))
            #expect(node1 == Array(repeating: 200, count: 20))
            let garbage = requests(60, path, method: "POST", body: Array("old 0\n\nx\n".utf8))
            let refused = try await self.statuses(node, from: "127.0.1.2", garbage)
            #expect(refused.prefix(20) == ArraySlice(repeating: 400, count: 20))
            #expect(refused.contains(429))
        }
    }

    @Test func `counts rounds of a log apart from what else is asked about it`() async throws {
        let lines = ["limits:", "  rounds_per_second: 1", "  rounds_burst: 130"]
        try await withNode(lines) { institution, node in
            _ = try await institution.admitted()
            _ = try await institution.ask(.logInit)
            let head = try await node.head()
            let path = "/witness/add-checkpoint"
            // It asks for a larger tree than none, but the witness has cosigned one: 409.
            let round = AddCheckpoint(oldSize: 0, proof: [], note: head.note).bytes
            let first = try await statuses(
                node, from: "127.0.0.2", requests(1, path, method: "POST", body: round))
            #expect(first == [200] || first == [409])
            let rounds = try await statuses(
                node, from: "127.0.0.2", requests(200, path, method: "POST", body: round))
            #expect(rounds.prefix(128).allSatisfy { $0 == 200 || $0 == 409 })
            #expect(rounds.contains(429))
            let same = AddCheckpoint(oldSize: 1, proof: [], note: head.note).bytes
            let others = try await statuses(
                node, from: "127.0.0.2", requests(50, path, method: "POST", body: same))
            #expect(!others.contains(429))
        }
    }

    @Test func `keeps 8 connections of an address, and so many in all`() async throws {
        let lines = [
            "limits:", "  connections: 12", "  header_seconds: 3600", "admin:",
            "  listen: 127.0.0.1:0",
        ]
        try await withNode(lines) { institution, node in
            var held = try (1...9).map { _ in try RawSocket.Held(tcp: node.port, [], from: 2) }
            // One is too many: which, is up to the threads that took them.
            let ended = try RawSocket.firstEnded(of: held)
            #expect(try held.remove(at: ended).answer().bytes.isEmpty)
            for host in UInt32(3)...4 {
                held += try (1...8).map { _ in try RawSocket.Held(tcp: node.port, [], from: host) }
            }
            let admin = try #require(institution.adminPort)
            // Of 24 connections 12 are too many; the node's own to itself may come and go.
            var refused = 0
            while refused < 10 {
                let metrics = try Self.metrics(admin)
                refused = Int(metrics.values["eccoe_refusals_total{limit=\"connections\"}"] ?? 0)
                #expect(metrics.values["eccoe_http_connections"] ?? 99 <= 12)
            }
            held = []
            // What was let go is free again, as soon as the node has seen it.
            var answer: RawAnswer?
            while answer?.response?.status != 200 {
                answer = try? await node.tell(requests(1, "/v1/node"), from: "127.0.0.2")
            }
        }
    }

    private static func metrics(_ port: Int) throws -> PrometheusText {
        let page = try RawSocket.tcp(port, RawAnswer.request("GET", "/metrics"))
        return try PrometheusText(String(decoding: page.response?.body ?? [], as: UTF8.self))
    }

    @Test func `hangs up on whoever is too slow`() async throws {
        // A handshake on a busy machine takes its time, too, and must come to its end before.
        let lines = ["limits:", "  header_seconds: 4", "  body_seconds: 1", "  idle_seconds: 1"]
        try await withNode(lines) { _, node in
            // Without a word, and in the middle of a handshake.
            #expect(try RawSocket.Held(tcp: node.port, []).answer().bytes.isEmpty)
            #expect(
                try RawSocket.Held(tcp: node.port, [0x16, 3, 1, 2, 0, 1]).answer().bytes.isEmpty)
            let half = Array("GET /v1/node HTTP/1.1\r\nHost: loc".utf8)
            #expect(try await node.tell(half).bytes.isEmpty)
            // A second head that does not come to its end, and one that never begins.
            let first = Array("GET /v1/node HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
            #expect(try await node.tell(first + half).responses.map(\.status) == [200])
            #expect(try await node.tell(first).responses.map(\.status) == [200])
            let head = "POST /v1/heads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{"
            let late = try await node.tell(Array(head.utf8))
            node.expectProblem(
                try #require(late.response), [408], .requestTimeout, "a body that does not come")
            #expect(late.response?.headers["connection"] == "close")
        }
    }

    @Test func `hangs up on whoever does not take the answer`() async throws {
        let lines = [
            "limits:", "  answer_seconds: 1", "  anonymous_burst: 1000000", "admin:",
            "  listen: 127.0.0.1:0",
        ]
        try await withNode(lines) { institution, node in
            // So many answers fill every buffer on the way.
            let bytes = requests(20_000, "/v1/node")
            let channel = try await node.tellDeaf(bytes)
            let port = try #require(institution.adminPort)
            let limit = ContinuousClock.now.advanced(by: .seconds(60))
            var counted = false
            while !counted, ContinuousClock.now < limit {
                let metrics = try Self.metrics(port)
                counted = metrics.values["eccoe_refusals_total{limit=\"answer\"}"] == 1
            }
            #expect(counted)
            try? await channel.close()
        }
    }
}
