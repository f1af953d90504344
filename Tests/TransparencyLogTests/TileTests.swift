import Keys
import Testing
import TransparencyLog

@Suite struct `Tiles` {
    static let paths: [(tile: TileCoordinate, path: String)] = [
        (TileCoordinate(.hashes(level: 0), index: 0), "tile/0/000"),
        (TileCoordinate(.hashes(level: 0), index: 0, width: 1), "tile/0/000.p/1"),
        (TileCoordinate(.hashes(level: 0), index: 0, width: 255), "tile/0/000.p/255"),
        (TileCoordinate(.hashes(level: 1), index: 999), "tile/1/999"),
        (TileCoordinate(.hashes(level: 1), index: 1000), "tile/1/x001/000"),
        (TileCoordinate(.hashes(level: 5), index: 1_234_067), "tile/5/x001/x234/067"),
        (
            TileCoordinate(.hashes(level: 63), index: 1_000_000_000),
            "tile/63/x001/x000/x000/000"
        ),
        (TileCoordinate(.entries, index: 70_000), "tile/entries/x070/000"),
        (TileCoordinate(.entries, index: 273, width: 112), "tile/entries/273.p/112"),
        (TileCoordinate(.entries, index: 70_001, width: 7), "tile/entries/x070/001.p/7"),
    ]

    @Test(arguments: paths)
    func `a tile's path comes back`(tile: TileCoordinate, path: String) {
        #expect(tile.path == path)
        #expect(TileCoordinate(path: path) == tile)
    }

    @Test(arguments: [
        "", "tile", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/", "tile//000", "tiles/0/000",
        "tile/00/000", "tile/01/000", "tile/-1/000", "tile/+1/000", "tile/64/000", "tile/a/000",
        "tile/Entries/000", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/1234", "tile/0/x000",
        "tile/0/x000/000", "tile/0/x001", "tile/0/001/000", "tile/0/x1/000", "tile/0/x001/x000",
        "tile/0/X001/000", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/01", "tile/0/000.p/-1", "tile/0/000.p/1/", "tile/0/000.p/1/1",
        "tile/0/000.P/1", "tile/0/000p/1", "tile/0/.p/1", "tile/0/00a", "tile/0/٠٠٠",
        "tile/0/../000", "tile/0/x001.p/000.p/1", "tile/entries", "tile/0/x000/x001/000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ])
    func `what is no tile path is refused`(_ path: String) {
        #expect(TileCoordinate(path: path) == nil)
    }

    @Test func `a tree of 70,000 leaves has the tiles of tlog-tiles`() {
        let levels = (0...3).map { TileCoordinate.widths(level: $0, size: 70_000) }
        #expect(levels.map(\.full) == [273, 1, 0, 0])
        #expect(levels.map(\.partial) == [112, 17, 1, 0])
        #expect(TileCoordinate.widths(level: 8, size: .max) == (0, 0))
        #expect(TileCoordinate.widths(level: 63, size: .max) == (0, 0))
        #expect(TileCoordinate.widths(level: 7, size: .max) == (0, 127))
    }

    @Test func `every node of a tree lies in a tile that the tree has`() throws {
        let size = 600
        let reference = ReferenceTree(size: size)
        for level in 0...9 {
            for index in 0..<(size >> level) {
                let node = MerkleTree.Node(level: level, index: index)
                let place = TileCoordinate.containing(node, size: size)
                #expect(place.height == level % 8)
                let first = place.tile.index * 256
                let hashes = (first..<(first + place.tile.width)).map {
                    reference.node(MerkleTree.Node(level: level / 8 * 8, index: $0))
                }
                let tile = try HashTile(hashes.flatMap(\.bytes), width: place.tile.width)
                #expect(
                    tile.subtree(offset: place.offset, height: place.height)
                        == reference.node(node)
                )
                let (full, partial) = TileCoordinate.widths(level: level / 8, size: size)
                #expect(place.tile.width == (place.tile.index < full ? 256 : partial))
            }
        }
    }

    @Test func `a tile is cut to its width and refused when too short`() throws {
        let hashes = (0..<4).map { Digest(of: [UInt8($0)]) }
        let bytes = hashes.flatMap(\.bytes)
        #expect(try HashTile(bytes, width: 4).hashes == hashes)
        #expect(try HashTile(bytes, width: 2).hashes == Array(hashes.prefix(2)))
        for (wrong, width) in [(bytes, 5), (Array(bytes.dropLast()), 3), ([], 1), (bytes + [0], 4)]
        {
            #expect(throws: ProofError.self) { try HashTile(wrong, width: width) }
        }
        let tile = try HashTile(bytes, width: 3)
        #expect(tile.subtree(offset: 2, height: 0) == hashes[2])
        #expect(tile.subtree(offset: 0, height: 1) == Digest.ofNode(hashes[0], hashes[1]))
        #expect(tile.subtree(offset: 2, height: 1) == nil)
        #expect(tile.subtree(offset: 3, height: 0) == nil)
        #expect(tile.subtree(offset: -1, height: 0) == nil)
    }

    @Test func `a bundle is length-prefixed entries`() throws {
        let entries = [Array("entry 0".utf8), [], Array("entry 1".utf8)]
        let bytes = entries.compactMap { EntryBundle.encode($0) }.flatMap { $0 }
        #expect(Hex.encode(bytes) == "0007656e747279203000000007656e7472792031")
        #expect(try EntryBundle.decode(bytes, width: 3) == entries)
        #expect(try EntryBundle.decode(bytes, width: 1) == [entries[0]])
        #expect(try EntryBundle.decode([], width: 0) == [])
        for count in [0, 1, 2, 8, bytes.count - 1] {
            #expect(throws: ProofError.self) {
                try EntryBundle.decode(Array(bytes.prefix(count)), width: 3)
            }
        }
        #expect(throws: ProofError.self) { try EntryBundle.decode(bytes, width: 4) }
    }

    @Test func `an entry has at most 65,535 bytes`() throws {
        let largest = [UInt8](repeating: 1, count: 65_535)
        let encoded = try #require(EntryBundle.encode(largest))
        #expect(Array(encoded.prefix(2)) == [0xff, 0xff])
        #expect(try EntryBundle.decode(encoded, width: 1) == [largest])
        #expect(EntryBundle.encode(largest + [1]) == nil)
    }
}
