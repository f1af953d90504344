import Federation
import Foundation
import Glibc
import NodeStore
import Synchronization

/// The disk of one life of a node: counts what SQLite writes and syncs below a folder, fails on
/// demand, and knows what a loss of power would leave.
final class Disk: Sendable {
    /// What a file operation is to do.
    enum Order: Sendable, Equatable {
        case goOn
        case fail(Reason)
    }

    /// Why an operation fails.
    enum Reason: Sendable, Equatable {
        case full
        case broken
        /// The machine has stopped; this is the operation at which it did.
        case stops
        case stopped
    }

    /// What changes a file.
    enum Change: Sendable {
        case write(offset: Int64, bytes: [UInt8])
        case truncate(size: Int64)
    }

    /// How to take one change back.
    struct Undo: Sendable {
        let size: Int64
        let offset: Int64
        let bytes: [UInt8]
    }

    /// What changes the names in a folder.
    enum NameChange: Sendable {
        case created(String)
        case moved(from: String, to: String, replacing: [UInt8]?)
        case removed(String, [UInt8])

        var path: String {
            switch self {
            case .created(let path), .moved(_, let path, _), .removed(let path, _): path
            }
        }
    }

    fileprivate struct Unsynced {
        var undo: [Undo] = []
        var changes: [Change] = []
    }

    fileprivate struct State {
        var isStopped = false
        var isFull = false
        var steps = 0
        var stopAt: Int?
        var breakAt: Int?
        var unsynced: [String: Unsynced] = [:]
        /// In order; the folders have not been synced since.
        var names: [NameChange] = []
        var isTouched = false
        var failures: [Fault: Int] = [:]
    }

    /// The folder; nothing outside it is touched.
    let folder: String
    private let state = Mutex(State())
    private let stopped: @Sendable () -> Void
    private let touched: @Sendable () -> Void

    /// A disk in a folder.
    ///
    /// - Parameters:
    ///   - touched: told of the first operation since it was looked at.
    ///   - stopped: told in the middle of the operation at which the machine stops.
    init(
        folder: String, touched: @escaping @Sendable () -> Void = {},
        stopped: @escaping @Sendable () -> Void = {}
    ) {
        self.folder = folder
        self.touched = touched
        self.stopped = stopped
    }

    /// It is looked at: the next operation is told again.
    func lookedAt() { state.withLock { $0.isTouched = false } }

    /// Whether the machine stopped in the middle of an operation, or was stopped.
    var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Faults that struck here since the last call.
    func takeFailures() -> [Fault: Int] {
        state.withLock { state in
            defer { state.failures = [:] }
            return state.failures
        }
    }

    /// The machine stops at the operation that comes `steps` after now.
    func stop(after steps: Int) {
        state.withLock { $0.stopAt = $0.steps + steps }
    }

    /// One operation fails, the one that comes `steps` after now.
    func breakOnce(after steps: Int) {
        state.withLock { $0.breakAt = $0.steps + steps }
    }

    /// The machine stops now.
    func stop() {
        state.withLock { $0.isStopped = true }
    }

    /// Nothing that was ordered happens any more.
    func heal() {
        state.withLock { state in
            state.stopAt = nil
            state.breakAt = nil
            state.isFull = false
        }
    }

    /// No file grows while the disk is full.
    func setFull(_ isFull: Bool) {
        state.withLock { $0.isFull = isFull }
    }

    /// Asked before each operation that writes, truncates, syncs or deletes.
    func order(grows: Bool) -> Order {
        let (order, isFirst) = state.withLock { state in
            defer { state.isTouched = true }
            return (state.decide(grows: grows), !state.isTouched)
        }
        if isFirst { touched() }
        if order == .fail(.stops) { stopped() }
        return order
    }

    /// Notes a change of a file with what takes it back; nil when the change was under way as the
    /// machine stopped, so that it may be there or not.
    func changes(_ path: String, _ change: Change, undo: Undo?) {
        state.withLock { state in
            if let undo { state.unsynced[path, default: Unsynced()].undo.append(undo) }
            state.unsynced[path, default: Unsynced()].changes.append(change)
        }
    }

    /// All changes of a file are on the disk.
    func synced(_ path: String) {
        state.withLock { $0.unsynced[path] = nil }
    }

    /// Notes a change of names; what was not synced of a file goes with it.
    func renames(_ change: NameChange) {
        state.withLock { state in
            state.names.append(change)
            switch change {
            case .created(let path), .removed(let path, _): state.unsynced[path] = nil
            case .moved(let from, let to, _):
                state.unsynced[to] = state.unsynced.removeValue(forKey: from)
            }
        }
    }

    /// The names in a folder are on the disk.
    func syncedNames(in folder: String) {
        state.withLock { state in
            state.names.removeAll { change in
                let path = change.path
                return path[..<(path.lastIndex(of: "/") ?? path.startIndex)] == folder
            }
        }
    }

    /// Copies what is on the disk to another folder: without what was not synced, or, with a seed,
    /// with any of it.
    func copy(to target: String, surviving seed: UInt64? = nil) throws {
        var chance = SplitMix64(state: seed ?? 0)
        let (unsynced, renamed) = state.withLock { ($0.unsynced, $0.names) }
        let (folders, names) = contents()
        var files: [String: [UInt8]] = [:]
        // The index of the write-ahead log is memory that a crash takes away.
        for name in names where !name.hasSuffix("-shm") && !name.hasSuffix("/lock") {
            let path = folder + "/" + name
            guard var bytes = try DurableFile.read(path, limit: .max) else { continue }
            if let lost = unsynced[path] {
                for undo in lost.undo.reversed() { Self.revert(&bytes, undo) }
                for change in lost.changes where seed != nil && Bool.random(using: &chance) {
                    Self.apply(&bytes, change, chance: &chance)
                }
            }
            files[path] = bytes
        }
        // A folder's changes come to the disk in their order.
        let kept = seed == nil ? 0 : Int.random(in: 0...renamed.count, using: &chance)
        for change in renamed.dropFirst(kept).reversed() { change.revert(&files) }
        for name in folders { try DurableFile.makeFolder(target + "/" + name) }
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            let copy = target + path.dropFirst(folder.count)
            guard FileManager.default.createFile(atPath: copy, contents: Data(bytes)) else {
                throw CocoaError(.fileWriteUnknown)
            }
        }
    }

    private func contents() -> (folders: [String], files: [String]) {
        let found = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }
        var (folders, files): ([String], [String]) = ([], [])
        for name in (found ?? []).sorted() {
            var isFolder: ObjCBool = false
            let path = folder + "/" + name
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                continue
            }
            if isFolder.boolValue { folders.append(name) } else { files.append(name) }
        }
        return (folders, files)
    }

    private static func revert(_ bytes: inout [UInt8], _ undo: Undo) {
        resize(&bytes, to: Int(undo.size))
        replace(&bytes, at: Int(undo.offset), with: undo.bytes)
    }

    /// One write in eight is torn.
    private static func apply(
        _ bytes: inout [UInt8], _ change: Change, chance: inout SplitMix64
    ) {
        switch change {
        case .truncate(let size): resize(&bytes, to: Int(size))
        case .write(let offset, let written):
            guard !written.isEmpty else { return }
            let whole = Int.random(in: 0..<8, using: &chance) > 0
            let count = whole ? written.count : Int.random(in: 0..<written.count, using: &chance)
            replace(&bytes, at: Int(offset), with: Array(written.prefix(count)))
        }
    }

    private static func resize(_ bytes: inout [UInt8], to size: Int) {
        if bytes.count > size {
            bytes.removeLast(bytes.count - size)
        } else {
            bytes += Array(repeating: 0, count: size - bytes.count)
        }
    }

    private static func replace(_ bytes: inout [UInt8], at offset: Int, with part: [UInt8]) {
        guard !part.isEmpty else { return }
        if bytes.count < offset + part.count { resize(&bytes, to: offset + part.count) }
        bytes.replaceSubrange(offset..<offset + part.count, with: part)
    }
}

extension Disk.State {
    fileprivate mutating func decide(grows: Bool) -> Disk.Order {
        if isStopped { return .fail(.stopped) }
        steps += 1
        if let at = stopAt, steps >= at {
            isStopped = true
            failures[.crashInIO, default: 0] += 1
            return .fail(.stops)
        }
        if let at = breakAt, steps >= at {
            breakAt = nil
            failures[.ioError, default: 0] += 1
            return .fail(.broken)
        }
        if isFull, grows {
            failures[.diskFull, default: 0] += 1
            return .fail(.full)
        }
        return .goOn
    }
}

extension Disk.NameChange {
    /// Takes the change back.
    fileprivate func revert(_ files: inout [String: [UInt8]]) {
        switch self {
        case .created(let path): files[path] = nil
        case .removed(let path, let bytes): files[path] = bytes
        case .moved(let from, let to, let replaced):
            files[from] = files[to]
            files[to] = replaced
        }
    }
}
