import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import Node
import NodeStore
import Synchronization
import TransparencyLog

/// The network of a test: hands each request to the desks of the node that it is for, and lets a
/// test lie on behalf of a node.
final class Switchboard: PeerTransport, Sendable {
    /// What a test makes of an answer.
    typealias Lie = @Sendable (PeerRequest, PeerResponse) -> PeerResponse

    private struct State {
        var nodes: [String: Node] = [:]
        var registry: [String: [UInt8]] = [:]
        var lies: [String: Lie] = [:]
        var down: Set<String> = []
        var underWay = 0
        var paths: [String] = []
    }

    /// Where the registry's own server is, which is no member.
    static let registryHost = "registry.example"
    private let state = Mutex(State())

    func plug(_ node: Node) {
        state.withLock { $0.nodes[node.identity.domain] = node }
    }

    /// Serves these files as the registry.
    func serve(_ files: [String: [UInt8]]) {
        state.withLock { $0.registry = files }
    }

    /// Replaces the answers of a member; nil ends it.
    func lie(for domain: String, _ lie: Lie?) {
        state.withLock { $0.lies[domain] = lie }
    }

    /// Cuts a member off.
    func cut(_ domain: String) {
        state.withLock { _ = $0.down.insert(domain) }
    }

    /// Connects a member again.
    func mend(_ domain: String) {
        state.withLock { _ = $0.down.remove(domain) }
    }

    /// Whether no request is under way.
    var isIdle: Bool { state.withLock { $0.underWay == 0 } }

    /// `<member><path>` of every request so far.
    var paths: [String] { state.withLock { $0.paths } }

    func send(_ request: PeerRequest) async throws -> PeerResponse {
        let (node, lie) = state.withLock { state in
            state.underWay += 1
            state.paths.append(request.peer.domain + request.path)
            let isDown = state.down.contains(request.peer.domain)
            return (
                isDown ? nil : state.nodes[request.peer.domain], state.lies[request.peer.domain]
            )
        }
        defer { state.withLock { $0.underWay -= 1 } }
        await Task.yield()
        let response: PeerResponse
        if request.peer.domain == Self.registryHost {
            response = registryAnswer(request.path)
        } else if let node {
            response = NodeDesks(node: node).answer(request)
        } else {
            throw Problem(.unreachable, "\(request.peer.domain) does not answer")
        }
        let told = lie?(request, response) ?? response
        guard told.body.count <= request.maximumBytes else {
            throw Problem(.tooLarge, "the answer is larger than \(request.maximumBytes) bytes")
        }
        return told
    }

    private func registryAnswer(_ path: String) -> PeerResponse {
        let file = state.withLock { $0.registry[String(path.dropFirst())] }
        return file.map { .ok($0) } ?? .status(404)
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

/// A node's desks behind the protocol's paths, as the HTTPS server puts them.
private struct NodeDesks {
    let node: Node

    func answer(_ request: PeerRequest) -> PeerResponse {
        do {
            let signed = try node.authentication.verify(
                method: request.method,
                path: request.path,
                field: { name in request.headers.first { $0.name == name }?.value },
                at: node.time.now()
            )
            try signed?.check(body: request.body)
            let response = try route(request, by: signed?.member.domain) ?? .status(404)
            let fields = try signed?.answerFields(
                status: response.status,
                body: response.body,
                by: node.identity,
                at: node.time.now()
            )
            return PeerResponse(
                status: response.status,
                headers: response.headers.merging(
                    (fields ?? []).map { ($0.name, $0.value) },
                    uniquingKeysWith: { _, new in new }
                ),
                body: response.body
            )
        } catch let problem as Problem {
            return .status(
                problem.status,
                problem.json(node: node.identity.domain).canonicalBytes
            )
        } catch {
            return .status(500)
        }
    }

    private func route(_ request: PeerRequest, by member: String?) throws -> PeerResponse? {
        let path = String(request.path.prefix { $0 != "?" })
        let parts = path.dropFirst().split(separator: "/").map(String.init)
        switch (request.method, parts.first, parts.dropFirst().first) {
        case ("POST", "witness", "add-checkpoint"): return try witness(request.body)
        case ("POST", "v1", "heads"):
            try AnnouncementDesk(node: node).receive(Announcement(request.body))
            return .ok([])
        case ("POST", "v1", "evidence"):
            guard let member else { return .status(401) }
            return .ok(
                try EvidenceDesk(node: node).receive(request.body, from: member).canonicalBytes)
        case ("GET", "v1", "heads"): return .ok(heads(request.path).bytes)
        case ("POST", "v1", "blobs"):
            let batch = try BlobBatch(request.body)
            return .ok(BlobBatch.encode(try batch.digests.map { try node.payload($0) }))
        case ("GET", "log", let epoch?):
            return try Int(epoch).flatMap { node.logs.own(epoch: $0) }.flatMap {
                try resource(parts.dropFirst(2), of: $0)
            }
        case ("GET", "mirror", let hash?):
            return try node.logs.mirror(originHash: hash).flatMap {
                try resource(parts.dropFirst(2), of: $0)
            }
        case ("GET", "witness", let hash?):
            return try WitnessDesk(node: node).witnessed(originHash: hash).map { .ok($0.bytes) }
        case ("GET", "registry", _):
            let file = node.folder.registry + "/" + parts.dropFirst().joined(separator: "/")
            return try DurableFile.read(file).map { .ok($0) }
        default: return nil
        }
    }

    private func resource(_ path: ArraySlice<String>, of log: LogStore) throws -> PeerResponse? {
        switch Array(path) {
        case ["checkpoint"]: return log.head.map { .ok($0.note.bytes) }
        case ["checkpoint", "confirmed"]:
            return try log.confirmed().map { .ok($0.checkpoint.note.bytes) }
        default:
            guard let tile = TileCoordinate(path: path.joined(separator: "/")) else { return nil }
            return try log.resource(tile).map { .ok($0) }
        }
    }

    private func witness(_ body: [UInt8]) throws -> PeerResponse {
        let (verdict, cosignature) = try WitnessDesk(node: node).addCheckpoint(AddCheckpoint(body))
        switch verdict {
        case .cosign: return .ok(cosignature?.line ?? [])
        case .conflict(let size): return .status(409, Array("\(size)\n".utf8))
        case .unknownOrigin: return .status(404)
        case .forbidden: return .status(403)
        case .malformed: return .status(400)
        case .inconsistent: return .status(422)
        }
    }

    private func heads(_ path: String) -> HeadsPage {
        let query = path.drop { $0 != "?" }.dropFirst().split(separator: "&")
        func value(_ name: String) -> String? {
            query.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
        }
        return node.heads.page(
            instance: value("instance"),
            since: value("since").flatMap { Int($0) } ?? 0,
            limit: Limits.headsPageRows,
            now: node.time.now(),
            snapshot: node.registry.version
        )
    }
}
