import Federation

/// The network, as a caller that waits when it is asked to: a peer that has had enough requests for
/// a moment says 429 and how long, and a log whose payloads come in many requests must not fail for
/// that. Every attempt is signed anew.
struct PatientTransport: PeerTransport {
    /// The longest time that is waited for, in seconds: who asks for more is asked again by whatever
    /// wanted the answer.
    static let longestPause = 10
    /// Times that one request is repeated.
    static let repetitions = 3

    let network: any PeerTransport
    let clock: any Clock<Duration>

    /// As the network does.
    ///
    /// - Throws: what the network throws, and `CancellationError` while it waits.
    func send(_ request: PeerRequest) async throws -> PeerResponse {
        for _ in 0..<Self.repetitions {
            let response = try await network.send(request)
            guard response.status == 429,
                let seconds = response.headers["retry-after"].flatMap({ Int($0) }),
                (1...Self.longestPause).contains(seconds)
            else { return response }
            try await clock.sleep(for: .seconds(seconds))
        }
        return try await network.send(request)
    }
}
