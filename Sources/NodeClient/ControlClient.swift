import AsyncHTTPClient
package import CanonicalJSON
package import Federation
import NIOCore

/// Speaks to the daemon of this machine over its Unix socket.
package final class ControlClient: Sendable {
    /// Bytes of an answer: a page of a large catalogue with its evidence fits.
    private static let maximumAnswerBytes = 64 << 20
    private static let answerLimits = JSONLimits(
        depth: 64,
        members: 1 << 20,
        stringBytes: 64 << 20,
        totalBytes: maximumAnswerBytes
    )

    private static let patience = Duration.seconds(120)

    private let socket: String
    private let client: HTTPClient
    private let counter = TrafficCounter()

    /// A client for the daemon at `socket`, an absolute path or one relative to here.
    ///
    /// - Throws: `Problem` when the path is too long for the kernel.
    package init(socket: String) throws {
        try ControlSocket.check(socket)
        self.socket = socket
        // The daemon may think long about what its operator asks.
        var deadlines = OutboundDeadlines()
        deadlines.silence = Self.patience
        client = ClientConfiguration.makeClient(host: nil, deadlines: deadlines)
    }

    /// Asks the daemon to carry an operation out.
    ///
    /// - Throws: the daemon's `Problem`, or one with slug `unreachable` when no daemon answers.
    package func call(_ operation: ControlOperation, _ body: JSON = [:]) async throws -> JSON {
        let exchange = HTTPExchange(
            method: "POST",
            url: "http+unix://\(Self.encoded(socket))\(operation.path)",
            headers: [("Content-Type", "application/json"), ("Host", "localhost")],
            body: body.canonicalBytes,
            maximumBytes: Self.maximumAnswerBytes,
            deadline: Self.patience
        )
        let response: PeerResponse
        do {
            response = try await exchange.perform(by: client, counting: counter)
        } catch {
            throw problem(error, from: exchange)
        }
        let answer: JSON
        do {
            answer = try JSON.read(response.body, limits: Self.answerLimits)
        } catch {
            throw Problem(
                .internalError,
                "the daemon's answer is no JSON: \(error)",
                at: socket,
                try: "check that eccoed and eccoe are of the same version"
            )
        }
        if response.status == 200 { return answer }
        throw Problem(json: answer)
            ?? Problem(
                .internalError,
                "the daemon answered with status \(response.status)",
                at: socket
            )
    }

    /// Closes the connection; must be called before the client is let go.
    package func shutdown() async {
        try? await client.shutdown()
    }

    private func problem(_ error: any Error, from exchange: HTTPExchange) -> any Error {
        switch HTTPExchange.systemErrorCode(error) {
        case .noSuchFile, .connectionRefused:
            return Problem(
                .unreachable,
                "no daemon answers at \(socket)",
                at: socket,
                try: "start it: eccoed --config <data folder>/eccoed.yaml; or name its folder "
                    + "with --data"
            )
        case .permissionDenied:
            return Problem(
                .forbidden,
                "this user may not speak to the daemon",
                at: socket,
                try: "run as root or as a member of the group eccoe"
            )
        case .other:
            guard let problem = exchange.problem(error) as? Problem, problem.slug == .unreachable
            else { return exchange.problem(error) }
            return Problem(
                .unreachable,
                "the daemon did not finish its answer: \(problem.detail)",
                at: socket,
                try: "see the daemon's log, then try again"
            )
        }
    }

    private static func encoded(_ path: String) -> String {
        path.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e:
                String(UnicodeScalar(byte))
            default: (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
