import Federation
import Foundation
import GRDB
import Keys
import NodeStore
import Testing
import TransparencyLog

/// Entries that one transaction wrote as a bundle, among others that have a row each.
@Suite struct `A bundle of entries` {
    private let store: SampleStore

    init() throws {
        store = try SampleStore()
    }

    private func count(_ table: String) throws -> Int? {
        try store.folder.stranger("1.sqlite").read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)")
        }
    }

    private func audit() throws -> AuditReport {
        try LogReader(path: store.folder.file("1.sqlite"))
            .audit(witnesses: [], views: store.folder.file("none")) { _, _ in }
    }

    /// A log of 5 rows, 251 rows, 2 bundles and 9 rows.
    private func mixed() throws {
        try store.grow(by: 5)
        try store.grow(by: 256 + 256 + 251 + 9)
    }

    @Test func `is written by the commit that fills it, and by no other`() throws {
        try store.grow(by: 255)
        try store.grow(by: 2)
        #expect(try [count("entry"), count("bundle")] == [257, 0])
        try store.grow(by: 255)
        #expect(try [count("entry"), count("bundle")] == [512, 0])
        try store.grow(by: 256)
        #expect(try [count("entry"), count("bundle")] == [512, 1])
        try store.grow(by: 600)
        #expect(try [count("entry"), count("bundle")] == [600, 3])
    }

    @Test func `is served, read and audited as rows are`() throws {
        try mixed()
        #expect(try [count("entry"), count("bundle")] == [265, 2])
        for log in [store.log, try store.reopened()] {
            let entries = try SampleStore.audit(log)
            #expect(entries.count == 777)
            #expect(try log.entries(from: 0, to: .max) == entries)
            #expect(try log.entries(from: 250, to: 520) == Array(entries[250..<520]))
            for index in [0, 255, 256, 511, 512, 767, 768, 776] {
                #expect(try log.entry(index) == entries[index])
            }
            for index in [777, .max, -1] { #expect(try log.entry(index) == nil) }
            #expect(try log.leafHashes(from: 200, to: 777) == entries[200...].map { .ofLeaf($0) })
            #expect(try log.verdicts(from: 500, to: 777).count == 277)
            for (index, width) in [(0, 256), (1, 256), (1, 3), (2, 200), (3, 9)] {
                let tile = try #require(
                    TileCoordinate(
                        path: "tile/entries/00\(index)" + (width < 256 ? ".p/\(width)" : "")))
                let first = 256 * index
                let expected = entries[first..<(first + width)].flatMap {
                    [UInt8($0.count >> 8), UInt8($0.count & 255)] + $0
                }
                #expect(try log.resource(tile) == expected)
            }
        }
        let report = try audit()
        #expect(report.isSound && report.size == 777)
    }

    @Test(arguments: [
        (
            "UPDATE bundle SET leaves = CAST(substr(leaves, 1, 2) || 'x' || substr(leaves, 4) AS BLOB) WHERE idx = 1",
            "entry 256"
        ),
        (
            "UPDATE bundle SET leaves = substr(leaves, 1, length(leaves) - 1) WHERE idx = 1",
            "entry 511"
        ),
        ("UPDATE bundle SET leaves = CAST(leaves || 'more' AS BLOB) WHERE idx = 1", "bundle 1"),
        ("DELETE FROM bundle WHERE idx = 2", "entry 512"),
        ("INSERT INTO bundle SELECT 9, leaves FROM bundle WHERE idx = 2", "bundle 9"),
        ("INSERT INTO entry VALUES (600, x'00')", "bundle 2"),
    ])
    func `that was damaged is found`(_ sql: String, _ place: String) throws {
        try mixed()
        try store.folder.stranger("1.sqlite").write {
            try $0.execute(sql: "DROP TRIGGER bundle_is_kept; DROP TRIGGER bundle_is_final")
            try $0.execute(sql: sql)
        }
        let findings = try audit().findings
        #expect(findings.contains { $0.place == place }, "\(findings)")
    }

    @Test func `is made of the rows that others filled, without a change to be seen`() throws {
        for count in [100, 100, 100, 300] { try store.grow(by: count) }
        let entries = try store.log.entries(from: 0, to: 600)
        #expect(try [count("entry"), count("bundle")] == [600, 0])
        #expect(
            try [store.log.bundleUp(), store.log.bundleUp(), store.log.bundleUp()] == [
                true, true, false,
            ])
        #expect(try [count("entry"), count("bundle")] == [88, 2])
        try store.grow(by: 200)
        for log in [store.log, try store.reopened()] {
            #expect(try SampleStore.audit(log).prefix(600) == entries[...])
        }
        #expect(try audit().isSound)
    }

    @Test func `is not made of rows that were damaged`() throws {
        for count in [100, 200] { try store.grow(by: count) }
        try store.folder.stranger("1.sqlite").write {
            try $0.execute(
                sql: "DROP TRIGGER entry_is_final; UPDATE entry SET leaf = x'00' WHERE idx = 7")
        }
        #expect(try !store.log.bundleUp())
        #expect(try [count("entry"), count("bundle")] == [300, 0])
    }

    @Test(arguments: ["UPDATE bundle SET leaves = x'00'", "DELETE FROM bundle"])
    func `refuses to be changed or forgotten`(_ sql: String) throws {
        try mixed()
        #expect(throws: DatabaseError.self) {
            try store.folder.stranger("1.sqlite").write { try $0.execute(sql: sql) }
        }
    }

    @Test func `is not written when its request is refused`() throws {
        try store.grow(by: 250)
        let drafts = (0..<300).map { SampleStore.item("new-\($0)") }
        #expect(try store.append(drafts + [SampleStore.withdrawal("none")]).refusal != nil)
        #expect(try [count("entry"), count("bundle")] == [250, 0])
        try store.grow(by: 300)
        #expect(try SampleStore.audit(store.log).count == 550)
        #expect(try audit().isSound)
    }

    @Test func `shows its entries to requests of the same commit`() throws {
        let decision = Draft(
            type: .decisionRecorded, subject: String(repeating: "ab", count: 16),
            commitment: Digest(of: [1]))
        let item = SampleStore.item("A")
        let hash = try #require(item.payload.map { Digest(of: $0) })
        let leaf = Leaf(
            type: .itemPublished, at: SampleStore.time, subject: "A", revision: 1, payload: hash)
        let name = LeafReference(
            origin: SampleStore.origin, index: 0, hash: Digest.ofLeaf(leaf.bytes))
        let requests = [
            AppendRequest(id: SampleStore.id(1), drafts: [item]),
            AppendRequest(
                id: SampleStore.id(2),
                drafts: [Draft(type: .payloadErased, references: [name.text])]),
            AppendRequest(id: SampleStore.id(3), drafts: [decision]),
            AppendRequest(id: SampleStore.id(3), drafts: [decision]),
        ]
        let (answers, _) = try store.log.commit(
            requests, at: SampleStore.time, signer: store.signer)
        #expect(answers[2].results?.map(\.index) == [2])
        #expect(answers[3] == answers[2])
        #expect(try store.log.payload(hash) == nil)
        #expect(try store.log.isErased(hash))
    }
}
