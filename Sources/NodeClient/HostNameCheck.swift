import Credentials
import NIOCore
import NIOSSL

/// Holds a server to the name that was asked for.
///
/// NIOSSL takes a certificate for the name *or* for the address that it is connected to. Whoever can
/// steer a name to an address of his own has a certificate for that address; so the name is looked
/// at once more, before anything is asked.
enum HostNameCheck {
    /// The certificate is for another host.
    struct Mismatch: Error {}

    /// What is done with each new connection to `host`, a name.
    static func afterHandshake(
        _ host: String
    ) -> @Sendable (any Channel) -> EventLoopFuture<Void> {
        { channel in
            channel.nioSSL_peerCertificate().flatMapThrowing { certificate in
                guard let der = try certificate?.toDERBytes(),
                    try CertificateHostNames(der: der).include(host)
                else { throw Mismatch() }
            }.flatMapErrorThrowing { error in
                channel.close(promise: nil)
                throw error
            }
        }
    }
}
