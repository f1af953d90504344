import Federation
import Keys
import NodeStore
import Testing
import TransparencyLog

@Suite struct `Confirmed checkpoints` {
    private let store: SampleStore

    init() throws {
        store = try SampleStore()
        try store.grow(by: 20)
    }

    @Test func `are none at first`() throws {
        #expect(try store.log.confirmed() == nil)
        #expect(try store.log.confirmed(covering: 0) == nil)
    }

    @Test func `are the newest, and the oldest that covers a leaf`() throws {
        for (size, seconds) in [(5, 10), (12, 20), (20, 30)] as [(Int, Int64)] {
            try store.log.confirm(
                try store.head(size), at: SampleStore.time + seconds, keepingLastOf: .hour)
        }
        let newest = try #require(try store.log.confirmed())
        #expect(newest.checkpoint == (try store.head(20)))
        #expect(newest.time == SampleStore.time + 30)
        for (index, size) in [(0, 5), (4, 5), (5, 12), (11, 12), (12, 20), (19, 20)] {
            let covering = try store.log.confirmed(covering: index)?.checkpoint
            #expect(covering?.checkpoint.size == size, "leaf \(index)")
        }
        #expect(try store.log.confirmed(covering: 20) == nil)
        let reopened = try store.reopened()
        #expect(try reopened.confirmed()?.time == SampleStore.time + 30)
    }

    @Test func `keep the first of one size unless another has more cosignatures`() throws {
        let head = try store.head(5)
        try store.log.confirm(head, at: SampleStore.time, keepingLastOf: .hour)
        try store.log.confirm(head, at: SampleStore.time + 5, keepingLastOf: .hour)
        #expect(try store.log.confirmed()?.time == SampleStore.time)
        let witness = try SampleStore.signer("w.example/eccoe/witness", type: .cosignature)
        let line = try witness.sign(head.note.text, at: SampleStore.time)
        let better = try head.adding([line])
        try store.log.confirm(better, at: SampleStore.time + 5, keepingLastOf: .hour)
        let kept = try #require(try store.log.confirmed())
        #expect(kept.checkpoint == better)
        #expect(kept.time == SampleStore.time)
    }

    @Test func `of one size become one note, confirmed at the earlier time`() throws {
        let head = try store.head(5)
        func cosigned(_ names: [String], at seconds: Int64) throws -> VerifiedCheckpoint {
            try head.adding(
                try names.map {
                    try SampleStore.signer("\($0).example/eccoe/witness", type: .cosignature)
                        .sign(head.note.text, at: SampleStore.time + seconds)
                })
        }
        try store.log.confirm(
            try cosigned(["a", "b"], at: 50), at: SampleStore.time + 50, keepingLastOf: .day)
        try store.log.confirm(
            try cosigned(["b", "c"], at: 20), at: SampleStore.time + 20, keepingLastOf: .day)
        try store.log.confirm(
            try cosigned(["a"], at: 90_000), at: SampleStore.time + 90_000, keepingLastOf: .day)
        let kept = try #require(try store.log.confirmed(covering: 4))
        #expect(kept.time == SampleStore.time + 20)
        let times = try ["a", "b", "c"].map {
            try kept.checkpoint.cosignatureTimes(
                by: SampleStore.signer("\($0).example/eccoe/witness", type: .cosignature).key
            ).map { $0 - SampleStore.time }
        }
        #expect(times == [[50, 90_000], [20, 50], [20]])
    }

    @Test func `of another tree are refused`() throws {
        try store.log.confirm(try store.head(5), at: SampleStore.time, keepingLastOf: .hour)
        let other = try VerifiedCheckpoint(
            signing: Checkpoint(origin: SampleStore.origin, size: 5, root: Digest(of: [1])),
            by: store.signer)
        #expect(throws: StoreError.headChanged) {
            try store.log.confirm(other, at: SampleStore.time, keepingLastOf: .hour)
        }
        #expect(try store.log.confirmed()?.checkpoint == (try store.head(5)))
    }

    @Test func `are found by what they cover and in the order of their times`() throws {
        for (size, seconds) in [(5, 30), (12, 20), (20, 40)] as [(Int, Int64)] {
            try store.log.confirm(
                try store.head(size), at: SampleStore.time + seconds, keepingLastOf: .hour)
        }
        let sizes = try (0..<4).map {
            try store.log.confirmed(covering: 3, skipping: $0)?.checkpoint.checkpoint.size
        }
        #expect(sizes == [12, 5, 20, nil])
        let before = try [4, 5, 11, 12, 99].map {
            try store.log.confirmed(before: $0)?.checkpoint.checkpoint.size
        }
        #expect(before == [nil, 5, 5, 12, 20])
    }
}

/// Heads of many sizes without the leaves below them: the archive never looks at the tree.
@Suite struct `The archive of confirmed checkpoints` {
    private let store: SampleStore

    init() throws {
        store = try SampleStore()
    }

    private func head(_ size: Int) throws -> VerifiedCheckpoint {
        try VerifiedCheckpoint(
            signing: Checkpoint(
                origin: SampleStore.origin, size: size, root: Digest(of: Array("\(size)".utf8))),
            by: store.signer)
    }

    /// Midnight before the samples' time, so that hours and days begin where the test counts them.
    private let start = SampleStore.time.startOfDay

    private func keptSizes() throws -> [Int] {
        var sizes: [Int] = []
        for skipping in 0..<(try store.log.confirmedCount()) {
            let kept = try store.log.confirmed(covering: 0, skipping: skipping)
            sizes.append(try #require(kept).checkpoint.checkpoint.size)
        }
        return sizes
    }

    @Test(arguments: [ArchiveInterval.hour, .day])
    func `keeps each interval's last for ever, and the recent ones`(
        _ interval: ArchiveInterval
    ) throws {
        // Four weeks, a head every 20 minutes: 2,016 heads.
        let count = 28 * 24 * 3
        for size in 1...count {
            try store.log.confirm(
                head(size), at: start + Int64(size - 1) * 1200, keepingLastOf: interval)
        }
        let perInterval = Int(interval.rawValue) / 1200
        let beyond = count - LogStore.recentConfirmed
        let expected = (1...count).filter { $0 > beyond || $0 % perInterval == 0 }
        #expect(try keptSizes() == expected)
        // A leaf's time is at most one interval later than it was.
        for index in [0, 1, 500, beyond - 1] {
            let time = try #require(try store.log.confirmed(covering: index)).time
            let exact = start + Int64(index) * 1200
            #expect(exact <= time && time - exact < interval.rawValue)
        }
        #expect(try store.log.confirmed(covering: beyond)?.time == start + Int64(beyond) * 1200)
    }

    @Test func `keeps everything up to the recent ones and judges one beyond`() throws {
        let limit = LogStore.recentConfirmed
        for size in 1...limit {
            try store.log.confirm(head(size), at: start + Int64(size), keepingLastOf: .hour)
        }
        #expect(try store.log.confirmedCount() == limit)
        try store.log.confirm(head(limit + 1), at: start + Int64(limit), keepingLastOf: .hour)
        #expect(try store.log.confirmedCount() == limit)
        #expect(try store.log.confirmed(covering: 0)?.checkpoint.checkpoint.size == 2)
    }

    @Test func `keeps an only head of its hour however many follow later`() throws {
        try store.log.confirm(head(1), at: start, keepingLastOf: .hour)
        for size in 2...(LogStore.recentConfirmed + 50) {
            try store.log.confirm(head(size), at: start + 3600, keepingLastOf: .hour)
        }
        let sizes = try keptSizes()
        #expect(sizes.count == LogStore.recentConfirmed + 1)
        #expect(sizes.first == 1)
        #expect(sizes.dropFirst().first == 51)
    }

    @Test func `keeps what was fetched on purpose`() throws {
        for size in 2...(LogStore.recentConfirmed + 2) {
            try store.log.confirm(head(size * 10), at: start + 7200, keepingLastOf: .hour)
        }
        try store.log.confirm(head(7), at: start + 60, keepingLastOf: nil)
        try store.log.confirm(head(8), at: start + 61, keepingLastOf: nil)
        #expect(try keptSizes().prefix(2) == [7, 8])
        #expect(try store.log.confirmed(covering: 6)?.time == start + 60)
    }
}
