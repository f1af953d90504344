import CanonicalJSON
import Federation
import Keys
import Testing

/// A log folded in memory.
struct FoldedLog {
    var states: [SubjectKey: SubjectState] = [:]
    var verdicts: [FoldVerdict] = []

    init(_ entries: [[UInt8]]) {
        for (index, entry) in entries.enumerated() {
            let verdict = Fold.judge(entry, index: index) { states[$0] }
            if case .accepted(_, let key?, let state?) = verdict { states[key] = state }
            verdicts.append(verdict)
        }
    }

    init(_ leaves: [Leaf]) {
        self.init(leaves.map(\.bytes))
    }

    /// Why each entry counts for nothing; nil for those that count.
    var flags: [String?] {
        verdicts.map { if case .flagged(let reason) = $0 { reason } else { nil } }
    }

    func item(_ subject: String = "BC-101") -> SubjectState? {
        states[SubjectKey(scope: "item", subject: subject)]
    }
}

@Suite struct `The fold` {
    private let genesis = Leaf(
        type: .genesis,
        at: SampleLeaf.at,
        payload: SampleLeaf.digest
    )

    @Test func `follows a subject through its revisions`() throws {
        let log = FoldedLog([
            genesis, SampleLeaf.item(), SampleLeaf.item("B"),
            SampleLeaf.item(revision: 2, previous: 1),
            SampleLeaf.item(revision: 3, previous: 3, type: .itemWithdrawn),
        ])
        #expect(log.flags == [nil, nil, nil, nil, nil])
        let state = SubjectState(
            revision: 3,
            index: 4,
            living: false,
            payload: SampleLeaf.digest
        )
        #expect(log.item() == state)
        #expect(log.item("B")?.living == true)
        guard case .accepted(let leaf, nil, nil) = log.verdicts[0] else {
            Issue.record("genesis has no subject: \(log.verdicts[0])")
            return
        }
        #expect(leaf == genesis)
    }

    @Test func `lets a withdrawn subject live again with the next revision`() {
        let log = FoldedLog([
            SampleLeaf.item(), SampleLeaf.item(revision: 2, previous: 0, type: .itemWithdrawn),
            SampleLeaf.item(revision: 3, previous: 1),
        ])
        #expect(log.flags == [nil, nil, nil])
        #expect(log.item()?.living == true)
        #expect(log.item()?.revision == 3)
    }

    @Test(arguments: [0, 2, 3])
    func `flags a first leaf with another revision than 1`(_ revision: Int) {
        let log = FoldedLog([SampleLeaf.item(revision: revision)])
        #expect(log.flags != [nil])
        #expect(log.item() == nil)
    }

    @Test(arguments: [(1, 0), (3, 0)])
    func `flags a wrong revision`(_ revision: Int, _ previous: Int) {
        let log = FoldedLog([
            SampleLeaf.item(), SampleLeaf.item(revision: revision, previous: previous),
        ])
        #expect(log.flags == [nil, "revision \(revision) where 2 was due"])
        #expect(log.item()?.index == 0)
    }

    @Test(arguments: [nil, 1, 2])
    func `flags a wrong previous`(_ previous: Int?) {
        let log = FoldedLog([
            SampleLeaf.item(), SampleLeaf.item("B"),
            SampleLeaf.item(revision: 2, previous: previous),
        ])
        #expect(log.flags == [nil, nil, "previous does not name the subject's last leaf"])
        #expect(log.item()?.revision == 1)
    }

    @Test func `flags a first leaf that names a previous one`() {
        let log = FoldedLog([genesis, SampleLeaf.item(previous: 0)])
        #expect(log.flags == [nil, "previous does not name the subject's last leaf"])
    }

    @Test func `goes on behind flagged and unknown entries`() throws {
        let unknown = try SampleLeaf.changed { $0["type"] = "item.sung" }
        let log = FoldedLog([
            SampleLeaf.item().bytes, Array("garbage".utf8), unknown,
            SampleLeaf.item(revision: 9, previous: 0).bytes,
            SampleLeaf.item(revision: 2, previous: 0).bytes,
        ])
        #expect(log.flags.map { $0 == nil } == [true, false, true, false, true])
        #expect(log.verdicts[2] == .unknownType("item.sung"))
        #expect(log.item()?.revision == 2)
        #expect(log.item()?.index == 4)
    }

    @Test func `flags a genesis that is not first`() {
        let log = FoldedLog([SampleLeaf.item(), genesis])
        #expect(log.flags == [nil, "genesis is not first"])
    }

    @Test func `scopes ids by the first word of the type`() {
        let log = FoldedLog([
            SampleLeaf.item(), SampleLeaf.item(type: .needPublished),
            SampleLeaf.item(type: .rulePublished),
        ])
        #expect(log.flags == [nil, nil, nil])
        #expect(log.states.count == 3)
    }

    @Test func `takes any first revision of an agreement and only greater ones after it`() {
        func proposed(_ revision: Int) -> Leaf {
            SampleLeaf.agreement(
                .agreementProposed,
                revision: revision,
                payload: SampleLeaf.digest,
                on: nil
            )
        }
        let log = FoldedLog([proposed(5), proposed(5), proposed(4), proposed(7)])
        let reason = "a proposal's revision does not exceed the last one"
        #expect(log.flags == [nil, reason, reason, nil])
    }

    @Test func `judges a leaf as it judges its bytes`() {
        for golden in SampleLeaf.golden {
            for before in [nil, SubjectState(revision: 2, index: 0, living: true, payload: nil)] {
                let read = Fold.judge(golden.leaf.bytes, index: 7) { _ in before }
                #expect(Fold.judge(golden.leaf, index: 7) { _ in before } == read)
            }
            var broken = golden.leaf
            broken.references = ["nowhere"]
            let reason = "a reference is not <origin>#<index>@<leaf hash>"
            #expect(Fold.judge(broken, index: 0) { _ in nil } == .flagged(reason))
        }
    }

    @Test func `takes an approval of an earlier revision without going back`() {
        let log = FoldedLog([
            SampleLeaf.agreement(
                .agreementProposed,
                revision: 5,
                payload: SampleLeaf.digest,
                on: nil
            ),
            SampleLeaf.agreement(.agreementApproved, revision: 2, payload: nil, on: nil),
            SampleLeaf.agreement(
                .agreementProposed,
                revision: 4,
                payload: SampleLeaf.digest,
                on: nil
            ),
        ])
        #expect(log.flags[1] == nil)
        #expect(log.flags[2] != nil)
        let key = SubjectKey(scope: "agreement", subject: SampleLeaf.random)
        #expect(log.states[key]?.revision == 5)
        #expect(log.states[key]?.index == 1)
    }

    @Test func `ends an agreement with its termination`() {
        let log = FoldedLog([
            SampleLeaf.agreement(.agreementApproved, payload: nil, on: nil),
            SampleLeaf.agreement(
                .agreementTerminated,
                payload: SampleLeaf.digest,
                on: "2027-01-31"
            ),
        ])
        let key = SubjectKey(scope: "agreement", subject: SampleLeaf.random)
        #expect(log.states[key]?.living == false)
    }

    @Test func `says the same of a stored entry as when it was taken`() {
        let first = SampleLeaf.golden.map(\.leaf).filter { $0.previous == nil }
        #expect(first.count > 10)
        for leaf in first where leaf.revision ?? 1 == 1 || leaf.type.scope == "agreement" {
            #expect(
                FoldVerdict(accepted: leaf.bytes, index: 0)
                    == Fold.judge(leaf.bytes, index: 0) { _ in nil }
            )
        }
        #expect(FoldVerdict(accepted: [0], index: 0) == Fold.judge([0], index: 0) { _ in nil })
    }
}

@Suite struct `A draft` {
    @Test func `becomes a subject's first leaf`() {
        let draft = Draft(type: .itemPublished, subject: "BC-101", payload: [1])
        #expect(draft.leaf(at: SampleLeaf.at, after: nil) == SampleLeaf.item())
    }

    @Test func `continues its subject`() {
        let draft = Draft(type: .itemWithdrawn, subject: "BC-101", payload: [1])
        let state = SubjectState(revision: 4, index: 17, living: true, payload: nil)
        let leaf = draft.leaf(at: SampleLeaf.at, after: state)
        #expect(leaf == SampleLeaf.item(revision: 5, previous: 17, type: .itemWithdrawn))
    }

    @Test func `of a decision is cut to its day`() {
        let draft = Draft(
            type: .decisionRecorded,
            subject: SampleLeaf.random,
            commitment: SampleLeaf.digest
        )
        let leaf = draft.leaf(at: SampleLeaf.at, after: nil)
        #expect(leaf.at.text == "2026-11-23T00:00:00Z")
        #expect(leaf.violation == nil)
    }

    @Test func `without a subject has neither revision nor previous`() {
        let leaf = Draft(type: .epochClosed).leaf(at: SampleLeaf.at, after: nil)
        #expect(leaf.violation == nil)
    }
}

@Suite struct `A request id` {
    private let random: [UInt8] = [0xff, 1, 0xff, 3, 4, 5, 6, 7, 8, 9]

    @Test func `is a UUID version 7`() throws {
        // RFC 9562 section 5.7: 48 bits of milliseconds, version, random, variant, random.
        let id = RequestID(milliseconds: 0x0192_3456_789a, random: random)
        #expect(id.text == "01923456-789a-7f01-bf03-040506070809")
        #expect(RequestID(id.text) == id)
        #expect(RequestID(uuidBytes: id.bytes) == id)
    }

    @Test func `sorts by its time`() {
        let earlier = RequestID(milliseconds: 1_000, random: Array(repeating: 255, count: 10))
        let later = RequestID(milliseconds: 1_001, random: Array(repeating: 0, count: 10))
        #expect(earlier.text < later.text)
    }

    @Test(arguments: [
        "", "01923456-789a-4f01-bf03-040506070809", "01923456-789a-1f01-bf03-040506070809",
        "01923456-789a-7f01-3f03-040506070809", "01923456-789a-7f01-ff03-040506070809",
        "01923456-789A-7F01-BF03-040506070809", "01923456789a7f01bf03040506070809",
        "{01923456-789a-7f01-bf03-040506070809}", "01923456-789a-7f01-bf03-04050607080",
        "01923456-789a-7f01-bf03-0405060708090", "0192345-6789a-7f01-bf03-040506070809",
        "01923456-789a-7f01-bf03-04050607080g", "01923456-789a-7f01-bf03-040506070809-",
    ])
    func `in any other form is refused`(_ text: String) {
        #expect(RequestID(text) == nil)
    }

    @Test(arguments: [0, 15, 17])
    func `of another length is refused`(_ count: Int) {
        #expect(RequestID(uuidBytes: Array(repeating: 0, count: count)) == nil)
    }
}
