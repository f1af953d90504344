import Federation
import Glibc
import Keys
import MemberRegistry
import NodeStore

/// Whether the node can do what it is for. Waiting for others does not count: a node that has not
/// converged yet serves all the same.
package struct ReadinessDesk: Sendable {
    /// Bytes that must be free for the next commits.
    private static let minimumFree: UInt64 = 64 << 20

    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Why the node is not ready, each in a sentence; empty when it is.
    package func reasons() async -> [String] {
        [registryReason, logReason, diskReason].compactMap(\.self) + (await signerReasons())
    }

    /// Keys that lie elsewhere and cannot be used now. Asking may block, so it has a thread.
    private func signerReasons() async -> [String] {
        let remote = node.identity.keys.compactMap { name, signer in
            (signer as? any RemoteSigner).map { (name, $0) }
        }
        guard !remote.isEmpty else { return [] }
        return await withCheckedContinuation { continuation in
            DispatchExecutor(label: "signers").run {
                let reasons = remote.compactMap { name, signer -> String? in
                    do throws(SigningUnavailable) {
                        try signer.check()
                        return nil
                    } catch { return "nothing is signed with the key \(name): \(error.reason)" }
                }
                continuation.resume(returning: reasons)
            }
        }
    }

    private var registryReason: String? {
        guard let registry = node.registry.current else {
            return "there is no registry yet: nobody's keys are known"
        }
        guard case .stale = registry.freshness(at: node.time.now()) else { return nil }
        let days = registry.age(at: node.time.now()) / 86_400
        return "the registry is \(days) days old: no new member, key or agreement is accepted"
    }

    private var logReason: String? {
        guard let log = node.logs.own else { return nil }
        if node.isQuarantined(log.origin) { return "the own log has forked: it is quarantined" }
        if let problem = node.writer.refused { return "the log is not written: \(problem.detail)" }
        return node.writer.isOpen ? nil : "the log is not open for writing yet"
    }

    private var diskReason: String? {
        var status = statvfs()
        guard statvfs(node.folder.path, &status) == 0 else {
            return "the data folder cannot be looked at: \(String(cString: strerror(errno)))"
        }
        guard status.f_flag & UInt(ST_RDONLY) == 0 else {
            return "the disk of the data folder is read-only"
        }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        guard free < Self.minimumFree else { return nil }
        return "the disk of the data folder has \(free >> 20) MiB left"
    }
}
