import CanonicalJSON
import Catalogue
import Federation
import Foundation
import Keys
import Node
import NodeStore
import Testing

@Suite(.serialized) struct `A search at a node` {
    private static let origin = Institution.origin(TestFederation.a)
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution

    init() throws {
        federation = try TestFederation([TestFederation.a, TestFederation.b])
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
    }

    private func begin() async throws {
        try await federation.until("both have the registry") {
            federation.members.allSatisfy { $0.node.registry.version != nil }
        }
        for member in federation.members { try await member.createLog() }
        try await a.publish(
            Self.item("BC-1", "Robotics", field: "0714", country: "DE"),
            Self.item("BC-2", "Robots at sea", field: "0716", country: "DE"))
        try await b.publish(Self.item("X", "Robot law", field: "0421", country: "FR"))
        try await federation.until("B holds it") {
            try b.node.logs.log(Self.origin)?.wantedCount() == 0 && found("robot").count == 3
        }
    }

    private static func item(_ id: String, _ title: String, field: String, country: String) -> JSON
    {
        var item = Institution.item(id, title).object ?? JSONObject()
        item["iscedFields"] = .array([.string("http://data.europa.eu/snb/isced-f/\(field)")])
        item["provider"] = [
            "name": ["en": "Provider"],
            "country": Country.uri(code: country).map { .string($0) } ?? .null,
        ]
        return .object(item)
    }

    private func found(_ words: String) throws -> [String] {
        try b.found(words).compactMap { $0["id"]?.string }
    }

    private func counts(_ dimension: FacetDimension) throws -> String {
        var query = CatalogueQuery("robot")
        query.hasFacets = true
        let facets = try SearchDesk(node: b.node).search(query)["facets"]
        return (facets?[dimension.rawValue]?.array ?? []).map {
            "\($0["value"]?.string ?? "") \($0["count"]?.integer ?? 0)"
        }.joined(separator: ", ")
    }

    @Test func `neither finds nor counts what a stale log holds`() async throws {
        try await federation.running {
            try await begin()
            #expect(try counts(.country) == "DE 2, FR 1")
            #expect(try counts(.institution) == "uni-a.example 2, uni-b.example 1")
            federation.network.cut(a.domain)
            federation.clock.advance(by: .seconds(120))
            await federation.settle()
            federation.clock.advance(by: .seconds(LogFreshness.patience + 3600))
            await federation.settle()
            #expect(try found("robot") == ["X"])
            #expect(try counts(.country) == "FR 1")
            let one = try SearchDesk(node: b.node).search("robot", domain: nil, limit: 1)
            #expect(one["results"]?.array?.count == 1 && one["total"]?.integer == 1)
            #expect(one["next"] == nil)
            #expect(
                try SearchDesk(node: b.node).search("robotcs", domain: nil, limit: 1)["corrected"]
                    == nil)
            #expect(throws: Problem.self) {
                try SearchDesk(node: b.node).similar(
                    to: "https://uni-a.example/items/BC-1", limit: 5)
            }
            federation.network.mend(a.domain)
            try await federation.until("B has polled", seconds: 8 * 3600) {
                try counts(.country) == "DE 2, FR 1"
            }
        }
    }

    @Test func `takes the same parameters over the socket as over HTTPS`() async throws {
        try await federation.running {
            try await begin()
            let answer = try await b.ask(
                .catalogueSearch,
                [
                    "query": "robot", "field": ["07", "0421"], "country": "DE", "limit": 1,
                    "sort": "title", "facets": true,
                ])
            #expect(answer["results"]?[0]?["id"]?.string == "BC-1")
            #expect(answer["results"]?[0]?["evidence"]?["inclusion"]?.string == "verified")
            #expect(answer["total"]?.integer == 2)
            let fields = answer["facets"]?["field"]?.array?.first
            #expect(fields?["value"]?.string == "07" && fields?["label"]?.string != nil)
            let next = try #require(answer["next"])
            let more = try await b.ask(
                .catalogueSearch,
                ["query": "robot", "country": "DE", "sort": "title", "cursor": next])
            #expect(more["results"]?.array?.compactMap { $0["id"]?.string } == ["BC-2"])
            #expect(more["next"] == nil && more["facets"] == nil)
            let problem = await #expect(throws: Problem.self) {
                try await b.ask(.catalogueSearch, ["query": "robot", "contry": "DE"])
            }
            #expect(problem?.slug == .malformedRequest && problem?.pointer == "contry")
            let corrected = try await b.ask(.catalogueSearch, ["query": "robottics"])
            #expect(corrected["corrected"]?["robottics"]?.string == "robotics")
        }
    }

    @Test func `tells what is similar to an item, and why`() async throws {
        try await federation.running {
            try await begin()
            let answer = try await a.ask(.catalogueSimilar, ["id": "BC-1"])
            let line = try #require(answer["results"]?[0])
            #expect(line["id"]?.string == "BC-2" && answer["results"]?.array?.count == 1)
            #expect(line["similarity"]?["score"]?.integer == 24)
            #expect(line["similarity"]?["fields"]?[0]?["value"]?.string == "071")
            let problem = await #expect(throws: Problem.self) {
                try await a.ask(.catalogueSimilar, ["id": "nope"])
            }
            #expect(problem?.slug == .notFound)
        }
    }
}

@Suite(.serialized) struct `Needs at a node` {
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution

    init() throws {
        federation = try TestFederation([TestFederation.a, TestFederation.b])
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
    }

    private static let need: JSON = [
        "id": "N-1", "title": ["en": "Robots"], "defaultLanguage": "en",
        "iscedFields": ["http://data.europa.eu/snb/isced-f/0714"],
        "contact": "office@uni-a.example",
    ]

    private func publish(_ need: JSON) async throws -> JSON {
        try await a.ask(
            .needPublish, ["requestId": .string(Institution.requestID()), "need": need])
    }

    private func begin() async throws {
        try await federation.until("both have the registry") {
            federation.members.allSatisfy { $0.node.registry.version != nil }
        }
        for member in federation.members { try await member.createLog() }
        var item = Institution.item("BC-1", "Robotics").object ?? JSONObject()
        item["iscedFields"] = ["http://data.europa.eu/snb/isced-f/0714"]
        try await b.publish(.object(item), Institution.item("BC-2", "Painting"))
        #expect(try await publish(Self.need)["outcome"]?.string == "published")
        try await federation.until("B knows the need, A the item") {
            try b.node.views.needs(limit: 9).count == 1 && a.found("robotics").count == 1
        }
    }

    @Test func `are matched with items, and items with them, at every node`() async throws {
        try await federation.running {
            try await begin()
            for (node, name) in [(a, "N-1"), (b, "uni-a.example/N-1")] {
                let answer = try await node.ask(.needMatch, ["id": .string(name)])
                #expect(answer["results"]?.array?.compactMap { $0["id"]?.string } == ["BC-1"])
                #expect(answer["results"]?[0]?["match"]?["score"]?.integer == 100)
                #expect(answer["results"]?[0]?["evidence"]?["inclusion"]?.string == "verified")
                let item: JSON = ["item": "https://uni-b.example/items/BC-1"]
                let needs = try await node.ask(.needList, item)["needs"]
                #expect(needs?[0]?["id"]?.string == "N-1" && needs?[0]?["match"] != nil)
                let other: JSON = ["item": "https://uni-b.example/items/BC-2"]
                #expect(try await node.ask(.needList, other)["needs"] == [])
            }
        }
    }

    @Test func `are erased from every file of every node`() async throws {
        try await federation.running {
            try await begin()
            var object = Self.need.object ?? JSONObject()
            object["title"] = ["en": "Zanzibar quokka"]
            #expect(try await publish(.object(object))["revision"]?.integer == 2)
            try await federation.until("B knows the second revision") {
                try !b.files(containing: "Zanzibar quokka").isEmpty
            }
            let erase: JSON = [
                "requestId": .string(Institution.requestID()), "id": "N-1", "reason": "a name",
                "revision": 2,
            ]
            let done = try await a.ask(.needErase, erase)
            #expect(done["what"]?.string == "need N-1")
            #expect(done["payloads"]?.array?.count == 1 && done["leaves"]?.array?.count == 1)
            try await federation.until("B has erased it") {
                try b.files(containing: "Zanzibar quokka").isEmpty
            }
            #expect(try a.files(containing: "Zanzibar quokka") == [])
            for (node, name) in [(a, "N-1"), (b, "uni-a.example/N-1")] {
                let shown = try await node.ask(.needShow, ["id": .string(name)])
                #expect(shown["need"] == nil && shown["revision"]?.integer == 2)
                #expect(shown["erased"]?.bool == true && shown["stale"] == nil)
                #expect(try await node.ask(.needList)["needs"] == [])
            }
            // The item of the same id is another subject, and the same request is answered again.
            #expect(try await a.ask(.needErase, erase) == done)
            let other = await #expect(throws: Problem.self) {
                try await a.ask(
                    .needErase,
                    [
                        "requestId": .string(Institution.requestID()), "id": "BC-1",
                        "reason": "x",
                    ])
            }
            #expect(other?.slug == .notFound)
        }
    }

    @Test func `are revised, withdrawn, and not told when their log is stale`() async throws {
        try await federation.running {
            try await begin()
            #expect(try await publish(Self.need)["outcome"]?.string == "unchanged")
            var object = Self.need.object ?? JSONObject()
            object["title"] = ["en": "More robots"]
            #expect(try await publish(.object(object))["outcome"]?.string == "revised")
            #expect(try await a.ask(.needShow, ["id": "N-1"])["title"]?.string == "More robots")
            object["contact"] = "nobody"
            let broken = JSON.object(object)
            let problem = await #expect(throws: Problem.self) { try await publish(broken) }
            #expect(problem?.slug == .invalidItem && problem?.pointer == "/need/contact")
            federation.network.cut(a.domain)
            federation.clock.advance(by: .seconds(120))
            await federation.settle()
            federation.clock.advance(by: .seconds(LogFreshness.patience + 3600))
            await federation.settle()
            #expect(try await b.ask(.needList)["needs"] == [])
            let shown = try await b.ask(.needShow, ["id": "uni-a.example/N-1"])
            #expect(shown["need"] == nil && shown["stale"]?.bool == true)
            let gone = await #expect(throws: Problem.self) {
                try await b.ask(.needMatch, ["id": "uni-a.example/N-1"])
            }
            #expect(gone?.slug == .notFound)
            let withdrawn = try await a.ask(
                .needWithdraw,
                ["requestId": .string(Institution.requestID()), "id": "N-1", "reason": "found"])
            #expect(withdrawn["outcome"]?.string == "withdrawn")
            #expect(try await a.ask(.needList)["needs"] == [])
            #expect(try await a.ask(.needShow, ["id": "N-1"])["living"]?.bool == false)
        }
    }
}
