import Federation
import Keys
package import NodeStore
import Synchronization
package import TransparencyLog

/// The logs on this node's disk: the own ones, an epoch each, and copies of other institutions'.
package final class Logs: Sendable {
    private struct State {
        var own: [Int: LogStore] = [:]
        var epoch = 1
        private(set) var mirrors: [String: LogStore] = [:]
        private(set) var byDomain: [String: [LogStore]] = [:]
        private(set) var byHash: [String: LogStore] = [:]

        /// Takes a copy; there must be none of its origin.
        mutating func add(_ store: LogStore) {
            mirrors[store.origin] = store
            byDomain[ViewFolder.domain(of: store.origin), default: []].append(store)
            byHash[Checkpoint.originHash(store.origin).hex] = store
        }

        mutating func remove(_ origin: String) {
            mirrors[origin] = nil
            byDomain[ViewFolder.domain(of: origin)]?.removeAll { $0.origin == origin }
            byHash[Checkpoint.originHash(origin).hex] = nil
        }
    }

    private let folder: DataFolder
    private let state = Mutex(State())

    /// The logs in a data folder; none is open yet.
    package init(folder: DataFolder) {
        self.folder = folder
    }

    /// The own log of the current epoch; nil for a member without one, and between two epochs.
    package var own: LogStore? { state.withLock { $0.own[$0.epoch] } }

    /// The epoch whose log is the one to write.
    package var epoch: Int { state.withLock { $0.epoch } }

    /// The own log of an epoch; nil when it is not here.
    package func own(epoch: Int) -> LogStore? { state.withLock { $0.own[epoch] } }

    /// The own logs of all epochs, in order.
    package var ownEpochs: [LogStore] {
        state.withLock { state in state.own.sorted { $0.key < $1.key }.map(\.value) }
    }

    /// Makes `epoch` the one to write; an earlier one is read only from now on.
    package func turn(to epoch: Int) {
        state.withLock { $0.epoch = max($0.epoch, epoch) }
    }

    /// Opens the own log of an epoch when its file exists.
    ///
    /// - Throws: `StoreError`.
    package func openOwn(epoch: Int, key: VerifierKey) throws {
        do {
            let store = try LogStore(path: folder.log(epoch: epoch), key: key, create: false)
            state.withLock { $0.own[epoch] = store }
        } catch StoreError.missing { return }
    }

    /// Makes the own log of an epoch.
    ///
    /// - Parameter inherited: what the earlier epochs say of each subject.
    /// - Throws: `StoreError.exists`.
    package func createOwn(
        epoch: Int,
        key: VerifierKey,
        inheriting inherited: [InheritedSubject] = []
    ) throws -> LogStore {
        let store = try LogStore(
            path: folder.log(epoch: epoch), key: key, create: true, inheriting: inherited)
        state.withLock { $0.own[epoch] = store }
        return store
    }

    /// The log of an origin, own or copied; nil when nothing of it is held.
    package func log(_ origin: String) -> LogStore? {
        state.withLock { state in
            state.own.values.first { $0.origin == origin } ?? state.mirrors[origin]
        }
    }

    /// The copy of a log, made when it is not there.
    ///
    /// - Parameter inherited: what the earlier epochs say of each subject; asked for only to make
    ///   a copy.
    /// - Throws: `StoreError`, and what `inherited` throws.
    package func mirror(
        key: VerifierKey,
        inheriting inherited: () throws -> [InheritedSubject] = { [] }
    ) throws -> LogStore {
        if let store = state.withLock({ $0.mirrors[key.name] }) { return store }
        let path = folder.mirror(originHash: Checkpoint.originHash(key.name).hex)
        // Asks for other logs, so it comes before the lock is taken again.
        let seeds = DurableFile.exists(path) ? [] : try inherited()
        return try state.withLock { state in
            if let store = state.mirrors[key.name] { return store }
            let store = try LogStore(
                path: path, key: key, create: !DurableFile.exists(path), inheriting: seeds)
            state.add(store)
            return store
        }
    }

    /// Puts the copy of a log aside as evidence, `<file>.aside-<root>`, without its payloads; the next
    /// copy starts anew.
    ///
    /// - Returns: where it lies now; nil when there was no copy.
    /// - Throws: `StoreError`.
    package func setAside(_ origin: String) throws -> String? {
        try state.withLock { state in
            guard let store = state.mirrors[origin] else { return nil }
            let path = folder.mirror(originHash: Checkpoint.originHash(origin).hex)
            let mark = (store.head?.checkpoint.root ?? MerkleTree.emptyRoot).hex.prefix(16)
            try store.dropPayloads()
            try store.close()
            state.remove(origin)
            for part in ["-wal", "-shm", ""] where DurableFile.exists(path + part) {
                try DurableFile.move(
                    path + part, to: "\(path).aside-\(mark)\(part)", by: folder.steps)
            }
            return "\(path).aside-\(mark)"
        }
    }

    /// The copy whose origin hashes to these hexadecimal digits.
    package func mirror(originHash: String) -> LogStore? {
        state.withLock { $0.byHash[originHash] }
    }

    /// The copies of one institution's logs, in no order.
    package func mirrors(of domain: String) -> [LogStore] {
        state.withLock { $0.byDomain[domain] ?? [] }
    }

    /// Every copy, by origin.
    package var mirrors: [LogStore] {
        state.withLock { state in
            state.mirrors.values.sorted { $0.origin < $1.origin }
        }
    }
}
