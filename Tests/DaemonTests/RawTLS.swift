import Federation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Bytes straight into a TLS connection: clients mend paths such as `/a/../b` before they ask.
enum RawTLS {
    /// Sends to a port of the loopback address where `host` must be at home, and returns what comes
    /// until the other side closes, or for 20 s.
    static func exchange(
        _ bytes: [UInt8], port: Int, host: String, authority: [UInt8]
    ) async throws -> RawAnswer {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority))
        let context = try NIOSSLContext(configuration: configuration)
        let collector = Collector()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: host))
                    try pipeline.addHandler(Reader(collector))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let patience = channel.eventLoop.scheduleTask(in: .seconds(20)) {
            channel.close(promise: nil)
        }
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        try await channel.closeFuture.get()
        patience.cancel()
        return RawAnswer(bytes: collector.bytes)
    }
}

/// What was read, for whoever asks after the end.
private final class Collector: Sendable {
    private let state = Mutex<[UInt8]>([])

    var bytes: [UInt8] { state.withLock { $0 } }

    func add(_ more: [UInt8]) {
        state.withLock { $0 += more }
    }
}

private final class Reader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let collector: Collector

    init(_ collector: Collector) {
        self.collector = collector
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        collector.add(Array(unwrapInboundIn(data).readableBytesView))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
