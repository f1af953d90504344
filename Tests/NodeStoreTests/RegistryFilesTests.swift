import MemberRegistry
import NodeStore
import Synchronization
import Testing

@Suite struct `The files of a registry` {
    /// Notes in which order files get their names.
    private final class Recorder: FileSteps {
        private let system = SystemFiles()
        private let renamed = Mutex<[String]>([])
        private let failsToSync = Mutex(false)

        /// The next sync of a folder fails: the file has its name, and may not be on the disk.
        func failOnce() { failsToSync.withLock { $0 = true } }

        func forget() { renamed.withLock { $0 = [] } }

        var names: [String] { renamed.withLock { $0 } }

        func create(_ path: String, mode: Int) throws -> Int32 {
            try system.create(path, mode: mode)
        }

        func append(_ bytes: [UInt8], to descriptor: Int32, at path: String) throws {
            try system.append(bytes, to: descriptor, at: path)
        }

        func sync(_ descriptor: Int32, at path: String) throws {
            try system.sync(descriptor, at: path)
        }

        func rename(_ path: String, to target: String) throws {
            try system.rename(path, to: target)
            renamed.withLock { $0.append(target) }
        }

        func remove(_ path: String) throws { try system.remove(path) }

        func syncFolder(_ folder: String) throws {
            let fails = failsToSync.withLock { fails in
                defer { fails = false }
                return fails
            }
            if fails { throw StoreError.file(folder, 5) }
            try system.syncFolder(folder)
        }
    }

    @Test func `come to the disk before what leads to them`() throws {
        let folder = try TemporaryFolder()
        let recorder = Recorder()
        let data = DataFolder(folder.file("data"), steps: recorder)
        let names = [
            "local/accepted.json", "local/snapshot.json", "local/timestamp.json",
            "metadata/2.all.json", "metadata/timestamp.json", "targets/members/all/a.json",
        ]
        let files = StoredMetadata(files: Dictionary(uniqueKeysWithValues: names.map { ($0, [1]) }))
        try RegistryFiles(folder: data).save(files, replacing: StoredMetadata(files: [:]))
        let written = recorder.names.map { String($0.dropFirst(data.registry.count + 1)) }
        #expect(
            written == [
                "metadata/2.all.json", "targets/members/all/a.json", "local/accepted.json",
                "local/snapshot.json", "local/timestamp.json", "metadata/timestamp.json",
            ])
        #expect(try RegistryFiles(folder: data).load() == files)
    }

    @Test func `are all written anew after a save that failed, also by another process`() throws {
        let folder = try TemporaryFolder()
        let recorder = Recorder()
        let data = DataFolder(folder.file("data"), steps: recorder)
        let names = ["metadata/2.all.json", "metadata/timestamp.json", "targets/a.json"]
        let new = StoredMetadata(files: Dictionary(uniqueKeysWithValues: names.map { ($0, [1]) }))
        recorder.failOnce()
        #expect(throws: StoreError.self) {
            try RegistryFiles(folder: data).save(new, replacing: StoredMetadata(files: [:]))
        }
        let read = try RegistryFiles(folder: data).load()
        #expect(Array(read.files.keys) == ["metadata/2.all.json"])
        recorder.forget()
        try RegistryFiles(folder: data).save(new, replacing: read)
        #expect(recorder.names.count == 3)
        recorder.forget()
        try RegistryFiles(folder: data).save(new, replacing: new)
        #expect(recorder.names.isEmpty)
        #expect(try RegistryFiles(folder: data).load() == new)
    }
}
