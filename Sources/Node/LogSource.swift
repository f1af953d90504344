import Federation
import Keys
import TransparencyLog

/// A log as a member serves it.
struct LogSource: Sendable {
    let transport: any PeerTransport
    let peer: PeerAddress
    let base: String

    /// The bytes of a resource; nil for 404.
    func get(_ path: String, limit: Int) async throws -> [UInt8]? {
        let response = try await transport.send(
            PeerRequest("GET", base + path, of: peer, maximumBytes: limit, isBulk: true)
        )
        switch response.status {
        case 200: return response.body
        case 404, 410: return nil
        default:
            throw Problem(
                .unreachable,
                "\(peer.domain) answered \(response.status) for \(base + path)"
            )
        }
    }

    /// What follows the first `held` bytes of a resource, which grows at its end only; nil when the
    /// member answers with anything but that. One that knows no ranges sends all of it.
    func rest(_ path: String, after held: Int, limit: Int) async throws -> [UInt8]? {
        let response = try await transport.send(
            PeerRequest(
                "GET",
                base + path,
                of: peer,
                headers: [("range", ByteRange.from(held).field), ("accept-encoding", "identity")],
                maximumBytes: limit,
                isBulk: true
            )
        )
        switch response.status {
        case 200: return Array(response.body.dropFirst(held))
        case 206:
            let part = response.headers["content-range"].flatMap { ContentRange(field: $0) }
            guard let part, part.range.lowerBound == held, part.range.upperBound == part.size,
                part.range.count == response.body.count
            else { return nil }
            return response.body
        default: return nil
        }
    }

    /// The payloads that the member holds of those asked for, each checked against its hash.
    func payloads(_ digests: [Digest]) async throws -> [[UInt8]] {
        var response = try await ask(for: digests, isSigned: true)
        // A peer whose registry does not have this member yet still serves strangers.
        if response.status == 401 { response = try await ask(for: digests, isSigned: false) }
        guard response.status == 200 else {
            throw Problem(.unreachable, "\(peer.domain) answered \(response.status) for payloads")
        }
        return try BlobBatch.decode(response.body, count: digests.count).enumerated()
            .compactMap { index, bytes in
                bytes.flatMap { Digest(of: $0) == digests[index] ? $0 : nil }
            }
    }

    private func ask(for digests: [Digest], isSigned: Bool) async throws -> PeerResponse {
        try await transport.send(
            PeerRequest(
                "POST",
                "/v1/blobs/batch",
                of: peer,
                headers: [("content-type", "application/json")],
                body: BlobBatch(digests: digests).bytes,
                maximumBytes: BlobBatch.maximumAnswer,
                isBulk: true,
                isSigned: isSigned
            )
        )
    }
}

extension LogSource {
    /// A log as its author or anybody with a copy serves it.
    init(of log: LogIdentity, at peer: PeerAddress, by transport: any PeerTransport) {
        self.transport = transport
        self.peer = peer
        base =
            peer.domain == log.domain
            ? "/log/\(log.epoch)" : "/mirror/\(Checkpoint.originHash(log.key.name).hex)"
    }
}
