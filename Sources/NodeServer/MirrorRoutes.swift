import CanonicalJSON
import Federation
import HTTPTypes
import Hummingbird
import Keys
import NIOCore
import Node
import TransparencyLog

/// What is pushed to a mirror: C2SP tlog-mirror, and payloads by members.
struct MirrorRoutes: Sendable {
    let node: Node
    let charge: OriginCharge

    func answer(_ endpoint: Endpoint, _ asked: Asked) async throws -> Answer {
        let desk = MirrorDesk(node: node)
        switch endpoint {
        case .addMirrorCheckpoint:
            return try await charge.charging(asked) { bill in
                let request = try AddCheckpoint(
                    await asked.body(limit: Limits.addCheckpointBytes))
                let claimed = try charge.claimed(by: request.note)
                let verdict = try desk.addCheckpoint(request)
                if verdict.isSignedByLog { bill.member = claimed }
                return try .witness(verdict, lines: [])
            }
        case .addEntries:
            return try await charge.charging(asked) { bill in
                try Self.answer(try await upload(asked, to: desk, bill))
            }
        default:
            let member = try asked.member()
            guard let digest = Digest(hex: asked.parameter("hex")) else {
                throw Problem(.malformedRequest, "not 64 lower-case hexadecimal digits")
            }
            let body = try await asked.body(limit: Limits.payloadBytes)
            try await desk.putPayload(digest, body, from: member)
            return .json(["v": 1])
        }
    }

    private func upload(
        _ asked: Asked,
        to desk: MirrorDesk,
        _ bill: OriginCharge.Bill
    ) async throws -> AddEntriesVerdict {
        var upload = try desk.addEntries()
        defer { bill.member = upload.provenMember }
        let isPlain = asked.request.headers[.contentEncoding]?.lowercased() != "gzip"
        let gzip = isPlain ? nil : try GzipReader()
        var body = asked.request.body.makeAsyncIterator()
        while let buffer = await Self.next(&body) {
            guard let gzip else {
                if let done = try await upload.receive(buffer.readableBytesView) { return done }
                continue
            }
            do {
                try gzip.receive(buffer.readableBytesView)
                while let piece = try gzip.next() {
                    if let done = try await upload.receive(piece) { return done }
                }
            } catch let problem as Problem {
                // What was stored counts, whatever follows it.
                guard upload.provenMember != nil else { throw problem }
                break
            }
        }
        return try await upload.finish()
    }

    /// A body that breaks off ends: what has arrived whole is kept.
    private static func next(_ body: inout RequestBody.AsyncIterator) async -> ByteBuffer? {
        do {
            return try await body.next()
        } catch { return nil }
    }

    private static func answer(_ verdict: AddEntriesVerdict) throws -> Answer {
        switch verdict {
        case .stored(let line): return .text(line.line, caching: .none)
        case .accepted(let info): return self.info(info, status: 202)
        case .conflict(let info): return self.info(info, status: 409)
        case .malformed(let reason): throw Problem(.malformedRequest, reason)
        case .forbidden(let reason): throw Problem(.forbidden, reason)
        case .unknownOrigin(let origin):
            throw Problem(.unknownOrigin, "the registry that this node holds has no log \(origin)")
        case .inconsistent(let reason): throw Problem(.invalidProof, reason)
        }
    }

    private static func info(_ info: MirrorInfo, status: Int) -> Answer {
        Answer(status: status, type: MirrorInfo.contentType, body: info.bytes)
    }
}
