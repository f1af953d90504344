import AsyncHTTPClient
package import Federation
import NIOCore

/// The network of a node: one HTTP client per peer on the shared event loops, each bound to an
/// address that the guard let through.
package actor HTTPPeerTransport: PeerTransport {
    /// Clients that are kept; beyond it the longest idle one is shut down.
    private static let maximumPeers = 64
    /// Addresses of a peer that are tried before it counts as unreachable.
    private static let maximumAttempts = 3

    private let outbound: OutboundGuard
    private let deadlines: OutboundDeadlines
    private let counter = TrafficCounter()
    private var peers: [PeerAddress: Peer] = [:]
    private var clock = 0
    private var isShutDown = false

    private struct Peer {
        let client: HTTPClient
        var inFlight = 0
        var lastUse = 0
    }

    /// A transport that asks `outbound` before it connects anywhere new.
    package init(outbound: OutboundGuard, deadlines: OutboundDeadlines = OutboundDeadlines()) {
        self.outbound = outbound
        self.deadlines = deadlines
    }

    /// What went over the wire since the start.
    package nonisolated var traffic: Traffic { counter.snapshot }

    /// Closes all connections; must be called before the transport is let go.
    package func shutdown() async {
        isShutDown = true
        let clients = peers.values.map(\.client)
        peers = [:]
        for client in clients { try? await client.shutdown() }
    }

    package func send(_ request: PeerRequest) async throws -> PeerResponse {
        let peerAddress = request.peer
        guard let (origin, rest) = HTTPOrigin.read(peerAddress.url), rest.isEmpty || rest == "/"
        else {
            throw Problem(
                .unreachable,
                "the node address is no https URL",
                at: peerAddress.url,
                try: "ask \(peerAddress.domain) to mend its registry entry"
            )
        }
        let exchange = HTTPExchange(
            method: request.method,
            url: origin.url + request.path,
            headers: request.headers,
            body: request.body,
            maximumBytes: request.maximumBytes,
            deadline: request.isBulk ? deadlines.bulkTotal : deadlines.total,
            floor: request.isBulk ? deadlines.floor : nil
        )
        if peers[peerAddress] != nil {
            do {
                return try await perform(exchange, with: peerAddress)
            } catch  where HTTPExchange.isConnectionFailure(error) {
                // The name may lead elsewhere by now: ask the guard again.
            } catch { throw exchange.problem(error) }
        }
        let addresses = try await outbound.addresses(of: origin).prefix(Self.maximumAttempts)
        for (attempt, address) in addresses.enumerated() {
            do {
                try connect(to: peerAddress, origin: origin, address: address)
                return try await perform(exchange, with: peerAddress)
            } catch
                where HTTPExchange.isConnectionFailure(error) && attempt + 1 < addresses.count
            {
                continue
            } catch { throw exchange.problem(error) }
        }
        throw Problem(.unreachable, "\(origin.host) has no address", at: origin.url)
    }

    private func connect(
        to peerAddress: PeerAddress,
        origin: HTTPOrigin,
        address: IPAddress
    ) throws {
        guard !isShutDown else {
            throw Problem(.unreachable, "the transport is shut down", at: origin.url)
        }
        guard peers[peerAddress] == nil else { return }
        let roots = try ClientConfiguration.roots(of: peerAddress.trust, for: peerAddress.domain)
        peers[peerAddress] = Peer(
            client: ClientConfiguration.makeClient(
                host: origin,
                roots: roots,
                address: address,
                deadlines: deadlines
            )
        )
    }

    private func perform(
        _ exchange: HTTPExchange,
        with address: PeerAddress
    ) async throws -> PeerResponse {
        guard let client = peers[address]?.client else {
            throw Problem(.unreachable, "the transport is shut down", at: exchange.url)
        }
        clock += 1
        peers[address]?.lastUse = clock
        peers[address]?.inFlight += 1
        await evictIdle()
        do {
            let response = try await exchange.perform(by: client, counting: counter)
            peers[address]?.inFlight -= 1
            return response
        } catch {
            peers[address]?.inFlight -= 1
            if HTTPExchange.isConnectionFailure(error) { await drop(address) }
            throw error
        }
    }

    private func drop(_ address: PeerAddress) async {
        guard let peer = peers[address], peer.inFlight == 0 else { return }
        peers[address] = nil
        try? await peer.client.shutdown()
    }

    private func evictIdle() async {
        guard peers.count > Self.maximumPeers else { return }
        let idle = peers.filter { $0.value.inFlight == 0 }
        guard let oldest = idle.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
        await drop(oldest.key)
    }
}
