import CanonicalJSON
import Federation
import Foundation
import Keys
import Node
import NodeStore
import Testing
import TransparencyLog

@Suite(.serialized) struct `An erased payload` {
    private static let secret = "Zanzibar"
    private static let alias = "https://old.example/quokka-7"
    private static let origin = Institution.origin(TestFederation.a)
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution
    private let c: Institution

    init() throws {
        federation = try TestFederation()
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
        c = try federation[TestFederation.c]
    }

    private static func item(_ id: String, _ title: String) -> JSON {
        guard case .object(var item) = Institution.item(id, title) else { return .null }
        item["sameAs"] = [.string(alias)]
        return .object(item)
    }

    private func begin(publishing: Bool = true) async throws {
        try await federation.admitted()
        try await a.createLog()
        guard publishing else { return }
        try await a.publish(Self.item("BC-1", "\(Self.secret) studies"))
        try await a.publish(Institution.item("BC-2", "Painting"))
        try await held(3, by: federation.members)
    }

    private func held(_ size: Int, by readers: [Institution]) async throws {
        try await federation.until("\(size) leaves of A are confirmed and complete") {
            try readers.allSatisfy {
                try $0.confirmedSize(of: a.domain) >= size
                    && $0.node.logs.log(Self.origin)?.wantedCount() == 0
            }
        }
    }

    private func erase(
        _ id: String = "BC-1", by institution: Institution? = nil,
        _ change: (inout JSONObject) -> Void = { _ in }
    ) async throws -> JSON {
        var body: JSONObject = JSONObject()
        body["requestId"] = .string(Institution.requestID())
        body["id"] = .string(id)
        body["reason"] = "it named a person"
        change(&body)
        return try await (institution ?? a).ask(.catalogueErase, .object(body))
    }

    private func payload(of index: Int) throws -> Digest {
        guard case .leaf(let leaf) = LeafReading(try #require(try a.node.logs.own?.entry(index)))
        else { throw ProofError.outOfRange }
        return try #require(leaf.payload)
    }

    private func nothingIsLeft(at readers: [Institution]) throws {
        for reader in readers {
            for text in [Self.secret, Self.secret.lowercased(), "quokka-7"] {
                #expect(try reader.files(containing: text) == [], "\(reader.domain)")
            }
            #expect(try reader.node.answer(forPayload: payload(of: 1)) == .erased)
        }
    }

    @Test func `is gone from every file of every node, and proofs hold`() async throws {
        try await federation.running { [a, b, c] in
            try await begin()
            let before = try await c.ask(.logProve, ["origin": .string(Self.origin), "index": 1])
            for reader in [a, b, c] {
                #expect(try !reader.files(containing: Self.secret).isEmpty)
            }
            let done = try await erase()
            #expect(done["payloads"]?.array?.compactMap { $0["index"]?.integer } == [1])
            #expect(done["leaves"]?.array?.compactMap(\.integer) == [3])
            try nothingIsLeft(at: [a])
            try await held(4, by: [a, b, c])
            try nothingIsLeft(at: [a, b, c])
            for reader in [a, b, c] {
                let after = try await reader.ask(
                    .logProve, ["origin": .string(Self.origin), "index": 1])
                #expect(after["leaf"] == before["leaf"])
                #expect(try reader.found("zanzibar").isEmpty)
                #expect(try reader.found("painting").count == 1)
                let shown = try await reader.ask(
                    .catalogueShow, ["id": "https://uni-a.example/items/BC-1"])
                #expect(shown["erased"]?.bool == true)
                #expect(shown["item"] == nil && shown["title"] == nil)
                #expect(shown["evidence"]?["inclusion"]?.string == "verified")
                let other = try await reader.ask(
                    .catalogueShow, ["id": "https://uni-a.example/items/BC-2"])
                #expect(other["erased"] == nil)
                #expect(other["title"]?.string == "Painting")
            }
        }
    }

    @Test func `reaches a node that was away when the leaf was written`() async throws {
        try await federation.running { [a, b, c] in
            try await begin()
            federation.network.cut(c.domain)
            _ = try await erase()
            #expect(try !c.files(containing: Self.secret).isEmpty)
            #expect(try c.node.payload(payload(of: 1)) != nil)
            federation.network.mend(c.domain)
            try await held(4, by: [a, b, c])
            try nothingIsLeft(at: [a, b, c])
        }
    }

    @Test func `is asked for by nobody, and taken from nobody`() async throws {
        try await federation.running { [a, b] in
            try await begin(publishing: false)
            federation.network.cut(b.domain)
            try await a.publish(Self.item("BC-1", "\(Self.secret) studies"))
            let bytes = try #require(try a.node.payload(payload(of: 1)))
            _ = try await erase()
            federation.network.mend(b.domain)
            try await held(3, by: [b])
            try nothingIsLeft(at: [b])
            let copy = try #require(b.node.logs.log(Self.origin))
            #expect(try copy.store(payloads: [bytes]).isEmpty)
            #expect(try b.node.answer(forPayload: Digest(of: bytes)) == .erased)
        }
    }

    @Test func `of one revision leaves the others`() async throws {
        try await federation.running { [a, b] in
            try await begin()
            try await a.publish(Institution.item("BC-1", "Robotics"))
            _ = try await erase { $0["revision"] = 1 }
            try await held(5, by: [a, b])
            for reader in [a, b] {
                #expect(try reader.files(containing: Self.secret) == [])
                let shown = try await reader.ask(
                    .catalogueShow, ["id": "https://uni-a.example/items/BC-1"])
                #expect(shown["title"]?.string == "Robotics")
                #expect(shown["erased"] == nil)
            }
        }
    }

    @Test func `is told beforehand and erased once`() async throws {
        try await federation.running { [a] in
            try await begin()
            let told = try await erase { $0["dryRun"] = true }
            #expect(told["payloads"]?.array?.count == 1)
            #expect(a.node.logs.own?.size == 3)
            #expect(try a.node.payload(payload(of: 1)) != nil)
            let id = Institution.requestID()
            let first = try await erase { $0["requestId"] = .string(id) }
            let again = try await erase { $0["requestId"] = .string(id) }
            #expect(first == again)
            #expect(a.node.logs.own?.size == 4)
            let problem = await #expect(throws: Problem.self) { _ = try await erase() }
            #expect(problem?.slug == .gone)
            let questions: [(String, Int64?, Problem.Slug)] = [
                ("nope", nil, .notFound), ("BC-2", 2, .notFound), ("BC-2", 0, .notFound),
            ]
            for (item, revision, slug) in questions {
                let problem = await #expect(throws: Problem.self) {
                    _ = try await erase(item) {
                        $0["revision"] = revision.map { .number(JSONNumber($0)) }
                    }
                }
                #expect(problem?.slug == slug)
            }
            let unreasoned = await #expect(throws: Problem.self) {
                _ = try await erase("BC-2") { $0["reason"] = "" }
            }
            #expect(unreasoned?.pointer == "/reason")
            #expect(a.node.logs.own?.size == 4)
        }
    }

    @Test func `of more than four revisions takes more than one leaf`() async throws {
        try await federation.running { [a] in
            try await begin()
            for number in 0..<8 {
                try await a.publish(Institution.item("BC-1", "\(Self.secret) \(number)"))
            }
            let done = try await erase()
            #expect(done["payloads"]?.array?.count == 9)
            #expect(done["leaves"]?.array?.compactMap(\.integer) == [11, 12, 13])
            #expect(try a.files(containing: Self.secret) == [])
        }
    }

    @Test func `is erased after a crash behind the intent`() async throws {
        try await federation.running { try await begin() }
        let leaf = try #require(try a.node.logs.own?.entry(1))
        let id = try #require(RequestID(Institution.requestID()))
        try a.node.database.intend(
            ErasureIntent(
                request: id, what: .init(text: "item BC-1", decision: nil), reason: "crash",
                references: [
                    LeafReference(origin: Self.origin, index: 1, hash: Digest.ofLeaf(leaf))
                ]),
            at: federation.clock.time.now())
        let again = try federation.restarted(a.domain)
        try await federation.running([again]) {
            try await federation.until("the erasure is finished") {
                try again.node.database.unfinishedErasures().isEmpty
            }
        }
        #expect(again.node.logs.own?.size == 4)
        #expect(try again.files(containing: Self.secret) == [])
    }

    @Test func `is told apart in a lookup`() async throws {
        try await federation.running { [a, b] in
            try await begin()
            let credential = try await a.ask(.credentialIssue, ["item": "BC-1", "subject": [:]])
            _ = try await erase()
            try await held(4, by: [b])
            let report = try await b.ask(.credentialLookup, ["credential": credential])
            let line = report["checks"]?.array?.first { $0["id"]?.string == "item" }
            #expect(line?["status"]?.string == "pass")
            #expect(line?["detail"]?.string?.contains("erased by the issuer") == true)
            #expect(report["item"]?["erased"]?.bool == true)
            #expect(report["item"]?["item"] == nil)
        }
    }
}

@Suite(.serialized) struct `A copy that was not polled` {
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
        try await a.createLog()
        try await a.publish(Institution.item("BC-1", "Robotics"))
        try await federation.until("B holds it") {
            try b.confirmedSize(of: a.domain) == 2
                && b.node.logs.log(Self.origin)?.wantedCount() == 0
        }
    }

    private func digest() throws -> Digest {
        guard case .leaf(let leaf) = LeafReading(try #require(try a.node.logs.own?.entry(1)))
        else { throw ProofError.outOfRange }
        return try #require(leaf.payload)
    }

    private func pass(seconds: Int64) async {
        federation.clock.advance(by: .seconds(seconds))
        await federation.settle()
    }

    @Test func `for 72 hours serves none of its payloads until it has polled`() async throws {
        try await federation.running { [a, b] in
            try await begin()
            federation.network.cut(a.domain)
            await pass(seconds: 120)
            let last = try #require(try b.node.logs.log(Self.origin)?.lastPoll())
            let left = LogFreshness.patience - (federation.clock.time.now() - last)
            await pass(seconds: left - 3600)
            #expect(try b.node.payload(digest()) != nil)
            #expect(try b.found("robotics").count == 1)
            await pass(seconds: 2 * 3600)
            #expect(try b.node.answer(forPayload: digest()) == .stale)
            #expect(try b.node.payload(digest()) == nil)
            #expect(try b.found("robotics").isEmpty)
            let shown = try await b.ask(.catalogueShow, ["id": "https://uni-a.example/items/BC-1"])
            #expect(shown["stale"]?.bool == true)
            #expect(shown["item"] == nil && shown["title"] == nil)
            #expect(shown["evidence"]?["inclusion"]?.string == "verified")
            #expect(try a.node.payload(digest()) != nil)
            federation.network.mend(a.domain)
            try await federation.until("B has polled", seconds: 8 * 3600) {
                try b.node.payload(digest()) != nil
            }
            #expect(try b.found("robotics").count == 1)
        }
    }

    @Test func `is stale after a restart too`() async throws {
        try await federation.running { try await begin() }
        federation.clock.advance(by: .seconds(LogFreshness.patience + 60))
        let again = try federation.restarted(b.domain)
        let key = try #require(a.node.logs.own).key
        #expect(try again.node.logs.mirror(key: key).size == 2)
        #expect(try again.node.answer(forPayload: digest()) == .stale)
        try await federation.running([again]) {
            try await federation.until("it has polled") {
                try again.node.payload(digest()) != nil
            }
        }
    }

    @Test func `has nothing to hide within 72 hours of a restart`() async throws {
        try await federation.running { try await begin() }
        federation.clock.advance(by: .seconds(3600))
        let again = try federation.restarted(b.domain)
        let key = try #require(a.node.logs.own).key
        #expect(try again.node.logs.mirror(key: key).size == 2)
        #expect(try again.node.payload(digest()) != nil)
    }
}

extension Institution {
    /// Items that a search finds.
    func found(_ words: String) throws -> [JSON] {
        try SearchDesk(node: node).search(words, domain: nil, limit: 9)["results"]?.array ?? []
    }
}
