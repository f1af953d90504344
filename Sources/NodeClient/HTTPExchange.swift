import AsyncHTTPClient
import Federation
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One request and its answer, bounded in time and size.
struct HTTPExchange: Sendable {
    let method: String
    let url: String
    let headers: [(name: String, value: String)]
    let body: [UInt8]
    let maximumBytes: Int
    let deadline: Duration

    /// Carries the exchange out; a read that found its kept-alive connection closed is tried once
    /// more.
    ///
    /// - Throws: `Problem` with slug `too-large`, and what the client says; `problem` translates.
    func perform(
        by client: HTTPClient,
        counting traffic: TrafficCounter
    ) async throws -> PeerResponse {
        do {
            return try await inTime(by: client, counting: traffic)
        } catch let error as HTTPClientError
            where error == .remoteConnectionClosed && method == "GET"
        {
            return try await inTime(by: client, counting: traffic)
        }
    }

    /// Whether no connection came about, so that nothing was asked of anybody.
    static func isConnectionFailure(_ error: any Error) -> Bool {
        error is NIOConnectionError || error is IOError
            || error as? HTTPClientError == .connectTimeout
    }

    /// AsyncHTTPClient's own deadline ends with the response's head; this one covers the body.
    private func inTime(
        by client: HTTPClient,
        counting traffic: TrafficCounter
    ) async throws -> PeerResponse {
        try await withThrowingTaskGroup(of: PeerResponse.self) { group in
            group.addTask { try await send(by: client, counting: traffic) }
            group.addTask {
                try await Task.sleep(for: deadline)
                throw HTTPClientError.deadlineExceeded
            }
            defer { group.cancelAll() }
            guard let response = try await group.next() else { throw CancellationError() }
            return response
        }
    }

    private func send(
        by client: HTTPClient,
        counting traffic: TrafficCounter
    ) async throws -> PeerResponse {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        request.headers.add(name: "Accept-Encoding", value: "identity")
        request.headers.add(name: "User-Agent", value: "\(Software.name)/\(Software.version)")
        for header in headers {
            request.headers.replaceOrAdd(name: header.name, value: header.value)
        }
        if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
        let sent = url.utf8.count + method.utf8.count + Self.bytes(of: request.headers)
        traffic.add(requests: 1, sent: sent + body.count)
        let response = try await client.execute(request, deadline: .distantFuture)
        traffic.add(received: 17 + Self.bytes(of: response.headers))
        return PeerResponse(
            status: Int(response.status.code),
            headers: Dictionary(
                response.headers.map { ($0.name.lowercased(), $0.value) }
            ) { $0 + ", " + $1 },
            body: try await collect(response, counting: traffic)
        )
    }

    private func collect(
        _ response: HTTPClientResponse,
        counting traffic: TrafficCounter
    ) async throws -> [UInt8] {
        var body: [UInt8] = []
        if let length = response.headers.first(name: "content-length").flatMap({ Int($0) }) {
            guard length <= maximumBytes else { throw tooLarge }
            body.reserveCapacity(length)
        }
        for try await part in response.body {
            traffic.add(received: part.readableBytes)
            guard body.count + part.readableBytes <= maximumBytes else { throw tooLarge }
            body.append(contentsOf: part.readableBytesView)
        }
        return body
    }

    private static func bytes(of headers: HTTPHeaders) -> Int {
        headers.reduce(2) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    }

    private var tooLarge: Problem {
        Problem(
            .tooLarge,
            "the answer is larger than \(maximumBytes) bytes",
            at: url,
            try: "the server breaks the protocol's limits; tell its operator"
        )
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
        case is NIOSSLExtraError: "the server's certificate is for another host"
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
        error is NIOSSLError || error is NIOSSLExtraError
            ? "check the server's certificate, its host name and the authority that is trusted"
            : "check that the server runs and that its address is right"
    }

    private static func describe(_ error: any Error) -> String {
        (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
    }
}
