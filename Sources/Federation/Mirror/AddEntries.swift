package import Keys
package import TransparencyLog

/// What an add-entries request says before its packages (C2SP tlog-mirror).
package struct AddEntriesHeader: Sendable, Equatable {
    /// The log.
    package let origin: String
    /// The first entry of the upload.
    package let start: Int
    /// The size of the pending checkpoint that the upload leads to.
    package let end: Int
    /// Opaque; ours is empty, and what is sent is not looked at.
    package let ticket: [UInt8]

    /// A header from its parts.
    package init(origin: String, start: Int, end: Int, ticket: [UInt8] = []) {
        self.origin = origin
        self.start = start
        self.end = end
        self.ticket = ticket
    }

    /// The bytes at the beginning of the body.
    package var bytes: [UInt8] {
        let name = Array(origin.utf8)
        return BigEndian.bytes(name.count, 2) + name + BigEndian.bytes(start, 8)
            + BigEndian.bytes(end, 8) + BigEndian.bytes(ticket.count, 2) + ticket
    }

    /// The entries of each package, in order: cut at the multiples of 256.
    package var packages: [Range<Int>] {
        let width = TileCoordinate.fullWidth
        guard start < end else { return [] }
        return (start / width..<(end + width - 1) / width).map { index in
            max(start, index * width)..<min(end, (index + 1) * width)
        }
    }
}

/// Up to 256 entries with the proof that they belong to the pending checkpoint.
package struct EntryPackage: Sendable, Equatable {
    /// Hashes that a proof may have.
    package static let maximumHashes = 63

    /// The entries' indices; they lie between two multiples of 256.
    package let indices: Range<Int>
    /// The entries.
    package let entries: [[UInt8]]
    /// Proves the leaves from the multiple of 256 below to `indices.upperBound`.
    package let proof: [Digest]

    /// A package from its parts.
    package init(indices: Range<Int>, entries: [[UInt8]], proof: [Digest]) {
        self.indices = indices
        self.entries = entries
        self.proof = proof
    }

    /// The leaves that the proof speaks of.
    package var subtree: Range<Int> { Self.subtree(indices) }

    /// From the multiple of 256 below the first of these entries to their end.
    package static func subtree(_ indices: Range<Int>) -> Range<Int> {
        let width = TileCoordinate.fullWidth
        return indices.lowerBound / width * width..<indices.upperBound
    }

    /// The bytes of the package.
    package var bytes: [UInt8] {
        entries.flatMap { EntryBundle.encode($0) ?? [] } + [UInt8(clamping: proof.count)]
            + proof.flatMap(\.bytes)
    }

    /// Verifies the entries against a checkpoint.
    ///
    /// - Parameter before: hashes of the leaves from `subtree.lowerBound` to the first entry.
    /// - Throws: `ProofError`.
    package func verify(
        before: [Digest],
        in checkpoint: Checkpoint
    ) throws(ProofError) {
        guard before.count == indices.lowerBound - subtree.lowerBound,
            entries.count == indices.count
        else { throw .outOfRange }
        var range = CompactRange()
        for hash in before { range.append(hash) }
        for entry in entries { range.append(Digest.ofLeaf(entry)) }
        try MerkleTree.verifySubtree(
            subtree,
            hash: range.root,
            size: checkpoint.size,
            root: checkpoint.root,
            proof: proof
        )
    }
}

/// Reads the body of add-entries piece by piece, so that a package is kept as soon as it is whole.
package struct AddEntriesReader: Sendable {
    /// The header, once it has arrived.
    package private(set) var header: AddEntriesHeader?
    private var pending: [UInt8] = []
    /// What was read of the package that is arriving, and how many pending bytes that were.
    private var entries: [[UInt8]] = []
    private var read = 0
    private var expected: ArraySlice<Range<Int>> = []
    private var total = 0
    private var packages = 0

    /// A reader at the beginning of a body.
    package init() {}

    /// Whether every package of the upload was handed out.
    package var isComplete: Bool { header != nil && expected.isEmpty }

    /// Whether so many packages were handed out that the rest belongs into another request.
    package var isFull: Bool { packages == Limits.addEntriesPackages }

    /// Whether bytes are left that make no whole package.
    package var hasRest: Bool { !pending.isEmpty }

    /// Takes the next bytes of the body.
    ///
    /// - Throws: `Problem` `too-large` beyond 17 MiB, `malformed-request` for a header or bytes that
    ///   no upload has.
    package mutating func receive(_ bytes: some Sequence<UInt8>) throws(Problem) {
        let before = pending.count
        pending.append(contentsOf: bytes)
        total += pending.count - before
        guard total <= Limits.addEntriesBytes else {
            throw Problem(
                .tooLarge,
                "add-entries takes at most \(Limits.addEntriesBytes) bytes",
                try: "send at most \(Limits.addEntriesPackages) packages and the rest afterwards"
            )
        }
        if header == nil { try readHeader() }
        guard !isComplete || pending.isEmpty else {
            throw Problem(.malformedRequest, "bytes follow the last package")
        }
    }

    /// The next package that is whole; nil while more bytes are needed.
    ///
    /// - Throws: `Problem` `malformed-request`.
    package mutating func next() throws(Problem) -> EntryPackage? {
        guard !isFull, let indices = expected.first, !pending.isEmpty else { return nil }
        guard try readEntries(indices) else { return nil }
        var cursor = ByteCursor(pending, at: read)
        guard let proof = try Self.proof(&cursor) else { return nil }
        let package = EntryPackage(indices: indices, entries: entries, proof: proof)
        entries = []
        read = 0
        pending.removeFirst(cursor.position)
        expected.removeFirst()
        packages += 1
        guard !expected.isEmpty || pending.isEmpty else {
            throw Problem(.malformedRequest, "bytes follow the last package")
        }
        return package
    }

    private mutating func readHeader() throws(Problem) {
        var cursor = ByteCursor(pending)
        guard let nameLength = cursor.number(2) else { return }
        guard nameLength <= Limits.originBytes else {
            throw Problem(
                .malformedRequest, "the origin is longer than \(Limits.originBytes) bytes")
        }
        guard let name = cursor.take(nameLength), let start = cursor.number(8),
            let end = cursor.number(8), let ticketLength = cursor.number(2)
        else { return }
        guard ticketLength <= Limits.ticketBytes else {
            throw Problem(
                .malformedRequest, "the ticket is longer than \(Limits.ticketBytes) bytes")
        }
        guard let ticket = cursor.take(ticketLength) else { return }
        guard let origin = String(validating: name, as: UTF8.self), start >= 0, end <= 1 << 60,
            start <= end
        else {
            throw Problem(.malformedRequest, "the header's origin or indices are not well formed")
        }
        let header = AddEntriesHeader(
            origin: origin,
            start: start,
            end: end,
            ticket: Array(ticket)
        )
        // Only so many are read; the interval itself may be of any length.
        let last = min(end, start + (Limits.addEntriesPackages + 1) * TileCoordinate.fullWidth)
        let first = AddEntriesHeader(origin: origin, start: start, end: last)
        self.header = header
        expected = first.packages[...]
        pending.removeFirst(cursor.position)
    }

    /// Goes on with the entries of the package, never twice over the same: a body may arrive byte
    /// by byte. False while some are missing.
    private mutating func readEntries(_ indices: Range<Int>) throws(Problem) -> Bool {
        var cursor = ByteCursor(pending, at: read)
        for index in indices.dropFirst(entries.count) {
            guard let length = cursor.number(2) else { return false }
            guard length <= Leaf.maximumBytes else {
                throw Problem(
                    .malformedRequest,
                    "entry \(index) has \(length) bytes, a leaf has at most \(Leaf.maximumBytes)"
                )
            }
            guard let entry = cursor.take(length) else { return false }
            entries.append(Array(entry))
            read = cursor.position
        }
        return true
    }

    private static func proof(_ cursor: inout ByteCursor) throws(Problem) -> [Digest]? {
        guard let count = cursor.number(1) else { return nil }
        guard count <= EntryPackage.maximumHashes else {
            throw Problem(.malformedRequest, "a proof of \(count) hashes, at most 63 are allowed")
        }
        var proof: [Digest] = []
        for _ in 0..<count {
            guard let hash = cursor.take(32).flatMap({ Digest(bytes: $0) }) else { return nil }
            proof.append(hash)
        }
        return proof
    }
}

/// Reads big-endian numbers and runs of bytes from the front.
private struct ByteCursor {
    private let bytes: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard bytes.count - position >= count else { return nil }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    /// A number of so many bytes; -1 for one that no `Int` holds.
    mutating func number(_ count: Int) -> Int? {
        guard let taken = take(count) else { return nil }
        return Int(exactly: taken.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) ?? -1
    }
}

/// Writes big-endian numbers.
private enum BigEndian {
    static func bytes(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - $0))) }
    }
}
