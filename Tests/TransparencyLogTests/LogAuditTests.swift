import Keys
import Testing
import TransparencyLog

@Suite struct `The audit of a whole log` {
    @Test(arguments: [0, 1, 2, 255, 256, 257, 300, 511, 512, 513, 1000])
    func `a sound log passes and every resource is read once`(size: Int) throws {
        let log = try TileTree(size: size)
        var audit = LogAudit(checkpoint: log.checkpoint)
        var read: [String] = []
        let entries = try audit.run { resource in
            read.append(resource.path)
            return log.files[resource.path]
        }
        #expect(read.sorted() == log.tilePaths)
        #expect(entries == (0..<size).map { Array("entry \($0)".utf8) })
        #expect(audit.range.root == log.checkpoint.checkpoint.root)
        #expect(audit.next == nil)
        #expect(try audit.receive([1, 2, 3]) == [])
    }

    @Test func `a log of three levels passes`() throws {
        let size = 65_536 + 300
        let log = try TileTree(
            entries: (0..<size).map { [UInt8(truncatingIfNeeded: $0)] },
            signer: Fixtures.signer()
        )
        #expect(log.files["tile/1/000"]?.count == 8192)
        #expect(log.files["tile/1/001.p/1"]?.count == 32)
        #expect(log.files["tile/2/000.p/1"]?.count == 32)
        #expect(try log.audit().count == size)
    }

    @Test(arguments: [1, 255, 256, 257, 300, 600])
    func `a damaged resource is found and named`(size: Int) throws {
        let sound = try TileTree(size: size)
        for path in sound.tilePaths {
            let bytes = try #require(sound.files[path])
            for place in [0, 1, bytes.count / 2, bytes.count - 1] {
                var log = sound
                log.files[path]?[place] ^= 1
                let finding = #expect(throws: LogAudit.Finding.self) { try log.audit() }
                // A wrong entry shows first in the hash tile above it.
                let index = path.split(separator: "/").dropFirst(2).joined(separator: "/")
                let named = path.hasPrefix("tile/entries") ? [path, "tile/0/\(index)"] : [path]
                #expect(finding.map { named.contains($0.resource) } == true, "\(path)")
            }
            var log = sound
            log.files[path] = Array(bytes.dropLast())
            #expect(throws: LogAudit.Finding.self) { try log.audit() }
            log.files[path] = []
            #expect(throws: LogAudit.Finding.self) { try log.audit() }
            log.files[path] = nil
            #expect(throws: LogAudit.Missing(path: path)) { try log.audit() }
        }
    }

    @Test func `bytes behind a resource of exactly that width are found`() throws {
        let sound = try TileTree(size: 300)
        for path in ["tile/entries/000", "tile/0/000"] {
            var log = sound
            log.files[path]? += [0, 0]
            #expect(throws: LogAudit.Finding.self, "\(path)") { try log.audit() }
        }
    }

    @Test func `a full tile may stand in for a partial one`() throws {
        let larger = try TileTree(size: 512)
        var log = try TileTree(size: 300)
        log.files["tile/entries/001.p/44"] = larger.files["tile/entries/001"]
        log.files["tile/0/001.p/44"] = larger.files["tile/0/001"]
        #expect(try log.audit().count == 300)
    }

    @Test func `another root than the signed one is found`() throws {
        let log = try TileTree(size: 300)
        let signed = try Fixtures.checkpoint(size: 300)
        var audit = LogAudit(checkpoint: signed)
        let finding = #expect(throws: LogAudit.Finding.self) {
            try audit.run { log.files[$0.path] }
        }
        #expect(finding?.resource == "checkpoint")
        #expect(finding?.description.hasPrefix("checkpoint: the entries hash to") == true)
    }

    @Test func `an audit that was not carried out does not finish`() throws {
        let log = try TileTree(size: 3)
        let audit = LogAudit(checkpoint: log.checkpoint)
        #expect(throws: LogAudit.Finding.self) { try audit.finish() }
    }

    @Test(arguments: [0, 1, 7, 255, 256, 257, 299, 300])
    func `a log extends each of its older heads`(old: Int) throws {
        try TileTree(size: 300).audit(old: TileTree(size: old).checkpoint)
    }

    @Test(arguments: [1, 7, 256, 299, 300])
    func `a rewritten history is found`(old: Int) throws {
        let other = try TileTree(
            entries: (0..<old).map { Array("other \($0)".utf8) },
            signer: Fixtures.signer()
        )
        let finding = #expect(throws: LogAudit.Finding.self) {
            try TileTree(size: 300).audit(old: other.checkpoint)
        }
        #expect(finding?.reason == "history was rewritten: at size \(old) the root is another")
    }

    @Test func `a log that was rolled back is found`() throws {
        let finding = #expect(throws: LogAudit.Finding.self) {
            try TileTree(size: 300).audit(old: TileTree(size: 301).checkpoint)
        }
        #expect(finding?.reason == "rolled back: size 300 is below the known 301")
    }
}
