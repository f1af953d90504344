import AsyncHTTPClient
import Federation
package import Keys
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The certificate that a server shows, whoever vouches for it.
package struct ShownCertificate: Sendable, Equatable {
    /// From when on it counts.
    package let notBefore: Instant
    /// Until when it counts.
    package let notAfter: Instant

    init(_ certificate: NIOSSLCertificate) {
        notBefore = Instant(secondsSince1970: Int64(certificate.notValidBefore))
        notAfter = Instant(secondsSince1970: Int64(certificate.notValidAfter))
    }

    /// Reads one in DER, such as a member's authority in the registry; nil when it is none.
    package init?(der: [UInt8]) {
        guard let certificate = try? NIOSSLCertificate(bytes: der, format: .der) else { return nil }
        self.init(certificate)
    }
}

/// Looks at a server's certificate without believing it: to say when it expires, and why a client
/// that checks it is refused. The connection ends with the handshake; nothing is asked over it.
package struct CertificateProbe: Sendable {
    private static let deadline = Duration.seconds(10)

    private let outbound: OutboundGuard

    /// A probe that asks `outbound` before it connects.
    package init(outbound: OutboundGuard) {
        self.outbound = outbound
    }

    /// The certificate that is shown at an address.
    ///
    /// - Throws: `Problem` `unreachable`.
    package func certificate(at url: String) async throws -> ShownCertificate {
        guard let (origin, _) = HTTPOrigin.read(url), origin.scheme == "https" else {
            throw Problem(.unreachable, "the node address is no https URL", at: url)
        }
        let address = try await outbound.addresses(of: origin).first
        let shown = Shown()
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, timeout: .init(connect: .seconds(5), read: .seconds(5)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        if let address, origin.address == nil {
            configuration.dnsOverride = [origin.host: address.text]
        }
        configuration.http1_1ConnectionDebugInitializer = shown.afterHandshake
        let client = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
        let exchange = HTTPExchange(
            method: "GET", url: origin.url + "/", headers: [], body: [], maximumBytes: 0,
            deadline: Self.deadline)
        do {
            _ = try await exchange.perform(by: client, counting: TrafficCounter())
        } catch {
            try? await client.shutdown()
            if let certificate = shown.certificate { return certificate }
            throw exchange.problem(error)
        }
        try? await client.shutdown()
        throw Problem(.unreachable, "the server shows no certificate", at: url)
    }
}

/// Takes the certificate of the first connection and ends it.
private final class Shown: Sendable {
    private struct Enough: Error {}

    private let state = Mutex<ShownCertificate?>(nil)

    var certificate: ShownCertificate? { state.withLock { $0 } }

    @Sendable func afterHandshake(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.nioSSL_peerCertificate().flatMapThrowing { found in
            self.state.withLock { $0 = found.map { ShownCertificate($0) } }
            channel.close(promise: nil)
            throw Enough()
        }
    }
}
