package import CanonicalJSON
import Federation
import Keys
import Logging
import NodeStore
import ServiceLifecycle
package import TransparencyLog

/// Keeps the anchor within a second of the own log, and within half a minute of the witness table,
/// off the path of the commits.
package final class AnchorKeeper: Service, Sendable {
    private let node: Node
    private let clock: any Clock<Duration>
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// A keeper of this node's anchor.
    package init(node: Node, clock: any Clock<Duration>) {
        self.node = node
        self.clock = clock
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// There is a new own head.
    package func headChanged(_ head: VerifiedCheckpoint) {
        wake.yield()
    }

    package func run() async throws {
        await untilShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    // Witnessing goes on while the own log rests.
                    while (try? await self.clock.sleep(for: .seconds(30))) != nil {
                        self.wake.yield()
                    }
                }
                for await _ in self.wakes {
                    try? await self.clock.sleep(for: .milliseconds(500))
                    self.write()
                }
                group.cancelAll()
            }
        }
        write()
    }

    /// Brings the anchor up to date now, before a backup is made.
    ///
    /// - Returns: {"size","generation"}.
    /// - Throws: `StoreError.file`.
    package func sync() throws -> JSON {
        let generation = try node.database.witnessGeneration()
        if generation > (try node.witnessAnchor.read()) {
            try node.witnessAnchor.write(generation)
        }
        let head = node.logs.own?.head?.checkpoint
        if let head {
            let file = node.anchor(epoch: node.epoch)
            let anchor = AnchorFile.Anchor(origin: head.origin, size: head.size, root: head.root)
            // Never lowered: a store that is older than its anchor is what the anchor is for.
            if try file.read().map({ $0.size < anchor.size }) ?? true { try file.write(anchor) }
        }
        return [
            "size": .number(JSONNumber(Int64(head?.size ?? 0))),
            "generation": .number(JSONNumber(Int64(generation))),
        ]
    }

    /// Opens the recovery gate at the operator's risk; the reason goes into the audit log, and what
    /// the anchor remembers beyond the store is given up.
    ///
    /// - Returns: {"state"}.
    /// - Throws: `Problem` when there is nothing to override, or the log is forked.
    package func override(reason: String) throws -> JSON {
        guard let log = node.logs.own, let gate = node.gate.current, !gate.isOpen else {
            throw Problem(.conflict, "the log may be written: there is nothing to override")
        }
        guard gate.state != .stopped else {
            throw Problem(
                .readOnly, "the log is forked, and nothing mends that",
                try: "keep the data folder; the registry must close this epoch")
        }
        try node.database.audit("log.override", reason, at: node.time.now())
        if let head = log.head?.checkpoint {
            try node.anchor(epoch: node.epoch)
                .write(.init(origin: head.origin, size: head.size, root: head.root))
        }
        node.writer.expect()
        node.gate.handle { $0.override(reason) }
        return ["state": .string(node.gate.current?.word ?? "")]
    }

    private func write() {
        do {
            _ = try sync()
        } catch {
            node.logger.error("the anchor was not written", metadata: ["error": "\(error)"])
        }
    }
}

extension Node {
    /// The anchor of an own log.
    func anchor(epoch: Int) -> AnchorFile {
        AnchorFile(folder: settings.anchorFolder, epoch: epoch, steps: folder.steps)
    }

    /// The witness's anchor.
    var witnessAnchor: WitnessAnchor {
        WitnessAnchor(folder: settings.anchorFolder, steps: folder.steps)
    }
}
