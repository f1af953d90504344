import GRDBSQLite
import Glibc
import Synchronization

/// SQLite's own files, with the faults of a `Disk` before each operation that changes one.
///
/// It is SQLite's default VFS once registered, over the system's; files that belong to no disk pass
/// through. Syncs reach no real disk: what counts is what `Disk` would keep.
enum FaultyFiles {
    private static let disks = Mutex<[String: Disk]>([:])
    private static let isRegistered = Mutex(false)
    private static let prefixes = Mutex<String>("")
    /// Where SQLite keeps the system's file behind ours.
    private static let offset = 64

    /// Puts the files below this folder under the rule of disks.
    static func register(below folder: String) throws {
        prefixes.withLock { $0 = folder }
        try isRegistered.withLock { isRegistered in
            guard !isRegistered else { return }
            guard let system = sqlite3_vfs_find(nil) else { throw Unavailable() }
            let ours = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
            ours.initialize(to: system.pointee)
            ours.pointee.zName = UnsafePointer(strdup("faulty"))
            ours.pointee.szOsFile += Int32(offset)
            // The system's VFS finds itself through this; ours never looks at it.
            ours.pointee.pNext = system
            ours.pointee.xOpen = { FaultyFiles.open($0, $1, $2, $3, $4) }
            ours.pointee.xDelete = { FaultyFiles.delete($0, $1, $2) }
            systemVFS.withLock { $0 = UInt(bitPattern: system) }
            guard sqlite3_vfs_register(ours, 1) == SQLITE_OK else { throw Unavailable() }
            isRegistered = true
        }
    }

    /// Puts a disk in charge of its folder.
    static func attach(_ disk: Disk) {
        disks.withLock { $0[disk.folder] = disk }
    }

    /// Files of this disk pass through from now on; those that are open keep it.
    static func detach(_ disk: Disk) {
        disks.withLock { $0[disk.folder] = nil }
    }

    struct Unavailable: Error {}

    private static let systemVFS = Mutex<UInt>(0)

    private static var system: UnsafeMutablePointer<sqlite3_vfs>? {
        UnsafeMutablePointer(bitPattern: systemVFS.withLock { $0 })
    }

    /// The disk of a path `<below>/<node>/<life>/...`.
    private static func disk(of path: String) -> Disk? {
        let base = prefixes.withLock { $0 }
        guard !base.isEmpty, path.hasPrefix(base + "/") else { return nil }
        let parts = path.dropFirst(base.count + 1).split(separator: "/", maxSplits: 2)
        guard parts.count == 3 else { return nil }
        return disks.withLock { $0["\(base)/\(parts[0])/\(parts[1])"] }
    }

    private static func open(
        _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ name: UnsafePointer<CChar>?,
        _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let system, let file else { return SQLITE_MISUSE }
        file.pointee.pMethods = nil
        let path = name.map { String(cString: $0) }
        let disk = path.flatMap(disk(of:))
        if disk?.isStopped == true { return SQLITE_CANTOPEN }
        let real = realFile(file)
        real.pointee.pMethods = nil
        let code = system.pointee.xOpen(system, name, real, flags, outFlags)
        guard code == SQLITE_OK else {
            if let methods = real.pointee.pMethods { _ = methods.pointee.xClose(real) }
            return code
        }
        let opened = OpenFile(path: path ?? "", disk: disk, real: real)
        context(file).pointee = Unmanaged.passRetained(opened).toOpaque()
        file.pointee.pMethods = FileMethods.table
        return SQLITE_OK
    }

    private static func delete(
        _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ name: UnsafePointer<CChar>?, _ sync: Int32
    ) -> Int32 {
        guard let system, let name else { return SQLITE_MISUSE }
        let path = String(cString: name)
        if let disk = disk(of: path) {
            guard disk.order(grows: false) == .goOn else { return SQLITE_IOERR_DELETE_ }
            disk.synced(path)
        }
        return system.pointee.xDelete(system, name, sync)
    }

    /// The system's file behind ours.
    static func realFile(
        _ file: UnsafeMutablePointer<sqlite3_file>
    ) -> UnsafeMutablePointer<sqlite3_file> {
        UnsafeMutableRawPointer(file).advanced(by: offset).assumingMemoryBound(
            to: sqlite3_file.self)
    }

    /// Where ours keeps what it knows of a file.
    static func context(
        _ file: UnsafeMutablePointer<sqlite3_file>
    ) -> UnsafeMutablePointer<UnsafeMutableRawPointer?> {
        UnsafeMutableRawPointer(file).advanced(by: 16).assumingMemoryBound(
            to: UnsafeMutableRawPointer?.self)
    }
}

/// A file that SQLite has open.
final class OpenFile {
    let path: String
    let disk: Disk?
    let real: UnsafeMutablePointer<sqlite3_file>

    init(path: String, disk: Disk?, real: UnsafeMutablePointer<sqlite3_file>) {
        self.path = path
        self.disk = disk
        self.real = real
    }

    var methods: sqlite3_io_methods { real.pointee.pMethods.pointee }

    var size: Int64 {
        var size: Int64 = 0
        return methods.xFileSize(real, &size) == SQLITE_OK ? size : 0
    }

    /// What takes back a change of `count` bytes at `offset`.
    func undo(offset: Int64, count: Int) -> Disk.Undo {
        let size = size
        let there = max(0, min(count, Int(size - offset)))
        var bytes = [UInt8](repeating: 0, count: there)
        if there > 0 { _ = methods.xRead(real, &bytes, Int32(there), offset) }
        return Disk.Undo(size: size, offset: offset, bytes: bytes)
    }
}

extension OpenFile {
    func write(_ bytes: [UInt8], at offset: Int64) -> Int32 {
        let change = Disk.Change.write(offset: offset, bytes: bytes)
        if let disk {
            switch disk.order(grows: offset + Int64(bytes.count) > size) {
            case .goOn: disk.changes(path, change, undo: undo(offset: offset, count: bytes.count))
            case .fail(.full): return SQLITE_FULL
            case .fail(.stops):
                disk.changes(path, change, undo: nil)
                return SQLITE_IOERR_WRITE_
            case .fail: return SQLITE_IOERR_WRITE_
            }
        }
        return methods.xWrite(real, bytes, Int32(bytes.count), offset)
    }

    func truncate(_ size: Int64) -> Int32 {
        if let disk {
            guard disk.order(grows: false) == .goOn else { return SQLITE_IOERR_TRUNCATE_ }
            let undo = undo(offset: size, count: Int(max(0, self.size - size)))
            disk.changes(path, .truncate(size: size), undo: undo)
        }
        return methods.xTruncate(real, size)
    }

    func sync(_ flags: Int32) -> Int32 {
        guard let disk else { return methods.xSync(real, flags) }
        guard disk.order(grows: false) == .goOn else { return SQLITE_IOERR_FSYNC_ }
        disk.synced(path)
        return SQLITE_OK
    }
}

/// SQLite's extended codes are macros that Swift does not see.
let SQLITE_IOERR_READ_ = SQLITE_IOERR | (1 << 8)
let SQLITE_IOERR_WRITE_ = SQLITE_IOERR | (3 << 8)
let SQLITE_IOERR_FSYNC_ = SQLITE_IOERR | (4 << 8)
let SQLITE_IOERR_TRUNCATE_ = SQLITE_IOERR | (6 << 8)
let SQLITE_IOERR_DELETE_ = SQLITE_IOERR | (10 << 8)
