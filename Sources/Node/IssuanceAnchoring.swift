import Logging
import ServiceLifecycle

/// Anchors what was issued, every quarter of an hour: a leaf at once would tell the moment of each
/// credential to whoever reads the log.
package final class IssuanceAnchoring: Service, Sendable {
    /// Between two leaves, unless a learner's anchor is asked for in between.
    package static let interval = Duration.seconds(900)

    private let node: Node
    private let clock: any Clock<Duration>

    /// The anchoring of this node's issuances.
    package init(node: Node, clock: any Clock<Duration>) {
        self.node = node
        self.clock = clock
    }

    package func run() async throws {
        await untilShutdown {
            while !Task.isCancelled {
                guard (try? await self.clock.sleep(for: Self.interval)) != nil else { return }
                do {
                    try await IssuanceDesk(node: self.node).anchorWaiting()
                } catch {
                    self.node.logger.warning(
                        "issued credentials wait for their anchor",
                        metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
