import Federation
import Keys
import NodeStore
import Testing
import TransparencyLog

@Suite struct `A log as it is served` {
    /// A log of `size` leaves written in commits of random sizes.
    private func written(_ size: Int, seed: UInt64) throws -> SampleStore {
        let store = try SampleStore()
        var generator = SplitMix64(state: seed)
        while store.log.size < size {
            let most = min(size - store.log.size, 300)
            try store.grow(by: Int.random(in: 1...most, using: &generator))
        }
        return store
    }

    /// Every tile and bundle of a tree over `entries`, computed from the entries alone.
    private func resources(_ entries: [[UInt8]]) throws -> [TileCoordinate: [UInt8]] {
        var range = CompactRange()
        var rows: [Int: [Digest]] = [:]
        for entry in entries {
            for (node, hash) in range.append(Digest.ofLeaf(entry)) where node.level % 8 == 0 {
                rows[node.level / 8, default: []].append(hash)
            }
        }
        var found: [TileCoordinate: [UInt8]] = [:]
        for (level, row) in rows {
            for index in 0...((row.count - 1) / 256) {
                let hashes = row[(index * 256)..<min(row.count, index * 256 + 256)]
                let tile = TileCoordinate(
                    .hashes(level: level),
                    index: index,
                    width: hashes.count
                )
                found[tile] = hashes.flatMap(\.bytes)
            }
        }
        for index in 0...((entries.count - 1) / 256) {
            let slice = entries[(index * 256)..<min(entries.count, index * 256 + 256)]
            let bundle = TileCoordinate(.entries, index: index, width: slice.count)
            found[bundle] = try slice.flatMap { try #require(EntryBundle.encode($0)) }
        }
        return found
    }

    @Test(arguments: [1, 255, 256, 257, 600], [1, 2] as [UInt64])
    func `has these tiles and bundles byte for byte`(_ size: Int, _ seed: UInt64) throws {
        let store = try written(size, seed: seed)
        let entries = try SampleStore.audit(store.log)
        #expect(entries == (try store.log.entries(from: 0, to: size)))
        let reader = try LogReader(path: store.folder.file("1.sqlite"))
        for (tile, bytes) in try resources(entries) {
            #expect(try store.log.resource(tile) == bytes, "\(tile.path)")
            #expect(try reader.resource(tile) == bytes, "\(tile.path)")
        }
        let head = try #require(try reader.head())
        #expect(head.vkey == store.signer.key.text)
        #expect(head.note == store.log.head?.note.bytes)
    }

    @Test func `does not depend on how it was cut into commits`() throws {
        let one = try written(300, seed: 1)
        let other = try written(300, seed: 2)
        #expect(one.log.head?.checkpoint == other.log.head?.checkpoint)
    }

    @Test func `serves a partial tile as the prefix of a longer one`() throws {
        let store = try written(300, seed: 1)
        for kind in [TileCoordinate.Kind.entries, .hashes(level: 0)] {
            let whole = try #require(try store.log.resource(TileCoordinate(kind, index: 0)))
            for width in [1, 17, 255] {
                let part = try #require(
                    try store.log.resource(TileCoordinate(kind, index: 0, width: width))
                )
                #expect(whole.starts(with: part) && part.count < whole.count)
            }
        }
    }

    @Test(arguments: [
        "tile/0/001.p/45", "tile/0/001", "tile/entries/001.p/45", "tile/entries/001", "tile/0/002",
        "tile/1/000.p/2", "tile/2/000.p/1", "tile/63/000", "tile/entries/002.p/1",
        "tile/entries/x999/x999/x999/x999/x999/999", "tile/0/x999/x999/x999/x999/x999/999",
        "tile/entries/x036/x028/x797/x018/x963/967.p/255",
    ])
    func `serves nothing that it does not have`(_ path: String) throws {
        let store = try written(300, seed: 1)
        let tile = try #require(TileCoordinate(path: path))
        #expect(try store.log.resource(tile) == nil)
        let reader = try LogReader(path: store.folder.file("1.sqlite"))
        #expect(try reader.resource(tile) == nil)
    }

    @Test func `proves every leaf under every head`() throws {
        let store = try written(300, seed: 1)
        for size in [1, 2, 255, 256, 257, 300] {
            let head = try store.head(size)
            for index in stride(from: 0, to: size, by: 37).map(\.self) + [size - 1] {
                let proof = try store.log.proof(of: index, in: head)
                let leaf = try #require(try store.log.entry(index))
                #expect(try proof.verify(leaf: leaf, key: store.signer.key) == head)
            }
            #expect(throws: ProofError.outOfRange) {
                try store.log.proof(of: size, in: head)
            }
        }
    }

    @Test func `proves that each head extends each earlier one`() throws {
        let store = try written(300, seed: 1)
        let sizes = [1, 2, 3, 128, 255, 256, 257, 299, 300]
        for old in sizes {
            for new in sizes where new >= old {
                try MerkleTree.verifyConsistency(
                    old: old,
                    oldRoot: try store.head(old).checkpoint.root,
                    new: new,
                    newRoot: try store.head(new).checkpoint.root,
                    proof: try store.log.consistencyProof(old: old, new: new)
                )
            }
        }
        #expect(try store.log.consistencyProof(old: 0, new: 300).isEmpty)
    }
}
