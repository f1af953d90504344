import AsyncHTTPClient
package import Federation
import NIOCore
import NIOSSL
import Synchronization

/// Fetches what a person typed: any host, loopback included, because they chose it.
package final class FetchClient: Sendable {
    private struct State {
        var clients: [HTTPOrigin: HTTPClient] = [:]
        var isShutDown = false
    }

    private let roots: NIOSSLTrustRoots?
    private let allow: [OutboundAllow]
    private let state = Mutex(State())
    private let counter = TrafficCounter()

    /// A client.
    ///
    /// - Parameters:
    ///   - authorityPEM: the only roots to trust, in PEM; nil for the system's.
    ///   - allow: addresses of hosts that DNS does not know.
    /// - Throws: `Problem` when the PEM holds no certificate.
    package init(authorityPEM: [UInt8]? = nil, allow: [OutboundAllow] = []) throws {
        var roots: NIOSSLTrustRoots?
        if let authorityPEM {
            guard let certificates = try? NIOSSLCertificate.fromPEMBytes(authorityPEM),
                !certificates.isEmpty
            else {
                throw Problem(
                    .configuration,
                    "no certificate in the file of the authority",
                    try: "give the authority's certificate in PEM"
                )
            }
            roots = .certificates(certificates)
        }
        self.roots = roots
        self.allow = allow
    }

    /// The client of a host, made when it is first asked for.
    private func client(of origin: HTTPOrigin) throws -> HTTPClient {
        try state.withLock { state in
            guard !state.isShutDown else {
                throw Problem(.unreachable, "the client is shut down", at: origin.url)
            }
            if let client = state.clients[origin] { return client }
            let client = ClientConfiguration.makeClient(
                host: origin,
                roots: roots,
                address: allow.first { $0.host == origin.host }?.address
            )
            state.clients[origin] = client
            return client
        }
    }

    /// What went over the wire.
    package var traffic: Traffic { counter.snapshot }

    /// GETs or POSTs a URL and returns the answer, whatever its status.
    ///
    /// - Throws: `Problem` with slug `unreachable`, `too-large` or `malformed-request`.
    package func send(
        _ method: String = "GET",
        _ url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        maximumBytes: Int
    ) async throws -> PeerResponse {
        guard let (origin, rest) = HTTPOrigin.read(url) else {
            throw Problem(
                .malformedRequest,
                "this is no http or https URL",
                at: url,
                try: "write it like https://node.uni-a.example:8443/log/1"
            )
        }
        let exchange = HTTPExchange(
            method: method,
            url: origin.url + (rest.isEmpty ? "/" : rest),
            headers: headers,
            body: body,
            maximumBytes: maximumBytes,
            deadline: .seconds(120)
        )
        do {
            return try await exchange.perform(by: client(of: origin), counting: counter)
        } catch { throw exchange.problem(error) }
    }

    /// The body of a GET that was answered with 200; nil for 404 and 410.
    ///
    /// - Throws: `Problem` as `send`, and with slug `unreachable` for any other status.
    package func get(_ url: String, maximumBytes: Int) async throws -> [UInt8]? {
        let response = try await send("GET", url, maximumBytes: maximumBytes)
        switch response.status {
        case 200: return response.body
        case 404, 410: return nil
        default:
            let target = response.headers["location"].map { ", it points to \($0)" } ?? ""
            throw Problem(
                .unreachable,
                "the server answered with status \(response.status)\(target)",
                at: url,
                try: "check the URL"
            )
        }
    }

    /// Closes all connections; must be called before the client is let go.
    package func shutdown() async {
        let clients = state.withLock { state in
            state.isShutDown = true
            return state.clients.values
        }
        for client in clients { try? await client.shutdown() }
    }
}
