import Federation
import Foundation
import GRDB
import Keys
import NodeStore
import Testing
import TransparencyLog

/// Damage done behind the store's back, and what an audit says of it.
@Suite struct `Auditing a stored log` {
    private let store: SampleStore
    private let witness: NoteSigner

    init() throws {
        store = try SampleStore()
        witness = try SampleStore.signer(
            "uni-b.example/eccoe/witness", type: .cosignature, seed: 7)
        try store.append([Draft(type: .genesis, payload: [1])])
        try store.grow(by: 300)
        try confirm()
        try store.append([SampleStore.withdrawal("item-4")])
        try store.append([SampleStore.item("item-5", text: "new")])
        try store.grow(by: 230)
        try confirm()
        try store.grow(by: 10)
    }

    /// Has the head cosigned and keeps it.
    private func confirm() throws {
        let head = try #require(store.log.head)
        let line = try witness.sign(head.note.text, at: SampleStore.time)
        try store.log.confirm(
            try head.adding([line]), at: SampleStore.time, keepingLastOf: nil)
    }

    private func audit() throws -> AuditReport {
        try LogReader(path: store.folder.file("1.sqlite"))
            .audit(witnesses: [witness.key], views: store.folder.file("none")) { _, _ in }
    }

    private func scrub() throws -> AuditReport {
        let scrub = LogScrub(of: store.log, views: nil, witnesses: [witness.key])
        while true {
            if let report = try scrub.step() { return report }
        }
    }

    /// Runs SQL behind the store's back.
    private func damage(_ sql: String, _ arguments: StatementArguments = []) throws {
        let stranger = try store.folder.stranger("1.sqlite")
        try stranger.write { db in
            for trigger in try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            {
                try db.execute(sql: "DROP TRIGGER \(trigger)")
            }
            try db.execute(sql: sql, arguments: arguments)
            try #require(db.changesCount > 0)
        }
        try stranger.close()
    }

    /// Flips the lowest bit of a byte of a BLOB.
    private func flip(
        _ table: String,
        _ column: String,
        byte: Int,
        where condition: String
    ) throws {
        let stranger = try store.folder.stranger("1.sqlite")
        let found = try stranger.read {
            try Data.fetchOne($0, sql: "SELECT \(column) FROM \(table) WHERE \(condition)")
        }
        try stranger.close()
        var bytes = Array(try #require(found))
        bytes[byte < 0 ? bytes.count + byte : byte] ^= 1
        try damage("UPDATE \(table) SET \(column) = ? WHERE \(condition)", [Data(bytes)])
    }

    /// The places that both the audit and the scrub name.
    private func places() throws -> [String] {
        let report = try audit()
        #expect(report.findings == (try scrub().findings))
        return report.findings.map(\.place)
    }

    @Test func `a sound log is sound, and everything was looked at`() throws {
        for report in [try audit(), try scrub()] {
            #expect(report.findings == [])
            #expect(report.size == 543)
            #expect(report.checkpoints == 3)
            #expect(report.cosignatures == 2)
            #expect(report.unknownLines == 0)
            #expect(report.payloads == 543)
        }
    }

    @Test func `a log beyond 65,536 entries is sound`() throws {
        for _ in 0..<66 { try store.grow(by: 1000) }
        for report in [try audit(), try scrub()] {
            #expect(report.findings == [])
            #expect(report.size == 66_543)
        }
    }

    @Test func `a line of a key that nobody named is counted, not believed`() throws {
        let report = try LogReader(path: store.folder.file("1.sqlite"))
            .audit(witnesses: [], views: store.folder.file("none")) { _, _ in }
        #expect(report.isSound)
        #expect(report.cosignatures == 0)
        #expect(report.unknownLines == 2)
    }

    @Test func `a flipped bit in an entry is found`() throws {
        try flip("entry", "leaf", byte: 20, where: "idx = 77")
        #expect(try places() == ["entry 77"])
    }

    @Test func `a flipped bit in an entry of the last bundle is found`() throws {
        try flip("entry", "leaf", byte: 20, where: "idx = 541")
        let places = try places()
        #expect(places.contains("head"))
        #expect(!places.contains("confirmed 301"))
    }

    @Test(arguments: [("level = 0 AND idx = 1", "tile/0/001"), ("level = 1", "tile/1/000")])
    func `a flipped bit in a tile is found`(_ condition: String, _ place: String) throws {
        try flip("tile", "hashes", byte: 33, where: condition)
        #expect(Set(try places()) == [place])
    }

    @Test func `a missing tile and a missing entry are found`() throws {
        try damage("DELETE FROM tile WHERE level = 0 AND idx = 1")
        try damage("DELETE FROM entry WHERE idx = 100")
        #expect(Set(try places()) == ["tile/0/001", "entry 100"])
    }

    @Test func `an entry beyond the head is found`() throws {
        try damage("INSERT INTO entry(idx, leaf) VALUES (600, x'00')")
        #expect(try places() == ["entry 600"])
    }

    @Test func `a flipped bit in a payload is found`() throws {
        let payload = SampleStore.payload("item-9", "text", "salt")
        let digest = Digest(of: payload)
        try flip("payload", "bytes", byte: 0, where: "digest = x'\(digest.hex)'")
        #expect(try places() == ["payload \(digest)"])
    }

    @Test func `a missing payload is found`() throws {
        let digest = Digest(of: SampleStore.payload("item-9", "text", "salt"))
        try damage("DELETE FROM payload WHERE digest = x'\(digest.hex)'")
        #expect(try places() == ["payload \(digest)"])
    }

    @Test func `a flipped bit in the head is found`() throws {
        try flip("head", "note", byte: -3, where: "id = 1")
        #expect(try audit().findings.map(\.place) == ["head"])
        try damage("UPDATE head SET size = size - 1")
        #expect(try audit().findings.map(\.place).contains("head"))
    }

    @Test func `a flipped bit in the head's root column is found`() throws {
        try flip("head", "root", byte: 5, where: "id = 1")
        #expect(try places() == ["head"])
    }

    @Test func `a flipped bit in a confirmed checkpoint is found`() throws {
        try flip("confirmed", "note", byte: 30, where: "size = 301")
        #expect(try places() == ["confirmed 301"])
    }

    @Test func `a flipped bit in a cosignature is found`() throws {
        try flip("confirmed", "note", byte: -10, where: "size = 301")
        #expect(try places() == ["confirmed 301"])
    }

    @Test func `a confirmed checkpoint of another tree or time is found`() throws {
        let other = try VerifiedCheckpoint(
            signing: Checkpoint(
                origin: SampleStore.origin, size: 301, root: Digest(of: [1] as [UInt8])),
            by: store.signer)
        try damage(
            "UPDATE confirmed SET note = ? WHERE size = 301", [Data(other.note.bytes)])
        try damage("UPDATE confirmed SET time = time + 1 WHERE size <> 301")
        #expect(try places() == ["confirmed 301", "confirmed 533"])
    }

    @Test(arguments: [
        "revision = 2", "idx = 3", "living = 0", "payload = x'00'", "subject = 'item-x'",
    ])
    func `a changed subject is found`(_ change: String) throws {
        try damage("UPDATE subject SET \(change) WHERE subject = 'item-7'")
        let places = try places()
        #expect(places.first?.hasPrefix("subject item") == true)
    }

    @Test func `a missing subject is found`() throws {
        try damage("DELETE FROM subject WHERE subject = 'item-7'")
        #expect(try places() == ["subject item"])
        #expect(try audit().findings.first?.reason == "the one of entry 7 is missing")
    }

    @Test func `a wrongly flagged entry is found`() throws {
        try damage("INSERT INTO flagged(idx, reason) VALUES (3, 'no')")
        #expect(try places() == ["flagged 3"])
    }

    @Test func `a payload that is wanted although nobody names it is found`() throws {
        let held = Digest(of: SampleStore.payload("item-9", "text", "salt"))
        try damage("INSERT INTO wanted(digest, idx) VALUES (x'\(held.hex)', 3)")
        #expect(Set(try places()) == ["wanted \(held)"])
        #expect(try audit().found == 2)
    }

    @Test func `what SQLite itself finds damaged is told`() throws {
        let path = store.folder.file("2.sqlite")
        let stranger = try store.folder.stranger("1.sqlite")
        try stranger.writeWithoutTransaction {
            try $0.execute(sql: "VACUUM INTO ?", arguments: [path])
        }
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let entry = try #require(bytes.firstRange(of: Array("item-77".utf8)))
        bytes[entry.lowerBound / 4096 * 4096] = 0xff
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let report = try LogReader(path: path)
            .audit(witnesses: [], views: store.folder.file("none")) { _, _ in }
        #expect(report.findings.map(\.place) == ["the file"])
    }
}
