import Federation
import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import Node
package import ServiceLifecycle

/// The listeners of a daemon: HTTPS for the world, a Unix socket for its operator, and plain HTTP
/// for monitoring.
package enum Servers {
    /// The HTTPS listener.
    ///
    /// - Parameters:
    ///   - host: address to bind.
    ///   - port: 0 takes a free one.
    ///   - identity: what it proves itself with.
    ///   - gate: holds callers to the limits.
    ///   - ready: told of the port that was bound.
    package static func https(
        node: Node,
        host: String,
        port: Int,
        identity: ListenerIdentity,
        gate: InboundGate,
        ready: @escaping @Sendable (Int) async -> Void
    ) -> any Service {
        return Application(
            router: NodeRouter(node: node, gate: gate).router(),
            server: HTTPServerBuilder { responder in
                GuardedChannel(
                    base: EncryptedChannel(
                        base: HTTP1Channel(responder: responder, configuration: Self.http),
                        identity: identity
                    ),
                    gate: gate,
                    node: node.identity.domain,
                    metrics: node.metrics
                )
            },
            configuration: .init(
                address: .hostname(host, port: port),
                serverName: Software.name
            ),
            onServerRunning: { channel in await ready(channel.localAddress?.port ?? port) },
            logger: node.logger
        )
    }

    private static let http = HTTP1Channel.Configuration(
        httpDecoderConfiguration: .init(
            maxHeaderFieldSize: Limits.headFieldBytes,
            maxHeaderListSize: Limits.headBytes,
            maxHeaderFieldCount: Limits.headFields
        )
    )

    /// The listener for monitoring: plain HTTP, nothing that changes anything.
    ///
    /// - Parameters:
    ///   - host: address to bind.
    ///   - port: 0 takes a free one.
    ///   - gate: that of the https listener, whose connections are told.
    ///   - identity: that of the https listener, whose end is told.
    ///   - ready: told of the port that was bound.
    package static func admin(
        node: Node,
        host: String,
        port: Int,
        gate: InboundGate,
        identity: ListenerIdentity,
        ready: @escaping @Sendable (Int) async -> Void
    ) -> any Service {
        let router = AdminRouter(
            node: node,
            connections: { gate.connections },
            certificateExpiry: { identity.expiry }
        )
        let own = InboundGate(InboundLimits(), known: KnownAddresses())
        return Application(
            router: router.router(),
            server: HTTPServerBuilder { responder in
                GuardedChannel(
                    base: HTTP1Channel(responder: responder, configuration: Self.http),
                    gate: own,
                    node: node.identity.domain,
                    metrics: nil
                )
            },
            configuration: .init(
                address: .hostname(host, port: port),
                serverName: Software.name
            ),
            onServerRunning: { channel in await ready(channel.localAddress?.port ?? port) },
            logger: node.logger
        )
    }

    /// The operator's socket, readable and writable by owner and group only.
    ///
    /// - Parameter ready: told when the socket is there.
    /// - Throws: `Problem` when the path is too long.
    package static func control(
        desk: ControlDesk, socket: String, logger: Logger,
        ready: @escaping @Sendable () async -> Void
    ) throws -> any Service {
        try ControlSocket.check(socket)
        // A living daemon holds the data folder's lock, so what is left here is dead.
        unlink(socket)
        let router = ControlRouter(desk: desk)
        return Application(
            router: router.router(),
            configuration: .init(
                address: .unixDomainSocket(path: socket),
                serverName: Software.name
            ),
            onServerRunning: { _ in
                chmod(socket, 0o660)
                await ready()
            },
            logger: logger
        )
    }
}
