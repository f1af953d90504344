import Federation
import Keys
import Testing
import TransparencyLog

@Suite struct `An add-entries request` {
    private let log: SampleLog

    init() throws {
        log = try SampleLog(size: 700)
    }

    private func package(_ indices: Range<Int>, end: Int) throws -> EntryPackage {
        EntryPackage(
            indices: indices,
            entries: Array(log.entries[indices]),
            proof: try log.subtreeProof(EntryPackage.subtree(indices), size: end)
        )
    }

    private func body(_ start: Int, _ end: Int) throws -> [UInt8] {
        let header = AddEntriesHeader(origin: log.key.name, start: start, end: end)
        return try header.packages.reduce(header.bytes) { try $0 + package($1, end: end).bytes }
    }

    /// Everything that is handed out when the body arrives in pieces.
    private func read(
        _ body: [UInt8],
        piece: Int = .max
    ) throws(Problem) -> (AddEntriesReader, [EntryPackage]) {
        var reader = AddEntriesReader()
        var packages: [EntryPackage] = []
        var position = 0
        while position < body.count {
            let end = piece == .max ? body.count : min(body.count, position + piece)
            try reader.receive(body[position..<end])
            while let package = try reader.next() { packages.append(package) }
            position = end
        }
        return (reader, packages)
    }

    @Test func `begins with a header of five parts, written to the byte`() {
        let header = AddEntriesHeader(origin: "ab", start: 1, end: 258, ticket: [7])
        #expect(
            header.bytes == [
                0, 2, 0x61, 0x62, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2, 0, 1, 7,
            ]
        )
    }

    @Test(arguments: [
        (0, 700, [0..<256, 256..<512, 512..<700]), (3, 5, [3..<5]),
        (255, 257, [255..<256, 256..<257]),
        (256, 512, [256..<512]), (700, 700, []), (511, 700, [511..<512, 512..<700]),
    ])
    func `is cut at the multiples of 256`(_ start: Int, _ end: Int, _ cuts: [Range<Int>]) throws {
        #expect(AddEntriesHeader(origin: "a", start: start, end: end).packages == cuts)
        for piece in [Int.max, 1000, 7] {
            let (reader, packages) = try read(body(start, end), piece: piece)
            #expect(reader.header?.origin == log.key.name)
            #expect(packages.map(\.indices) == cuts)
            #expect(packages.flatMap(\.entries) == Array(log.entries[start..<end]))
            #expect(reader.isComplete && !reader.hasRest)
        }
    }

    @Test func `proves its packages against the checkpoint`() throws {
        let checkpoint = try log.head(700).checkpoint
        let (_, packages) = try read(body(3, 700))
        for package in packages {
            let before = log.entries[package.subtree.lowerBound..<package.indices.lowerBound]
                .map { Digest.ofLeaf($0) }
            try package.verify(before: before, in: checkpoint)
            #expect(throws: ProofError.self) {
                try package.verify(before: before + [SampleLeaf.digest], in: checkpoint)
            }
            var entries = package.entries
            entries[0] = [1]
            let changed = EntryPackage(
                indices: package.indices,
                entries: entries,
                proof: package.proof
            )
            #expect(throws: ProofError.rootMismatch) {
                try changed.verify(before: before, in: checkpoint)
            }
            #expect(throws: ProofError.self) {
                try package.verify(before: before, in: log.head(699).checkpoint)
            }
        }
        #expect(throws: ProofError.rootMismatch) {
            try packages[0].verify(before: [1, 2, 3].map { Digest(of: [$0]) }, in: checkpoint)
        }
    }

    @Test func `hands out what has arrived when it breaks off`() throws {
        let whole = try body(0, 700)
        let first =
            try AddEntriesHeader(origin: log.key.name, start: 0, end: 700).bytes.count
            + package(0..<256, end: 700).bytes.count
        for (length, count) in [(first - 1, 0), (first, 1), (first + 1, 1), (whole.count - 1, 2)] {
            let (reader, packages) = try read(Array(whole.prefix(length)))
            #expect(packages.count == count)
            #expect(!reader.isComplete)
        }
        let (nothing, _) = try read(Array(whole.prefix(20)))
        #expect(nothing.header == nil)
    }

    /// In time that grows with the square of the length, this would take many minutes.
    @Test func `may arrive byte by byte, of the largest leaves`() throws {
        let header = AddEntriesHeader(origin: "a", start: 0, end: 256)
        let leaf = [UInt8](repeating: 1, count: Leaf.maximumBytes)
        let whole = EntryPackage(
            indices: 0..<256, entries: Array(repeating: leaf, count: 256),
            proof: Array(repeating: SampleLeaf.digest, count: 63))
        let (reader, packages) = try read(header.bytes + whole.bytes, piece: 1)
        #expect(packages == [whole])
        #expect(reader.isComplete && !reader.hasRest)
    }

    @Test func `is read up to 32 packages, and the rest is left`() throws {
        let header = AddEntriesHeader(origin: "a", start: 0, end: 33 * 256)
        let package = EntryPackage(
            indices: 0..<256,
            entries: Array(repeating: [1], count: 256),
            proof: []
        )
        let body = header.bytes + (0..<33).flatMap { _ in package.bytes }
        let (reader, packages) = try read(body)
        #expect(packages.count == 32)
        #expect(reader.isFull && !reader.isComplete)
        let shorter = AddEntriesHeader(origin: "a", start: 0, end: 32 * 256)
        let (complete, all) = try read(shorter.bytes + (0..<32).flatMap { _ in package.bytes })
        #expect(all.count == 32)
        #expect(complete.isComplete)
    }

    @Test func `has at most 17 MiB`() throws {
        var reader = AddEntriesReader()
        let filling = [UInt8](repeating: 0, count: Limits.addEntriesBytes - 100)
        try reader.receive(AddEntriesHeader(origin: "a", start: 0, end: 1 << 40).bytes)
        try reader.receive(filling)
        try reader.receive([UInt8](repeating: 0, count: 79))
        let found = problem { () throws(Problem) in try reader.receive([0]) }
        #expect(found?.slug == .tooLarge)
        // 32 packages of the largest leaves and proofs fit.
        let largest = 32 * (256 * (2 + Leaf.maximumBytes) + 1 + 63 * 32)
        #expect(largest + Limits.originBytes + Limits.ticketBytes < Limits.addEntriesBytes)
    }

    @Test func `with a malformed header or package is refused`() throws {
        func refusal(_ bytes: [UInt8]) -> Problem? {
            problem { () throws(Problem) in _ = try read(bytes) }
        }
        let zeros = [UInt8](repeating: 0, count: 8)
        let high = [UInt8](repeating: 0xff, count: 8)
        let one = [UInt8](repeating: 0, count: 7) + [1]
        for bytes in [
            [0, 1, 0xff] + zeros + zeros + [0, 0],  // no UTF-8
            [0, 1, 0x61] + one + zeros + [0, 0],  // start beyond end
            [0, 1, 0x61] + zeros + high + [0, 0], [0, 1, 0x61] + high + high + [0, 0],
            [2, 1], [0, 1, 0x61] + zeros + one + [4, 1],
            [0, 1, 0x61] + zeros + zeros + [0, 0] + [1],  // bytes after nothing
            [0, 1, 0x61] + zeros + one + [0, 0] + [0, 1, 5, 0] + [9],  // bytes after the end
            [0, 1, 0x61] + zeros + one + [0, 0] + [8, 0],  // a leaf of 2,048 bytes
            [0, 1, 0x61] + zeros + one + [0, 0] + [0, 1, 5, 64],  // 64 hashes
        ] {
            #expect(refusal(bytes)?.slug == .malformedRequest, "\(bytes)")
        }
        #expect(refusal([0, 1, 0x61] + zeros + one + [0, 0] + [0, 1, 5, 0]) == nil)
    }
}

@Suite struct `A mirror's state` {
    @Test func `is three lines with an empty ticket`() {
        let info = MirrorInfo(pendingSize: 700, nextEntry: 256)
        #expect(String(decoding: info.bytes, as: UTF8.self) == "700\n256\n\n")
        #expect(MirrorInfo(info.bytes) == info)
        #expect(MirrorInfo(Array("700\n256\nAAAA\n".utf8)) == info)
    }

    @Test(arguments: [
        "", "1\n2\n", "1\n2\n\n\n", "01\n2\n\n", "1\n-2\n\n", "a\n2\n\n", "1\n2\n\nx",
    ])
    func `of another form is not read`(_ text: String) {
        #expect(MirrorInfo(Array(text.utf8)) == nil)
    }
}
