import Federation
import Keys
package import NodeStore
import Synchronization
package import TransparencyLog

/// The logs on this node's disk: the own one, and a copy of each other institution's.
package final class Logs: Sendable {
    private struct State {
        var own: LogStore?
        var mirrors: [String: LogStore] = [:]
    }

    private let folder: DataFolder
    private let state = Mutex(State())

    /// The logs in a data folder; none is open yet.
    package init(folder: DataFolder) {
        self.folder = folder
    }

    /// The own log; nil for a member without one.
    package var own: LogStore? { state.withLock { $0.own } }

    /// Opens the own log of an epoch when its file exists.
    ///
    /// - Throws: `StoreError`.
    package func openOwn(epoch: Int, key: VerifierKey) throws {
        do {
            let store = try LogStore(path: folder.log(epoch: epoch), key: key, create: false)
            state.withLock { $0.own = store }
        } catch StoreError.missing { return }
    }

    /// Makes the own log of an epoch.
    ///
    /// - Throws: `StoreError.exists`.
    package func createOwn(epoch: Int, key: VerifierKey) throws -> LogStore {
        let store = try LogStore(path: folder.log(epoch: epoch), key: key, create: true)
        state.withLock { $0.own = store }
        return store
    }

    /// The log of an origin, own or copied; nil when nothing of it is held.
    package func log(_ origin: String) -> LogStore? {
        state.withLock { $0.own?.origin == origin ? $0.own : $0.mirrors[origin] }
    }

    /// The copy of a log, made when it is not there.
    ///
    /// - Throws: `StoreError`.
    package func mirror(key: VerifierKey) throws -> LogStore {
        try state.withLock { state in
            if let store = state.mirrors[key.name] { return store }
            let path = folder.mirror(originHash: Checkpoint.originHash(key.name).hex)
            let exists = DurableFile.exists(path)
            let store = try LogStore(path: path, key: key, create: !exists)
            state.mirrors[key.name] = store
            return store
        }
    }

    /// The copy whose origin hashes to these hexadecimal digits.
    package func mirror(originHash: String) -> LogStore? {
        state.withLock { state in
            state.mirrors.values.first { Checkpoint.originHash($0.origin).hex == originHash }
        }
    }

    /// Every copy, by origin.
    package var mirrors: [LogStore] {
        state.withLock { state in
            state.mirrors.values.sorted { $0.origin < $1.origin }
        }
    }
}
