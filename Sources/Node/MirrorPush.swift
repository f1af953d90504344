import Federation
import Keys
import Logging
import MemberRegistry
import NodeStore
import ServiceLifecycle
import TransparencyLog

/// Brings the own log to its assigned mirrors: at once when nobody can reach this node, otherwise to
/// those that did not come for it.
package final class MirrorPush: Service, Sendable {
    /// Seconds that mirrors have to come by themselves.
    package static let patience = 60

    private let node: Node
    private let clock: any Clock<Duration>
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// A push of this node's log.
    package init(node: Node, clock: any Clock<Duration>) {
        self.node = node
        self.clock = clock
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// There is a new head, more cosignatures, or another registry.
    package func headChanged() {
        wake.yield()
    }

    package func run() async throws {
        await untilShutdown {
            for await _ in self.wakes {
                if self.node.settings.isReachable {
                    try? await self.clock.sleep(for: .seconds(Self.patience))
                }
                var attempts = 0
                while !Task.isCancelled, await !self.round() {
                    attempts += 1
                    try? await self.clock.sleep(for: .seconds(min(600, 2 << min(attempts, 9))))
                }
            }
        }
    }

    /// One push of every epoch to all mirrors that lack something; returns whether none lacks
    /// anything any more.
    package func round() async -> Bool {
        let logs = node.logs.ownEpochs.filter { $0.head != nil }
        return await withTaskGroup(of: Bool.self) { group in
            for log in logs {
                for mirror in node.registry.mirrors(of: log.origin, at: node.time.now()) {
                    group.addTask { await self.push(log, to: mirror) }
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }
    }

    private func push(_ log: LogStore, to mirror: WitnessPolicy.Member) async -> Bool {
        do {
            guard let address = node.registry.address(of: mirror.domain) else { return true }
            let push = MirrorClient(node: node, log: log, mirror: mirror, address: address)
            guard let closing = node.registry.log(log.origin)?.closing else {
                if node.settings.isReachable, try await push.hasComeByItself() { return true }
                try await push.push()
                return true
            }
            return try await self.push(log, closedAt: closing, by: push)
        } catch {
            node.logger.info(
                "push to a mirror failed",
                metadata: [
                    "mirror": "\(mirror.domain)", "origin": "\(log.origin)",
                    "error": "\((error as? Problem)?.detail ?? "\(error)")",
                ]
            )
            return false
        }
    }

    /// A closed epoch is pushed until the mirror has it as it was closed, and never again.
    private func push(
        _ log: LogStore, closedAt closing: LogEpoch.Closing, by push: MirrorClient
    ) async throws -> Bool {
        guard let head = try log.head(closedAt: closing), try !push.isDone(to: head) else {
            return true
        }
        if node.settings.isReachable, try await push.hasComeByItself(to: head) { return true }
        try await push.push(to: head)
        return true
    }
}

extension LogStore {
    /// The signed head that the registry closed, when this log keeps one of exactly that size.
    fileprivate func head(closedAt closing: LogEpoch.Closing) throws -> VerifiedCheckpoint? {
        let size = Int(closing.size)
        return try [head, confirmed(before: size)?.checkpoint].compactMap { $0 }
            .first { $0.checkpoint.size == size && $0.checkpoint.root == closing.root }
    }
}
