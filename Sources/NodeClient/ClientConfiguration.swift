import AsyncHTTPClient
import Federation
import NIOCore
import NIOPosix
import NIOSSL

/// How every client of this program is set up.
enum ClientConfiguration {
    /// A client for one host; whoever makes it shuts it down. Proxies that the environment names
    /// are not used, redirects not followed, nothing is decompressed.
    ///
    /// - Parameters:
    ///   - host: nil for a Unix socket.
    ///   - roots: nil for the system's.
    ///   - address: to connect to instead of asking DNS.
    static func makeClient(
        host: HTTPOrigin?,
        roots: NIOSSLTrustRoots? = nil,
        address: IPAddress? = nil,
        deadlines: OutboundDeadlines = OutboundDeadlines()
    ) -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = .fullVerification
        if let roots { tls.trustRoots = roots }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .init(deadlines.connect),
                read: .init(deadlines.silence)
            ),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(60)
        if let host, host.address == nil {
            if let address { configuration.dnsOverride = [host.host: address.text] }
            if host.scheme == "https" {
                configuration.http1_1ConnectionDebugInitializer = HostNameCheck.afterHandshake(
                    host.host)
            }
        }
        return HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            configuration: configuration
        )
    }

    /// The roots of a peer's address; nil for the system's.
    ///
    /// - Throws: `Problem` when the authority's certificate cannot be read.
    static func roots(of trust: PeerAddress.Trust, for domain: String) throws -> NIOSSLTrustRoots? {
        switch trust {
        case .system: return nil
        case .authority(let der):
            do {
                return .certificates([try NIOSSLCertificate(bytes: der, format: .der)])
            } catch {
                throw Problem(
                    .unreachable,
                    "the authority of \(domain) in the registry is unreadable",
                    at: domain,
                    try: "ask \(domain) to mend its registry entry"
                )
            }
        }
    }
}
