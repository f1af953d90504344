import Federation
import Keys
import Node
import NodeStore
import TransparencyLog

/// What any cache may serve: logs, mirrors, the registry's files, payloads.
struct StaticRoutes: Sendable {
    let node: Node

    func answer(_ endpoint: Endpoint, _ asked: Asked) throws -> Answer {
        switch endpoint {
        case .checkpoint, .confirmedCheckpoint, .archivedCheckpoint, .tile:
            let log = try ownLog(asked.parameter("epoch"))
            return try resource(endpoint, of: log, asked)
        case .mirrorCheckpoint, .mirrorConfirmedCheckpoint, .mirrorArchivedCheckpoint,
            .mirrorTile:
            guard let log = node.logs.mirror(originHash: asked.parameter("origin")) else {
                throw Problem(.notFound, "this node holds no copy of such a log")
            }
            return try resource(endpoint, of: log, asked)
        case .witnessCheckpoint:
            let desk = WitnessDesk(node: node)
            guard let note = try desk.witnessed(originHash: asked.parameter("origin")) else {
                throw Problem(.notFound, "this witness has cosigned no such log")
            }
            return .text(note.bytes)
        case .registryMetadata: return try registry("metadata", asked.rest)
        case .registryTarget: return try registry("targets", asked.rest)
        default: return try blob(asked.parameter("hex"))
        }
    }

    private func ownLog(_ epoch: String) throws -> LogStore {
        guard let number = Int(epoch), String(number) == epoch,
            let log = node.logs.own(epoch: number)
        else {
            throw Problem(.noLog, "this node has no log of epoch \(epoch)")
        }
        return log
    }

    private func resource(
        _ endpoint: Endpoint,
        of log: LogStore,
        _ asked: Asked
    ) throws -> Answer {
        switch endpoint {
        case .checkpoint, .mirrorCheckpoint:
            guard let head = log.head else {
                throw Problem(.notFound, "the log has no checkpoint yet")
            }
            return .text(head.note.bytes)
        case .confirmedCheckpoint, .mirrorConfirmedCheckpoint:
            guard let confirmed = try log.confirmed() else {
                throw Problem(.notFound, "no checkpoint has its quorum of cosignatures yet")
            }
            return .text(confirmed.checkpoint.note.bytes)
        case .archivedCheckpoint, .mirrorArchivedCheckpoint:
            return try archived(asked.parameter("size"), of: log)
        default:
            guard let tile = TileCoordinate(path: "tile/" + asked.rest) else {
                throw Problem(
                    .malformedRequest,
                    "no tile path: \(asked.rest)",
                    try: "<L>/<N>[.p/<W>] or entries/<N>[.p/<W>] of C2SP tlog-tiles"
                )
            }
            guard let bytes = try log.resource(tile) else {
                throw Problem(.notFound, "the log is too short for \(tile.path)")
            }
            var answer = Answer.bytes(bytes, caching: .immutable)
            answer.hasRanges = true
            return answer
        }
    }

    /// The archive thins out, so the next one that is kept answers for every size below it.
    private func archived(_ text: String, of log: LogStore) throws -> Answer {
        guard let size = Int(text), size >= 0, String(size) == text else {
            throw Problem(
                .malformedRequest, "no tree size: \(text)", try: "a decimal number from 0 on")
        }
        guard let found = try log.confirmed(covering: max(0, size - 1)) else {
            throw Problem(.notFound, "no confirmed checkpoint here covers \(size) leaves")
        }
        return .text(found.checkpoint.note.bytes)
    }

    private func registry(_ kind: String, _ path: String) throws -> Answer {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.isEmpty, parts.count <= 8,
            parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("\0") })
        else { throw Problem(.malformedRequest, "no path of a registry file") }
        let file = node.folder.registry + "/" + kind + "/" + path
        guard let bytes = try? DurableFile.read(file, limit: Limits.registryFileBytes) else {
            throw Problem(.notFound, "this node holds no registry file \(kind)/\(path)")
        }
        let isVersioned = kind == "targets" || path.first?.isNumber == true
        return isVersioned
            ? Answer(type: "application/json", body: bytes, caching: .immutable)
            : .cacheable("application/json", bytes)
    }

    private func blob(_ hex: String) throws -> Answer {
        guard let digest = Digest(hex: hex) else {
            throw Problem(.malformedRequest, "not 64 lower-case hexadecimal digits", at: hex)
        }
        switch try node.answer(forPayload: digest) {
        case .held(let bytes):
            return Answer(
                type: "application/json", body: bytes, caching: .hour,
                tag: EntityTag(digest: digest))
        case .erased:
            throw Problem(.gone, "the institution that published this payload has erased it")
        case .stale:
            throw Problem(
                .busy,
                "the payload's log was not polled for 72 h: it may have been erased meanwhile",
                try: "ask the institution that published it, or again later")
        case .unknown:
            throw Problem(.notFound, "this node holds no payload of that hash")
        }
    }
}
