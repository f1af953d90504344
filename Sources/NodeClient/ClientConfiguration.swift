import AsyncHTTPClient
import Federation
import NIOCore
import NIOPosix
import NIOSSL

/// How every client of this program is set up.
enum ClientConfiguration {
    /// A client for one purpose; whoever makes it shuts it down.
    ///
    /// - Parameters:
    ///   - roots: nil for the system's.
    ///   - overrides: addresses to connect to instead of asking DNS.
    static func makeClient(
        roots: NIOSSLTrustRoots?,
        overrides: [String: String],
        idle: TimeAmount = .seconds(60)
    ) -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = .fullVerification
        if let roots { tls.trustRoots = roots }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: .seconds(30))
        )
        configuration.httpVersion = .http1Only
        configuration.dnsOverride = overrides
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = idle
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
