import Federation
import Keys
import NodeStore
import Testing

@Suite struct `A prepared request` {
    @Test(arguments: [0, 1, 86_400, -86_400])
    func `is written as of the time of its commit, after what its subject has by then`(
        _ seconds: Int64
    ) throws {
        let drafts = [
            SampleStore.item("A"), SampleStore.item("A", text: "new"),
            Draft(
                type: .decisionRecorded, subject: String(repeating: "0a", count: 16),
                commitment: Digest(of: [1])),
            Draft(type: .genesis, payload: [1]), SampleStore.withdrawal("A"),
            SampleStore.item(String(repeating: "x", count: 65)),
        ]
        let requests = drafts.enumerated().map { number, draft in
            AppendRequest(id: SampleStore.id(number), drafts: [draft])
        }
        let time = SampleStore.time + seconds
        let (early, late) = (try SampleStore(), try SampleStore())
        let prepared = requests.map { PreparedRequest($0, at: SampleStore.time) }
        let answers = try early.log.commit(prepared: prepared, at: time, signer: early.signer)
            .answers
        let expected = try late.log.commit(requests, at: time, signer: late.signer).answers
        #expect(answers == expected)
        #expect(answers.map { $0.refusal == nil } == [true, true, true, false, true, false])
        let entries = try early.log.entries(from: 0, to: 9)
        #expect(try entries == late.log.entries(from: 0, to: 9))
        let leaves = try entries.map { entry in
            guard case .leaf(let leaf) = LeafReading(entry) else { throw StoreError.headChanged }
            return leaf
        }
        #expect(leaves.map(\.at) == [time, time, time.startOfDay, time])
        #expect(leaves.map(\.revision) == [1, 2, 1, 3])
    }
}
