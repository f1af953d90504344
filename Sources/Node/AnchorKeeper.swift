import Keys
import Logging
import NodeStore
import ServiceLifecycle
package import TransparencyLog

/// Keeps the anchor within a second of the own log, off the path of the commits.
package final class AnchorKeeper: Service, Sendable {
    private let node: Node
    private let clock: any Clock<Duration>
    private let wakes: AsyncStream<VerifiedCheckpoint>
    private let wake: AsyncStream<VerifiedCheckpoint>.Continuation

    /// A keeper of this node's anchor.
    package init(node: Node, clock: any Clock<Duration>) {
        self.node = node
        self.clock = clock
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// There is a new own head.
    package func headChanged(_ head: VerifiedCheckpoint) {
        wake.yield(head)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in self.wakes {
                try? await self.clock.sleep(for: .milliseconds(500))
                self.write()
            }
        }
        write()
    }

    private func write() {
        guard let head = node.logs.own?.head?.checkpoint else { return }
        let anchor = AnchorFile(folder: node.settings.anchorFolder, epoch: node.epoch)
        do {
            try anchor.write(.init(origin: head.origin, size: head.size, root: head.root))
        } catch {
            node.logger.error("the anchor was not written", metadata: ["error": "\(error)"])
        }
    }
}
