import Federation
import Keys
import Testing
import TransparencyLog

@Suite struct `Extending a copy` {
    /// Feeds an extension with a log's bundles and returns the paths that it asked for.
    private func feed(_ step: inout LogExtension, from log: SampleLog) throws -> [String] {
        var paths: [String] = []
        while let tile = step.next {
            paths.append(tile.path)
            try step.receive(log.bundle(tile))
        }
        return paths
    }

    @Test(arguments: [
        (0, 0, []), (0, 1, ["tile/entries/000.p/1"]), (1, 2, ["tile/entries/000.p/2"]),
        (0, 256, ["tile/entries/000"]), (255, 256, ["tile/entries/000"]),
        (256, 257, ["tile/entries/001.p/1"]),
        (100, 600, ["tile/entries/000", "tile/entries/001", "tile/entries/002.p/88"]),
        (600, 600, []),
    ])
    func `takes what is new and nothing else`(
        _ held: Int,
        _ size: Int,
        _ expected: [String]
    ) throws {
        let log = try SampleLog(size: 600)
        var step = LogExtension(from: log.range(held), to: try log.head(size))
        #expect(try feed(&step, from: log) == expected)
        try step.finish()
        #expect(step.entries == Array(log.entries[held..<size]))
        #expect(step.next == nil)
    }

    @Test func `takes a full bundle for a partial one`() throws {
        let log = try SampleLog(size: 256)
        var step = LogExtension(from: log.range(10), to: try log.head(20))
        try step.receive(log.bundle(TileCoordinate(.entries, index: 0)))
        try step.finish()
        #expect(step.entries.count == 10)
    }

    @Test(arguments: [(0, 3), (1, 2), (100, 600), (255, 256), (256, 257), (511, 513)])
    func `takes only what follows what is held`(_ held: Int, _ size: Int) throws {
        let log = try SampleLog(size: 600)
        var step = LogExtension(from: log.range(held), to: try log.head(size))
        var received = 0
        while let tile = step.next {
            let heldBytes = log.bundle(
                TileCoordinate(.entries, index: tile.index, width: step.heldOfNext.count)
            ).count
            let rest = Array(log.bundle(tile).dropFirst(heldBytes))
            received += rest.count
            try step.receive(rest: rest)
        }
        try step.finish()
        #expect(step.entries == Array(log.entries[held..<size]))
        #expect(received == step.entries.reduce(0) { $0 + 2 + $1.count })
    }

    @Test func `refuses a rest that is none`() throws {
        let log = try SampleLog(size: 20)
        let bundle = log.bundle(TileCoordinate(.entries, index: 0, width: 20))
        for bytes in [[], Array(bundle.dropLast()), bundle] {
            var step = LogExtension(from: log.range(10), to: try log.head(20))
            #expect(throws: ProofError.self) {
                try step.receive(
                    rest: Array(bytes.dropFirst(bytes == bundle ? 0 : bytes.count / 2 + 1)))
                try step.finish()
            }
        }
    }

    @Test func `refuses entries that lead to another root`() throws {
        let log = try SampleLog(size: 20)
        let fork = try SampleLog(size: 20, variant: "other-")
        var step = LogExtension(from: log.range(10), to: try fork.head(20))
        _ = try feed(&step, from: fork)
        #expect(throws: ProofError.rootMismatch) { try step.finish() }
    }

    @Test func `refuses to finish before all is there`() throws {
        let log = try SampleLog(size: 300)
        var step = LogExtension(from: log.range(0), to: try log.head(300))
        #expect(throws: ProofError.rootMismatch) { try step.finish() }
        try step.receive(log.bundle(TileCoordinate(.entries, index: 0)))
        #expect(throws: ProofError.rootMismatch) { try step.finish() }
    }

    @Test func `refuses a head that is smaller than what is held`() throws {
        let log = try SampleLog(size: 20)
        let step = LogExtension(from: log.range(20), to: try log.head(10))
        #expect(step.next == nil)
        #expect(throws: ProofError.rootMismatch) { try step.finish() }
    }

    @Test func `refuses a bundle that is cut off anywhere`() throws {
        let log = try SampleLog(size: 3)
        let whole = log.bundle(TileCoordinate(.entries, index: 0, width: 3))
        for count in 0..<whole.count {
            var step = LogExtension(from: log.range(0), to: try log.head(3))
            #expect(throws: ProofError.self, "cut after \(count) bytes") {
                try step.receive(Array(whole.prefix(count)))
            }
            #expect(step.entries.isEmpty)
        }
    }

    @Test func `refuses a leaf of 2,047 bytes`() throws {
        let log = try SampleLog(size: 1)
        var step = LogExtension(from: log.range(0), to: try log.head(1))
        let tooLarge = try #require(EntryBundle.encode(Array(repeating: 0x20, count: 2047)))
        #expect(throws: ProofError.malformed("entry 0 has more than 2046 bytes")) {
            try step.receive(tooLarge)
        }
        #expect(step.entries.isEmpty)
        let largest = try #require(EntryBundle.encode(Array(repeating: 0x20, count: 2046)))
        try step.receive(largest)
        #expect(step.entries.count == 1)
    }

    @Test func `ignores bytes after its end`() throws {
        let log = try SampleLog(size: 3)
        var step = LogExtension(from: log.range(0), to: try log.head(3))
        _ = try feed(&step, from: log)
        try step.receive([1, 2, 3])
        try step.finish()
        #expect(step.entries.count == 3)
    }
}
