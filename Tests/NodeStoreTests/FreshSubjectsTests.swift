import Federation
import Foundation
import GRDB
import Keys
import NodeStore
import Testing
import TransparencyLog

/// Subjects whose rows are written later, many at a time.
@Suite struct `Fresh subjects` {
    private let store: SampleStore

    init() throws {
        store = try SampleStore()
    }

    private static func subject(_ number: Int) -> String {
        Hex.encode(Digest(of: Array("\(number)".utf8)).bytes.prefix(16))
    }

    private static func key(_ number: Int) -> SubjectKey {
        SubjectKey(scope: "decision", subject: subject(number))
    }

    private static func decision(_ number: Int, _ type: LeafType = .decisionRecorded) -> Draft {
        Draft(
            type: type, subject: subject(number),
            commitment: Digest(of: Array("\(type) \(number)".utf8)))
    }

    /// Rows of decisions in the table.
    private func rows() throws -> Int? {
        let stranger = try store.folder.stranger("1.sqlite")
        return try stranger.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM decided")
        }
    }

    /// What both audits find.
    private func findings() throws -> [AuditFinding] {
        try LogReader(path: store.folder.file("1.sqlite"))
            .audit(witnesses: [], views: store.folder.file("none")) { _, _ in }.findings
    }

    private func damage(_ sql: String) throws {
        try store.folder.stranger("1.sqlite").write { try $0.execute(sql: sql) }
    }

    @Test func `are known before their rows are written, and after a restart`() throws {
        for number in 0..<3 { try store.append([Self.decision(number)]) }
        try store.append([Self.decision(1, .decisionSuperseded)])
        #expect(try rows() == 0)
        for log in [store.log, try store.reopened()] {
            #expect(try log.subject(Self.key(0))?.index == 0)
            #expect(try log.subject(Self.key(1))?.revision == 2)
            #expect(try log.subject(Self.key(7)) == nil)
            #expect(try log.subjects(scope: "decision").map(\.index) == [0, 2, 3])
        }
        #expect(try findings().isEmpty)
    }

    @Test func `go on with the revision that they had`() throws {
        try store.append([Self.decision(0)])
        let reopened = try store.reopened()
        let request = AppendRequest(
            id: SampleStore.id(1), drafts: [Self.decision(0, .decisionSuperseded)])
        let (answers, _) = try reopened.commit(
            [request], at: SampleStore.time, signer: store.signer)
        #expect(answers.first?.results?.map(\.revision) == [2])
        #expect(try reopened.flagged().isEmpty)
    }

    @Test func `are written when there are many, and read from there`() throws {
        for number in 0..<255 { try store.append([Self.decision(number)]) }
        #expect(try rows() == 0)
        try store.append([Self.decision(255)])
        #expect(try rows() == 256)
        try store.append([Self.decision(3, .decisionSuperseded)])
        try store.append([Self.decision(256)])
        #expect(try rows() == 256)
        for log in [store.log, try store.reopened()] {
            #expect(try log.subject(Self.key(3))?.index == 256)
            #expect(try log.subject(Self.key(4))?.index == 4)
            #expect(try log.subjects(scope: "decision").count == 257)
        }
        #expect(try findings().isEmpty)
    }

    @Test func `wait longer while commits are large`() throws {
        try store.append((0..<300).map { Self.decision($0) })
        #expect(try rows() == 0)
        #expect(try store.reopened().subject(Self.key(299))?.index == 299)
    }

    @Test func `of a request that is refused leave no trace`() throws {
        try store.append([Self.decision(0)])
        let answer = try store.append([
            Self.decision(1), Self.decision(0, .decisionSuperseded),
            Draft(type: .itemWithdrawn, subject: "none", payload: [1]),
        ])
        #expect(answer.refusal != nil)
        #expect(try store.log.subject(Self.key(1)) == nil)
        #expect(try store.log.subject(Self.key(0))?.revision == 1)
        #expect(store.log.size == 1)
    }

    @Test func `with a content have their row at once, also after one without`() throws {
        try store.append([SampleStore.item("A")])
        try store.append([SampleStore.withdrawal("A")])
        try store.append([Self.decision(0)])
        try store.append([SampleStore.item("A", text: "again")])
        for log in [store.log, try store.reopened()] {
            let state = try log.subject(SubjectKey(scope: "item", subject: "A"))
            #expect(state?.index == 3 && state?.revision == 3 && state?.living == true)
            #expect(try log.subject(Self.key(0))?.index == 2)
        }
        #expect(
            try store.append([SampleStore.item("A", text: "again", salt: "new")]).results?
                .map(\.outcome) == [.unchanged])
        #expect(try findings().isEmpty)
    }

    @Test func `of a copy are the same, however many come at once`() throws {
        let counts = [3, 33_000, 300]
        var number = 0
        let copy = try LogStore(
            path: store.folder.file("copy.sqlite"), key: store.signer.key, create: true)
        for count in counts {
            try store.append((number..<(number + count)).map { Self.decision($0) })
            number += count
            try store.append([Self.decision(number - 2, .decisionSuperseded)])
            var step = LogExtension(from: copy.range, to: try #require(store.log.head))
            while let tile = step.next {
                try step.receive(try #require(try store.log.resource(tile)))
            }
            try copy.extend(by: step)
            for asked in [0, 1, number - 3, number - 2, number - 1] {
                let state = try #require(try store.log.subject(Self.key(asked)))
                #expect(try copy.subject(Self.key(asked)) == state)
            }
        }
        #expect(try copy.flagged().isEmpty)
        let reopened = try LogStore(
            path: store.folder.file("copy.sqlite"), key: store.signer.key, create: false)
        #expect(try reopened.subjects(scope: "decision").count == number)
    }

    @Test(arguments: [
        "UPDATE decided SET revision = 9 WHERE idx = 7", "DELETE FROM decided WHERE idx = 7",
        // Of a subject whose newest leaf is not in the table, a row that none of its leaves makes.
        "UPDATE decided SET idx = 257 WHERE idx = 3",
    ])
    func `hide no damage of rows that are written`(_ sql: String) throws {
        for number in 0..<256 { try store.append([Self.decision(number)]) }
        try store.append([Self.decision(3, .decisionSuperseded)])
        #expect(try findings().isEmpty)
        try damage(sql)
        #expect(try findings().count == 1)
    }

    @Test func `have their rows in a log of the version before`() throws {
        // Two commits: of a single one the first entries would be a bundle.
        try store.append((0..<150).map { Self.decision($0) })
        try store.append((150..<300).map { Self.decision($0) })
        let path = store.folder.file("1.sqlite")
        try store.log.close()
        let old = try DatabaseQueue(path: path)
        try old.write { db in
            try db.execute(
                sql: """
                    DROP TRIGGER entry_is_kept;
                    CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry
                        BEGIN SELECT RAISE(ABORT, 'a log forgets nothing'); END;
                    DROP VIEW folded; DROP TABLE decided; DROP TABLE answered;
                    DROP TABLE bundle;
                    ALTER TABLE head DROP COLUMN folded; PRAGMA user_version = 8
                    """)
            for index in 0..<300 {
                try db.execute(
                    sql: """
                        INSERT INTO subject(scope, subject, revision, idx, living)
                        VALUES ('decision', ?, 1, ?, 1)
                        """,
                    arguments: [Self.subject(index), index])
            }
        }
        try old.close()
        let log = try store.reopened()
        #expect(try log.subjects(scope: "decision").map(\.index) == Array(0..<300))
        #expect(try findings().isEmpty)
        // The old rows go where the new ones are.
        let requests = (0..<256).map {
            AppendRequest(
                id: SampleStore.id(1000 + $0), drafts: [Self.decision($0, .decisionSuperseded)])
        }
        for request in requests {
            _ = try log.commit([request], at: SampleStore.time, signer: store.signer)
        }
        #expect(try rows() == 256)
        #expect(try log.subject(Self.key(3))?.revision == 2)
        #expect(try log.subject(Self.key(299))?.revision == 1)
        #expect(try findings().isEmpty)
    }
}
