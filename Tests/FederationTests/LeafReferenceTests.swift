import Federation
import Keys
import Testing

@Suite struct `A reference to a leaf` {
    @Test func `is read and written back`() throws {
        let reference = try #require(LeafReference(SampleLeaf.reference))
        #expect(reference.origin == "uni-b.example/eccoe/1")
        #expect(reference.domain == "uni-b.example")
        #expect(reference.index == 5120)
        #expect(reference.hash == SampleLeaf.digest)
        #expect(reference.text == SampleLeaf.reference)
    }

    @Test(arguments: [
        "", "#", "@", "#@", "uni-b.example/eccoe/1", "uni-b.example/eccoe/1#1",
        "uni-b.example/eccoe/1#1@", "uni-b.example/eccoe/1@HASH#1", "uni-b.example/eccoe/1#-1@HASH",
        "uni-b.example/eccoe/1#01@HASH", "uni-b.example/eccoe/1#+1@HASH",
        "uni-b.example/eccoe/1#9223372036854775808@HASH", "uni-b.example/eccoe/1# 1@HASH",
        "uni-b.example/eccoe/0#1@HASH", "uni-b.example/eccoe/01#1@HASH",
        "uni-b.example/eccoe/x#1@HASH", "uni-b.example/log/1#1@HASH", "uni-b.example/1#1@HASH",
        "uni-b.example/eccoe/1/2#1@HASH", "Uni-B.example/eccoe/1#1@HASH", "b/eccoe/1#1@HASH",
        "uni-b.example/eccoe/1#1#1@HASH", "uni-b.example/eccoe/1#1@HASH@", "/eccoe/1#1@HASH",
        "uni-b.example/eccoe/1#1@HASH0", "uni-b.example/eccoe/1#1@UPPER",
    ])
    func `of another form is none`(_ text: String) {
        let written = text.replacing("HASH", with: SampleLeaf.hex)
            .replacing("UPPER", with: SampleLeaf.hex.uppercased())
        #expect(LeafReference(written) == nil)
        var leaf = SampleLeaf.item()
        leaf.references = [SampleLeaf.reference, written]
        #expect(leaf.violation == "a reference is not <origin>#<index>@<leaf hash>")
    }

    @Test func `asks for an erasure only in a leaf of that type, within one institution`() {
        let own = "uni-a.example/eccoe/1#3@\(SampleLeaf.hex)"
        let older = "uni-a.example/eccoe/2#4@\(SampleLeaf.hex)"
        var leaf = Leaf(type: .payloadErased, at: SampleLeaf.at)
        leaf.references = [own, SampleLeaf.reference, older, "uni-a.example.evil/x"]
        #expect(Erasure.references(of: leaf, by: "uni-a.example").map(\.text) == [own, older])
        #expect(
            Erasure.references(of: leaf, by: "uni-b.example").map(\.text) == [SampleLeaf.reference])
        #expect(Erasure.references(of: leaf, by: "uni-c.example").isEmpty)
        var item = SampleLeaf.item()
        item.references = [own]
        #expect(Erasure.references(of: item, by: "uni-a.example").isEmpty)
    }
}

@Suite struct `The freshness of copies` {
    private let start = SampleLeaf.at
    private static let log = "0000000000000001"
    private static let other = "0000000000000002"

    private func page(
        _ rows: [(String, Int)], instance: String = "i", more: Bool = false
    ) -> HeadsPage {
        HeadsPage(
            instance: instance, from: 0, next: rows.count, more: more, now: start, snapshot: nil,
            rows: rows.map {
                HeadHint(origin: $0.0, size: $0.1, root: "0000000000000000", cosignatures: 1)
            })
    }

    @Test func `begins with the first poll and ends after 72 hours`() {
        var state = LogFreshness()
        #expect(!state.isFresh(Self.log, at: start))
        state.fetched(Self.log, at: start)
        #expect(state.isFresh(Self.log, at: start + (72 * 3600 - 1)))
        #expect(!state.isFresh(Self.log, at: start + 72 * 3600))
        state.fetched(Self.log, at: start + Int64(-100))
        #expect(state.lastPoll(Self.log) == start)
        #expect(!state.isFresh(Self.other, at: start))
    }

    @Test func `is renewed by a member's feed for what it listed and is held`() {
        var state = LogFreshness()
        let held = [Self.log: 5, Self.other: 7]
        #expect(
            state.received(
                page([(Self.log, 5), (Self.other, 8)]), from: "b", held: held, at: start)
                == [Self.log])
        // Nothing has changed: the member's word of before stands.
        #expect(state.received(page([]), from: "b", held: held, at: start + 60) == [Self.log])
        #expect(state.lastPoll(Self.log) == start + 60)
        // The larger head is folded now.
        let grown = [Self.log: 5, Self.other: 8]
        #expect(
            state.received(page([]), from: "b", held: grown, at: start + 120)
                == [Self.log, Self.other])
        #expect(state.received(page([]), from: "c", held: grown, at: start + 180).isEmpty)
    }

    @Test func `is not renewed by a feed that began anew without the log`() {
        var state = LogFreshness()
        let held = [Self.log: 5]
        _ = state.received(page([(Self.log, 5)]), from: "b", held: held, at: start)
        #expect(
            state.received(page([], instance: "j"), from: "b", held: held, at: start + 60).isEmpty)
        #expect(state.lastPoll(Self.log) == start)
    }

    @Test func `remembers 2,000 logs of one feed`() {
        var state = LogFreshness()
        let names = (0...LogFreshness.feedLogs).map { number in
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        let held = Dictionary(uniqueKeysWithValues: names.map { ($0, 9) })
        let all = page(names.map { ($0, 9) })
        #expect(
            state.received(all, from: "b", held: held, at: start)
                == Array(names.dropLast()))
        #expect(
            state.received(page([(names[0], 10)]), from: "b", held: held, at: start).count
                == LogFreshness.feedLogs - 1)
    }

    @Test func `waits for a feed's last page`() {
        var state = LogFreshness()
        let held = [Self.log: 5]
        #expect(
            state.received(page([(Self.log, 5)], more: true), from: "b", held: held, at: start)
                .isEmpty)
        #expect(
            state.received(page([(Self.log, 6)]), from: "b", held: held, at: start).isEmpty)
        #expect(state.lastPoll(Self.log) == nil)
    }
}
