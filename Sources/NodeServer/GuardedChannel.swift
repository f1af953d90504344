import CanonicalJSON
import Federation
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import Node

/// A connection that is counted, and ended when it is too slow; around TLS, so that a handshake
/// that never ends is too slow as well.
struct GuardedChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let gate: InboundGate
    /// The host that answers.
    let node: String
    /// Where bytes are counted, if they are.
    let metrics: NodeMetrics?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        guard let address = CallerAddress(channel.remoteAddress), gate.open(address) else {
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(ChannelError.inputClosed)
        }
        channel.closeFuture.whenComplete { [gate] _ in gate.close(address) }
        return base.setup(channel: channel, logger: logger).flatMapThrowing {
            [gate, node, metrics] value in
            let pipeline = channel.pipeline.syncOperations
            if let metrics {
                try pipeline.addHandler(TransferHandler(metrics: metrics), position: .first)
            }
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(
                DeadlineHandler(gate: gate, node: node), position: .after(decoder))
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async {
        // On the connection's own thread: most answers are so short that a change of threads costs more
        // than they do. One that takes long holds up the other connections of its thread.
        await withTaskExecutorPreference(EventLoopTaskExecutor(value.channel.eventLoop)) {
            await base.handle(value: value, logger: logger)
        }
    }
}

/// Counts what goes over the wire.
private final class TransferHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let metrics: NodeMetrics

    init(metrics: NodeMetrics) {
        self.metrics = metrics
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        metrics.transferred(received: unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        metrics.transferred(sent: unwrapOutboundIn(data).readableBytes)
        context.write(data, promise: promise)
    }
}

/// Tells `ExchangeDeadlines` what happens on a connection, and does what it says.
private final class DeadlineHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let gate: InboundGate
    private let node: String
    private var deadlines: ExchangeDeadlines
    private var timer: (task: Scheduled<Void>, due: Int64)?
    private var isOver = false

    init(gate: InboundGate, node: String) {
        self.gate = gate
        self.node = node
        deadlines = ExchangeDeadlines(gate.limits, at: InboundGate.now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        schedule(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: deadlines.headRead(at: InboundGate.now())
        case .body: break
        case .end: deadlines.requestRead(at: InboundGate.now())
        }
        schedule(context)
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        deadlines.bytesRead(at: InboundGate.now())
        schedule(context)
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        guard case .end = unwrapOutboundIn(data) else {
            deadlines.answerBegun()
            context.write(data, promise: promise)
            return
        }
        let sent = promise ?? context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in
            self.deadlines.answerSent(at: InboundGate.now())
            self.schedule(context)
        }
        context.write(data, promise: sent)
    }

    /// One timer at most; a deadline that moved on is seen when the timer fires.
    private func schedule(_ context: ChannelHandlerContext) {
        let due = deadlines.deadline
        guard !isOver, due < timer?.due ?? .max else { return }
        timer?.task.cancel()
        let delay = TimeAmount.milliseconds(max(1, due - InboundGate.now()))
        let task = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            self.timer = nil
            self.expire(context)
        }
        timer = (task, due)
    }

    private func expire(_ context: ChannelHandlerContext) {
        switch deadlines.expiry(at: InboundGate.now()) {
        case nil: schedule(context)
        case .close(let refusal):
            isOver = true
            if let refusal { gate.note(refusal) }
            context.close(promise: nil)
        case .timeout:
            gate.note(.body)
            refuse(context)
        }
    }

    private func refuse(_ context: ChannelHandlerContext) {
        let problem = Problem(
            .requestTimeout,
            "the body did not come within \(gate.limits.bodySeconds) s of its head",
            try: "send it again, faster or in smaller parts"
        )
        let body = problem.json(node: node).canonicalBytes
        let head = HTTPResponseHead(
            version: .http1_1,
            status: .requestTimeout,
            headers: [
                "Content-Type": "application/problem+json", "Content-Length": "\(body.count)",
                "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
                "Connection": "close",
            ]
        )
        isOver = true
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }
}
