import Federation
import Foundation
import GRDB
import Keys
import NodeStore
import Testing

/// Requests whose answers follow from the entries that they appended.
@Suite struct `A request that its entries answer` {
    private let store: SampleStore

    init() throws {
        store = try SampleStore()
    }

    private static func decision(_ number: UInt8, _ commitment: String = "a") -> Draft {
        Draft(
            type: .decisionRecorded, subject: Hex.encode([UInt8](repeating: number, count: 16)),
            references: ["uni-b.example/eccoe/1#1@\(Digest(of: [number]).hex)"],
            commitment: Digest(of: Array(commitment.utf8)))
    }

    private func rows(_ table: String) throws -> Int? {
        try store.folder.stranger("1.sqlite").read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)")
        }
    }

    private func append(_ log: LogStore, _ drafts: [Draft]) throws -> AppendAnswer? {
        let request = AppendRequest(id: SampleStore.id(1), drafts: drafts)
        return try log.commit([request], at: SampleStore.time, signer: store.signer).answers.first
    }

    @Test(arguments: [1, 3])
    func `of decisions is answered from its entries`(_ count: UInt8) throws {
        try store.grow(by: 2)
        let drafts = (0..<count).map { Self.decision($0) }
        let first = try #require(try append(store.log, drafts))
        #expect(first.results?.map(\.index) == (2..<(2 + Int(count))).map { $0 })
        #expect(try rows("answered") == 1)
        #expect(try rows("request") == 1)
        let size = store.log.size
        for log in [store.log, try store.reopened()] {
            #expect(try append(log, drafts) == first)
            #expect(try append(log, drafts + [Self.decision(9)]) == .reused)
            #expect(try append(log, Array(drafts.dropLast())) == .reused)
            #expect(try append(log, drafts.dropLast() + [Self.decision(9)]) == .reused)
            #expect(try append(log, drafts.dropLast() + [Self.decision(count - 1, "b")]) == .reused)
            #expect(log.size == size)
        }
    }

    @Test func `of items without a content keeps its outcome`() throws {
        let item = Draft(type: .itemPublished, subject: "A", payload: [1])
        try store.append([item])
        let changed = Draft(type: .itemPublished, subject: "A", payload: [2])
        let first = try #require(try append(store.log, [changed]))
        #expect(first.results?.map(\.outcome) == [.revised])
        #expect(try append(try store.reopened(), [changed]) == first)
        #expect(try rows("answered") == 0)
    }

    @Test func `whose entry is a withdrawal is answered from it`() throws {
        try store.append([SampleStore.item("A")])
        let first = try #require(try append(store.log, [SampleStore.withdrawal("A")]))
        #expect(first.results?.map(\.outcome) == [.withdrawn])
        #expect(try append(try store.reopened(), [SampleStore.withdrawal("A")]) == first)
        #expect(try rows("answered") == 1)
    }
}
