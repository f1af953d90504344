import AsyncHTTPClient
import Federation
import NIOCore
import NIOHTTP1

/// One request and its answer, bounded in time and size from the moment it is made.
struct HTTPExchange: Sendable {
    /// Bytes of the head of an answer.
    static let maximumHeadBytes = 32 << 10

    /// Bytes of the body of an answer that is not what a sink was to take.
    static let maximumRefusalBytes = 1 << 20

    let method: String
    let url: String
    let headers: [(name: String, value: String)]
    let body: [UInt8]
    let maximumBytes: Int
    private let end: ContinuousClock.Instant
    private let floor: ThroughputFloor?
    private let sink: (@Sendable ([UInt8]) throws -> Void)?

    /// - Parameter sink: takes the body of an answer with status 200 piece by piece, instead of the
    ///   response; what it throws ends the exchange. Such a request is never sent twice.
    init(
        method: String,
        url: String,
        headers: [(name: String, value: String)],
        body: [UInt8],
        maximumBytes: Int,
        deadline: Duration,
        floor: ThroughputFloor? = nil,
        sink: (@Sendable ([UInt8]) throws -> Void)? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.maximumBytes = maximumBytes
        self.floor = floor
        self.sink = sink
        end = .now + deadline
    }

    /// Carries the exchange out. AsyncHTTPClient's own deadline ends with the response's head; this
    /// one covers all of it, a second attempt included.
    ///
    /// - Throws: `Problem` with slug `too-large`, and what the client says; `problem` translates.
    func perform(
        by client: HTTPClient,
        counting traffic: TrafficCounter
    ) async throws -> PeerResponse {
        let progress = TransferProgress()
        return try await withThrowingTaskGroup(of: PeerResponse.self) { group in
            group.addTask { try await sendAgain(by: client, counting: traffic, progress) }
            group.addTask {
                try await Task.sleep(until: end, clock: .continuous)
                throw HTTPClientError.deadlineExceeded
            }
            if let floor {
                group.addTask {
                    while progress.meets(floor) { try await Task.sleep(for: floor.grace / 10) }
                    throw tooSlow(floor)
                }
            }
            defer { group.cancelAll() }
            guard let response = try await group.next() else { throw CancellationError() }
            return response
        }
    }

    /// The one rule for a second attempt: a read that found its kept-alive connection closed. What
    /// may have changed something is never sent twice.
    private func sendAgain(
        by client: HTTPClient,
        counting traffic: TrafficCounter,
        _ progress: TransferProgress
    ) async throws -> PeerResponse {
        do {
            return try await send(by: client, counting: traffic, progress)
        } catch let error as HTTPClientError
            where error == .remoteConnectionClosed && method == "GET" && sink == nil
        {
            return try await send(by: client, counting: traffic, progress)
        }
    }

    private func send(
        by client: HTTPClient,
        counting traffic: TrafficCounter,
        _ progress: TransferProgress
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
        progress.begin()
        let headBytes = 17 + Self.bytes(of: response.headers)
        traffic.add(received: headBytes)
        guard headBytes <= Self.maximumHeadBytes else {
            throw tooLarge("the head of the answer is larger than \(Self.maximumHeadBytes) bytes")
        }
        // Nothing was asked for but the bytes as they are: what decompresses to more than it says
        // is never decompressed.
        guard response.headers["content-encoding"].allSatisfy({ $0.lowercased() == "identity" })
        else { throw compressed }
        return PeerResponse(
            status: Int(response.status.code),
            headers: Dictionary(
                response.headers.map { ($0.name.lowercased(), $0.value) }
            ) { $0 + ", " + $1 },
            body: try await collect(response, counting: traffic, progress)
        )
    }

    private func collect(
        _ response: HTTPClientResponse,
        counting traffic: TrafficCounter,
        _ progress: TransferProgress
    ) async throws -> [UInt8] {
        // What goes to the sink is only the body that was asked for.
        let sink = response.status.code == 200 ? sink : nil
        let isRefused = self.sink != nil && sink == nil
        let maximumBytes = isRefused ? Self.maximumRefusalBytes : maximumBytes
        var body: [UInt8] = []
        var count = 0
        if let length = response.headers.first(name: "content-length").flatMap({ Int($0) }) {
            guard length <= maximumBytes else { throw tooLarge(bodyTooLarge) }
            if sink == nil { body.reserveCapacity(length) }
        }
        for try await part in response.body {
            traffic.add(received: part.readableBytes)
            progress.add(part.readableBytes)
            count += part.readableBytes
            guard count <= maximumBytes else { throw tooLarge(bodyTooLarge) }
            if let sink {
                try sink(Array(part.readableBytesView))
            } else {
                body.append(contentsOf: part.readableBytesView)
            }
        }
        return body
    }

    private static func bytes(of headers: HTTPHeaders) -> Int {
        headers.reduce(2) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    }

    private var bodyTooLarge: String { "the answer is larger than \(maximumBytes) bytes" }

    private func tooLarge(_ what: String) -> Problem {
        Problem(
            .tooLarge,
            what,
            at: url,
            try: "the server breaks the protocol's limits; tell its operator"
        )
    }

    private var compressed: Problem {
        Problem(
            .unreachable,
            "the answer is compressed, though it was asked for as it is",
            at: url,
            try: "the server ignores Accept-Encoding; tell its operator"
        )
    }

    private func tooSlow(_ floor: ThroughputFloor) -> Problem {
        Problem(
            .unreachable,
            "the answer came slower than \(floor.bytesPerSecond) bytes a second",
            at: url,
            try: "try again later, or elsewhere"
        )
    }
}
