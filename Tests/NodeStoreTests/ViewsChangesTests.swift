import Federation
import Keys
import NodeStore
import Testing

/// What others follow of a catalogue, in the order of its changes.
@Suite struct `The changes of a catalogue` {
    private static let domain = "uni-a.example"
    private static let origin = "uni-a.example/eccoe/1"
    private let folder: TemporaryFolder
    private let views: ViewsStore

    init() throws {
        folder = try TemporaryFolder()
        views = try ViewsStore(path: folder.file("views.sqlite"))
    }

    private static func time(_ seconds: Int64) -> Instant { SampleStore.time + seconds }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// A leaf: what happened to which item, when, and its text.
    private typealias Event = (type: LeafType, id: String, second: Int64, text: String)

    /// Folds leaves as the next ones of a log.
    private func fold(
        _ events: [Event], from: Int = 0, of domain: String = Self.domain, hasPayloads: Bool = true,
        erased: [String] = []
    ) throws {
        let verdicts = events.enumerated().map { offset, event in
            let isErasure = event.type == .payloadErased
            let leaf = Leaf(
                type: event.type, at: Self.time(event.second),
                subject: isErasure ? nil : event.id,
                revision: isErasure ? nil : from + offset + 1,
                payload: isErasure ? nil : Digest(of: Self.bytes(event.text)),
                references: isErasure
                    ? ["\(Self.origin)#0@" + String(repeating: "0", count: 64)] : [])
            return FoldVerdict(accepted: leaf.bytes, index: from + offset)
        }
        let texts = events.reduce(into: [Digest: [UInt8]]()) {
            $0[Digest(of: Self.bytes($1.text))] = Self.bytes($1.text)
        }
        try views.fold(
            domain: domain, origin: "\(domain)/eccoe/1", from: from, entries: verdicts,
            erased: erased.map { Digest(of: Self.bytes($0)) },
            payload: { hasPayloads ? texts[$0] : nil },
            document: { .item(json: $0, title: "t", body: "b", sameAs: []) })
    }

    private func changed(
        from: Int64? = nil, until: Int64? = nil, after: (Int64, String)? = nil, limit: Int = 100
    ) throws -> [String] {
        try views.changes(
            domain: Self.domain, from: from.map(Self.time), until: until.map(Self.time),
            after: after.map { (Self.time($0.0), $0.1) }, limit: limit
        ).map(\.id)
    }

    private func documents(_ selection: CatalogueSelection) throws -> [String]? {
        try views.documents(of: selection.places[...])?.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `come by time and then by the bytes of the id, both ends inclusive`() throws {
        try fold([
            (.itemPublished, "b", 5, "1"), (.itemPublished, "a", 5, "2"),
            (.itemPublished, "B", 5, "3"), (.itemPublished, "c", 3, "4"),
            (.itemPublished, "d", 9, "5"),
        ])
        #expect(try changed() == ["c", "B", "a", "b", "d"])
        #expect(try changed(from: 5) == ["B", "a", "b", "d"])
        #expect(try changed(from: 6) == ["d"])
        #expect(try changed(until: 5) == ["c", "B", "a", "b"])
        #expect(try changed(until: 4) == ["c"])
        #expect(try changed(from: 10) == [])
        #expect(try changed(after: (5, "a")) == ["b", "d"])
        #expect(try changed(after: (5, "a"), limit: 1) == ["b"])
        #expect(try changed(from: 9, after: (3, "c")) == ["d"], "a page begins with its span")
        let newest = try views.newestChanges(domain: Self.domain, before: nil, limit: 2)
        #expect(newest.map(\.id) == ["d", "b"])
        let older = try views.newestChanges(
            domain: Self.domain, before: (Self.time(5), "b"), limit: 9)
        #expect(older.map(\.id) == ["a", "B", "c"])
        #expect(try views.earliestChange(domain: Self.domain) == Self.time(3))
        #expect(try views.earliestChange(domain: "uni-b.example") == nil)
    }

    @Test func `tell of an item what its last leaf says`() throws {
        try fold([(.itemPublished, "a", 1, "1"), (.itemPublished, "b", 2, "2")])
        try fold([(.itemWithdrawn, "a", 7, "why")], from: 2)
        let rows = try views.changes(
            domain: Self.domain, from: nil, until: nil, after: nil, limit: 9)
        #expect(rows.map(\.id) == ["b", "a"])
        #expect(rows[0].document == Self.bytes("2") && rows[0].formerDocument == nil)
        #expect(rows[1].document == nil && rows[1].formerDocument == Self.bytes("1"))
        #expect(rows[1].time == Self.time(7))
        #expect(try views.change(domain: Self.domain, id: "a")?.document == nil)
        #expect(try views.change(domain: Self.domain, id: "c") == nil)
        #expect(try views.change(domain: "uni-b.example", id: "b") == nil)
    }

    @Test func `an erasure is a change of its own time, without any text`() throws {
        try fold([(.itemPublished, "a", 1, "secret"), (.itemPublished, "b", 2, "2")])
        #expect(try changed(from: 3) == [])
        try fold([(.payloadErased, "", 8, "")], from: 2, erased: ["secret"])
        #expect(try changed(from: 3) == ["a"])
        let row = try #require(try views.change(domain: Self.domain, id: "a"))
        #expect(row.time == Self.time(8))
        #expect(row.document == nil && row.formerDocument == nil)
        let selection = try views.selection(domain: Self.domain)
        #expect(try documents(selection) == ["2"])
        #expect(selection.newest == Self.time(8))
    }

    @Test func `a text that has not arrived is no news, and not in the catalogue`() throws {
        try fold([(.itemPublished, "a", 1, "1")], hasPayloads: false)
        #expect(try changed() == [])
        #expect(try views.selection(domain: Self.domain).places.isEmpty)
        try views.show(
            domain: Self.domain, origin: Self.origin,
            payloads: [
                (
                    Digest(of: Self.bytes("1")),
                    .item(json: Self.bytes("1"), title: "t", body: "b", sameAs: [])
                )
            ])
        #expect(try changed() == ["a"])
    }

    @Test func `a catalogue has one digest until it changes`() throws {
        var seen: Set<Digest> = []
        func isNew() throws -> Bool {
            seen.insert(try views.selection(domain: Self.domain).digest).inserted
        }
        #expect(try isNew())
        try fold([(.itemPublished, "b", 1, "1"), (.itemPublished, "a", 1, "2")])
        #expect(try isNew())
        #expect(try !isNew())
        try fold([(.itemPublished, "z", 1, "z")], from: 2)
        #expect(try isNew())
        // Another institution's leaves, and such as are about no item.
        try fold([(.itemPublished, "x", 2, "3")], of: "uni-b.example")
        try fold([(.payloadErased, "", 3, "")], from: 3)
        #expect(try !isNew())
        // In the same second, and with the same text.
        try fold([(.itemPublished, "a", 1, "2")], from: 4)
        #expect(try isNew())
        try fold([(.itemWithdrawn, "a", 1, "why")], from: 5)
        #expect(try isNew())
        try fold([(.payloadErased, "", 5, "")], from: 6, erased: ["1"])
        #expect(try isNew())
        #expect(try views.selection(domain: Self.domain).places.count == 1)
    }

    @Test func `a page of a catalogue that has changed meanwhile is none`() throws {
        try fold([(.itemPublished, "b", 1, "1"), (.itemPublished, "a", 1, "2")])
        let selection = try views.selection(domain: Self.domain)
        #expect(try documents(selection) == ["2", "1"], "by id")
        #expect(try views.addresses(of: selection.places[...]).map(\.id) == ["a", "b"])
        // New items change nothing of what was selected.
        try fold([(.itemPublished, "c", 1, "3")], from: 2)
        #expect(try documents(selection) == ["2", "1"])
        try fold([(.itemPublished, "b", 1, "4")], from: 3)
        #expect(try documents(selection) == nil)
        #expect(try views.documents(of: selection.places[..<1]) == [Self.bytes("2")])
        let later = try views.selection(domain: Self.domain)
        try fold([(.itemWithdrawn, "a", 2, "why")], from: 4)
        #expect(try documents(later) == nil)
    }
}
