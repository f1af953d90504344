import CanonicalJSON
import Federation
import Logging
import MemberRegistry
import NodeStore
import ServiceLifecycle

/// Tells the operator, once the institution has become a member and holds what the others have: how
/// many peers, how many items.
package final class AdmissionNotice: Service, Sendable {
    /// Seconds that the others' logs have to arrive before it is told without them.
    package static let patience = 120

    private let node: Node
    private let clock: any Clock<Duration>
    private let changes: AsyncStream<Void>
    private let change: AsyncStream<Void>.Continuation

    /// A notice of this node.
    package init(node: Node, clock: any Clock<Duration>) {
        self.node = node
        self.clock = clock
        (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Another registry was accepted.
    package func registryChanged() { change.yield() }

    package func run() async throws {
        await untilShutdown {
            var wasActive = self.isActive
            for await _ in self.changes {
                if self.isActive, !wasActive { await self.tell() }
                wasActive = self.isActive
            }
        }
    }

    private var isActive: Bool {
        let standing = node.registry.standing(of: node.identity.domain, at: node.time.now())
        return standing == Standing.State.active.rawValue
    }

    private func tell() async {
        for _ in 0..<Self.patience where (try? hasEverything()) != true {
            guard (try? await clock.sleep(for: .seconds(1))) != nil else { return }
        }
        let items = (try? node.views.itemCounts())?.values.reduce(0, +) ?? 0
        var metadata: Logger.Metadata = [
            "peers": "\(node.registry.otherNodes.count)", "items": "\(items)",
        ]
        if node.logs.own == nil { metadata["next"] = "eccoe log init" }
        node.logger.notice("you are in", metadata: metadata)
    }

    /// Whether each other member's node was heard, and all that it told of is held.
    private func hasEverything() throws -> Bool {
        let peers = node.gossip.peers.values
        guard peers.allSatisfy({ $0.lastSuccess != nil || $0.failures > 0 }),
            node.gossip.outstanding.isEmpty
        else { return false }
        return try node.logs.mirrors.allSatisfy { try $0.head == nil || $0.wantedCount() == 0 }
    }
}
