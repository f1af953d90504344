import NodeStore
import Testing

@Suite struct RecentCacheTests {
    @Test func atMostTwoGenerationsAreHeld() {
        var cache = RecentCache<Int, Int>(capacity: 3)
        for number in 0..<6 { cache[number] = number }
        #expect(cache.count == 6)
        cache[6] = 6
        #expect(cache.count == 4)
        #expect((0..<3).allSatisfy { cache[$0] == nil })
        #expect((3..<7).allSatisfy { cache[$0] == $0 })
    }

    @Test func whatIsAskedForStays() {
        var cache = RecentCache<Int, Int>(capacity: 3)
        cache[0] = 0
        for number in 1..<100 {
            cache[number] = number
            #expect(cache[0] == 0)
        }
        #expect(cache.count <= 6)
    }

    @Test func aValueIsReplacedAndRemovedInBothGenerations() {
        var cache = RecentCache<Int, Int>(capacity: 2)
        for number in 0..<3 { cache[number] = number }
        cache[0] = 10
        cache[2] = 12
        #expect(cache[0] == 10)
        #expect(cache[2] == 12)
        #expect(cache.count == 3)
        cache[0] = nil
        cache[1] = nil
        #expect(cache[0] == nil)
        #expect(cache[1] == nil)
        #expect(cache.count == 1)
    }
}
