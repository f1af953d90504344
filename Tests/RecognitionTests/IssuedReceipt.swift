import CanonicalJSON
import Credentials
import Keys
import Testing
import TransparencyLog

@testable import MemberRegistry
@testable import Recognition

/// A receipt of University B: a real log with real proofs, cosignatures and registry.
struct IssuedReceipt {
    /// Some hours after the registry was made, while its timestamp holds.
    static let decided = TestNetwork.start + 6 * 3600
    static let index = 5

    var network: TestNetwork
    var record: DecisionRecord
    var revision = 1
    /// The leaf that goes into the log in the place of the record's own.
    var leaf: [UInt8]?
    var leafAt: Instant?
    var subject = SampleDecision.subject
    /// Who cosigns when, by domain.
    var cosigners: [(domain: String, time: Instant)] = [
        ("uni-a.example", decided + 9), ("uni-c.example", decided + 4),
    ]

    init(network: TestNetwork? = nil) throws {
        self.network = try network ?? TestNetwork()
        record = SampleDecision.record
        record.decided = Self.decided.startOfDay
    }

    var decisionLeaf: [UInt8] {
        get throws {
            let commitment = try #require(record.commitment(r: SampleDecision.r))
            let json: JSON = [
                "at": .string((leafAt ?? record.decided).text),
                "commitment": .string(commitment.hex),
                "revision": .number(JSONNumber(Int64(revision))), "subject": .string(subject),
                "type": .string(revision == 1 ? "decision.recorded" : "decision.superseded"),
                "v": 1,
            ]
            return json.canonicalBytes
        }
    }

    func receipt() throws -> Receipt {
        let origin = TestNetwork.author + "/eccoe/1"
        let leaf = try leaf ?? decisionLeaf
        let leaves = (0..<9).map { $0 == Self.index ? leaf : [UInt8($0)] }
        var nodes: [MerkleTree.Node: Digest] = [:]
        var range = CompactRange()
        for entry in leaves {
            for (node, hash) in range.append(Digest.ofLeaf(entry)) { nodes[node] = hash }
        }
        let path = try MerkleTree.inclusionProof(index: Self.index, size: leaves.count) {
            try #require(nodes[$0])
        }
        let signer = try #require(
            NoteSigner(
                name: origin,
                type: .ed25519,
                signer: try TestNetwork.key(.log, of: TestNetwork.author)
            )
        )
        let checkpoint = try VerifiedCheckpoint(
            signing: Checkpoint(origin: origin, size: leaves.count, root: range.root),
            by: signer
        )
        let note = try checkpoint.note.adding(
            try cosigners.map { cosigner in
                let witness = try #require(
                    NoteSigner(
                        name: cosigner.domain + "/eccoe/witness",
                        type: .cosignature,
                        signer: try TestNetwork.key(.witness, of: cosigner.domain)
                    )
                )
                return try witness.sign(checkpoint.note.text, at: cosigner.time)
            }
        )
        return Receipt(
            record: record,
            r: SampleDecision.r,
            leaf: leaf,
            proof: InclusionProof(index: Self.index, path: path, checkpoint: note).bytes,
            registry: try network.excerpt(of: network.repository.members.map(\.document.domain))
        )
    }

    /// Verified by somebody who knows root 1.
    func report(_ edit: (inout Receipt) throws -> Void = { _ in }) throws -> ReceiptReport {
        var receipt = try receipt()
        try edit(&receipt)
        return try Receipt.verify(
            receipt.bytes,
            newerRegistry: nil,
            trustedRootDigest: network.rootDigest
        )
    }
}

extension ReceiptReport {
    func status(_ id: String) -> String? { check(id)?.status.rawValue }
    func detail(_ id: String) -> String { check(id)?.detail ?? "" }

    /// The ids of the lines that fail.
    var failures: [String] { checks.filter { $0.status == .fail }.map(\.id) }
}
