import Federation
import GRDB
import Keys
import NodeStore
import Testing
import TransparencyLog

@Suite struct `The witness's memory` {
    private struct Failure: Error {}

    private let author: SampleStore
    private let database: NodeDatabase
    private let witness: NoteSigner

    init() throws {
        author = try SampleStore()
        try author.grow(by: 12)
        database = try NodeDatabase(path: author.folder.file("node.sqlite"))
        witness = try SampleStore.signer("w.example/eccoe/witness", type: .cosignature, seed: 3)
    }

    private func request(_ old: Int, _ new: Int) throws -> AddCheckpoint {
        AddCheckpoint(
            oldSize: old,
            proof: old <= new ? try author.log.consistencyProof(old: old, new: new) : [],
            note: try author.head(new).note
        )
    }

    private func witnessed(
        _ request: AddCheckpoint,
        in database: NodeDatabase? = nil
    ) throws -> WitnessAnswer {
        try (database ?? self.database).witness(request, of: author) {
            try witness.sign($0.note.text, at: SampleStore.time)
        }
    }

    private func size(_ database: NodeDatabase? = nil) throws -> Int? {
        try (database ?? self.database).witnessed(SampleStore.origin)
            .map { try Checkpoint(text: $0.text).size }
    }

    @Test func `is on disk with its cosignature before the answer`() throws {
        let (verdict, cosignature) = try witnessed(request(0, 5))
        guard case .cosign(let head) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        let line = try #require(cosignature)
        let checked = try head.adding([line]).cosignatures(by: [witness.key])
        #expect(checked.map(\.time) == [SampleStore.time])
        let other = try NodeDatabase(path: author.folder.file("node.sqlite"))
        let note = try #require(try other.witnessed(SampleStore.origin))
        #expect(note.signatures == head.note.signatures + [line])
        #expect(try size(other) == 5)
    }

    @Test func `follows the log step by step`() throws {
        for (old, new) in [(0, 1), (1, 5), (5, 5), (5, 12)] {
            #expect(try witnessed(request(old, new)).cosignature != nil)
            #expect(try size() == new)
        }
    }

    @Test func `keeps no line of strangers`() throws {
        let stranger = try SampleStore.signer("x.example/eccoe/witness", type: .cosignature)
        let head = try author.head(5)
        let extra = try stranger.sign(head.note.text, at: SampleStore.time)
        let request = AddCheckpoint(oldSize: 0, proof: [], note: try head.adding([extra]).note)
        let (_, cosignature) = try witnessed(request)
        let kept = try #require(try database.witnessed(SampleStore.origin))
        #expect(kept.signatures == head.note.signatures + [try #require(cosignature)])
    }

    @Test func `stays as it is after every other verdict`() throws {
        _ = try witnessed(request(0, 5))
        let before = try database.witnessed(SampleStore.origin)
        let bad = AddCheckpoint(oldSize: 5, proof: [], note: try author.head(12).note)
        for (request, expected) in [
            (try request(0, 12), WitnessVerdict.conflict(size: 5)),
            (try request(3, 4), .conflict(size: 5)), (try request(12, 12), .conflict(size: 5)),
        ] {
            let (verdict, cosignature) = try witnessed(request)
            #expect(verdict == expected && cosignature == nil)
        }
        for request in [bad, try request(5, 4)] {
            #expect(try witnessed(request).cosignature == nil)
        }
        #expect(try database.witnessed(SampleStore.origin) == before)
    }

    @Test func `stays as it is when the signer fails`() throws {
        _ = try witnessed(request(0, 5))
        #expect(throws: Failure.self) {
            try database.witness(request(5, 12), of: author) { _ in throw Failure() }
        }
        #expect(try size() == 5)
        #expect(try witnessed(request(5, 12)).cosignature != nil)
    }

    @Test func `cosigns one of two forks that come at once`() async throws {
        let fork = try SampleStore()
        try fork.append((0..<12).map { SampleStore.item("fork-\($0)") })
        let requests = try (0..<20).map { number in
            AddCheckpoint(
                oldSize: 0,
                proof: [],
                note: try (number % 2 == 0 ? author : fork).head(12).note
            )
        }
        let roots = try await withThrowingTaskGroup(of: Digest?.self) { group in
            for request in requests {
                group.addTask {
                    let (verdict, _) = try witnessed(request)
                    guard case .cosign(let head) = verdict else { return nil }
                    return head.checkpoint.root
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(roots.compactMap(\.self).count == 1)
    }

    @Test func `judges requests of one transaction one after the other`() throws {
        let other = try SampleStore.signer("uni-b.example/eccoe/1", seed: 2)
        let head = try VerifiedCheckpoint(
            signing: Checkpoint(origin: other.key.name, size: 9, root: Digest(of: [9] as [UInt8])),
            by: other)
        let strange = AddCheckpoint(oldSize: 0, proof: [], note: head.note)
        let requests =
            try [(0, 5), (5, 12), (0, 3), (5, 12)].map {
                ExaminedCheckpoint(try request($0, $1), key: author.signer.key)
            }.map { checked in
                WitnessRequest(checked, origin: SampleStore.origin) {
                    try witness.sign($0.note.text, at: SampleStore.time)
                }
            } + [
                WitnessRequest(
                    ExaminedCheckpoint(strange, key: other.key), origin: other.key.name
                ) { _ in throw Failure() },
                WitnessRequest(
                    ExaminedCheckpoint(try request(12, 12), key: author.signer.key),
                    origin: SampleStore.origin
                ) { try witness.sign($0.note.text, at: SampleStore.time) },
            ]
        let answers = try database.witness(requests)
        #expect(
            answers.map { (try? $0.get())?.cosignature != nil } == [
                true, true, false, false, false, true,
            ])
        #expect(try answers[2].get().verdict == .conflict(size: 12))
        #expect(try answers[3].get().verdict == .conflict(size: 12))
        #expect(throws: Failure.self) { try answers[4].get() }
        #expect(try size() == 12)
        #expect(try database.witnessed(other.key.name) == nil)
    }

    @Test func `tells logs apart`() throws {
        _ = try witnessed(request(0, 5))
        #expect(try database.witnessed("uni-b.example/eccoe/1") == nil)
    }
}

@Suite struct `Private records` {
    private let folder: TemporaryFolder
    private let database: NodeDatabase

    init() throws {
        folder = try TemporaryFolder()
        database = try NodeDatabase(path: folder.file("node.sqlite"))
    }

    private func decision(_ subject: String, request: Int, hasPrecedent: Bool = true)
        -> StoredDecision
    {
        StoredDecision(
            subject: subject,
            request: SampleStore.id(request),
            record: Array("record of \(subject)".utf8),
            r: Array(repeating: 7, count: 64),
            precedent: hasPrecedent ? [1, 2, 3] : nil,
            precedentSubject: hasPrecedent ? "p-\(subject)" : nil,
            index: nil
        )
    }

    @Test func `go from intent to completion`() throws {
        let intended = decision("a", request: 1)
        #expect(try database.intend(intended, at: SampleStore.time) == intended)
        #expect(try database.decision("a") == intended)
        #expect(try database.intendedDecisions() == [intended])
        try database.complete(subject: "a", index: 17)
        #expect(try database.decision("a")?.index == 17)
        #expect(try database.decision("a")?.record == intended.record)
        #expect(try database.intendedDecisions().isEmpty)
        #expect(try database.decision("b") == nil)
    }

    @Test func `keep the first intent of a request`() throws {
        let first = try database.intend(decision("a", request: 1), at: SampleStore.time)
        let again = try database.intend(decision("b", request: 1), at: SampleStore.time)
        #expect(again == first)
        #expect(try database.decision("b") == nil)
        try database.complete(subject: "a", index: 3)
        let later = try database.intend(decision("c", request: 1), at: SampleStore.time)
        #expect(later.subject == "a" && later.index == 3)
    }

    @Test func `are resumed after a crash, oldest first`() throws {
        for (number, subject) in ["z", "m", "a"].enumerated() {
            _ = try database.intend(
                decision(subject, request: number, hasPrecedent: number == 1),
                at: SampleStore.time + Int64(number)
            )
        }
        try database.complete(subject: "m", index: 4)
        try folder.copy("node.sqlite", to: "copy.sqlite")
        let copy = try NodeDatabase(path: folder.file("copy.sqlite"))
        #expect(try copy.intendedDecisions().map(\.subject) == ["z", "a"])
        #expect(try copy.decision("m")?.precedentSubject == "p-m")
        #expect(try copy.decision("z")?.precedent == nil)
    }

    @Test(arguments: ["UPDATE audit SET detail = ''", "DELETE FROM audit"])
    func `have an audit log that is final`(_ statement: String) throws {
        try database.audit("decision.recorded", "a", at: SampleStore.time)
        let stranger = try folder.stranger("node.sqlite")
        #expect(throws: DatabaseError.self) {
            try stranger.write { try $0.execute(sql: statement) }
        }
        let lines = try stranger.read {
            try String.fetchAll($0, sql: "SELECT action || ' ' || detail FROM audit")
        }
        #expect(lines == ["decision.recorded a"])
    }

    @Test func `of a newer version are not opened`() throws {
        let known = try folder.stranger("node.sqlite").writeWithoutTransaction {
            let known = try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0
            try $0.execute(sql: "PRAGMA user_version = 99")
            return known
        }
        let path = folder.file("node.sqlite")
        #expect(throws: StoreError.newer(path, found: 99, known: known)) {
            try NodeDatabase(path: path)
        }
    }
}
