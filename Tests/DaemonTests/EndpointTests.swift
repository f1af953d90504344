import CanonicalJSON
import Federation
import Keys
import NodeClient
import Testing
import TransparencyLog

/// What strangers may send to each endpoint, and what they get for it.
@Suite(.ownThreads, .serialized, .loneInstitution) struct EndpointTests {
    let node: ServingNode

    init() throws {
        node = try #require(LoneInstitution.node)
    }

    /// Runs `body`, after which the node must be what it was.
    func withoutTrace(_ body: () async throws -> Void) async throws {
        let before = try await Footprint.of(node)
        try await body()
        let after = try await Footprint.of(node)
        #expect(after.status == before.status)
        #expect(after.files == before.files)
        #expect(after.served == before.served)
        #expect(after.status["log"]?["size"]?.integer == 21)
        #expect(after.status["items"]?.integer == 20)
    }

    @Test(arguments: Endpoint.allCases)
    func `what makes no sense is refused with a problem and leaves no trace`(
        _ endpoint: Endpoint
    ) async throws {
        let refusals = Refusal.all(of: endpoint)
        #expect(refusals.count >= 5)
        try await withoutTrace {
            for refusal in refusals { try await node.expect(refusal) }
        }
    }

    @Test(arguments: ["/nope", "/v1", "/v2/heads", "/LOG/1/checkpoint", "/control/v1/status"])
    func `a path that is not served is a problem`(_ path: String) async throws {
        try await withoutTrace {
            for method in ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH"] {
                let answer = try await node.ask(method, path)
                #expect(answer.status == 404)
                guard method != "HEAD" else { continue }
                node.expectProblem(answer, [404], .notFound, "\(method) \(path)")
            }
        }
    }

    @Test func `any credential is looked up, and what is none is invalid`() async throws {
        try await withoutTrace {
            let full = Garbage.padded("{}", to: Limits.lookupBytes)
            for (name, bytes) in Garbage.bodies + [("1 MiB", full)] {
                let answer = try await node.ask("POST", "/v1/lookups", body: bytes)
                #expect(answer.status == 200, "\(name)")
                #expect(answer.headers["content-type"] == "application/json", "\(name)")
                let report = try JSON.read(answer.body)
                #expect(report["verdict"]?.string == "invalid", "\(name)")
                let check = report["checks"]?.array?.first { $0["id"]?.string == "wellformed" }
                #expect(check?["status"]?.string == "fail", "\(name)")
                #expect(check?["detail"]?.string?.isEmpty == false, "\(name)")
            }
        }
    }

    @Test func `256 hashes are answered in order`() async throws {
        let payload = try #require(try await firstPayload())
        var hashes = Array(repeating: Digest(of: []), count: 255)
        hashes.insert(payload, at: 100)
        let answer = try await node.ask(
            "POST", "/v1/blobs/batch", body: BlobBatch(digests: hashes).bytes)
        #expect(answer.status == 200)
        let payloads = try BlobBatch.decode(answer.body, count: 256)
        #expect(payloads.compactMap(\.self).count == 1)
        #expect(payloads[100].map { Digest(of: $0) } == payload)
        let single = try await node.ask("GET", "/v1/blobs/sha256/\(payload.hex)")
        #expect(single.body == payloads[100])
        let none = try await node.ask(
            "POST", "/v1/blobs/batch", body: BlobBatch(digests: []).bytes)
        #expect(none.status == 200 && none.body.isEmpty)
    }

    private func firstPayload() async throws -> Digest? {
        let bundle = try await node.ask("GET", "/log/1/tile/entries/000.p/21")
        let entries = try EntryBundle.decode(bundle.body, width: 21)
        guard case .leaf(let leaf) = LeafReading(entries[1]) else { return nil }
        return leaf.payload
    }

    @Test(arguments: [
        "", "?", "?since=-1", "?since=99999999999999999999", "?since=9223372036854775807",
        "?since=x&limit=y", "?limit=0", "?limit=-9223372036854775808",
        "?limit=9223372036854775807", "?limit=1000000", "?instance=", "?instance=%00&since=1",
        "?instance=%ff", "?instance=nope&since=1&limit=1", "?since=1&since=2", "?&&=&==",
        "?instance=" + String(repeating: "a", count: 4000), "?since=%2b1", "?since",
    ])
    func `an absurd position in the heads feed is served from 0`(_ query: String) async throws {
        try await withoutTrace {
            let page = try await heads(query)
            #expect(page.from == 0)
            #expect(page.rows.map(\.size) == [21])
            #expect(!page.more)
        }
    }

    @Test func `a position of this very feed is taken at its word`() async throws {
        let all = try await heads("")
        for (since, rows) in [(0, 1), (all.next - 1, 1), (all.next, 0), (all.next + 1, 1)] {
            let page = try await heads("?instance=\(all.instance)&since=\(since)")
            #expect(page.rows.count == rows, "since \(since) of \(all.next)")
            #expect(page.from == (since <= all.next ? since : 0))
        }
        let one = try await heads("?instance=\(all.instance)&since=0&limit=-5")
        #expect(one.rows.count == 1)
    }

    /// An unconfirmed head is shown after 10 s only; here there are no witnesses to wait for.
    private func heads(_ query: String) async throws -> HeadsPage {
        let answer = try await node.ask("GET", "/v1/heads\(query)")
        #expect(answer.status == 200)
        return try HeadsPage(answer.body)
    }

    @Test(arguments: [
        "", "q=", "q=%22", "q=%22unclosed", "q=*", "q=(", "q=AND%20OR%20NOT", "q=NEAR(a%20b)",
        "q=title:", "q=%00", "q=%ff", "q=-", "q=^", "q=';DROP%20TABLE%20item;--",
        "q=course&limit=0",
        "q=course&limit=-1", "q=course&limit=9223372036854775807", "q=course&domain=nope",
        "q=course&domain=%00", "q=" + String(repeating: "a%20", count: 1024),
    ])
    func `no search is an error`(_ query: String) async throws {
        try await withoutTrace {
            let answer = try await node.ask("GET", "/v1/catalogue?\(query)")
            #expect(answer.status == 200)
            let results = try JSON.read(answer.body, limits: .operatorFile)["results"]?.array
            let count = try #require(results).count
            #expect(count <= 100)
            if query.contains("course"), !query.contains("domain") { #expect(count > 0) }
        }
    }

    @Test(arguments: [
        "q=" + String(repeating: "a", count: 2049), "q=course&limit=many",
        "q=course&limit=99999999999999999999", "q=course&limit=", "q=course&limit=1.5",
        "q=course&Limit=1", "q=course&domian=uni-a.example", "course",
    ])
    func `a search that is not meant so is told`(_ query: String) async throws {
        try await withoutTrace {
            let answer = try await node.ask("GET", "/v1/catalogue?\(query)")
            node.expectProblem(answer, [400], .malformedRequest, String(query.prefix(40)))
        }
    }

    @Test(arguments: ["gzip", "br", "deflate", "identity, gzip", "GZIP", "x"])
    func `a body that is compressed is not read`(_ coding: String) async throws {
        try await withoutTrace {
            for endpoint in Endpoint.allCases
            where endpoint.method == "POST"
                && !endpoint.contentCodings.contains(coding.lowercased())
            {
                let answer = try await post(
                    endpoint.template, "Content-Encoding: \(coding)", Array("{}".utf8))
                node.expectProblem(
                    answer, [415], .unsupportedMedia, "\(endpoint) \(coding)")
            }
        }
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"])
    func `a body of another type than is read is refused`(_ type: String) async throws {
        try await withoutTrace {
            for endpoint in Endpoint.allCases
            where endpoint.mediaType != nil && endpoint.mediaType != type {
                let answer = try await post(
                    endpoint.template, "Content-Type: \(type)", Array("{}".utf8))
                node.expectProblem(answer, [415], .unsupportedMedia, "\(endpoint) \(type)")
            }
        }
    }

    @Test func `a type in capitals and with parameters is the same`() async throws {
        let body = BlobBatch(digests: []).bytes
        for type in ["Application/JSON", "application/json; charset=utf-8"] {
            let answer = try await post("/v1/blobs/batch", "Content-Type: \(type)", body)
            #expect(answer.status == 200, "\(type)")
        }
    }

    private func post(
        _ path: String, _ field: String, _ body: [UInt8]
    ) async throws -> PeerResponse {
        let head =
            "POST \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(field)\r\n"
            + "Content-Length: \(body.count)\r\n\r\n"
        return try #require(try await node.tell(Array(head.utf8) + body).response)
    }
}
