import Synchronization
import Testing

@testable import eccoe

struct OrderedPipelineTests {
    private struct Broken: Error {}

    @Test(arguments: [1, 2, 8])
    func `results come in the order of the work, whoever is done first`(
        _ parallelism: Int
    ) async throws {
        var next = 0
        var handled: [Int] = []
        let underWay = Mutex((now: 0, most: 0))
        try await OrderedPipeline.run(
            parallelism: parallelism,
            next: {
                defer { next += 1 }
                return next < 100 ? next : nil
            },
            perform: { work in
                underWay.withLock {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                for _ in 0..<((work * 7) % 13) { await Task.yield() }
                underWay.withLock { $0.now -= 1 }
                return work
            },
            handle: { handled.append($0) }
        )
        #expect(handled == Array(0..<100))
        #expect(underWay.withLock { $0.most } <= parallelism)
    }

    @Test func `nothing is handed over behind what failed`() async {
        var next = 0
        var handled: [Int] = []
        await #expect(throws: Broken.self) {
            try await OrderedPipeline.run(
                parallelism: 4,
                next: {
                    defer { next += 1 }
                    return next
                },
                perform: { work in
                    if work == 10 { throw Broken() }
                    return work
                },
                handle: { handled.append($0) }
            )
        }
        #expect(handled == Array(0..<handled.count))
        #expect(handled.count <= 10)
    }
}

struct PlainTextTests {
    @Test(arguments: [
        ("a\u{1b}[31mb", "a[31mb"), ("a\u{202e}b", "ab"), ("a\nb\tc", "a b c"),
        ("Université", "Université"), ("a\u{9b}b", "ab"),
    ])
    func `text from elsewhere cannot steer the terminal`(_ text: String, _ expected: String) {
        #expect(PlainText.line(text) == expected)
    }
}
