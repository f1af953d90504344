import Glibc
import NodeStore

/// The steps of durable files, such as the anchor's and the registry's, with the faults of a `Disk`
/// before each.
///
/// Syncs reach no real disk: what counts is what `Disk` would keep.
struct FaultySteps: FileSteps {
    let disk: Disk
    private let system = SystemFiles()

    init(disk: Disk) { self.disk = disk }

    func create(_ path: String, mode: Int) throws -> Int32 {
        try permit(path, grows: true)
        let descriptor = try system.create(path, mode: mode)
        disk.renames(.created(path))
        return descriptor
    }

    func append(_ bytes: [UInt8], to descriptor: Int32, at path: String) throws {
        let offset = Int64(lseek(descriptor, 0, SEEK_END))
        let change = Disk.Change.write(offset: offset, bytes: bytes)
        let undo = Disk.Undo(size: offset, offset: offset, bytes: [])
        switch disk.order(grows: true) {
        case .goOn: break
        case .fail(.full): throw StoreError.file(path, ENOSPC)
        case .fail(.stops):
            // Any part of it may have come to the disk.
            disk.changes(path, change, undo: undo)
            throw StoreError.file(path, EIO)
        case .fail: throw StoreError.file(path, EIO)
        }
        try system.append(bytes, to: descriptor, at: path)
        disk.changes(path, change, undo: undo)
    }

    func sync(_ descriptor: Int32, at path: String) throws {
        try permit(path, grows: false)
        disk.synced(path)
    }

    func rename(_ path: String, to target: String) throws {
        try permit(path, grows: false)
        let replaced = try DurableFile.read(target)
        try system.rename(path, to: target)
        disk.renames(.moved(from: path, to: target, replacing: replaced))
    }

    func remove(_ path: String) throws {
        guard let bytes = try DurableFile.read(path) else { return }
        try permit(path, grows: false)
        try system.remove(path)
        disk.renames(.removed(path, bytes))
    }

    func syncFolder(_ folder: String) throws {
        try permit(folder, grows: false)
        disk.syncedNames(in: folder)
    }

    private func permit(_ path: String, grows: Bool) throws {
        switch disk.order(grows: grows) {
        case .goOn: return
        case .fail(.full): throw StoreError.file(path, ENOSPC)
        case .fail: throw StoreError.file(path, EIO)
        }
    }
}
