import Federation
import Keys
import MemberRegistry
import NodeClient
import NodeStore
import TransparencyLog

/// The own head as the members have it that keep a copy of the own log.
struct MirrorCheck {
    /// What a mirror shows.
    private enum Shown: Sendable {
        case head(VerifiedCheckpoint)
        case nothing
        case silent(String)
    }

    private static let pause = Duration.seconds(2)
    private static let repetitions = 2

    private let patient: Patient

    init(_ patient: Patient) {
        self.patient = patient
    }

    func examine() async throws -> Finding {
        guard let key = patient.logKey, let registry = patient.registry else {
            return .notChecked("the registry lists no log of this institution")
        }
        guard let epoch = try patient.folder.logEpochs().last else {
            return .notChecked("there is no log yet", try: patient.command("log init"))
        }
        let mirrors = registry.mirrorSet(forOrigin: key.name, at: patient.now).cosigners
        let addresses = mirrors.compactMap { patient.address(of: $0.domain) }
        guard !addresses.isEmpty else {
            return .notChecked("no other member is there to keep a copy")
        }
        let file = patient.folder.log(epoch: epoch)
        var shown = await ask(addresses, key)
        var finding = try judge(shown, StoredTree(LogReader(path: file)))
        for _ in 0..<Self.repetitions where finding.state != .ok && shown.contains(where: isThere) {
            // A head of this moment may be on its way to them.
            try await Task.sleep(for: Self.pause)
            shown = await ask(addresses, key)
            finding = try judge(shown, StoredTree(LogReader(path: file)))
        }
        return finding
    }

    private func isThere(_ answer: (domain: String, Shown)) -> Bool {
        if case .silent = answer.1 { false } else { true }
    }

    /// Asked before the log is read: what it takes meanwhile is no loss.
    private func ask(
        _ addresses: [PeerAddress], _ key: VerifierKey
    ) async -> [(domain: String, Shown)] {
        var shown: [(domain: String, Shown)] = []
        await withTaskGroup(of: (String, Shown).self) { group in
            for address in addresses {
                group.addTask { (address.domain, await ask(address, key)) }
            }
            for await answer in group { shown.append(answer) }
        }
        return shown.sorted { $0.domain < $1.domain }
    }

    private func judge(_ shown: [(domain: String, Shown)], _ log: StoredTree) throws -> Finding {
        var copies = 0
        var current = 0
        var behind: [String] = []
        for (domain, answer) in shown {
            switch answer {
            case .silent(let reason): behind.append("\(domain): \(reason)")
            case .nothing: behind.append("\(domain) has no copy yet")
            case .head(let head):
                let size = head.checkpoint.size
                guard size <= log.size else {
                    return .failed(
                        "\(domain) has \(size) entries, this node \(log.size): it went back",
                        try: "\(patient.start); before it writes again it is healed from the others"
                    )
                }
                guard try log.root(at: size) == head.checkpoint.root else {
                    return .failed(
                        "\(domain) has another history of \(size) entries, signed by this log's key",
                        try: patient.command("evidence list"))
                }
                copies += 1
                if size == log.size {
                    current += 1
                } else {
                    behind.append("\(domain) has \(size) of \(log.size) entries")
                }
            }
        }
        let count = "\(current) of \(shown.count) mirrors have all \(log.size) entries"
        guard let first = behind.first else { return .ok(count) }
        let detail = "\(count); \(first)"
        let notify = patient.command("peer notify")
        return copies == 0 ? .failed(detail, try: notify) : .warning(detail, try: notify)
    }

    private func ask(_ address: PeerAddress, _ key: VerifierKey) async -> Shown {
        let path = "/mirror/\(Checkpoint.originHash(key.name).hex)/checkpoint"
        do {
            let response = try await patient.transport.send(
                PeerRequest("GET", path, of: address, maximumBytes: SignedNote.maximumBytes))
            switch response.status {
            case 200: return .head(try VerifiedCheckpoint(response.body, key: key))
            case 404: return .nothing
            default: return .silent("it answered \(response.status)")
            }
        } catch { return .silent((error as? Problem)?.detail ?? "\(error)") }
    }
}

/// The tree of a stored log.
struct StoredTree {
    private let reader: LogReader
    /// Leaves under the head.
    let size: Int

    /// Takes the head of the moment.
    init(_ reader: LogReader) throws {
        self.reader = reader
        guard let head = try reader.head() else { throw StoreError.missing("head") }
        let key = try VerifierKey(head.vkey)
        size = try VerifiedCheckpoint(head.note, key: key).checkpoint.size
    }

    /// The root of its first `size` leaves.
    func root(at size: Int) throws -> Digest {
        if size == 0 { return MerkleTree.emptyRoot }
        return try MerkleTree.hash(of: 0..<size) { node in
            let (tile, offset, height) = TileCoordinate.containing(node, size: size)
            guard let bytes = try reader.resource(tile),
                let hash = try HashTile(bytes, width: tile.width)
                    .subtree(offset: offset, height: height)
            else { throw ProofError.outOfRange }
            return hash
        }
    }
}
