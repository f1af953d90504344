import Federation
import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOSSL
package import Node
package import ServiceLifecycle

/// The two listeners of a daemon: HTTPS for the world, a Unix socket for its operator.
package enum Servers {
    /// The HTTPS listener.
    ///
    /// - Parameters:
    ///   - host: address to bind.
    ///   - port: 0 takes a free one.
    ///   - certificate: PEM file with the chain.
    ///   - key: PEM file with the private key.
    ///   - gate: holds callers to the limits.
    ///   - ready: told of the port that was bound.
    /// - Throws: `Problem` when certificate or key cannot be read.
    package static func https(
        node: Node,
        host: String,
        port: Int,
        certificate: String,
        key: String,
        gate: InboundGate,
        ready: @escaping @Sendable (Int) async -> Void
    ) throws -> any Service {
        var tls: TLSConfiguration
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate)
                .map { NIOSSLCertificateSource.certificate($0) }
            let privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
            tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain,
                privateKey: .privateKey(privateKey)
            )
        } catch {
            throw Problem(
                .configuration,
                "the TLS certificate or its key cannot be read: \(error)",
                at: certificate,
                try: "name PEM files under tls: in the configuration"
            )
        }
        // Whoever does not say goodbye does not hold up the daemon's end: the default is 5 s.
        tls.shutdownTimeout = .seconds(1)
        let http = HTTP1Channel.Configuration(
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Limits.headFieldBytes,
                maxHeaderListSize: Limits.headBytes,
                maxHeaderFieldCount: Limits.headFields
            )
        )
        return Application(
            router: NodeRouter(node: node, gate: gate).router(),
            server: HTTPServerBuilder { [tls] responder in
                GuardedChannel(
                    base: try TLSChannel(
                        HTTP1Channel(responder: responder, configuration: http),
                        tlsConfiguration: tls
                    ),
                    gate: gate,
                    node: node.identity.domain
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
