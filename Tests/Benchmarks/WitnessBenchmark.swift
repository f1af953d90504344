import Federation
import Foundation
import Keys
import Node
import NodeStore
import TransparencyLog

/// add-checkpoint in process: each answer is on disk before the same log's next question. One log
/// alone, and many logs at once.
struct WitnessBenchmark: Benchmark {
    let requests: Int
    let logs: Int

    var name: String { logs == 1 ? "witness, 1 log" : "witness, \(logs) logs" }

    func run(in workspace: Workspace) async throws -> [Row] {
        let database = try NodeDatabase(path: workspace.file("node-\(logs).sqlite"))
        guard
            let witness = NoteSigner(
                name: "uni-b.example/eccoe/witness", type: .cosignature, signer: Ed25519Key())
        else { throw Absent(reason: "no signer") }
        let writer = WitnessWriter(database, disk: DispatchExecutor(label: "witness"))
        let histories = try (0..<logs).map { number in
            try History("uni-\(number).example/eccoe/1", heads: requests / logs)
        }
        var samples: [Double] = []
        let seconds = try await Clock.seconds {
            samples = try await withThrowingTaskGroup(of: [Double].self) { group in
                for history in histories {
                    group.addTask { try await history.ask(writer, witness) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
        let row = Row(name: name, perSecond: Double(samples.count) / seconds, durations: samples)
        return logs == 1 ? [row] : [row, try verifications(histories)]
    }

    /// What the signatures alone cost, on one core.
    private func verifications(_ histories: [History]) throws -> Row {
        let seconds = try Clock.seconds {
            for history in histories {
                for head in history.heads {
                    _ = try VerifiedCheckpoint(head.note, key: history.key)
                }
            }
        }
        let count = histories.reduce(0) { $0 + $1.heads.count }
        return Row(name: "Ed25519 verify", perSecond: Double(count) / seconds)
    }
}

/// A log's heads, each with the proof from the one before.
struct History: Sendable {
    let key: VerifierKey
    let heads: [AddCheckpoint]

    init(_ origin: String, heads count: Int) throws {
        guard let signer = NoteSigner(name: origin, type: .ed25519, signer: Ed25519Key()) else {
            throw Absent(reason: "no signer")
        }
        key = signer.key
        var hashes = TileBuilder()
        heads = try (0..<count).map { old in
            hashes.append(Digest(of: Array("\(origin) \(old)".utf8)))
            let checkpoint = Checkpoint(origin: origin, size: old + 1, root: hashes.range.root)
            let head = try VerifiedCheckpoint(signing: checkpoint, by: signer)
            let proof = try MerkleTree.consistencyProof(old: old, new: old + 1, node: hashes.node)
            return AddCheckpoint(oldSize: old, proof: proof, note: head.note)
        }
    }

    func ask(_ writer: WitnessWriter, _ witness: NoteSigner) async throws -> [Double] {
        var samples: [Double] = []
        for head in heads {
            samples.append(
                try await Clock.seconds {
                    let request = WitnessRequest(
                        ExaminedCheckpoint(head, key: key), origin: key.name
                    ) { try witness.sign($0.note.text, at: SampleLog.at) }
                    guard try await writer.judge(request).cosignature != nil else {
                        throw Absent(reason: "the witness refused")
                    }
                })
        }
        return samples
    }
}

/// Every node of a small tree, in memory.
private struct TileBuilder {
    private(set) var range = CompactRange()
    private var nodes: [MerkleTree.Node: Digest] = [:]

    mutating func append(_ hash: Digest) {
        var made: [(MerkleTree.Node, Digest)] = []
        range.append(hash) { made.append(($0, $1)) }
        for (node, hash) in made { nodes[node] = hash }
    }

    func node(_ node: MerkleTree.Node) throws -> Digest {
        guard let hash = nodes[node] else { throw Absent(reason: "no node") }
        return hash
    }
}
