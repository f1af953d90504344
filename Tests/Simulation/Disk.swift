import Federation
import Foundation
import Glibc
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

    private struct Unsynced {
        var undo: [Undo] = []
        var changes: [Change] = []
    }

    private struct State {
        var isStopped = false
        var isFull = false
        var steps = 0
        var stopAt: Int?
        var breakAt: Int?
        var unsynced: [String: Unsynced] = [:]
        var failures: [Fault: Int] = [:]
    }

    /// The folder; nothing outside it is touched.
    let folder: String
    private let state = Mutex(State())
    private let stopped: @Sendable () -> Void

    /// A disk in a folder.
    ///
    /// - Parameter stopped: told in the middle of the operation at which the machine stops.
    init(folder: String, stopped: @escaping @Sendable () -> Void = {}) {
        self.folder = folder
        self.stopped = stopped
    }

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
        let order = decide(grows: grows)
        if order == .fail(.stops) { stopped() }
        return order
    }

    private func decide(grows: Bool) -> Order {
        state.withLock { state in
            if state.isStopped { return .fail(.stopped) }
            state.steps += 1
            if let stopAt = state.stopAt, state.steps >= stopAt {
                state.isStopped = true
                state.failures[.crashInIO, default: 0] += 1
                return .fail(.stops)
            }
            if let breakAt = state.breakAt, state.steps >= breakAt {
                state.breakAt = nil
                state.failures[.ioError, default: 0] += 1
                return .fail(.broken)
            }
            if state.isFull, grows {
                state.failures[.diskFull, default: 0] += 1
                return .fail(.full)
            }
            return .goOn
        }
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

    /// Copies what is on the disk to another folder: without what was not synced, or, with a seed,
    /// with any of it.
    func copy(to target: String, surviving seed: UInt64? = nil) throws {
        var chance = SplitMix64(state: seed ?? 0)
        let unsynced = state.withLock { $0.unsynced }
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }
        for name in (names ?? []).sorted() {
            let path = folder + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                continue
            }
            if isFolder.boolValue {
                try FileManager.default.createDirectory(
                    atPath: target + "/" + name, withIntermediateDirectories: true)
                continue
            }
            // The index of the write-ahead log is memory that a crash takes away.
            guard !name.hasSuffix("-shm"), !name.hasSuffix("/lock") else { continue }
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            if let lost = unsynced[path] {
                for undo in lost.undo.reversed() { Self.revert(&bytes, undo) }
                for change in lost.changes where seed != nil && Bool.random(using: &chance) {
                    Self.apply(&bytes, change, chance: &chance)
                }
            }
            guard FileManager.default.createFile(atPath: target + "/" + name, contents: Data(bytes))
            else { throw CocoaError(.fileWriteUnknown) }
        }
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
