import Keys
import Logging
import MemberRegistry
import NodeStore
import ServiceLifecycle

/// In a registry's own node: signs timestamp and snapshot anew before they expire, with the online
/// keys. Roles whose keys are kept offline are only warned about.
package final class RegistryPublishing: Service, Sendable {
    /// Seconds between looks; the timestamp lives for a day.
    private static let interval = 3600
    /// Keys that are used without a person: no others are read.
    private static let onlineKeys = ["snapshot.key", "timestamp.key"]

    private let node: Node
    private let clock: any Clock<Duration>
    private let published: @Sendable () async -> Void

    /// A publisher of this node's registry, if it runs one.
    ///
    /// - Parameter published: told after something was signed.
    package init(
        node: Node,
        clock: any Clock<Duration>,
        published: @escaping @Sendable () async -> Void
    ) {
        self.node = node
        self.clock = clock
        self.published = published
    }

    package func run() async throws {
        await untilShutdown {
            while !Task.isCancelled {
                do {
                    if try self.renew() { await self.published() }
                } catch {
                    self.node.logger.error(
                        "the registry could not be renewed",
                        metadata: ["error": "\(error)"]
                    )
                }
                try? await self.clock.sleep(for: .seconds(Self.interval))
            }
        }
    }

    /// Renews what is in the second half of its life; returns whether anything was signed.
    package func renew() throws -> Bool {
        guard case .folder? = try RegistrySource(folder: node.folder) else { return false }
        let authority = DataFolder(node.folder.registryAuthority)
        let lock = try authority.lock()
        defer { withExtendedLifetime(lock) {} }
        let files = RegistryFiles(published: node.folder)
        var repository = try RegistryRepository(files: try files.load().files)
        let now = node.time.now()
        guard repository.isRenewalDue(at: now) else { return false }
        let signers = try Self.onlineKeys.compactMap {
            try DataFolder.readKey(node.folder.registryAuthority + "/keys/" + $0)
        }
        let change = try repository.refresh(signers: signers, at: now)
        try files.write(change)
        for role in change.due {
            node.logger.warning(
                "a role of the registry wants its offline keys before it expires",
                metadata: ["role": "\(role)"]
            )
        }
        return true
    }
}
