import Federation
import Keys
import Testing

/// How much a log may grow.
@Suite struct `A log's quota` {
    private static let day: Int64 = 86_400
    private let start = Instant(secondsSince1970: 1_795_456_800)

    private func quota() -> LogQuota { LogQuota(size: 100, at: start) }

    private func isRoom(
        _ quota: LogQuota, _ leaves: Int, bytes: Int = 0, newcomer: Bool = false
    ) -> Bool {
        quota.wait(leaves: leaves, bytes: bytes, isNewcomer: newcomer) == 0
    }

    @Test func `has room for 20,000 leaves at once, and for no more`() {
        #expect(isRoom(quota(), 20_000))
        #expect(!isRoom(quota(), 20_001))
        #expect(quota().leavesLeft(isNewcomer: false) == 20_000)
        var used = quota()
        used.observe(size: 20_100, isNewcomer: false, at: start)
        #expect(isRoom(used, 0) && !isRoom(used, 1))
        #expect(used.leavesLeft(isNewcomer: false) == 0)
    }

    @Test func `does not charge what was there before`() {
        var old = LogQuota(size: 5_000_000, at: start)
        old.observe(size: 5_000_000, isNewcomer: false, at: start)
        #expect(isRoom(old, 20_000))
        #expect(old.record.base == 5_000_000)
    }

    @Test func `grows by a day's leaves in a day, and says when it goes on`() {
        var used = quota()
        used.observe(size: 20_100, isNewcomer: false, at: start)
        // 86,400 s for 20,000 leaves: 4.32 s a leaf.
        #expect(used.wait(leaves: 1, bytes: 0, isNewcomer: false) == 5)
        #expect(used.wait(leaves: 20_000, bytes: 0, isNewcomer: false) == Self.day)
        used.observe(size: 20_100, isNewcomer: false, at: start + 4)
        #expect(!isRoom(used, 1))
        used.observe(size: 20_100, isNewcomer: false, at: start + 5)
        #expect(isRoom(used, 1) && !isRoom(used, 2))
        used.observe(size: 20_100, isNewcomer: false, at: start + Self.day)
        #expect(isRoom(used, 20_000))
        used.observe(size: 20_100, isNewcomer: false, at: start + 1000 * Self.day)
        #expect(isRoom(used, 20_000) && !isRoom(used, 20_001))
    }

    @Test func `gives a newcomer 200,000 leaves more, once`() {
        #expect(isRoom(quota(), 220_000, newcomer: true))
        #expect(!isRoom(quota(), 220_001, newcomer: true))
        var used = quota()
        used.observe(size: 220_100, isNewcomer: true, at: start)
        #expect(used.record.credit == 0)
        #expect(isRoom(used, 0, newcomer: true) && !isRoom(used, 1, newcomer: true))
        used.observe(size: 220_100, isNewcomer: true, at: start + Self.day)
        #expect(isRoom(used, 20_000, newcomer: true) && !isRoom(used, 20_001, newcomer: true))
        var late = quota()
        late.observe(size: 20_101, isNewcomer: false, at: start)
        #expect(late.record.credit == 200_000)
        #expect(!isRoom(late, 1))
    }

    @Test func `has room for 1 GiB of payloads in thirty days`() {
        #expect(isRoom(quota(), 1, bytes: 1 << 30))
        #expect(!isRoom(quota(), 1, bytes: (1 << 30) + 1))
        var used = quota()
        used.spend(bytes: 1 << 30)
        #expect(!isRoom(used, 1, bytes: 1) && isRoom(used, 1, bytes: 0))
        #expect(used.wait(leaves: 0, bytes: 1 << 30, isNewcomer: true) == 30 * Self.day)
        used.observe(size: 100, isNewcomer: false, at: start + 15 * Self.day)
        #expect(isRoom(used, 1, bytes: 1 << 29) && !isRoom(used, 1, bytes: (1 << 29) + 1))
    }

    @Test func `of a reader bears 2,000 leaves more, and no byte`() {
        var reader = quota()
        reader.observe(size: 100 + 22_000, isNewcomer: false, at: start)
        #expect(reader.excess == 0)
        reader.observe(size: 100 + 22_001, isNewcomer: false, at: start)
        #expect(reader.excess == 5)
        reader.observe(size: 100 + 22_001, isNewcomer: false, at: start + 5)
        #expect(reader.excess == 0)
        reader.spend(bytes: 1 << 30)
        #expect(reader.excess == 0)
        reader.spend(bytes: 1)
        #expect(reader.excess == 1)
    }

    /// Whatever an author may write, a reader takes, however seldom it looks.
    @Test(arguments: UInt64(1)...20)
    func `of a reader is never less than the author's`(_ seed: UInt64) {
        var generator = SplitMix64(state: seed)
        var (author, reader) = (quota(), quota())
        var (size, now) = (100, start)
        for _ in 0..<2000 {
            now = now + Int64(generator.next() % 7200)
            author.observe(size: size, isNewcomer: false, at: now)
            let wanted = Int(generator.next() % 4000)
            size += min(wanted, author.leavesLeft(isNewcomer: false))
            author.observe(size: size, isNewcomer: false, at: now)
            guard generator.next() % 5 == 0 else { continue }
            reader.observe(size: size, isNewcomer: false, at: now)
            #expect(reader.record.leaves >= 0)
        }
    }

    @Test func `is not moved by a log that shrinks or a clock that runs back`() {
        var used = quota()
        used.observe(size: 10_100, isNewcomer: false, at: start)
        let before = used
        used.observe(size: 50, isNewcomer: false, at: start + -7200)
        #expect(used == before)
        used.observe(size: 10_100, isNewcomer: false, at: start)
        #expect(used == before)
    }
}
