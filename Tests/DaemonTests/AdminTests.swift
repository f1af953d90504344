import CanonicalJSON
import Federation
import Foundation
import Glibc
import NodeClient
import NodeStore
import Testing

/// What monitoring is told, over a listener of its own.
@Suite(.ownThreads, .serialized) struct `The admin listener` {
    private func withNode(
        _ body: (Institution, (String, String) throws -> PeerResponse) async throws -> Void
    ) async throws {
        let institution = try Institution()
        try institution.configure(["admin:", "  listen: 127.0.0.1:0"])
        try institution.start()
        let port = try #require(institution.adminPort)
        #expect(port > 0)
        try await body(institution) { method, path in
            let answer = try RawSocket.tcp(port, RawAnswer.request(method, path))
            return try #require(answer.response, "\(method) \(path)")
        }
        #expect(institution.stop() == 0)
    }

    private func reasons(_ answer: PeerResponse) throws -> [String] {
        let json = try JSON.read(answer.body)
        let reasons = json["reasons"]?.array?.compactMap(\.string) ?? []
        #expect(json["ready"]?.bool == (answer.status == 200))
        #expect(reasons.isEmpty == (answer.status == 200))
        #expect(answer.headers["cache-control"] == "no-store")
        return reasons
    }

    @Test func `tells that the node lives, and when it is ready`() async throws {
        try await withNode { institution, get in
            #expect(try get("GET", "/healthz").body == Array("ok\n".utf8))
            let head = try get("HEAD", "/healthz")
            #expect(head.status == 200 && head.body.isEmpty)
            _ = try await institution.admitted()
            _ = try await institution.ask(.logInit)
            let ready = try get("GET", "/readyz")
            #expect(ready.status == 200)
            #expect(try reasons(ready) == [])
        }
    }

    @Test func `says why a node without its registry or its log is not ready`() async throws {
        let participant = try Participant("uni-b.example")
        let path = participant.folder.configuration
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try (text + "admin:\n  listen: 127.0.0.1:0\n")
            .write(toFile: path, atomically: true, encoding: .utf8)
        try participant.start()
        let port = try #require(participant.adminPort)
        let answer = try RawSocket.tcp(port, RawAnswer.request("GET", "/readyz"))
        let response = try #require(answer.response)
        #expect(response.status == 503)
        #expect(try reasons(response) == ["there is no registry yet: nobody's keys are known"])
        #expect(participant.stop() == 0)
    }

    @Test func `counts in Prometheus's format, without a word of what or who`() async throws {
        try await withNode { institution, get in
            _ = try await institution.admitted()
            _ = try await institution.ask(.logInit)
            try await institution.publish("SECRET-17")
            let node = try ServingNode(
                institution.folder, status: try await institution.ask(.status))
            for path in ["/items/SECRET-17", "/v1/node", "/nope", "/log/1/checkpoint"] {
                _ = try await node.ask("GET", path)
            }
            let page = try get("GET", "/metrics")
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let text = String(decoding: page.body, as: UTF8.self)
            let metrics = try PrometheusText(text)
            for word in ["SECRET", "item-", institution.domain, institution.folder.path] {
                #expect(!text.contains(word), "\(word)")
            }
            let expected: [String: Double] = [
                "eccoe_log_leaves": 2, "eccoe_log_appended_leaves_total": 2,
                "eccoe_log_commit_seconds_count": 2,
                "eccoe_http_requests_total{endpoint=\"item\",status=\"200\"}": 1,
                "eccoe_http_requests_total{endpoint=\"node\",status=\"200\"}": 1,
                "eccoe_http_requests_total{endpoint=\"none\",status=\"404\"}": 1,
                "eccoe_http_requests_total{endpoint=\"checkpoint\",status=\"200\"}": 1,
                "eccoe_refusals_total{limit=\"connections\"}": 0,
                "eccoe_registry_members": 1, "eccoe_followed_logs{state=\"confirmed\"}": 0,
            ]
            for (series, value) in expected {
                #expect(metrics.values[series] == value, "\(series)\n\(text)")
            }
            let positive = [
                "eccoe_http_bytes_total{direction=\"received\"}",
                "eccoe_http_bytes_total{direction=\"sent\"}", "eccoe_registry_snapshot",
                "eccoe_database_bytes{database=\"log\"}", "eccoe_database_bytes{database=\"node\"}",
                "eccoe_database_bytes{database=\"views\"}", "eccoe_log_commit_seconds_sum",
            ]
            for series in positive { #expect(metrics.values[series] ?? 0 > 0, "\(series)") }
            let expiry = "eccoe_tls_certificate_expiry_timestamp_seconds"
            #expect(metrics.values[expiry] ?? 0 > Date().timeIntervalSince1970)
        }
    }

    @Test func `serves nothing else, and answers garbage`() async throws {
        try await withNode { institution, get in
            for path in ["/", "/metrics/x", "/v1/node", "/control/v1/status", "/log/1/checkpoint"] {
                #expect(try get("GET", path).status == 404, "\(path)")
            }
            for method in ["POST", "PUT", "DELETE"] {
                let answer = try get(method, "/metrics")
                #expect(answer.status == 405 && answer.headers["allow"] == "GET, HEAD")
            }
            let port = try #require(institution.adminPort)
            for bytes in [Garbage.random(1 << 16), Array("GET / HTTP/9.9\r\n\r\n".utf8)] {
                #expect(try RawSocket.tcp(port, bytes).response?.status ?? 400 == 400)
            }
            #expect(try get("GET", "/healthz").status == 200)
        }
    }

    @Test func `is not there unless it is asked for`() throws {
        let institution = try Institution()
        try institution.start()
        #expect(institution.adminPort == nil)
        #expect(institution.stop() == 0)
    }
}
