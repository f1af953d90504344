import Federation
import Keys
import Logging
import NodeStore
import ServiceLifecycle
package import TransparencyLog

/// At start: brings the views up to the own log, waits for the recovery gate, opens the log for
/// writing, and finishes what a crash left unfinished. Until then the log is served, not written.
package struct LogOpening: Service {
    private let node: Node
    private let clock: any Clock<Duration>
    /// The log that is there at start; one that `log init` makes later is opened by it.
    private let log: LogStore?
    private let opened: @Sendable (VerifiedCheckpoint) -> Void

    /// An opening of this node's log.
    ///
    /// - Parameter opened: told of the head that the log has at start.
    package init(
        node: Node,
        clock: any Clock<Duration>,
        opened: @escaping @Sendable (VerifiedCheckpoint) -> Void
    ) {
        self.node = node
        self.clock = clock
        self.opened = opened
        log = node.logs.own
        if log != nil { node.writer.expect() }
    }

    package func run() async throws {
        try await untilShutdown { try await start() }
        await shutdown()
    }

    private func start() async throws {
        try doubtWitness()
        guard let log, let signer = node.identity.logSigner(epoch: node.epoch) else { return }
        // What an earlier process left in the write-ahead log is synced before it is built upon.
        try log.settle()
        try await node.recoverViews(of: log)
        if let head = log.head { opened(head) }
        if let problem = node.fork(of: log.origin) { return node.writer.stop(problem) }
        try await RecoveryService(node: node, log: log, clock: clock).run {
            node.writer.open(log, node: node, signer: signer)
            // Healing may have brought a head that lacks cosignatures here.
            if let head = log.head { opened(head) }
            await finish(log)
        }
    }

    /// What a crash left unfinished. A disk that is full meanwhile leaves it for the next start.
    private func finish(_ log: LogStore) async {
        do {
            if log.head == nil { _ = try await LogDesk(node: node).writeGenesis() }
            try await node.carryOver()
            try await DecisionDesk(node: node).resume()
            try await IssuanceDesk(node: node).resume()
            try await ErasureDesk(node: node).resume()
        } catch {
            node.logger.error(
                "unfinished entries wait for the next start", metadata: ["error": "\(error)"])
        }
    }

    /// A witness table from an old backup could cosign a second history of a log.
    private func doubtWitness() throws {
        let anchored = try node.witnessAnchor.read()
        guard try node.database.doubtWitness(ifOlderThan: anchored) else { return }
        let detail = "the witness table is older than generation \(anchored), which was anchored"
        try node.database.audit("witness.doubted", detail, at: node.time.now())
        node.logger.warning(
            "the witness asks others before it cosigns", metadata: ["detail": "\(detail)"])
    }
}
