import Keys
import TransparencyLog

/// Writes a tlog-tiles log as files.
struct LogTree {
    let entries: [[UInt8]]
    let signer: NoteSigner
    var cosigners: [NoteSigner] = []

    static let time = Instant(secondsSince1970: 1_790_000_000)

    static func signer(_ name: String, _ type: VerifierKey.SignatureType = .ed25519) throws
        -> NoteSigner
    {
        guard let signer = NoteSigner(name: name, type: type, signer: Ed25519Key()) else {
            throw NoteError.malformedKey(name)
        }
        return signer
    }

    static func entries(_ count: Int) -> [[UInt8]] {
        (0..<count).map { Array("entry \($0)".utf8) }
    }

    /// The checkpoint of the first `size` entries.
    func checkpoint(size: Int) throws -> SignedNote {
        var range = CompactRange()
        for entry in entries.prefix(size) { range.append(Digest.ofLeaf(entry)) }
        let head = Checkpoint(origin: signer.key.name, size: size, root: range.root)
        let verified = try VerifiedCheckpoint(signing: head, by: signer)
        return try verified.adding(cosigners.map { try $0.sign(head.text, at: Self.time) }).note
    }

    /// Writes checkpoint, bundles and tiles into `folder`.
    func write(to folder: TemporaryFolder, below prefix: String = "log/") throws {
        try folder.write(prefix + "checkpoint", checkpoint(size: entries.count).bytes)
        for (index, chunk) in Self.chunks(entries).enumerated() {
            let tile = TileCoordinate(.entries, index: index, width: chunk.count)
            try folder.write(
                prefix + tile.path,
                chunk.compactMap(EntryBundle.encode).flatMap(\.self)
            )
        }
        var hashes = entries.map { Digest.ofLeaf($0) }
        var level = 0
        while !hashes.isEmpty {
            let chunks = Self.chunks(hashes)
            for (index, chunk) in chunks.enumerated() {
                let tile = TileCoordinate(
                    .hashes(level: level),
                    index: index,
                    width: chunk.count
                )
                try folder.write(prefix + tile.path, chunk.flatMap(\.bytes))
            }
            hashes = chunks.filter { $0.count == 256 }.map { chunk in
                var row = chunk
                while row.count > 1 {
                    row = stride(from: 0, to: row.count, by: 2).map {
                        Digest.ofNode(row[$0], row[$0 + 1])
                    }
                }
                return row[0]
            }
            level += 1
        }
    }

    private static func chunks<Element>(_ elements: [Element]) -> [[Element]] {
        stride(from: 0, to: elements.count, by: 256).map {
            Array(elements[$0..<min($0 + 256, elements.count)])
        }
    }
}
