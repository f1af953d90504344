import CanonicalJSON
import Federation
import Keys
import NodeStore
import Testing
import TransparencyLog

@Suite struct `A copy of a log` {
    private let author: SampleStore
    private let copy: LogStore

    init() throws {
        author = try SampleStore()
        copy = try LogStore(
            path: author.folder.file("copy.sqlite"),
            key: author.signer.key,
            create: true
        )
    }

    /// What the author serves up to a size, not finished.
    private func step(to size: Int) throws -> LogExtension {
        var step = LogExtension(from: copy.range, to: try author.head(size))
        while let tile = step.next {
            try step.receive(try #require(try author.log.resource(tile)))
        }
        return step
    }

    private func follow(to size: Int) throws {
        try copy.extend(by: try step(to: size))
    }

    @Test func `is the author's log after any steps`() throws {
        try author.grow(by: 300)
        for size in [1, 2, 255, 256, 300] { try follow(to: size) }
        #expect(copy.head?.checkpoint == author.log.head?.checkpoint)
        #expect(try SampleStore.audit(copy) == (try SampleStore.audit(author.log)))
        let reopened = try LogStore(
            path: author.folder.file("copy.sqlite"),
            key: author.signer.key,
            create: false
        )
        #expect(reopened.head == copy.head)
        #expect(reopened.range == author.log.range)
    }

    @Test func `folds to the same state as the author's log`() throws {
        var generator = SplitMix64(state: 5)
        for round in 0..<30 {
            let subject = "item-\(Int.random(in: 0..<6, using: &generator))"
            let isWithdrawn = Int.random(in: 0..<4, using: &generator) == 0
            let draft =
                isWithdrawn
                ? SampleStore.withdrawal(subject)
                : SampleStore.item(subject, text: "round \(round)")
            try author.append([draft])
        }
        #expect(author.log.size > 20)
        try follow(to: 10)
        try follow(to: author.log.size)
        for number in 0..<6 {
            let key = SubjectKey(scope: "item", subject: "item-\(number)")
            #expect(try copy.subject(key) == (try author.log.subject(key)))
        }
        let size = author.log.size
        #expect(
            try copy.verdicts(from: 0, to: size) == (try author.log.verdicts(from: 0, to: size))
        )
    }

    @Test func `keeps entries that count for nothing and says why`() throws {
        let entries = [
            Leaf(
                type: .itemPublished, at: SampleStore.time, subject: "A", revision: 1,
                payload: Digest(of: [1] as [UInt8])
            ).bytes,
            Array("garbage".utf8),
            Leaf(
                type: .itemPublished, at: SampleStore.time, subject: "A", revision: 5,
                previous: 0, payload: Digest(of: [2] as [UInt8])
            ).bytes,
            Array(#"{"type":"item.sung","v":1}"#.utf8),
        ]
        var range = CompactRange()
        for entry in entries { range.append(Digest.ofLeaf(entry)) }
        let head = try VerifiedCheckpoint(
            signing: Checkpoint(origin: SampleStore.origin, size: 4, root: range.root),
            by: author.signer
        )
        var step = LogExtension(from: copy.range, to: head)
        try step.receive(entries.flatMap { EntryBundle.encode($0) ?? [] })
        try copy.extend(by: step)
        #expect(try copy.flagged().map(\.index) == [1, 2])
        #expect(try copy.wantedCount() == 1)
        let verdicts = try copy.verdicts(from: 0, to: 9)
        #expect(verdicts.count == 4)
        #expect(verdicts[3] == .unknownType("item.sung"))
        guard case .flagged(let reason) = verdicts[2] else {
            Issue.record("\(verdicts[2])")
            return
        }
        #expect(reason.contains("revision 5"))
        #expect(try SampleStore.audit(copy) == entries)
    }

    @Test func `refuses a step that leads to another root`() throws {
        try author.grow(by: 4)
        try follow(to: 2)
        let before = copy.head
        var lie = LogExtension(from: copy.range, to: try author.head(4))
        let bundle = try author.log.entries(from: 0, to: 2) + [[1], [2]]
        try lie.receive(bundle.flatMap { EntryBundle.encode($0) ?? [] })
        #expect(throws: ProofError.rootMismatch) { try copy.extend(by: lie) }
        #expect(copy.head == before)
        #expect(try copy.entry(2) == nil)
        try follow(to: 4)
        #expect(copy.size == 4)
    }

    @Test func `refuses a step that was made before it grew`() throws {
        try author.grow(by: 4)
        let late = try step(to: 4)
        try follow(to: 2)
        #expect(throws: StoreError.headChanged) { try copy.extend(by: late) }
        #expect(copy.size == 2)
    }

    @Test func `refuses a head of another key`() throws {
        try author.grow(by: 1)
        let stranger = try VerifiedCheckpoint(
            signing: try #require(author.log.head?.checkpoint),
            by: try SampleStore.signer(seed: 2)
        )
        var step = LogExtension(from: copy.range, to: stranger)
        try step.receive(
            try #require(try author.log.resource(TileCoordinate(.entries, index: 0, width: 1)))
        )
        #expect(throws: NoteError.notSignedBy(SampleStore.origin)) { try copy.extend(by: step) }
        #expect(copy.head == nil)
    }

    @Test func `takes cosignatures for the head that it has`() throws {
        try author.grow(by: 2)
        try follow(to: 2)
        let witness = try SampleStore.signer("w.example/eccoe/witness", type: .cosignature)
        let head = try #require(copy.head)
        let line = try witness.sign(head.note.text, at: SampleStore.time)
        let cosigned = try head.adding([line])
        try copy.update(note: cosigned)
        #expect(copy.head == cosigned)
        #expect(throws: StoreError.headChanged) { try copy.update(note: author.head(1)) }
        let reopened = try LogStore(
            path: author.folder.file("copy.sqlite"),
            key: author.signer.key,
            create: false
        )
        #expect(try reopened.head?.cosignatures(by: [witness.key]).count == 1)
    }

    @Test func `wants payloads, oldest first, and takes only those`() throws {
        try author.grow(by: 3)
        try author.append([SampleStore.item("item-0", text: "new")])
        try follow(to: 4)
        let payloads = [
            SampleStore.payload("item-0", "text", "salt"),
            SampleStore.payload("item-1", "text", "salt"),
            SampleStore.payload("item-2", "text", "salt"),
            SampleStore.payload("item-0", "new", "salt"),
        ]
        let digests = payloads.map { Digest(of: $0) }
        #expect(try copy.wantedPayloads(limit: 9) == digests)
        #expect(try copy.wantedPayloads(limit: 2) == Array(digests.prefix(2)))
        let stored = try copy.store(payloads: [payloads[1], [1, 2, 3], payloads[1]])
        #expect(stored == [digests[1]])
        #expect(try copy.payload(digests[1]) == payloads[1])
        #expect(try copy.payload(Digest(of: [1, 2, 3] as [UInt8])) == nil)
        #expect(try copy.wantedPayloads(limit: 9) == [digests[0], digests[2], digests[3]])
        #expect(try copy.wantedCount() == 3)
    }

    @Test func `does not want what it holds`() throws {
        try author.append([SampleStore.item("A")])
        try follow(to: 1)
        _ = try copy.store(payloads: [SampleStore.payload("A", "text", "salt")])
        try author.append([SampleStore.item("A", text: "new")])
        try author.append([SampleStore.item("A", text: "text")])
        try follow(to: 3)
        #expect(try copy.wantedCount() == 1)
    }
}
