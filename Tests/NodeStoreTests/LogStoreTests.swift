import Federation
import Foundation
import GRDB
import Keys
import NodeStore
import Testing
import TransparencyLog

@Suite struct `A log on disk` {
    private let store: SampleStore

    init() throws {
        store = try SampleStore()
    }

    @Test func `is written with full synchronisation`() throws {
        #expect(try store.log.writerSynchronous() == 2)
        #expect(try store.reopened().writerSynchronous() == 2)
    }

    @Test func `is not created twice`() throws {
        let path = store.folder.file("1.sqlite")
        #expect(throws: StoreError.exists(path)) {
            try LogStore(path: path, key: store.signer.key, create: true)
        }
    }

    @Test func `that is missing is not opened`() throws {
        let path = store.folder.file("2.sqlite")
        #expect(throws: StoreError.missing(path)) {
            try LogStore(path: path, key: store.signer.key, create: false)
        }
        #expect(throws: StoreError.missing(path)) { try LogReader(path: path) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `of another key is not opened`() throws {
        let path = store.folder.file("1.sqlite")
        for signer in [
            try SampleStore.signer(seed: 2), try SampleStore.signer("uni-b.example/eccoe/1"),
        ] {
            #expect(throws: StoreError.corrupt(path, reason: "it belongs to another key")) {
                try LogStore(path: path, key: signer.key, create: false)
            }
        }
    }

    @Test func `of a newer version is not opened`() throws {
        let known = try store.folder.stranger("1.sqlite").writeWithoutTransaction {
            let known = try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0
            try $0.execute(sql: "PRAGMA user_version = 99")
            return known
        }
        let path = store.folder.file("1.sqlite")
        #expect(throws: StoreError.newer(path, found: 99, known: known)) { try store.reopened() }
    }

    @Test(arguments: [
        "UPDATE entry SET leaf = x'00' WHERE idx = 1", "UPDATE entry SET idx = 7 WHERE idx = 1",
        "DELETE FROM entry WHERE idx = 2", "DELETE FROM entry", "UPDATE head SET size = 2",
        "DELETE FROM head",
    ])
    func `refuses to forget, change or shrink`(_ statement: String) throws {
        try store.grow(by: 3)
        let stranger = try store.folder.stranger("1.sqlite")
        #expect(throws: DatabaseError.self) {
            try stranger.write { try $0.execute(sql: statement) }
        }
        let counts = try stranger.read {
            [
                try Int.fetchOne($0, sql: "SELECT count(*) FROM entry"),
                try Int.fetchOne($0, sql: "SELECT size FROM head"),
            ]
        }
        #expect(counts == [3, 3])
    }

    @Test(arguments: [0, 1, 255, 256, 257, 600])
    func `opened anew has the same head and goes on`(_ size: Int) throws {
        if size > 0 { try store.grow(by: size) }
        let reopened = try store.reopened()
        #expect(reopened.head == store.log.head)
        #expect(reopened.range == store.log.range)
        let request = AppendRequest(id: SampleStore.id(1), drafts: [SampleStore.item("next")])
        let (_, head) = try reopened.commit(
            [request],
            at: SampleStore.time,
            signer: store.signer
        )
        #expect(head.checkpoint.size == size + 1)
        #expect(try SampleStore.audit(reopened).count == size + 1)
    }

    @Test(arguments: [
        "UPDATE tile SET hashes = zeroblob(32) WHERE level = 1",
        "DROP TRIGGER entry_is_final; UPDATE entry SET leaf = x'00' WHERE idx = 258",
    ])
    func `whose right edge was damaged is not opened`(_ damage: String) throws {
        try store.grow(by: 260)
        try store.folder.stranger("1.sqlite").write { try $0.execute(sql: damage) }
        let path = store.folder.file("1.sqlite")
        #expect(throws: StoreError.corrupt(path, reason: "tiles and head disagree")) {
            try store.reopened()
        }
    }

    @Test func `whose head was exchanged is not opened`() throws {
        try store.grow(by: 5)
        let forged = try VerifiedCheckpoint(
            signing: Checkpoint(
                origin: SampleStore.origin,
                size: 5,
                root: Digest(of: [1] as [UInt8])
            ),
            by: try SampleStore.signer(seed: 2)
        )
        try store.folder.stranger("1.sqlite").write {
            try $0.execute(
                sql: "UPDATE head SET note = ?",
                arguments: [Data(forged.note.bytes)]
            )
        }
        #expect(throws: (any Error).self) { try store.reopened() }
    }

    /// A daemon that is killed leaves the files as they are in that moment.
    @Test func `copied in the middle of its work holds all that was acknowledged`() throws {
        var acknowledged: [(name: String, answers: [Appended], head: VerifiedCheckpoint)] = []
        var generator = SplitMix64(state: 3)
        var journal: [Appended] = []
        for step in 0..<25 {
            let count = Int.random(in: 1...40, using: &generator)
            let drafts = (0..<count).map { SampleStore.item("item-\(step)-\($0)") }
            journal += try #require(try store.append(drafts, id: SampleStore.id(step)).results)
            let name = "copy-\(step).sqlite"
            try store.folder.copy("1.sqlite", to: name)
            acknowledged.append((name, journal, try #require(store.log.head)))
        }
        for (name, answers, head) in acknowledged {
            let copy = try LogStore(
                path: store.folder.file(name),
                key: store.signer.key,
                create: false
            )
            #expect(copy.head == head)
            let entries = try SampleStore.audit(copy)
            #expect(entries.count == answers.count)
            for answer in answers {
                guard case .leaf(let leaf) = LeafReading(entries[answer.index]),
                    let payload = leaf.payload
                else {
                    Issue.record("no leaf at \(answer.index)")
                    return
                }
                #expect(leaf.revision == answer.revision)
                #expect(try copy.payload(payload) != nil)
            }
        }
    }

    @Test func `torn in its write-ahead log holds a signed prefix`() throws {
        var heads: [VerifiedCheckpoint] = []
        for count in [3, 260, 17, 1] {
            try store.grow(by: count)
            heads.append(try #require(store.log.head))
        }
        let wal = try #require(
            FileManager.default.contents(atPath: store.folder.file("1.sqlite-wal")))
        var seen: Set<Int> = []
        for cut in stride(from: wal.count, to: 0, by: -(wal.count / 40)) {
            let name = "torn-\(cut).sqlite"
            try store.folder.copy("1.sqlite", to: name)
            try wal.prefix(cut).write(to: URL(fileURLWithPath: store.folder.file(name + "-wal")))
            let torn = try LogStore(
                path: store.folder.file(name),
                key: store.signer.key,
                create: false
            )
            seen.insert(torn.size)
            if let head = torn.head {
                #expect(heads.contains(head))
                #expect(try SampleStore.audit(torn).count == head.checkpoint.size)
            }
        }
        #expect(seen.isSuperset(of: [3, 263, 280, 281]))
    }
}
