import CanonicalJSON
import Federation
import Keys
import Node
import NodeStore
import TransparencyLog

/// A node's desks behind the endpoint table, as the HTTPS server puts them.
struct NodeDesks {
    let node: Node

    func answer(_ request: PeerRequest) async -> PeerResponse {
        do {
            let now = node.time.now()
            let signed = try node.authentication.verify(
                method: request.method,
                path: request.path,
                field: { name in request.headers.first { $0.name == name }?.value },
                at: now
            )
            try signed?.check(body: request.body)
            let response =
                try await route(request, by: signed?.member) ?? .status(404)
            let fields =
                try signed?.answerFields(
                    status: response.status, body: response.body, by: node.identity, at: now) ?? []
            return PeerResponse(
                status: response.status,
                headers: response.headers.merging(
                    fields.map { ($0.name, $0.value) }, uniquingKeysWith: { _, new in new }),
                body: response.body)
        } catch let problem as Problem {
            return .status(
                problem.status, problem.json(node: node.identity.domain).canonicalBytes)
        } catch {
            return .status(500)
        }
    }

    private func route(
        _ request: PeerRequest, by member: VerifiedMember?
    ) async throws -> PeerResponse? {
        guard let (endpoint, asked) = Asked.find(request) else { return nil }
        switch endpoint {
        case .checkpoint, .confirmedCheckpoint, .tile:
            return try Int(asked["epoch"]).flatMap { node.logs.own(epoch: $0) }.flatMap {
                try resource(endpoint, asked, of: $0)
            }
        case .mirrorCheckpoint, .mirrorConfirmedCheckpoint, .mirrorTile:
            return try node.logs.mirror(originHash: asked["origin"]).flatMap {
                try resource(endpoint, asked, of: $0)
            }
        case .witnessCheckpoint:
            let note = try WitnessDesk(node: node).witnessed(originHash: asked["origin"])
            return note.map { .ok($0.bytes) }
        case .addCheckpoint: return try await witness(request.body)
        case .registryMetadata: return try registry("metadata", asked["path"])
        case .registryTarget: return try registry("targets", asked["path"])
        case .blob:
            return try Digest(hex: asked["hex"]).flatMap { try node.payload($0) }.map { .ok($0) }
        case .blobBatch:
            let batch = try BlobBatch(request.body)
            return .ok(BlobBatch.encode(try batch.digests.map { try node.payload($0) }))
        case .heads: return .ok(heads(asked).bytes)
        case .announce:
            try AnnouncementDesk(node: node).receive(Announcement(request.body))
            return .ok([])
        case .evidence:
            guard let member else { return .status(401) }
            return .ok(
                try EvidenceDesk(node: node).receive(request.body, from: member.domain)
                    .canonicalBytes)
        case .addMirrorCheckpoint:
            let verdict = try MirrorDesk(node: node).addCheckpoint(AddCheckpoint(request.body))
            return status(of: verdict, lines: [])
        case .addEntries: return try await entries(request.body)
        case .putBlob:
            guard let member, let digest = Digest(hex: asked["hex"]) else { return .status(401) }
            try await MirrorDesk(node: node).putPayload(digest, request.body, from: member)
            return .ok([])
        default: return nil
        }
    }

    private func entries(_ body: [UInt8]) async throws -> PeerResponse {
        var upload = try MirrorDesk(node: node).addEntries()
        let early = try await upload.receive(body)
        let verdict = if let early { early } else { try await upload.finish() }
        switch verdict {
        case .stored(let line): return .ok(line.line)
        case .accepted(let info): return .status(202, info.bytes)
        case .conflict(let info): return .status(409, info.bytes)
        case .malformed: return .status(400)
        case .forbidden: return .status(403)
        case .unknownOrigin: return .status(404)
        case .inconsistent: return .status(422)
        }
    }

    private func resource(
        _ endpoint: Endpoint, _ asked: Asked, of log: LogStore
    ) throws -> PeerResponse? {
        switch endpoint {
        case .checkpoint, .mirrorCheckpoint: return log.head.map { .ok($0.note.bytes) }
        case .confirmedCheckpoint, .mirrorConfirmedCheckpoint:
            return try log.confirmed().map { .ok($0.checkpoint.note.bytes) }
        default:
            guard let tile = TileCoordinate(path: "tile/" + asked["path"]) else { return nil }
            return try log.resource(tile).map { .ok($0) }
        }
    }

    private func registry(_ kind: String, _ path: String) throws -> PeerResponse? {
        guard !path.contains("..") else { return nil }
        return try DurableFile.read("\(node.folder.registry)/\(kind)/\(path)").map { .ok($0) }
    }

    private func witness(_ body: [UInt8]) async throws -> PeerResponse {
        let request = try AddCheckpoint(body)
        let desk = WitnessDesk(node: node)
        try await desk.settleDoubt(about: request.note)
        let (verdict, cosignature) = try await desk.addCheckpoint(request)
        return status(of: verdict, lines: cosignature?.line ?? [])
    }

    private func status(of verdict: WitnessVerdict, lines: [UInt8]) -> PeerResponse {
        switch verdict {
        case .cosign: .ok(lines)
        case .conflict(let size): .status(409, Array("\(size)\n".utf8))
        case .unknownOrigin: .status(404)
        case .forbidden: .status(403)
        case .malformed: .status(400)
        case .inconsistent: .status(422)
        }
    }

    private func heads(_ asked: Asked) -> HeadsPage {
        node.heads.page(
            instance: asked.query["instance"],
            since: asked.query["since"].flatMap { Int($0) } ?? 0,
            limit: asked.query["limit"].flatMap { Int($0) } ?? Limits.headsPageRows,
            now: node.time.now(),
            snapshot: node.registry.version
        )
    }
}

/// The placeholders of an endpoint's template as a path fills them.
struct Asked {
    private var values: [String: String] = [:]
    private(set) var query: [String: String] = [:]

    /// A placeholder's value; empty when the template has no such.
    subscript(name: String) -> String { values[name] ?? "" }

    /// The endpoint that takes a request; the first in the table's order.
    static func find(_ request: PeerRequest) -> (Endpoint, Asked)? {
        let halves = request.path.split(separator: "?", maxSplits: 1)
        let parts = (halves.first ?? "").split(separator: "/")
        for (endpoint, template) in templates where endpoint.method == request.method {
            guard var asked = match(parts, template) else { continue }
            for pair in (halves.count > 1 ? halves[1] : "").split(separator: "&") {
                let sides = pair.split(separator: "=", maxSplits: 1)
                if sides.count == 2 { asked.query[String(sides[0])] = String(sides[1]) }
            }
            return (endpoint, asked)
        }
        return nil
    }

    private static let templates = Endpoint.allCases.map {
        ($0, $0.template.split(separator: "/").map(String.init))
    }

    private static func match(_ parts: [Substring], _ template: [String]) -> Asked? {
        var asked = Asked()
        for (index, part) in template.enumerated() {
            guard index < parts.count else { return nil }
            if part == "{path}" {
                asked.values["path"] = parts[index...].joined(separator: "/")
                return asked
            }
            if part.hasPrefix("{") {
                asked.values[String(part.dropFirst().dropLast())] = String(parts[index])
            } else if part != parts[index] {
                return nil
            }
        }
        return parts.count == template.count ? asked : nil
    }
}

extension PeerResponse {
    static func ok(_ body: [UInt8]) -> PeerResponse {
        PeerResponse(status: 200, headers: [:], body: body)
    }

    static func status(_ status: Int, _ body: [UInt8] = []) -> PeerResponse {
        PeerResponse(status: status, headers: [:], body: body)
    }
}
