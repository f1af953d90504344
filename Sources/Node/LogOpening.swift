import Federation
import Keys
import Logging
import NodeStore
import ServiceLifecycle
package import TransparencyLog

/// At start: opens the own log for writing, brings the views up to it, and finishes what a crash
/// left unfinished. A log that is older than its anchor is served, but not written.
package struct LogOpening: Service {
    private let node: Node
    /// The log that is there at start; one that `log init` makes later is opened by it.
    private let log: LogStore?
    private let opened: @Sendable (VerifiedCheckpoint) -> Void

    /// An opening of this node's log.
    ///
    /// - Parameter opened: told of the head that the log has at start.
    package init(node: Node, opened: @escaping @Sendable (VerifiedCheckpoint) -> Void) {
        self.node = node
        log = node.logs.own
        self.opened = opened
    }

    package func run() async throws {
        try await open()
        try? await gracefulShutdown()
    }

    private func open() async throws {
        guard let log,
            let signer = node.identity.logSigner(epoch: node.epoch)
        else { return }
        try await node.recoverViews(of: log)
        if let problem = try rollback(of: log) {
            node.logger.critical(
                "the log is older than its anchor: it is not written",
                metadata: ["detail": "\(problem.detail)"])
            node.writer.refuse(problem)
            return
        }
        node.writer.open(log, node: node, signer: signer)
        if let head = log.head { opened(head) }
        if log.head == nil { _ = try await LogDesk(node: node).writeGenesis() }
        try await node.carryOver()
        try await DecisionDesk(node: node).resume()
        try await ErasureDesk(node: node).resume()
    }

    /// Why signing would risk a fork: the anchor, which lies outside the backup set, remembers more
    /// than the log holds, or another tree.
    private func rollback(of log: LogStore) throws -> Problem? {
        let file = AnchorFile(folder: node.settings.anchorFolder, epoch: node.epoch)
        guard let anchor = try file.read(), anchor.origin == log.origin, anchor.size > 0 else {
            return nil
        }
        let remedy =
            "restore a newer backup; healing from mirrors and closing the epoch are not built yet"
        guard anchor.size <= log.size else {
            return Problem(
                .readOnly,
                "the anchor remembers \(anchor.size) leaves of \(log.origin), the log holds "
                    + "\(log.size): it was restored from an old backup",
                at: node.settings.anchorFolder, try: remedy)
        }
        guard try log.root(at: anchor.size) == anchor.root else {
            return Problem(
                .readOnly, "at \(anchor.size) leaves \(log.origin) is another tree than anchored",
                at: node.settings.anchorFolder, try: remedy)
        }
        return nil
    }
}
