import CanonicalJSON
import Federation
import NodeClient
import Testing

/// The description of the API against what is served.
extension PublicationTests {
    private func description() async throws -> JSON {
        let answer = try await node.ask("GET", "/openapi.json")
        #expect(answer.status == 200)
        return try JSON.read(answer.body, limits: .operatorFile)
    }

    @Test func `every endpoint is described, and nothing else`() async throws {
        let json = try await description()
        #expect(json["openapi"]?.string?.hasPrefix("3.1.") == true)
        var described: Set<String> = []
        for path in json["paths"]?.object?.names ?? [] {
            for method in json["paths"]?[path]?.object?.names ?? [] where method != "parameters" {
                described.insert(method.uppercased() + " " + path)
                let operation = json["paths"]?[path]?[method]
                #expect(operation?["summary"]?.string?.isEmpty == false, "\(path)")
                #expect(operation?["responses"]?["default"] != nil, "\(path)")
                // Every placeholder is a parameter.
                let names = (json["paths"]?[path]?["parameters"]?.array ?? [])
                    .compactMap { $0["name"]?.string }
                let placeholders = path.split(separator: "/").filter { $0.hasPrefix("{") }
                    .map { String($0.dropFirst().dropLast()) }
                #expect(Set(names) == Set(placeholders), "\(path)")
            }
        }
        #expect(described == Set(Endpoint.allCases.map(\.rawValue)))
    }

    @Test func `every kind of problem is named`() async throws {
        let schema = try await description()["components"]?["schemas"]?["problem"]
        let types = schema?["properties"]?["type"]?["enum"]?.array?.compactMap(\.string) ?? []
        #expect(
            Set(types)
                == Set(
                    Problem.Slug.allCases.map { "https://\(node.domain)/problems/\($0.rawValue)" }))
    }

    @Test(arguments: Endpoint.allCases.filter { $0.method == "GET" })
    func `what is served is of a type that is described`(endpoint: Endpoint) async throws {
        let json = try await description()
        let answer = try await node.ask("GET", Refusal.example(endpoint))
        let responses = json["paths"]?[endpoint.template]?["get"]?["responses"]
        let type = try #require(answer.headers["content-type"])
        guard answer.status == 200 else {
            #expect(answer.status == 404, "\(endpoint)")
            #expect(type == "application/problem+json")
            return
        }
        let described = responses?["200"]?["content"]?.object?.names ?? []
        #expect(described.contains(type), "\(endpoint): \(type)")
    }

    @Test(arguments: ["/", "/v1/catalogue?q=course", "/v1/node", "/v1/heads", "/v1/catalogue?x=1"])
    func `answers to programs lead to the description`(path: String) async throws {
        let answer = try await node.ask("GET", path)
        let link = answer.headers["link"] ?? ""
        #expect(link.contains("</openapi.json>; rel=\"service-desc\""))
        let other = try await node.ask("GET", "/log/1/checkpoint")
        #expect(other.headers["link"] == nil)
    }

    @Test func `the catalogue of APIs leads to what is served`() async throws {
        let answer = try await node.ask("GET", "/.well-known/api-catalog")
        #expect(answer.headers["content-type"] == "application/linkset+json")
        let set = try JSON.read(answer.body)["linkset"]?[0]
        let targets = (set?["service-desc"]?.array ?? []) + (set?["item"]?.array ?? [])
        #expect(targets.count == 3)
        for target in targets {
            let path = try #require(target["href"]?.string)
            #expect(try await node.ask("GET", path).status == 200, "\(path)")
        }
    }
}
