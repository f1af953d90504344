import CanonicalJSON
import Federation
import NodeClient
import Testing

/// What caches and browsers are told.
extension EndpointTests {
    @Test(arguments: [
        ("/log/1/checkpoint", "text/plain; charset=utf-8", "public, max-age=5"),
        ("/log/1/tile/0/000.p/21", "application/octet-stream", immutable),
        ("/log/1/tile/0/000.p/1", "application/octet-stream", immutable),
        ("/log/1/tile/entries/000.p/21", "application/octet-stream", immutable),
        ("/registry/metadata/timestamp.json", "application/json", "public, max-age=5"),
        ("/registry/metadata/1.root.json", "application/json", immutable),
        ("/v1/heads", "application/jsonl", "no-store"),
        ("/v1/node", "application/jose+json", "public, max-age=5"),
        ("/v1/catalogue?q=course", "application/json", "public, max-age=5"),
        ("/items/C-1", "application/json", "public, max-age=5"),
        ("/.well-known/did.json", "application/did+json", "public, max-age=5"),
        ("/", "text/plain; charset=utf-8", "public, max-age=5"),
    ])
    func `HEAD and GET tell the same`(_ path: String, _ type: String, _ caching: String)
        async throws
    {
        let get = try await node.ask("GET", path)
        let head = try await node.ask("HEAD", path)
        #expect(get.status == 200 && head.status == 200)
        #expect(!get.body.isEmpty && head.body.isEmpty)
        #expect(get.headers["content-length"] == String(get.body.count))
        for name in ["content-type", "content-length", "cache-control", "x-content-type-options"] {
            #expect(get.headers[name] == head.headers[name], "\(name)")
        }
        #expect(get.headers["content-type"] == type)
        #expect(get.headers["cache-control"] == caching)
        #expect(get.headers["x-content-type-options"] == "nosniff")
    }

    @Test func `HEAD of what is not there is 404 without a body`() async throws {
        for path in ["/nope", "/items/nope", "/log/1/tile/0/001"] {
            let answer = try await node.ask("HEAD", path)
            #expect(answer.status == 404 && answer.body.isEmpty, "\(path)")
        }
    }

    @Test func `an item is found at its global id`() async throws {
        let answer = try await node.ask("GET", "/v1/catalogue?q=course&limit=100")
        let rows = try #require(try answerJSON(answer)["results"]?.array)
        #expect(rows.count == 20)
        let prefix = "https://\(node.domain)"
        for row in rows {
            let id = try #require(row["globalId"]?.string)
            try #require(id.hasPrefix(prefix))
            let item = try await node.ask("GET", String(id.dropFirst(prefix.count)))
            #expect(item.status == 200, "\(id)")
            #expect(try answerJSON(item)["id"] == row["id"], "\(id)")
        }
    }

    private static let immutable = "public, max-age=31536000, immutable"
}

extension EndpointTests {
    fileprivate func answerJSON(_ answer: PeerResponse) throws -> JSON {
        try JSON.read(answer.body, limits: .operatorFile)
    }
}
