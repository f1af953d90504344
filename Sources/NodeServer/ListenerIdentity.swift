package import Federation
import NIOCore
import NIOSSL
import Synchronization

/// What the https listener proves itself with: a certificate chain and its private key, which can be
/// read anew while it runs.
package final class ListenerIdentity: Sendable {
    private struct Loaded {
        let context: NIOSSLContext
        let expiry: Int?
    }

    private let certificate: String
    private let key: String
    private let loaded: Mutex<Loaded>

    /// Reads PEM files.
    ///
    /// - Parameters:
    ///   - certificate: the chain, the listener's own first.
    ///   - key: the private key.
    /// - Throws: `Problem` when one cannot be read, or they do not belong together.
    package init(certificate: String, key: String) throws(Problem) {
        self.certificate = certificate
        self.key = key
        loaded = Mutex(try Self.load(certificate: certificate, key: key))
    }

    /// Reads the files again: new connections get what they hold now.
    ///
    /// - Throws: `Problem`; then what was read before stays.
    package func reload() throws(Problem) {
        let new = try Self.load(certificate: certificate, key: key)
        loaded.withLock { $0 = new }
    }

    /// When the certificate expires, in seconds since 1970; nil when the file holds none.
    package var expiry: Int? { loaded.withLock { $0.expiry } }

    /// For the next connection.
    var context: NIOSSLContext { loaded.withLock { $0.context } }

    private static func load(certificate: String, key: String) throws(Problem) -> Loaded {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate)
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            )
            // Whoever does not say goodbye does not hold up the daemon's end: the default is 5 s.
            tls.shutdownTimeout = .seconds(1)
            return Loaded(
                context: try NIOSSLContext(configuration: tls),
                expiry: chain.first.map { Int($0.notValidAfter) }
            )
        } catch {
            throw Problem(
                .configuration,
                "the TLS certificate or its key cannot be read: \(error)",
                at: certificate,
                try: "name PEM files under tls: in the configuration"
            )
        }
    }
}
