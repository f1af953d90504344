import Federation
import Logging
import NodeServer
import ServiceLifecycle
import UnixSignals

/// Reads the listener's certificate again at SIGHUP, as whoever renews certificates expects. The
/// node's own keys are part of what every service was made with: they need a restart.
struct CertificateReload: Service {
    let identity: ListenerIdentity
    let logger: Logger

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            do {
                try identity.reload()
                logger.notice(
                    "the certificate was read again; keys are read when the daemon starts",
                    metadata: ["expires": "\(identity.expiry ?? 0)"])
            } catch {
                logger.error(
                    "the certificate could not be read again; the old one stays",
                    metadata: ["error": "\(error.detail)"])
            }
        }
    }
}
