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
        var changes: [String: Lie] = [:]
        var down: Set<String> = []
        var silent: Set<String> = []
        var underWay = 0
        var paths: [String] = []
        var received: [(path: String, bytes: Int)] = []
        var knowsRanges = true
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

    /// Changes the answers of a member on their way, after it has signed them; nil ends it.
    func change(for domain: String, _ change: Lie?) {
        state.withLock { $0.changes[domain] = change }
    }

    /// Replaces the answers of a member, which signs them; nil ends it.
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

    /// Takes requests of a member, and never answers them.
    func silence(_ domain: String) {
        state.withLock { _ = $0.silent.insert(domain) }
    }

    /// Whether no request is under way.
    var isIdle: Bool { state.withLock { $0.underWay == 0 } }

    /// `<member><path>` of every request so far.
    var paths: [String] { state.withLock { $0.paths } }

    /// Path and bytes of the body of every answer so far.
    var received: [(path: String, bytes: Int)] { state.withLock { $0.received } }

    /// Servers that send all of a resource, whatever range is asked for.
    func forgetRanges() {
        state.withLock { $0.knowsRanges = false }
    }

    func send(_ request: PeerRequest) async throws -> PeerResponse {
        let (node, lie, change) = state.withLock { state in
            state.underWay += 1
            state.paths.append(request.peer.domain + request.path)
            let isDown = state.down.contains(request.peer.domain)
            return (
                isDown ? nil : state.nodes[request.peer.domain],
                state.lies[request.peer.domain], state.changes[request.peer.domain]
            )
        }
        defer { state.withLock { $0.underWay -= 1 } }
        await Task.yield()
        if state.withLock({ $0.silent.contains(request.peer.domain) }) {
            try await untilCancelled()
        }
        let response: PeerResponse
        if request.peer.domain == Self.registryHost {
            let genuine = registryAnswer(request.path)
            response = lie?(request, genuine) ?? genuine
        } else if let node {
            let knowsRanges = state.withLock(\.knowsRanges)
            // A lie is told of what goes out, and then signed.
            response = await NodeDesks(node: node).answer(request) { whole in
                let genuine = knowsRanges ? self.part(of: whole, for: request) : whole
                return lie?(request, genuine) ?? genuine
            }
        } else {
            throw Problem(.unreachable, "\(request.peer.domain) does not answer")
        }
        let told = change?(request, response) ?? response
        guard told.body.count <= request.maximumBytes else {
            throw Problem(.tooLarge, "the answer is larger than \(request.maximumBytes) bytes")
        }
        state.withLock { $0.received.append((request.path, told.body.count)) }
        return told
    }

    /// Nothing is under way while somebody waits in vain.
    private func untilCancelled() async throws {
        state.withLock { $0.underWay -= 1 }
        defer { state.withLock { $0.underWay += 1 } }
        for await _ in AsyncStream<Void>.makeStream().stream {}
        throw CancellationError()
    }

    private func part(of whole: PeerResponse, for request: PeerRequest) -> PeerResponse {
        guard whole.status == 200, request.path.contains("/tile/"),
            let field = request.headers.first(where: { $0.name == "range" })?.value,
            let range = ByteRange(field: field)
        else { return whole }
        guard let bytes = range.resolved(in: whole.body.count) else { return .status(416) }
        return PeerResponse(
            status: 206,
            headers: ["content-range": ContentRange(bytes, of: whole.body.count).field],
            body: Array(whole.body[bytes])
        )
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

    func answer(
        _ request: PeerRequest,
        telling tell: @Sendable (PeerResponse) -> PeerResponse
    ) async -> PeerResponse {
        do {
            let signed = try node.authentication.verify(
                method: request.method,
                path: request.path,
                field: { name in request.headers.first { $0.name == name }?.value },
                at: node.time.now()
            )
            try signed?.check(body: request.body)
            let response = tell(await outcome(request, from: signed?.member))
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
        } catch { return failure(error) }
    }

    private func failure(_ error: any Error) -> PeerResponse {
        guard let problem = error as? Problem else { return .status(500) }
        return .status(
            problem.status, problem.json(node: node.identity.domain).canonicalBytes)
    }

    private func outcome(
        _ request: PeerRequest,
        from member: VerifiedMember?
    ) async -> PeerResponse {
        do {
            return try await route(request, from: member) ?? .status(404)
        } catch { return failure(error) }
    }

    private func route(
        _ request: PeerRequest,
        from member: VerifiedMember?
    ) async throws -> PeerResponse? {
        let path = String(request.path.prefix { $0 != "?" })
        let parts = path.dropFirst().split(separator: "/").map(String.init)
        switch (request.method, parts.first, parts.dropFirst().first) {
        case ("POST", "witness", "add-checkpoint"): return try await witness(request.body)
        case ("POST", "v1", "evidence"):
            let answer = try EvidenceDesk(node: node).receive(
                request.body,
                from: member.orThrow().domain
            )
            return .ok(answer.canonicalBytes)
        case ("POST", "mirror", "add-checkpoint"):
            let verdict = try MirrorDesk(node: node).addCheckpoint(AddCheckpoint(request.body))
            return status(of: verdict, lines: [])
        case ("POST", "mirror", "add-entries"): return try await entries(request.body)
        case ("PUT", "v1", "blobs"):
            let digest = try Digest(hex: parts.last ?? "").orThrow()
            try await MirrorDesk(node: node).putPayload(
                digest,
                request.body,
                from: member.orThrow()
            )
            return .ok([])
        case ("POST", "v1", "heads"):
            try AnnouncementDesk(node: node).receive(Announcement(request.body))
            return .ok([])
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
        case let parts where parts.count == 2 && parts[0] == "checkpoint":
            return try Int(parts[1]).flatMap { try log.confirmed(covering: $0 - 1) }
                .map { .ok($0.checkpoint.note.bytes) }
        default:
            guard let tile = TileCoordinate(path: path.joined(separator: "/")) else { return nil }
            return try log.resource(tile).map { .ok($0) }
        }
    }

    private func witness(_ body: [UInt8]) async throws -> PeerResponse {
        let request = try AddCheckpoint(body)
        let (verdict, cosignature) = try await WitnessDesk(node: node).addCheckpoint(request)
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

extension Optional {
    /// What is there, or a problem.
    fileprivate func orThrow() throws -> Wrapped {
        guard let self else { throw Problem(.unauthenticated, "nothing") }
        return self
    }
}
