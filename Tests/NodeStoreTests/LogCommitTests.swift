import Federation
import Keys
import NodeStore
import Testing
import TransparencyLog

@Suite struct `Committing` {
    private let store: SampleStore

    init() throws {
        store = try SampleStore()
    }

    @Test func `answers with index, revision and outcome`() throws {
        let genesis = Draft(type: .genesis, payload: [1])
        #expect(
            try store.append([genesis, SampleStore.item("A"), SampleStore.item("B")]).results == [
                Appended(outcome: .recorded, index: 0, revision: 0),
                Appended(outcome: .published, index: 1, revision: 1),
                Appended(outcome: .published, index: 2, revision: 1),
            ]
        )
        #expect(
            try store.append([SampleStore.item("A", text: "new")]).results
                == [Appended(outcome: .revised, index: 3, revision: 2)]
        )
        #expect(
            try store.append([SampleStore.withdrawal("A")]).results
                == [Appended(outcome: .withdrawn, index: 4, revision: 3)]
        )
        #expect(
            try store.append([SampleStore.item("A", text: "again")]).results
                == [Appended(outcome: .published, index: 5, revision: 4)]
        )
        let state = try store.log.subject(SubjectKey(scope: "item", subject: "A"))
        #expect(state?.living == true && state?.index == 5)
        #expect(try store.log.flagged().isEmpty)
    }

    @Test func `writes leaves that continue their subject`() throws {
        try store.append([SampleStore.item("A"), SampleStore.item("B")])
        try store.append([SampleStore.item("A", text: "new")])
        let entry = try #require(try store.log.entry(2))
        let payload = SampleStore.payload("A", "new", "salt")
        let leaf = Leaf(
            type: .itemPublished,
            at: SampleStore.time,
            subject: "A",
            revision: 2,
            previous: 0,
            payload: Digest(of: payload)
        )
        #expect(LeafReading(entry) == .leaf(leaf))
        #expect(try store.log.payload(Digest(of: payload)) == payload)
        #expect(try store.log.entry(3) == nil)
        #expect(try store.log.payload(Digest(of: [9] as [UInt8])) == nil)
    }

    @Test func `signs the head that covers its leaves`() throws {
        try store.grow(by: 3)
        let entries = try store.log.entries(from: 0, to: 100)
        let head = try #require(store.log.head)
        #expect(head.checkpoint.size == 3)
        #expect(head.checkpoint.root == MerkleRoot.of(entries))
        #expect(try VerifiedCheckpoint(head.note.bytes, key: store.signer.key) == head)
    }

    @Test func `appends nothing for the same content under another salt`() throws {
        try store.append([SampleStore.item("A")])
        let head = store.log.head
        let again = try store.append([SampleStore.item("A", salt: "other")])
        #expect(again.results == [Appended(outcome: .unchanged, index: 0, revision: 1)])
        #expect(store.log.head == head)
        #expect(try store.log.payload(Digest(of: SampleStore.payload("A", "text", "other"))) == nil)
    }

    @Test func `appends the same content again after a withdrawal`() throws {
        try store.append([SampleStore.item("A")])
        try store.append([SampleStore.withdrawal("A")])
        let again = try store.append([SampleStore.item("A")])
        #expect(again.results?.map(\.outcome) == [.published])
    }

    @Test func `refuses to withdraw nothing`() throws {
        try store.append([SampleStore.item("A"), SampleStore.item("B", type: .needPublished)])
        try store.append([SampleStore.withdrawal("A")])
        let head = store.log.head
        for subject in ["A", "B", "C"] {
            let problem = try store.append([SampleStore.withdrawal(subject)]).refusal
            #expect(problem?.slug == .notFound)
            #expect(problem?.pointer == subject)
        }
        #expect(store.log.head == head)
    }

    @Test func `sees what a request has withdrawn and published before`() throws {
        try store.append([SampleStore.item("A")])
        let twice = [SampleStore.withdrawal("A"), SampleStore.withdrawal("A")]
        #expect(try store.append(twice).refusal?.slug == .notFound)
        #expect(store.log.size == 1)
        let inOrder = [SampleStore.item("N"), SampleStore.withdrawal("N")]
        #expect(try store.append(inOrder).results?.map(\.revision) == [1, 2])
    }

    @Test func `carries out all drafts of a request or none`() throws {
        let drafts = [SampleStore.item("A"), SampleStore.withdrawal("nothing")]
        #expect(try store.append(drafts).refusal != nil)
        #expect(store.log.size == 0)
        #expect(try store.log.subject(SubjectKey(scope: "item", subject: "A")) == nil)
    }

    @Test func `judges each request of a commit by itself`() throws {
        let requests = [
            AppendRequest(id: SampleStore.id(1), drafts: [SampleStore.item("A")]),
            AppendRequest(id: SampleStore.id(2), drafts: [SampleStore.withdrawal("B")]),
            AppendRequest(id: SampleStore.id(1), drafts: [SampleStore.item("C")]),
            AppendRequest(id: SampleStore.id(1), drafts: [SampleStore.item("A")]),
            AppendRequest(id: SampleStore.id(3), drafts: [SampleStore.withdrawal("A")]),
        ]
        let (answers, head) = try store.log.commit(
            requests,
            at: SampleStore.time,
            signer: store.signer
        )
        let first = Appended(outcome: .published, index: 0, revision: 1)
        #expect(answers[0] == .appended([first]))
        #expect(answers[1].refusal?.slug == .notFound)
        #expect(answers[2] == .reused)
        #expect(answers[3] == .appended([first]))
        let last = Appended(outcome: .withdrawn, index: 1, revision: 2)
        #expect(answers[4] == .appended([last]))
        #expect(head.checkpoint.size == 2)
    }

    @Test func `forgets a refused request between two others`() throws {
        func items(_ name: String, _ count: Int) -> [Draft] {
            (0..<count).map { SampleStore.item("\(name)-\($0)") }
        }
        let drafts = [
            items("a", 200), items("b", 300) + [SampleStore.withdrawal("nothing")],
            items("c", 100),
        ]
        let requests = drafts.enumerated().map {
            AppendRequest(id: SampleStore.id($0), drafts: $1)
        }
        let (answers, head) = try store.log.commit(
            requests,
            at: SampleStore.time,
            signer: store.signer
        )
        #expect(answers.map { $0.results?.count } == [200, nil, 100])
        #expect(answers[2].results?.map(\.index) == Array(200..<300))
        #expect(head.checkpoint.size == 300)
        let entries = try SampleStore.audit(store.log)
        #expect(!entries.contains { String(decoding: $0, as: UTF8.self).contains("b-7") })
        let refused = SubjectKey(scope: "item", subject: "b-7")
        #expect(try store.log.subject(refused) == nil)
        #expect(try store.reopened().head == head)
    }

    @Test func `takes a payload of 256 KiB and not a byte more`() throws {
        func draft(_ count: Int) -> Draft {
            Draft(
                type: .itemPublished,
                subject: "A",
                payload: Array(repeating: 7, count: count)
            )
        }
        let problem = try store.append([draft(Limits.payloadBytes + 1)]).refusal
        #expect(problem?.slug == .tooLarge)
        #expect(store.log.size == 0)
        #expect(try store.append([draft(Limits.payloadBytes)]).results?.count == 1)
    }

    @Test(arguments: [
        Draft(type: .itemPublished, subject: "a b", payload: [1]),
        Draft(type: .itemPublished, subject: "", payload: [1]),
        Draft(type: .itemPublished, payload: [1]), Draft(type: .itemPublished, subject: "A"),
        Draft(type: .decisionRecorded, subject: "A", commitment: Digest(of: [1] as [UInt8])),
        Draft(
            type: .itemPublished,
            subject: "A",
            payload: [1],
            references: ["a", "b", "c", "d", "e"]
        ),
    ])
    func `refuses a draft that makes no well-formed leaf`(_ draft: Draft) throws {
        #expect(try store.append([draft]).refusal?.slug == .malformedRequest)
        #expect(store.log.size == 0)
    }

    @Test func `refuses a leaf beyond 2,046 bytes`() throws {
        let draft = Draft(
            type: .itemPublished,
            subject: "A",
            payload: [1],
            references: [String(repeating: "x", count: 2046)]
        )
        #expect(try store.append([draft]).refusal?.slug == .tooLarge)
    }

    @Test func `with another signer leaves everything as it was`() throws {
        try store.grow(by: 2)
        let head = store.log.head
        let request = AppendRequest(id: SampleStore.id(1), drafts: [SampleStore.item("A")])
        for wrong in [
            try SampleStore.signer(seed: 2), try SampleStore.signer("uni-b.example/eccoe/1"),
        ] {
            #expect(throws: (any Error).self) {
                try store.log.commit([request], at: SampleStore.time, signer: wrong)
            }
        }
        #expect(store.log.head == head)
        #expect(try store.append([SampleStore.item("A")]).results?.first?.index == 2)
    }

    @Test func `stops when somebody else has written the head`() throws {
        try store.grow(by: 2)
        let other = try store.reopened()
        let request = AppendRequest(id: SampleStore.id(1), drafts: [SampleStore.item("A")])
        _ = try other.commit([request], at: SampleStore.time, signer: store.signer)
        let mine = AppendRequest(id: SampleStore.id(2), drafts: [SampleStore.item("B")])
        #expect(throws: (any Error).self) {
            try store.log.commit([mine], at: SampleStore.time, signer: store.signer)
        }
        // What counts now is what the disk says.
        #expect(store.log.head == other.head)
        #expect(try store.log.entry(3) == nil)
    }

    @Test func `of nothing signs an empty tree once`() throws {
        let (answers, head) = try store.log.commit(
            [],
            at: SampleStore.time,
            signer: store.signer
        )
        #expect(answers.isEmpty)
        #expect(head.checkpoint.size == 0)
        #expect(head.checkpoint.root == MerkleTree.emptyRoot)
        let again = try store.log.commit([], at: SampleStore.time, signer: store.signer)
        #expect(again.head == head)
    }
}

@Suite struct `A repeated request` {
    private let store: SampleStore

    init() throws {
        store = try SampleStore()
    }

    @Test func `is answered as the first time, also by a store opened anew`() throws {
        let first = try store.append([SampleStore.item("A")], id: SampleStore.id(1))
        try store.append([SampleStore.item("A", text: "new")], id: SampleStore.id(2))
        let head = store.log.head
        let salted = [SampleStore.item("A", salt: "drawn anew")]
        #expect(try store.append(salted, id: SampleStore.id(1)) == first)
        let request = AppendRequest(id: SampleStore.id(1), drafts: salted)
        let reopened = try store.reopened()
        let again = try reopened.commit([request], at: SampleStore.time, signer: store.signer)
        #expect(again.answers == [first])
        #expect(again.head == head)
    }

    @Test(arguments: [
        [SampleStore.item("A", text: "other")], [SampleStore.item("B")], [],
        [SampleStore.item("A", type: .needPublished)],
        [SampleStore.item("A"), SampleStore.item("B")],
    ])
    func `with another body is refused, also by a store opened anew`(
        _ drafts: [Draft]
    ) throws {
        try store.append([SampleStore.item("A")], id: SampleStore.id(1))
        let head = store.log.head
        #expect(try store.append(drafts, id: SampleStore.id(1)) == .reused)
        let request = AppendRequest(id: SampleStore.id(1), drafts: drafts)
        let again = try store.reopened().commit(
            [request],
            at: SampleStore.time,
            signer: store.signer
        )
        #expect(again.answers == [.reused])
        #expect(store.log.head == head)
    }

    @Test func `that appended nothing keeps its answer`() throws {
        try store.append([SampleStore.item("A")], id: SampleStore.id(1))
        let unchanged = try store.append([SampleStore.item("A")], id: SampleStore.id(2))
        try store.append([SampleStore.item("A", text: "new")], id: SampleStore.id(3))
        #expect(try store.append([SampleStore.item("A")], id: SampleStore.id(2)) == unchanged)
        #expect(store.log.size == 2)
    }

    @Test func `that was refused may be sent again when it is acceptable`() throws {
        let withdrawal = [SampleStore.withdrawal("A")]
        #expect(try store.append(withdrawal, id: SampleStore.id(1)).refusal != nil)
        try store.append([SampleStore.item("A")])
        #expect(try store.append(withdrawal, id: SampleStore.id(1)).results?.count == 1)
    }
}
