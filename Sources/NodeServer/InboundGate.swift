package import Federation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Holds callers to the limits: one for each listener, asked by its channels and its routes.
package final class InboundGate: Sendable {
    private struct State {
        var connections: ConnectionTable
        var requests: RequestAdmission
    }

    /// The limits in force.
    let limits: InboundLimits
    private let known: KnownAddresses
    private let state: Mutex<State>
    private let refused: @Sendable (InboundRefusal) -> Void

    /// A gate.
    ///
    /// - Parameter refused: told of everybody who ran into a limit.
    package init(
        _ limits: InboundLimits,
        known: KnownAddresses,
        refused: @escaping @Sendable (InboundRefusal) -> Void = { _ in }
    ) {
        self.limits = limits
        self.known = known
        self.refused = refused
        state = Mutex(
            State(
                connections: ConnectionTable(limits, known: known),
                requests: RequestAdmission(limits, known: known)
            ))
    }

    /// Connections that are open.
    package var connections: Int { state.withLock { $0.connections.count } }

    /// Milliseconds of a clock that runs forward.
    static func now() -> Int64 {
        Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000)
    }

    /// Lets a connection in, or not.
    func open(_ address: CallerAddress) -> Bool {
        guard let refusal = state.withLock({ $0.connections.open(address) }) else { return true }
        refused(refusal)
        return false
    }

    /// A connection that was let in has ended.
    func close(_ address: CallerAddress) {
        state.withLock { $0.connections.close(address) }
    }

    /// Notes that somebody was too slow.
    func note(_ refusal: InboundRefusal) {
        refused(refusal)
    }

    /// Who asks, by the connection and by what our proxies say.
    func caller(of request: Request, peer: CallerAddress) -> CallerAddress {
        let field = HTTPField.Name(known.header.rawValue).flatMap { request.headers[$0] }
        return known.caller(peer: peer, field: field) {
            CallerAddress(try? SocketAddress(ipAddress: $0, port: 0))
        }
    }

    /// Charges an address for a request.
    ///
    /// - Throws: `Throttled`.
    func charge(address: CallerAddress) throws(Throttled) {
        try pass(.anonymousRate) { $0.charge(address: address, at: $1) }
    }

    /// Whether an address may ask, without charging it.
    ///
    /// - Throws: `Throttled`.
    func check(address: CallerAddress) throws(Throttled) {
        try pass(.anonymousRate) { $0.wait(address: address, at: $1) }
    }

    /// Charges a member for a request.
    ///
    /// - Throws: `Throttled`.
    func charge(member: String) throws(Throttled) {
        try pass(.memberRate) { $0.charge(member: member, at: $1) }
    }

    /// Whether a member may ask, without charging it.
    ///
    /// - Throws: `Throttled`.
    func check(member: String) throws(Throttled) {
        try pass(.memberRate) { $0.wait(member: member, at: $1) }
    }

    /// Charges a member for a round of its log.
    ///
    /// - Throws: `Throttled`.
    func charge(roundOf member: String) throws(Throttled) {
        try pass(.roundRate) { $0.charge(roundOf: member, at: $1) }
    }

    /// Whether a member's log may have its next round, without charging it.
    ///
    /// - Throws: `Throttled`.
    func check(roundOf member: String) throws(Throttled) {
        try pass(.roundRate) { $0.wait(roundOf: member, at: $1) }
    }

    private func pass(
        _ refusal: InboundRefusal,
        _ ask: (inout RequestAdmission, Int64) -> Int
    ) throws(Throttled) {
        let wait = state.withLock { ask(&$0.requests, Self.now()) }
        guard wait > 0 else { return }
        refused(refusal)
        throw Throttled(refusal, milliseconds: wait)
    }
}

/// A caller asked too often.
struct Throttled: Error {
    /// Seconds until it may ask again, rounded up.
    let seconds: Int
    private let refusal: InboundRefusal

    init(_ refusal: InboundRefusal, milliseconds: Int) {
        self.refusal = refusal
        seconds = (milliseconds + 999) / 1000
    }

    /// The answer, with Retry-After.
    func answer(node: String) -> Answer {
        let isMember = refusal == .memberRate || refusal == .roundRate
        let who = isMember ? "this member" : "this address, or one of its network,"
        return .problem(
            Problem(
                .rateLimited,
                "\(who) has asked more often than is allowed",
                try: "ask again in \(seconds) s"
            ),
            node: node,
            fields: [("retry-after", String(seconds))]
        )
    }
}

extension CallerAddress {
    /// The address of a connection; nil for Unix sockets.
    init?(_ address: SocketAddress?) {
        let offset: Int
        let count: Int
        switch address {
        // Where the system keeps the address: after family and port, and in IPv6 the flow.
        case .v4: (offset, count) = (4, 4)
        case .v6: (offset, count) = (8, 16)
        default: return nil
        }
        let bytes = address?.withSockAddr { pointer, _ in
            let start = UnsafeRawPointer(pointer) + offset
            return Array(UnsafeRawBufferPointer(start: start, count: count))
        }
        self.init(bytes: bytes ?? [])
    }
}

/// What a route knows of a request beside the request itself.
struct CallerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Who is connected; nil on a Unix socket.
    let peer: CallerAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = CallerAddress(source.channel.remoteAddress)
    }
}
