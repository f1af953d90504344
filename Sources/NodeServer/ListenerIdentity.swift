package import Federation
import NIOSSL

/// The certificate chain and the private key of a listener.
package struct ListenerIdentity: Sendable {
    let chain: [NIOSSLCertificate]
    let key: NIOSSLPrivateKey

    /// Reads PEM files.
    ///
    /// - Parameters:
    ///   - certificate: the chain, the listener's own first.
    ///   - key: the private key.
    /// - Throws: `Problem` when one cannot be read.
    package init(certificate: String, key: String) throws(Problem) {
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificate)
            self.key = try NIOSSLPrivateKey(file: key, format: .pem)
        } catch {
            throw Problem(
                .configuration,
                "the TLS certificate or its key cannot be read: \(error)",
                at: certificate,
                try: "name PEM files under tls: in the configuration"
            )
        }
    }

    /// When the certificate expires, in seconds since 1970; nil when the file holds none.
    package var expiry: Int? { chain.first.map { Int($0.notValidAfter) } }
}
