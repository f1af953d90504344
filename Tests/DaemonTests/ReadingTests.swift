import CanonicalJSON
import Federation
import Keys
import NodeClient
import Testing
import TransparencyLog

/// Conditional requests, ranges and methods, as caches and mirrors use them (RFC 9110).
extension EndpointTests {
    private func get(
        _ path: String, method: String = "GET", _ fields: [(name: String, value: String)]
    ) async throws -> PeerResponse {
        let lines = fields.map { "\($0.name): \($0.value)\r\n" }.joined()
        let text =
            "\(method) \(path) HTTP/1.1\r\nHost: \(node.domain)\r\nConnection: close\r\n\(lines)\r\n"
        return try #require(try await node.tell(Array(text.utf8)).response, "\(path) \(fields)")
    }

    @Test(arguments: [
        "/log/1/checkpoint", "/registry/metadata/timestamp.json", "/items/C-1", "/v1/node",
        "/v1/catalogue?q=course", "/.well-known/did.json", "/",
    ])
    func `a cache that asks again with the tag gets 304`(_ path: String) async throws {
        let first = try await get(path, [])
        let tag = try #require(first.headers["etag"])
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
        for method in ["GET", "HEAD"] {
            for named in [tag, "W/" + tag, "\"x\", \(tag)", "*"] {
                let answer = try await get(path, method: method, [("If-None-Match", named)])
                #expect(answer.status == 304, "\(method) \(named)")
                #expect(answer.body.isEmpty)
                #expect(answer.headers["etag"] == tag)
                #expect(answer.headers["cache-control"] == first.headers["cache-control"])
            }
            let other = try await get(path, method: method, [("If-None-Match", "\"x\"")])
            #expect(other.status == 200 && other.headers["etag"] == tag)
            #expect(other.body == (method == "GET" ? first.body : []))
        }
    }

    @Test func `a payload's tag comes from its hash, and what is absent has none`() async throws {
        let bundle = try await node.ask("GET", "/log/1/tile/entries/000.p/21")
        let entries = try EntryBundle.decode(bundle.body, width: 21)
        guard case .leaf(let leaf) = LeafReading(entries[1]), let digest = leaf.payload else {
            Issue.record("no payload")
            return
        }
        let path = "/v1/blobs/sha256/\(digest.hex)"
        let answer = try await get(path, [])
        #expect(answer.headers["etag"] == "\"\(digest.hex.prefix(32))\"")
        #expect(answer.headers["cache-control"] == "public, max-age=3600")
        let absent = try await get(
            "/v1/blobs/sha256/\(Refusal.unknownHash)", [("If-None-Match", "*")])
        #expect(absent.status == 404 && absent.headers["etag"] == nil)
    }

    @Test(arguments: ["/log/1/tile/entries/000.p/21", "/log/1/tile/0/000.p/21"])
    func `a part of a tile is served`(_ path: String) async throws {
        let whole = try await get(path, [])
        let size = whole.body.count
        #expect(whole.status == 200 && whole.headers["accept-ranges"] == "bytes")
        let parts = [
            ("bytes=0-", 0..<size), ("bytes=\(size - 1)-", size - 1..<size),
            ("bytes=32-", 32..<size), ("bytes=5-9", 5..<10), ("bytes=5-999999999", 5..<size),
            ("bytes=-7", size - 7..<size), ("bytes=-999999999", 0..<size),
        ]
        for (range, expected) in parts {
            let part = try await get(path, [("Range", range), ("Accept-Encoding", "identity")])
            #expect(part.status == 206, "\(range)")
            #expect(part.body == Array(whole.body[expected]), "\(range)")
            #expect(
                part.headers["content-range"]
                    == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(size)")
            #expect(part.headers["content-length"] == String(expected.count))
            #expect(part.headers["cache-control"] == "public, max-age=31536000, immutable")
        }
        for range in ["bytes=\(size)-", "bytes=9223372036854775807-", "bytes=-0"] {
            let none = try await get(path, [("Range", range)])
            node.expectProblem(none, [416], .rangeNotSatisfiable, range)
            #expect(none.headers["content-range"] == "bytes */\(size)")
        }
    }

    @Test(arguments: [
        "bytes=0-1,3-4", "bytes=5-1", "items=0-1", "bytes=x-", "bytes=99999999999999999999-",
    ])
    func `a range that means nothing here is ignored`(_ range: String) async throws {
        let path = "/log/1/tile/entries/000.p/21"
        let whole = try await get(path, [])
        #expect(try await get(path, [("Range", range)]).body == whole.body)
    }

    @Test func `ranges are for GET of tiles only, and If-Range never holds`() async throws {
        let tile = "/log/1/tile/entries/000.p/21"
        #expect(try await get(tile, method: "HEAD", [("Range", "bytes=1-")]).status == 200)
        let conditional = [("Range", "bytes=1-"), ("If-Range", "\"x\"")]
        #expect(try await get(tile, conditional).status == 200)
        for path in ["/log/1/checkpoint", "/items/C-1", "/registry/metadata/1.root.json"] {
            let answer = try await get(path, [("Range", "bytes=1-")])
            #expect(answer.status == 200 && answer.headers["accept-ranges"] == nil, "\(path)")
        }
    }

    @Test(arguments: Endpoint.allCases)
    func `another method is told which are served`(_ endpoint: Endpoint) async throws {
        let path = Refusal.example(endpoint)
        let methods = Endpoint.methods(at: path)
        #expect(methods.contains(endpoint.method))
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]
        where !methods.contains(method) {
            let answer = try await node.ask(method, path)
            node.expectProblem(answer, [405], .methodNotAllowed, "\(method) \(path)")
            #expect(answer.headers["allow"] == methods.joined(separator: ", "))
        }
    }
}
