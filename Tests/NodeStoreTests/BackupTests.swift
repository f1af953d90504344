import Federation
import Foundation
import GRDB
import Keys
import NodeStore
import Testing
import TransparencyLog

/// A data folder with a log, a mirror, records and keys, and its backups.
private struct BackupSetting {
    let folder: TemporaryFolder
    let data: DataFolder
    let log: LogStore
    let signer: NoteSigner

    init(leaves: Int = 300) throws {
        folder = try TemporaryFolder()
        data = DataFolder(folder.file("data"))
        try data.create()
        try DurableFile.write([0x7b, 0x7d], to: data.memberDocument)
        let key = try #require(Ed25519Key(seed: Array(repeating: 1, count: 32)))
        try data.writeKey(key, use: .log)
        try DurableFile.makeFolder(data.registry + "/metadata")
        try DurableFile.write([1, 2, 3], to: data.registry + "/metadata/1.root.json")
        signer = try SampleStore.signer()
        log = try LogStore(path: data.log(epoch: 1), key: signer.key, create: true)
        try grow(to: leaves)
        _ = try LogStore(
            path: data.mirror(originHash: String(repeating: "ab", count: 32)),
            key: SampleStore.signer("uni-b.example/eccoe/1", seed: 2).key, create: true)
        _ = try NodeDatabase(path: data.nodeDatabase)
    }

    func grow(to size: Int) throws {
        let request = AppendRequest(
            id: RequestID(milliseconds: 1, random: SecureRandom.bytes(10)),
            drafts: (log.size..<size).map { SampleStore.item("item-\($0)") })
        _ = try log.commit([request], at: SampleStore.time, signer: signer)
        let head = try #require(log.head)
        try log.confirm(head, at: SampleStore.time, keepingLastOf: nil)
    }

    func backup(
        _ name: String = "backup", keys: Bool = true, mirrors: Bool = false
    ) throws -> Backup {
        try Backup.create(
            of: data, at: folder.file(name), contents: .init(keys: keys, mirrors: mirrors),
            software: "test", time: SampleStore.time
        ) { _ in }
    }

    func verify(_ backup: Backup) throws -> BackupReport {
        try backup.verify(
            logKey: { $0 == SampleStore.origin ? signer.key : nil }, witnesses: []
        ) { _ in }
    }

    func restore(_ backup: Backup, to target: DataFolder, force: Bool = false) throws -> String? {
        try backup.restore(to: target, force: force, time: SampleStore.time + 60) { _ in }
    }
}

@Suite struct `A backup` {
    private let setting: BackupSetting

    init() throws {
        setting = try BackupSetting()
    }

    @Test func `beside an open log is whole and verifies`() throws {
        let backup = try setting.backup()
        let report = try setting.verify(backup)
        #expect(report.findings.isEmpty, "\(report.findings)")
        #expect(report.logs.map(\.size) == [300])
        #expect(report.logs.map(\.checkpoints) == [2])
        #expect(
            Set(backup.manifest.files.map(\.path)) == [
                "member.json", "log/1.sqlite", "node.sqlite", "keys/log-1.key",
                "registry/metadata/1.root.json",
            ])
        let key = try #require(backup.manifest.files.first { $0.path.hasSuffix(".key") })
        #expect(key.mode == 0o400)
        // Checking reads only: nothing appears beside the files.
        #expect(try setting.verify(backup).findings.isEmpty)
    }

    @Test func `leaves keys out and takes mirrors in when asked to`() throws {
        let backup = try setting.backup(keys: false, mirrors: true)
        let paths = backup.manifest.files.map(\.path)
        #expect(!paths.contains { $0.hasSuffix(".key") })
        #expect(paths.contains { $0.hasPrefix("mirror/") })
        #expect(try setting.verify(backup).logs.map(\.size) == [300, 0])
    }

    @Test func `does not go where something is`() throws {
        _ = try setting.backup()
        #expect(throws: StoreError.exists(setting.folder.file("backup"))) { try setting.backup() }
    }

    @Test func `that was interrupted is none`() throws {
        let backup = try setting.backup()
        try DurableFile.remove(backup.path + "/backup.json")
        #expect(throws: StoreError.missing(backup.path + "/backup.json")) {
            try Backup(backup.path)
        }
    }

    @Test(arguments: ["log/1.sqlite", "keys/log-1.key", "registry/metadata/1.root.json"])
    func `with one other byte does not verify and is not restored`(_ file: String) throws {
        let backup = try setting.backup()
        let path = backup.path + "/" + file
        var bytes = try #require(try DurableFile.read(path))
        bytes[bytes.count / 2] ^= 1
        try DurableFile.remove(path)
        try DurableFile.write(bytes, to: path)
        #expect(try setting.verify(backup).findings.map(\.file) == [file])
        let target = DataFolder(setting.folder.file("target"))
        #expect(throws: StoreError.self) { try setting.restore(backup, to: target) }
        #expect(!DurableFile.exists(target.path))
    }

    @Test(arguments: [
        "DROP TRIGGER entry_is_final; UPDATE entry SET leaf = x'7b7d' WHERE idx = 257",
        "DROP TRIGGER bundle_is_final; UPDATE bundle SET leaves = zeroblob(length(leaves))",
        "UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND idx = 0",
        "UPDATE subject SET revision = 9 WHERE subject = 'item-7'",
        "DELETE FROM subject WHERE subject = 'item-7'",
        "INSERT INTO flagged VALUES (3, 'no reason')",
        "UPDATE payload SET bytes = x'00' WHERE rowid = 1",
        "UPDATE confirmed SET size = 299",
        "UPDATE head SET note = CAST(substr(note, 1, length(note) - 8) || 'AAAAAAA' || char(10) AS BLOB)",
        "PRAGMA user_version = 99",
    ])
    func `of a log that does not fit is found out`(_ damage: String) throws {
        // What the log says is damaged before the copy, so that the hashes are right.
        let stranger = try DatabaseQueue(path: setting.data.log(epoch: 1))
        try stranger.writeWithoutTransaction { try $0.execute(sql: damage) }
        let report = try setting.verify(setting.backup())
        #expect(report.findings.map(\.file) == ["log/1.sqlite"], "\(report)")
    }

    @Test func `is restored into an empty place with its modes`() throws {
        let backup = try setting.backup()
        let target = DataFolder(setting.folder.file("target"))
        #expect(try setting.restore(backup, to: target) == nil)
        #expect(try target.readKey(.log)?.publicKey == setting.data.readKey(.log)?.publicKey)
        let log = try LogStore(path: target.log(epoch: 1), key: setting.signer.key, create: false)
        #expect(log.head == setting.log.head)
        _ = try SampleStore.audit(log)
        let records = try NodeDatabase(path: target.nodeDatabase)
        #expect(try records.restored() == SampleStore.time + 60)
    }

    @Test func `is not restored over a folder that is in use`() throws {
        let backup = try setting.backup()
        try setting.grow(to: 301)
        let taken = StoreError.exists(setting.data.path)
        #expect(throws: taken) { try setting.restore(backup, to: setting.data) }
        do {
            let lock = try setting.data.lock()
            #expect(throws: StoreError.locked(setting.data.file("lock"))) {
                try setting.restore(backup, to: setting.data, force: true)
            }
            withExtendedLifetime(lock) {}
        }
        #expect(setting.log.size == 301)
        let old = try #require(
            try setting.restore(backup, to: setting.data, force: true))
        func size(_ folder: DataFolder) throws -> Int {
            try LogStore(path: folder.log(epoch: 1), key: setting.signer.key, create: false).size
        }
        #expect(try size(DataFolder(old)) == 301)
        #expect(try size(setting.data) == 300)
    }

    @Test(arguments: ["../x", "/x", "a/../../x", "a//b", "."])
    func `whose manifest leads out of its folder is refused`(_ path: String) throws {
        let backup = try setting.backup()
        let file = backup.path + "/backup.json"
        let text = String(decoding: try #require(try DurableFile.read(file)), as: UTF8.self)
        try DurableFile.write(
            Array(text.replacing("\"member.json\"", with: "\"\(path)\"").utf8), to: file)
        #expect(throws: StoreError.self) { try Backup(backup.path) }
    }
}

@Suite struct `The witness's anchor` {
    private let folder: TemporaryFolder
    private let database: NodeDatabase
    private let author: SampleStore

    init() throws {
        folder = try TemporaryFolder()
        database = try NodeDatabase(path: folder.file("node.sqlite"))
        author = try SampleStore()
        try author.grow(by: 12)
    }

    private func witness(_ old: Int, _ new: Int) throws {
        let signer = try SampleStore.signer("uni-b.example/eccoe/witness", type: .cosignature)
        let proof = try author.log.consistencyProof(old: old, new: new)
        let request = AddCheckpoint(oldSize: old, proof: proof, note: try author.head(new).note)
        let (_, line) = try database.witness(request, of: author) {
            try signer.sign($0.note.text, at: SampleStore.time)
        }
        #expect(line != nil)
    }

    @Test func `rises with every cosignature`() throws {
        #expect(try database.witnessGeneration() == 0)
        try witness(0, 5)
        #expect(try database.witnessGeneration() == 1)
        try witness(5, 12)
        #expect(try database.witnessGeneration() == 2)
        try witness(12, 12)
        #expect(try database.witnessGeneration() == 3)
    }

    @Test func `makes an older table doubt itself until it is written anew`() throws {
        try witness(0, 5)
        #expect(try !database.doubtWitness(ifOlderThan: 1))
        #expect(try !database.isWitnessDoubted(SampleStore.origin))
        #expect(try !database.isWitnessDoubted("uni-x.example/eccoe/1"))
        #expect(try database.doubtWitness(ifOlderThan: 2))
        #expect(try database.isWitnessDoubted(SampleStore.origin))
        #expect(try database.isWitnessDoubted("uni-x.example/eccoe/1"))
        #expect(try database.witnessGeneration() == 3)
        try witness(5, 12)
        #expect(try !database.isWitnessDoubted(SampleStore.origin))
        #expect(try database.isWitnessDoubted("uni-x.example/eccoe/1"))
        #expect(try !database.doubtWitness(ifOlderThan: 4))
    }

    @Test func `is kept in a file of its own`() throws {
        let anchor = WitnessAnchor(folder: folder.file("anchor"))
        #expect(try anchor.read() == 0)
        try anchor.write(17)
        #expect(try anchor.read() == 17)
    }
}
