import Federation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Bytes straight into a TLS connection: clients mend paths such as `/a/../b` before they ask.
enum RawTLS {
    /// The other side did not close within a minute.
    struct Hanging: Error {}

    /// Sends to a port of the loopback address where `host` must be at home, and returns what comes
    /// until the other side closes.
    ///
    /// - Parameter source: another loopback address to come from.
    /// - Throws: `Hanging`.
    static func exchange(
        _ bytes: [UInt8], port: Int, host: String, authority: [UInt8], from source: String? = nil
    ) async throws -> RawAnswer {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority))
        let context = try NIOSSLContext(configuration: configuration)
        let collector = Collector()
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        if let source {
            bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: source, port: 0))
        }
        let channel =
            try await bootstrap
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: host))
                    try pipeline.addHandler(Reader(collector, sending: bytes))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let patience = channel.eventLoop.scheduleTask(in: .seconds(60)) {
            collector.giveUp()
            channel.close(promise: nil)
        }
        try await channel.closeFuture.get()
        patience.cancel()
        guard !collector.isGivenUp else { throw Hanging() }
        return RawAnswer(bytes: collector.bytes)
    }
}

extension RawTLS {
    /// Sends, and never reads what comes back.
    static func deaf(
        _ bytes: [UInt8], port: Int, host: String, authority: [UInt8]
    ) async throws -> any Channel {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority))
        let context = try NIOSSLContext(configuration: configuration)
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: host))
                    try pipeline.addHandler(DeafWriter(bytes))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }
}

/// Writes once TLS stands, and reads no more from then on.
private final class DeafWriter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func channelActive(context: ChannelHandlerContext) {
        // What is written first leaves when the handshake is over.
        let first = context.eventLoop.makePromise(of: Void.self)
        first.futureResult.assumeIsolated().whenSuccess {
            context.channel.setOption(.autoRead, value: false).assumeIsolated().whenSuccess {
                let rest = ByteBuffer(bytes: self.bytes.dropFirst())
                context.writeAndFlush(self.wrapOutboundOut(rest), promise: nil)
            }
        }
        let byte = ByteBuffer(bytes: bytes.prefix(1))
        context.writeAndFlush(wrapOutboundOut(byte), promise: first)
        context.fireChannelActive()
    }
}

/// What was read, for whoever asks after the end.
private final class Collector: Sendable {
    private let state = Mutex<(bytes: [UInt8], isGivenUp: Bool)>(([], false))

    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var isGivenUp: Bool { state.withLock { $0.isGivenUp } }

    func add(_ more: [UInt8]) {
        state.withLock { $0.bytes += more }
    }

    func giveUp() {
        state.withLock { $0.isGivenUp = true }
    }
}

private final class Reader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let collector: Collector
    private let bytes: [UInt8]

    init(_ collector: Collector, sending bytes: [UInt8]) {
        self.collector = collector
        self.bytes = bytes
    }

    /// At once, and not when a busy test goes on: the node does not wait for long.
    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        collector.add(Array(unwrapInboundIn(data).readableBytesView))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
