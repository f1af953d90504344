import CanonicalJSON
import Catalogue
import Federation
import Foundation
import NodeClient
import Testing
import XML

/// What programs of strangers get of a catalogue, over real HTTPS.
@Suite(.ownThreads, .serialized, .publishingInstitution) struct PublicationTests {
    static let defaults = ImportDefaults(
        domain: "uni-a.example", institutionName: "University A", language: "en")
    let node: ServingNode

    init() throws {
        node = try #require(PublishingInstitution.node)
    }

    private func get(
        _ path: String, _ headers: [(name: String, value: String)] = [], method: String = "GET"
    ) async throws -> PeerResponse {
        try await node.ask(method, path, headers: headers)
    }

    // MARK: Whole catalogues

    @Test(arguments: ExportFormat.allCases)
    func `a whole catalogue stands at its address in every format`(
        format: ExportFormat
    ) async throws {
        let path = "/catalogue/" + format.fileName
        let answer = try await get(path)
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"]?.hasPrefix(format.mediaType) == true)
        #expect(answer.headers["last-modified"]?.hasSuffix(" GMT") == true)
        #expect(answer.headers["x-content-type-options"] == "nosniff")
        #expect(answer.headers["link"]?.contains("rel=\"alternate\"") == true)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text.contains("שלום עולם 🎓"))
        #expect(!text.contains("GONE") && !text.contains("E-1\""))
        try check(answer.body, format)
        let tag = try #require(answer.headers["etag"])
        #expect(tag.hasPrefix("\""), "it is strong")
        #expect(try await get(path).headers["etag"] == tag)
        let known = try await get(path, [("If-None-Match", tag)])
        #expect(known.status == 304 && known.body.isEmpty && known.headers["etag"] == tag)
        let head = try await get(path, method: "HEAD")
        #expect(head.status == 200 && head.headers["etag"] == tag)
        #expect(head.headers["content-length"] == String(answer.body.count))
    }

    private func check(_ bytes: [UInt8], _ format: ExportFormat) throws {
        switch format {
        case .csv:
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
            #expect(lines.count == PublishingInstitution.items + 1)
            #expect(
                lines.contains { $0.contains("'=1+1") } && !lines.contains { $0.contains(",=") })
        case .schemaorg:
            let graph = try JSON.read(bytes, limits: .operatorFile)["@graph"]?.array
            #expect(graph?.count == PublishingInstitution.items)
        default:
            let back = try #require(ImportFormat(rawValue: format.rawValue))
            let report = CatalogueImport.read(bytes, format: back, defaults: Self.defaults)
            #expect(report.items.count == PublishingInstitution.items)
            #expect(!report.problems.contains { $0.severity == .error })
        }
    }

    @Test(arguments: ["/catalogue/qdr.xml", "/catalogue/elm.jsonld", "/feed.atom", "/items/FULL-1"])
    func `who accepts gzip gets the same bytes compressed, under another tag`(
        path: String
    ) async throws {
        let plain = try await get(path)
        #expect(plain.headers["content-encoding"] == nil)
        #expect(plain.headers["vary"]?.contains("accept-encoding") == true)
        let packed = try await raw(path, ["Accept-Encoding: br, gzip;q=0.5"])
        #expect(packed.headers["content-encoding"] == "gzip")
        #expect(packed.headers["vary"]?.contains("accept-encoding") == true)
        #expect(packed.body.count < plain.body.count)
        #expect(try unpacked(packed.body) == plain.body)
        let tag = try #require(packed.headers["etag"])
        #expect(tag != plain.headers["etag"])
        let known = ["Accept-Encoding: gzip", "If-None-Match: \(tag)"]
        #expect(try await raw(path, known).status == 304)
        #expect(try await get(path, [("If-None-Match", tag)]).status == 200)
        let refused = try await raw(path, ["Accept-Encoding: gzip;q=0, *;q=0"])
        #expect(refused.headers["content-encoding"] == nil && refused.body == plain.body)
        let head = try await raw(path, ["Accept-Encoding: gzip"], method: "HEAD")
        #expect(head.headers["content-length"] == String(packed.body.count))
        #expect(head.body.isEmpty)
    }

    /// A request whose answer may be compressed, which our own client refuses.
    private func raw(
        _ path: String, _ fields: [String], method: String = "GET"
    ) async throws -> PeerResponse {
        let head = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + fields
        let text = head.joined(separator: "\r\n") + "\r\n\r\n"
        let answer = try #require(try await node.tell(Array(text.utf8)).response)
        guard answer.headers["transfer-encoding"] == "chunked" else { return answer }
        var body: [UInt8] = []
        var rest = answer.body[...]
        while let end = rest.firstIndex(of: 13) {
            let digits = String(decoding: rest[..<end], as: UTF8.self)
            let size = try #require(Int(digits, radix: 16))
            body += rest.dropFirst(digits.utf8.count + 2).prefix(size)
            rest = rest.dropFirst(digits.utf8.count + 2 + size + 2)
            if size == 0 { return PeerResponse(status: 200, headers: answer.headers, body: body) }
        }
        Issue.record("the chunks have no end")
        return answer
    }

    @Test(arguments: ["/log/1/checkpoint", "/log/1/tile/0/000.p/9", "/robots.txt"])
    func `what is small or a tile is never compressed`(path: String) async throws {
        let answer = try await raw(path, ["Accept-Encoding: gzip"])
        #expect(answer.status == 200 && answer.headers["content-encoding"] == nil)
    }

    private func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("packed-\(UUID().uuidString)")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc"]
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardOutput = output
        try process.run()
        let unpacked = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return Array(unpacked)
    }

    // MARK: One item

    @Test(
        arguments: [
            (nil, "application/json"), ("*/*", "application/json"),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
            ("application/ld+json", "application/ld+json"), ("text/csv", "text/csv"),
            ("application/xml", "application/xml"), ("application/*", "application/json"),
            ("text/html;q=0.5, text/csv;q=0.6", "text/csv"),
        ] as [(String?, String)])
    func `an item comes in the type that is accepted best`(
        accept: String?, type: String
    ) async throws {
        let answer = try await get("/items/FULL-1", accept.map { [("Accept", $0)] } ?? [])
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"]?.hasPrefix(type) == true)
        #expect(answer.headers["vary"]?.contains("accept") == true)
        let tag = try #require(answer.headers["etag"])
        let headers = [("If-None-Match", tag)] + (accept.map { [("Accept", $0)] } ?? [])
        let again = try await get("/items/FULL-1", headers.map { ($0.0, $0.1) })
        #expect(again.status == 304)
    }

    @Test(arguments: ExportFormat.allCases)
    func `an item comes in any format that is named`(format: ExportFormat) async throws {
        let path = "/items/FULL-1?format=\(format.rawValue)"
        let answer = try await get(path, [("Accept", "image/png")])
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"]?.hasPrefix(format.mediaType) == true)
        let others = answer.headers["link"] ?? ""
        for other in ExportFormat.allCases {
            #expect(others.contains("format=\(other.rawValue)>") == (other != format))
        }
        #expect(
            others.contains("</items/FULL-1?format=html>; rel=\"alternate\"; type=\"text/html\""))
        #expect(try await get(path, method: "HEAD").headers["etag"] == answer.headers["etag"])
    }

    @Test func `a profile chooses among the vocabularies`() async throws {
        for (profile, word) in [
            ("https://schema.org", "Course"), ("https://purl.org/ctdl/terms", "ceterms:"),
            ("http://data.europa.eu/snb/model/elm", "elm:LearningOpportunity"),
        ] {
            let accept = "application/ld+json;profile=\"\(profile)\""
            let answer = try await get("/items/C-1", [("Accept", accept)])
            #expect(String(decoding: answer.body, as: UTF8.self).contains(word), "\(profile)")
        }
    }

    @Test func `what cannot be had is a problem that lists what can`() async throws {
        let refused = try await get("/items/C-1", [("Accept", "image/png, text/html;q=0")])
        node.expectProblem(refused, [406], .notAcceptable, "no type")
        #expect(String(decoding: refused.body, as: UTF8.self).contains("?format=qdr"))
        for query in ["format=", "format=JSON", "format=pdf", "format=%00"] {
            let answer = try await get("/items/C-1?\(query)")
            node.expectProblem(answer, [400], .malformedRequest, query)
        }
    }

    @Test func `an item that is gone has only its evidence left`() async throws {
        for (id, isErased) in [("GONE%2F1", false), ("E-1", true)] {
            let path = "/items/" + id
            for format in ExportFormat.allCases {
                let answer = try await get(path + "?format=\(format.rawValue)")
                node.expectProblem(answer, [410], .gone, "\(id) \(format)")
            }
            let page = try await get(path, [("Accept", "text/html")])
            let text = String(decoding: page.body, as: UTF8.self)
            #expect(page.status == 410)
            #expect(text.contains(isErased ? "<h1>Erased</h1>" : "<h1>Withdrawn</h1>"))
            #expect(!text.contains("Course"))
            let evidence = try await get(path)
            let json = try JSON.read(evidence.body)
            #expect(evidence.status == 200)
            #expect(json["living"]?.bool == isErased)
            #expect(json["evidence"]?["inclusion"]?.string == "verified")
        }
        node.expectProblem(
            try await get("/items/nope", [("Accept", "text/html")]), [404], .notFound, "unknown")
    }

    @Test func `the page shows hostile text as text, and runs nothing`() async throws {
        let answer = try await get("/items/FULL-1?format=html")
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/html; charset=utf-8")
        let policy = answer.headers["content-security-policy"] ?? ""
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        let page = String(decoding: answer.body, as: UTF8.self)
        #expect(!page.contains("<script>") && !page.contains("href=\"javascript"))
        #expect(page.contains("שלום עולם 🎓"))
        #expect(page.contains("EQF level 6") && page.contains("2.5 European Credit"))
        #expect(page.contains("verified in its log"))
    }

    @Test func `browsers get a page of the node, everybody else its text`() async throws {
        let text = try await get("/")
        #expect(text.headers["content-type"] == "text/plain; charset=utf-8")
        let page = try await get("/", [("Accept", "text/html,*/*;q=0.8")])
        #expect(page.headers["content-type"] == "text/html; charset=utf-8")
        #expect(page.headers["vary"]?.contains("accept") == true)
        #expect(page.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
        let words = "\(PublishingInstitution.items) learning opportunities"
        #expect(String(decoding: page.body, as: UTF8.self).contains(words))
        #expect(text.headers["etag"] != page.headers["etag"])
    }

    // MARK: Feeds

    @Test func `the feed has all changes, the newest first, page by page`() async throws {
        var path = "/feed.atom"
        var seen: [String] = []
        var gone: [String] = []
        var pages = 0
        while true {
            let answer = try await get(path)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/atom+xml")
            let root = try XMLElement.read(answer.body)
            #expect(root.first("id")?.ownText.hasSuffix("/feed.atom") == true)
            seen += root.all("entry").compactMap { $0.first("id")?.ownText }
            gone += root.all("deleted-entry").compactMap { $0.attribute("ref") }
            pages += 1
            let next = root.all("link").first { $0.attribute("rel") == "next" }
            guard let address = next?.attribute("href") else { break }
            try #require(pages < 5)
            path = String(address[try #require(address.firstRange(of: "/feed")).lowerBound...])
        }
        #expect(pages == 2)
        #expect(Set(seen).count == seen.count && seen.count == PublishingInstitution.items)
        #expect(
            Set(gone) == [
                "https://uni-a.example/items/GONE%2F1", "https://uni-a.example/items/E-1",
            ])
        node.expectProblem(try await get("/feed.atom?before=x"), [404], .notFound, "a place")
        node.expectProblem(try await get("/feed.atom?page=2"), [400], .malformedRequest, "a name")
    }

    @Test func `search engines find every item that can be read`() async throws {
        let robots = try await get("/robots.txt")
        let text = String(decoding: robots.body, as: UTF8.self)
        #expect(text.contains("Sitemap: \(node.url)/sitemap.xml"))
        let answer = try await get("/sitemap.xml")
        #expect(answer.headers["content-type"] == "application/xml")
        let root = try XMLElement.read(answer.body)
        let addresses = root.all("url").compactMap { $0.first("loc")?.ownText }
        #expect(Set(addresses).count == PublishingInstitution.items)
        for address in addresses.prefix(3) {
            #expect(address.hasPrefix(node.url + "/items/"))
            #expect(try await get(String(address.dropFirst(node.url.count))).status == 200)
        }
        #expect(try await get("/sitemap.xml?page=1").body == answer.body)
        for page in ["0", "2", "-1"] {
            node.expectProblem(
                try await get("/sitemap.xml?page=\(page)"), [404], .notFound, page)
        }
        node.expectProblem(try await get("/sitemap.xml?page=x"), [400], .malformedRequest, "x")
    }
}

/// A catalogue that changes while others follow it.
@Suite(.ownThreads, .serialized) struct ChangingCatalogueTests {
    @Test func `the tag of a catalogue changes with it, and with nothing else`() async throws {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        func tag() async throws -> String {
            let node = try ServingNode(
                institution.folder, status: try await institution.ask(.status))
            let answer = try await node.ask("GET", "/catalogue/items.json")
            #expect(answer.status == 200)
            return try #require(answer.headers["etag"])
        }
        var seen: Set<String> = []
        func isNew() async throws -> Bool { seen.insert(try await tag()).inserted }
        #expect(try await isNew())
        let a = PublishingInstitution.plain("A", field: 0)
        let b = PublishingInstitution.plain("B", field: 0)
        try await institution.publish([a, b, PublishingInstitution.plain("C", field: 0)])
        #expect(try await isNew())
        try await institution.publish([a, b])
        #expect(try await !isNew(), "nothing was published")
        #expect(institution.stop() == 0)
        try institution.start()
        #expect(try await !isNew(), "only started anew")
        try await institution.publish([PublishingInstitution.plain("A", field: 1)])
        #expect(try await isNew())
        try await institution.withdraw("B")
        #expect(try await isNew())
        try await institution.erase("B")
        #expect(try await !isNew(), "it was no longer there")
        try await institution.erase("A")
        #expect(try await isNew())
        #expect(institution.stop() == 0)
    }
}
