import CanonicalJSON
import Catalogue
import Federation
import Keys
import Node
import NodeStore
import Testing

/// What a node does with items that have gaps.
@Suite(.serialized) struct `The publishing policy of a node` {
    private static let request = RequestID(
        milliseconds: 1, random: [UInt8](repeating: 7, count: 10))

    private static func items() throws -> [JSON] {
        let level: JSON = .string("http://data.europa.eu/snb/eqf/6")
        return ["P-1", "P-2", "P-3"].map { id in
            guard case .object(var item) = Institution.item(id, "Gaps") else { return .null }
            if id != "P-2" { item["eqfLevel"] = level }
            return .object(item)
        }
    }

    private func running(
        refuse: [String], _ body: @Sendable (Institution) async throws -> Void
    ) async throws {
        let federation = try TestFederation(
            publishing: PublishingPolicy(
                warn: [], refuse: refuse.compactMap { PublishingPolicy.Reference($0) }))
        let a = try federation[TestFederation.a]
        try await federation.running {
            try await federation.admitted()
            try await a.createLog()
            try await body(a)
        }
    }

    @Test func `refuses all for one, and says which rule and which field`() async throws {
        try await running(refuse: ["council-2022/level"]) { a in
            let before = try #require(a.node.logs.own?.size)
            do {
                _ = try await CatalogueDesk(node: a.node).publish(
                    try Self.items(), request: Self.request, dryRun: false)
                Issue.record("it was published")
            } catch let problem as Problem {
                #expect(problem.slug == .invalidItem)
                #expect(problem.pointer == "/items/1/eqfLevel")
                #expect(problem.detail.contains("P-2 does not meet council-2022/level"))
            }
            #expect(a.node.logs.own?.size == before)
        }
    }

    @Test func `leaves out what is refused, and publishes the rest in its order`() async throws {
        try await running(refuse: ["council-2022/level"]) { a in
            let desk = CatalogueDesk(node: a.node)
            let before = try #require(a.node.logs.own?.size)
            for isDry in [true, false] {
                let answer = try await desk.publish(
                    try Self.items(), request: Self.request, dryRun: isDry, skipsRefused: true)
                let results = try #require(answer["results"]?.array)
                #expect(results.map { $0["id"]?.string } == ["P-1", "P-2", "P-3"])
                #expect(
                    results.map { $0["outcome"]?.string } == ["published", "refused", "published"])
                let gap = results[1]["gaps"]?.array?.first
                #expect(gap?["rule"]?.string == "council-2022/level")
                #expect(gap?["refuses"]?.bool == true)
                #expect(a.node.logs.own?.size == (isDry ? before : before + 2))
            }
            // Only what is refused: nothing is appended, and that is an answer too.
            let only = try await desk.publish(
                [try Self.items()[1]],
                request: RequestID(milliseconds: 2, random: [UInt8](repeating: 8, count: 10)),
                dryRun: false, skipsRefused: true)
            #expect(only["results"]?.array?.map { $0["outcome"]?.string } == ["refused"])
            #expect(a.node.logs.own?.size == before + 2)
        }
    }
}
