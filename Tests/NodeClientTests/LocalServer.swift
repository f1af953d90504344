import Credentials
import Keys
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// An HTTP server on loopback or a Unix socket whose answers are fixed by path.
final class LocalServer: Sendable {
    /// An answer; `parts` are sent one by one without Content-Length when there are several.
    struct Answer: Sendable {
        var status = HTTPResponseStatus.ok
        var headers: [(String, String)] = []
        var parts: [[UInt8]]
        /// Time before each part; then the last one never comes to an end.
        var pause: TimeAmount?
        /// Nothing is answered at all.
        var isSilent = false
    }

    private let channel: any Channel
    let port: Int

    private init(channel: any Channel) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
    }

    static func start(
        certificate: OwnAuthority.ServerCertificate? = nil,
        socket: String? = nil,
        answers: [String: Answer]
    ) async throws -> LocalServer {
        let tls = try certificate.map { try context($0) }
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(AnswerHandler(answers: answers))
                }
            }
        if let socket {
            return LocalServer(
                channel: try await bootstrap.bind(unixDomainSocketPath: socket).get()
            )
        }
        return LocalServer(channel: try await bootstrap.bind(host: "127.0.0.1", port: 0).get())
    }

    /// A server that takes connections and says nothing, not even a handshake.
    static func mute() async throws -> LocalServer {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        return LocalServer(channel: try await bootstrap.bind(host: "127.0.0.1", port: 0).get())
    }

    func stop() async throws {
        try await channel.close()
    }

    private static func context(
        _ certificate: OwnAuthority.ServerCertificate
    ) throws -> NIOSSLContext {
        let key = try NIOSSLPrivateKey(
            bytes: Array(certificate.privateKeyPEM.utf8),
            format: .pem
        )
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificate.pem.utf8))
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(key)
            )
        )
    }
}

private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answers: [String: LocalServer.Answer]
    private var path = ""

    init(answers: [String: LocalServer.Answer]) {
        self.answers = answers
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): path = head.uri
        case .body: break
        case .end: respond(in: context)
        }
    }

    private func respond(in context: ChannelHandlerContext) {
        let answer = answers[path] ?? .init(status: .notFound, parts: [Array("none".utf8)])
        guard !answer.isSilent else { return }
        var headers = HTTPHeaders(answer.headers)
        if answer.parts.count == 1 {
            headers.add(name: "Content-Length", value: String(answer.parts[0].count))
        }
        let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let pause = answer.pause {
            context.flush()
            return drip(answer.parts[...], every: pause, in: context)
        }
        for part in answer.parts {
            let buffer = context.channel.allocator.buffer(bytes: part)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

extension AnswerHandler {
    fileprivate func drip(
        _ parts: ArraySlice<[UInt8]>, every pause: TimeAmount, in context: ChannelHandlerContext
    ) {
        guard let part = parts.first else { return }
        context.eventLoop.assumeIsolated().scheduleTask(in: pause) {
            let buffer = ByteBuffer(bytes: part)
            context.writeAndFlush(self.wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
            self.drip(parts.dropFirst(), every: pause, in: context)
        }
    }
}

/// Certificates for tests.
enum TestAuthority {
    static func make(_ name: String) throws -> OwnAuthority {
        try OwnAuthority.make(
            name: name,
            keySeed: SecureRandom.bytes(32),
            serialNumber: SecureRandom.bytes(16),
            from: Instant(secondsSince1970: 1_700_000_000),
            until: Instant(secondsSince1970: 4_000_000_000)
        )
    }

    static func certificate(
        of authority: OwnAuthority,
        for names: [String],
        until end: Int64 = 4_000_000_000
    ) throws -> OwnAuthority.ServerCertificate {
        try authority.serverCertificate(
            names: names.compactMap { ServerName($0) },
            keySeed: SecureRandom.bytes(32),
            serialNumber: SecureRandom.bytes(16),
            from: Instant(secondsSince1970: 1_700_000_000),
            until: Instant(secondsSince1970: end)
        )
    }
}
