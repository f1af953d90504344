import Federation
import Foundation
import Keys
import NodeStore
import Testing

@Suite struct `The views` {
    private static let a = "uni-a.example"
    private static let b = "uni-b.example"
    private let folder: TemporaryFolder
    private let views: ViewsStore

    init() throws {
        folder = try TemporaryFolder()
        views = try ViewsStore(path: folder.file("views.sqlite"))
    }

    private static func origin(_ domain: String) -> String { "\(domain)/eccoe/1" }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// A payload in the tests' own form: title | body | aliases.
    private func document(_ payload: [UInt8]) -> ViewDocument? {
        let parts = String(decoding: payload, as: UTF8.self).split(
            separator: "|",
            omittingEmptySubsequences: false
        ).map(String.init)
        if parts.count == 2, parts[0] == "precedent" {
            return .precedent(json: payload, item: parts[1])
        }
        guard parts.count == 3 else { return nil }
        let aliases = parts[2].split(separator: ",").map(String.init)
        return .item(json: payload, title: parts[0], body: parts[1], sameAs: aliases)
    }

    /// Folds leaves as the next ones of a log, with or without their payloads.
    private func fold(
        _ entries: [(type: LeafType, subject: String, text: String)],
        of domain: String = Self.a,
        from: Int = 0,
        hasPayloads: Bool = true
    ) throws {
        let verdicts = entries.enumerated().map { offset, entry in
            let leaf = Leaf(
                type: entry.type,
                at: SampleStore.time.startOfDay,
                subject: entry.subject,
                revision: from + offset + 1,
                payload: entry.type.hasPayload ? Digest(of: bytes(entry.text)) : nil,
                commitment: entry.type.hasCommitment ? Digest(of: bytes(entry.text)) : nil
            )
            return FoldVerdict(accepted: leaf.bytes, index: from + offset)
        }
        let payloads = entries.reduce(into: [Digest: [UInt8]]()) {
            $0[Digest(of: bytes($1.text))] = bytes($1.text)
        }
        try views.fold(
            domain: domain,
            origin: Self.origin(domain),
            from: from,
            entries: verdicts,
            payload: { hasPayloads ? payloads[$0] : nil },
            document: document
        )
    }

    private func erase(_ texts: [String], of domain: String = Self.a, from: Int) throws -> Bool {
        try views.fold(
            domain: domain, origin: Self.origin(domain), from: from, entries: [],
            erased: texts.map { Digest(of: bytes($0)) }, payload: { _ in nil },
            document: { _ in nil })
    }

    @Test func `lose the texts of erased payloads, from their files too`() throws {
        let text = "Zanzibar|Quokka|https://x.example/wombat"
        try fold([
            (.precedentPublished, "00112233445566778899aabbccddeeff", "precedent|wombat-1"),
            (.itemPublished, "A", text), (.itemPublished, "B", "Painting|Canvas|"),
        ])
        try fold([(.itemPublished, "A", text)], of: Self.b)
        #expect(try erase([text, "precedent|wombat-1"], from: 3))
        #expect(try !erase([text], from: 3))
        #expect(try found("zanzibar", domain: Self.a).isEmpty)
        #expect(try found("canvas") == ["B"])
        let id = "https://uni-a.example/items/A"
        let row = try #require(try views.item(globalID: id, issuer: nil))
        #expect(row.isErased && row.document == nil && row.living)
        #expect(try views.item(globalID: "https://x.example/wombat", issuer: Self.a) == nil)
        #expect(try views.precedents(item: "wombat-1").isEmpty)
        #expect(try views.erasedItems(domain: Self.a) == 1)
        // Another institution's own payload of the same bytes stays, until it erases it.
        #expect(try found("zanzibar", domain: Self.b) == ["A"])
        #expect(try views.erasedItems(domain: Self.b) == 0)
        #expect(try erase([text], of: Self.b, from: 1))
        try views.scrub()
        let file = try #require(FileManager.default.contents(atPath: folder.file("views.sqlite")))
        for word in ["Zanzibar", "zanzibar", "Quokka", "quokka", "wombat"] {
            #expect(file.range(of: Data(word.utf8)) == nil, "\(word)")
        }
        #expect(file.range(of: Data("Painting".utf8)) != nil)
    }

    @Test func `lose an erased text that stands in for one that has not arrived`() throws {
        try fold([(.itemPublished, "A", "Zanzibar|Quokka|")])
        let leaf = Leaf(
            type: .itemPublished, at: SampleStore.time, subject: "A", revision: 2, previous: 0,
            payload: Digest(of: bytes("Robotics|Arms|")))
        try views.fold(
            domain: Self.a, origin: Self.origin(Self.a), from: 1,
            entries: [FoldVerdict(accepted: leaf.bytes, index: 1)], payload: { _ in nil },
            document: document)
        #expect(try erase(["Zanzibar|Quokka|"], from: 2))
        #expect(try found("zanzibar").isEmpty)
        let id = "https://uni-a.example/items/A"
        #expect(try views.item(globalID: id, issuer: nil)?.isErased == false)
        try views.show(
            domain: Self.a, origin: Self.origin(Self.a),
            payloads: ["Zanzibar|Quokka|", "Robotics|Arms|"].compactMap { text in
                document(bytes(text)).map { (Digest(of: bytes(text)), $0) }
            })
        #expect(try found("robotics") == ["A"])
        #expect(try found("zanzibar").isEmpty)
    }

    private func found(_ query: String, domain: String? = nil, limit: Int = 20) throws -> [String] {
        try views.search(query, domain: domain, limit: limit).map(\.id)
    }

    @Test func `find an item by its words`() throws {
        try fold([
            (.itemPublished, "A", "Robotics|Arms and hands|"),
            (.itemPublished, "B", "Painting|Hands on canvas|"),
        ])
        #expect(try found("robotics") == ["A"])
        #expect(try found("HANDS canvas") == ["B"])
        #expect(try Set(found("hands")) == ["A", "B"])
        #expect(try found("robotics canvas").isEmpty)
        let row = try #require(try views.search("robotics", domain: nil, limit: 1).first)
        #expect(row.globalID == "https://uni-a.example/items/A")
        #expect(row.origin == "uni-a.example/eccoe/1")
        #expect(row.index == 0 && row.revision == 1 && row.living)
        #expect(row.document == bytes("Robotics|Arms and hands|"))
    }

    @Test(arguments: [
        ("ecologie", true), ("Écologie", true), ("ECOLOGIE", true), ("e\u{301}cologie", true),
        ("ecol", true), ("éco", true), ("ologie", false), ("ecologiques", false),
        ("appliquee eco", true), ("app ecologie", false),
    ])
    func `find without accents and by the start of the last word`(
        _ query: String,
        _ isFound: Bool
    ) throws {
        try fold([(.itemPublished, "A", "Écologie appliquée|Été|")])
        #expect(try found(query) == (isFound ? ["A"] : []))
    }

    @Test func `put matches in the title first`() throws {
        try fold([
            (.itemPublished, "A", "Arms|all about robots|"),
            (.itemPublished, "B", "Robots|all about arms|"),
        ])
        #expect(try found("robots") == ["B", "A"])
        #expect(try found("arms", limit: 1) == ["A"])
    }

    @Test(arguments: [
        #"AND "x* NEAR("#, "AND", "OR", "NOT", "NEAR(a b, 2)", "title:robotics", "\"", "'", "*",
        "^robotics", "robotics AND", "(", ")", "-robotics", "{title}", "a\u{0}b", "+", ";--",
        "robotics\" OR \"1", "\u{93f}", "½", "٣", "日本", "🤖", "%", "_",
    ])
    func `take operators for words`(_ query: String) throws {
        try fold([(.itemPublished, "A", "Robotics|and not near or|")])
        _ = try views.search(query, domain: nil, limit: 5)
    }

    @Test func `search for the words of an operator`() throws {
        try fold([
            (.itemPublished, "A", "Gates|AND, OR and NOT|"),
            (.itemPublished, "B", "Doors|nothing|"),
        ])
        #expect(try found("AND") == ["A"])
        #expect(try found("doors OR gates").isEmpty)
        #expect(try found("NOT doors").isEmpty)
        #expect(try found("body:nothing").isEmpty)
    }

    @Test func `list everything that lives for a search without words`() throws {
        try fold([(.itemPublished, "A", "One||"), (.itemPublished, "B", "Two||")])
        #expect(try found("") == ["A", "B"])
        #expect(try found(" ?! ") == ["A", "B"])
    }

    @Test func `show the newest revision only`() throws {
        try fold([
            (.itemPublished, "A", "Old name||"), (.itemPublished, "A", "New name||"),
        ])
        #expect(try found("old").isEmpty)
        #expect(try found("new") == ["A"])
        #expect(try views.itemCounts() == [Self.a: 1])
        #expect(try views.list(domain: nil, after: nil, limit: 9).map(\.revision) == [2])
    }

    @Test func `hide a withdrawn item and keep what it was`() throws {
        try fold([
            (.itemPublished, "A", "Robotics||"), (.itemWithdrawn, "A", "not taught any more"),
        ])
        #expect(try found("robotics").isEmpty)
        #expect(try found("taught").isEmpty)
        #expect(try views.list(domain: nil, after: nil, limit: 9).isEmpty)
        #expect(try views.itemCounts().isEmpty)
        let row = try #require(
            try views.item(globalID: "https://uni-a.example/items/A", issuer: nil)
        )
        #expect(!row.living && row.index == 1)
        #expect(row.document == bytes("Robotics||"))
        try fold([(.itemPublished, "A", "Robotics again||")], from: 2)
        #expect(try found("robotics") == ["A"])
    }

    @Test func `know an alias in its own institution's log only`() throws {
        try fold([(.itemPublished, "A", "One||urn:x,https://uni-b.example/items/B")])
        try fold([(.itemPublished, "B", "Two||urn:x")], of: Self.b)
        #expect(try views.item(globalID: "urn:x", issuer: Self.a)?.id == "A")
        #expect(try views.item(globalID: "urn:x", issuer: Self.b)?.id == "B")
        #expect(try views.item(globalID: "urn:x", issuer: nil) == nil)
        #expect(try views.item(globalID: "urn:x", issuer: "uni-c.example") == nil)
        let global = "https://uni-b.example/items/B"
        #expect(try views.item(globalID: global, issuer: nil)?.domain == Self.b)
        #expect(try views.item(globalID: global, issuer: Self.b)?.domain == Self.b)
        #expect(try views.item(globalID: global, issuer: "uni-c.example") == nil)
    }

    @Test func `forget an alias that a revision no longer names`() throws {
        try fold([
            (.itemPublished, "A", "One||urn:x,urn:y"), (.itemPublished, "A", "One||urn:y"),
        ])
        #expect(try views.item(globalID: "urn:x", issuer: Self.a) == nil)
        #expect(try views.item(globalID: "urn:y", issuer: Self.a)?.id == "A")
    }

    @Test func `show a payload that arrives after its leaf`() throws {
        try fold([(.itemPublished, "A", "Robotics||")], hasPayloads: false)
        #expect(try found("robotics").isEmpty)
        #expect(try views.list(domain: nil, after: nil, limit: 9).map(\.document) == [nil])
        let payload = bytes("Robotics||")
        let shown = try #require(document(payload))
        try views.show(
            domain: Self.b,
            origin: Self.origin(Self.b),
            payloads: [(Digest(of: payload), shown)]
        )
        #expect(try found("robotics").isEmpty)
        try views.show(
            domain: Self.a,
            origin: Self.origin(Self.a),
            payloads: [(Digest(of: payload), shown)]
        )
        #expect(try found("robotics") == ["A"])
    }

    @Test func `keep institutions apart`() throws {
        try fold([(.itemPublished, "X", "Robotics||")])
        try fold([(.itemPublished, "X", "Robotics||")], of: Self.b)
        let rows = try views.search("robotics", domain: nil, limit: 9)
        #expect(rows.map(\.domain) == [Self.a, Self.b])
        #expect(try views.search("robotics", domain: Self.b, limit: 9).map(\.domain) == [Self.b])
        #expect(try views.list(domain: Self.a, after: nil, limit: 9).map(\.domain) == [Self.a])
        #expect(try views.itemCounts() == [Self.a: 1, Self.b: 1])
    }

    @Test func `are listed page by page`() throws {
        try fold((0..<7).map { (.itemPublished, "I\($0)", "Item \($0)||") })
        var ids: [String] = []
        var after: String?
        repeat {
            let page = try views.list(domain: nil, after: after, limit: 3)
            ids += page.map(\.id)
            after = page.count == 3 ? page.last?.globalID : nil
        } while after != nil
        #expect(ids == (0..<7).map { "I\($0)" })
    }

    @Test func `fold a log in its order without gap or repetition`() throws {
        try fold([(.itemPublished, "A", "One||")])
        #expect(try views.folded(Self.origin(Self.a)) == 1)
        for wrong in [0, 2] {
            #expect(throws: StoreError.self) {
                try fold([(.itemPublished, "B", "Two||")], from: wrong)
            }
        }
        #expect(try found("two").isEmpty)
        let reopened = try ViewsStore(path: folder.file("views.sqlite"))
        #expect(try reopened.folded(Self.origin(Self.a)) == 1)
        #expect(try reopened.search("one", domain: nil, limit: 1).map(\.id) == ["A"])
    }

    @Test func `count skipped entries as folded`() throws {
        try views.fold(
            domain: Self.a,
            origin: Self.origin(Self.a),
            from: 0,
            entries: [.flagged("x"), .unknownType("y")],
            payload: { _ in nil },
            document: document
        )
        #expect(try views.folded(Self.origin(Self.a)) == 2)
    }

    @Test func `tell who recognised an item`() throws {
        let item = "https://uni-a.example/items/A"
        try fold([(.precedentPublished, "000102030405060708090a0b0c0d0e0f", "precedent|\(item)")])
        try fold(
            [(.precedentPublished, "000102030405060708090a0b0c0d0e0f", "precedent|\(item)")],
            of: Self.b,
            hasPayloads: false
        )
        #expect(try views.precedents(item: item).map(\.domain) == [Self.a])
        #expect(try views.precedents(item: item).map(\.index) == [0])
        #expect(try views.precedents(item: "other").isEmpty)
    }

    @Test func `hold the commitments of decisions`() throws {
        let subject = "000102030405060708090a0b0c0d0e0f"
        try fold([(.decisionRecorded, subject, "commitment")])
        #expect(try views.holdsDecision(domain: Self.a, subject: subject))
        #expect(try !views.holdsDecision(domain: Self.b, subject: subject))
    }
}
