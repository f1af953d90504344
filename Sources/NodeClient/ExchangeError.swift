import AsyncHTTPClient
import Federation
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

extension HTTPExchange {
    /// Whether no connection came about, so that nothing was asked of anybody.
    static func isConnectionFailure(_ error: any Error) -> Bool {
        error is NIOConnectionError || error is IOError
            || error as? HTTPClientError == .connectTimeout
    }

    /// What the system said when the connection failed.
    enum SystemErrorCode {
        case noSuchFile
        case connectionRefused
        case permissionDenied
        case other
    }

    /// The kind of system error behind a failed connection to a socket.
    static func systemErrorCode(_ error: any Error) -> SystemErrorCode {
        switch (error as? IOError)?.errnoCode {
        case ENOENT, ENOTDIR: .noSuchFile
        case ECONNREFUSED: .connectionRefused
        case EACCES, EPERM: .permissionDenied
        default: .other
        }
    }

    /// The error in the words of `Problem`; a cancellation stays one.
    func problem(_ error: any Error) -> any Error {
        switch error {
        case let problem as Problem: problem
        case is CancellationError: error
        default: Problem(.unreachable, Self.reason(error), at: url, try: Self.remedy(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: reason(error)
        case let error as NIOConnectionError:
            "cannot connect: "
                + (error.connectionErrors.first.map { describe($0.error) }
                    ?? "the name does not resolve")
        case is NIOSSLExtraError, is HostNameCheck.Mismatch:
            "the server's certificate is for another host"
        case let error as NIOSSLError: reason(error)
        default: describe(error)
        }
    }

    private static func reason(_ error: HTTPClientError) -> String {
        switch error {
        case .deadlineExceeded, .connectTimeout, .readTimeout, .tlsHandshakeTimeout:
            "no answer in time"
        case .remoteConnectionClosed: "the connection was closed"
        case .cancelled: "the request was cancelled"
        default: "\(error)"
        }
    }

    /// BoringSSL says it only in a text that also names its own source files.
    private static func reason(_ error: NIOSSLError) -> String {
        "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
            ? "the server's certificate has expired, or is of an authority that is not trusted here"
            : "the TLS handshake failed"
    }

    private static func remedy(_ error: any Error) -> String {
        error is NIOSSLError || error is NIOSSLExtraError || error is HostNameCheck.Mismatch
            ? "check the server's certificate, its host name and the authority that is trusted"
            : "check that the server runs and that its address is right"
    }

    private static func describe(_ error: any Error) -> String {
        (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
    }
}
