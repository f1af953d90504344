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
        try await perform(
            method, url, headers, body, maximumBytes: maximumBytes, deadline: .seconds(120))
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

    /// Redirections that a download follows.
    package static let maximumRedirections = 5
    /// Bytes of the largest download.
    package static let maximumDownloadBytes = 4 << 30

    /// GETs a URL, of any size up to `maximumDownloadBytes`, and hands its bytes on as they come. It
    /// follows redirections, but never from https to http.
    ///
    /// - Parameter sink: takes the pieces in order; what it throws ends the download.
    /// - Throws: `Problem` as `send`, and with slug `unreachable` for any status but 200.
    package func download(
        _ url: String,
        headers: [(name: String, value: String)] = [],
        to sink: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws {
        var url = url
        for _ in 0...Self.maximumRedirections {
            let response = try await perform(
                "GET", url, headers, [], maximumBytes: Self.maximumDownloadBytes,
                deadline: .seconds(3600),
                floor: ThroughputFloor(bytesPerSecond: 1024, grace: .seconds(60)), sink: sink)
            switch response.status {
            case 200: return
            case 301, 302, 303, 307, 308: url = try Self.target(of: response, from: url)
            default:
                throw Problem(
                    .unreachable, "the server answered with status \(response.status)", at: url,
                    try: "check the URL")
            }
        }
        throw Problem(
            .unreachable, "more than \(Self.maximumRedirections) redirections", at: url,
            try: "give the URL at which the file is")
    }

    private func perform(
        _ method: String, _ url: String, _ headers: [(name: String, value: String)],
        _ body: [UInt8], maximumBytes: Int, deadline: Duration, floor: ThroughputFloor? = nil,
        sink: (@Sendable ([UInt8]) throws -> Void)? = nil
    ) async throws -> PeerResponse {
        let (origin, rest) = try Self.origin(of: url)
        let exchange = HTTPExchange(
            method: method, url: origin.url + (rest.isEmpty ? "/" : rest), headers: headers,
            body: body, maximumBytes: maximumBytes, deadline: deadline, floor: floor, sink: sink)
        do {
            return try await exchange.perform(by: client(of: origin), counting: counter)
        } catch { throw exchange.problem(error) }
    }

    private static func target(of response: PeerResponse, from url: String) throws -> String {
        let (origin, _) = try origin(of: url)
        let location = response.headers["location"] ?? ""
        let target =
            location.hasPrefix("//")
            ? "\(origin.scheme):\(location)"
            : location.hasPrefix("/") ? origin.url + location : location
        guard let (next, _) = HTTPOrigin.read(target) else {
            throw Problem(
                .unreachable, "it redirects to \"\(location.prefix(200))\", which is no http URL",
                at: url, try: "give the URL at which the file is")
        }
        guard origin.scheme == "http" || next.scheme == "https" else {
            throw Problem(
                .unreachable, "it redirects from https to \(target.prefix(200))", at: url,
                try: "nothing was fetched in plain text; ask the server's operator for https")
        }
        return target
    }

    private static func origin(of url: String) throws -> (origin: HTTPOrigin, rest: String) {
        guard let parts = HTTPOrigin.read(url) else {
            throw Problem(
                .malformedRequest,
                "this is no http or https URL",
                at: url,
                try: "write it like https://node.uni-a.example:8443/log/1"
            )
        }
        return parts
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
