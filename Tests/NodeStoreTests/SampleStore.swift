import Federation
import Foundation
import Keys
import NodeStore
import Testing
import TransparencyLog

/// A log on disk, with requests that tests send to it.
struct SampleStore {
    static let origin = "uni-a.example/eccoe/1"
    static let time = Instant(secondsSince1970: 1_795_456_800)  // 2026-11-23T18:00:00Z
    let folder: TemporaryFolder
    let log: LogStore
    let signer: NoteSigner

    /// A new log.
    init() throws {
        folder = try TemporaryFolder()
        signer = try Self.signer()
        log = try LogStore(path: folder.file("1.sqlite"), key: signer.key, create: true)
    }

    static func signer(
        _ name: String = origin,
        type: VerifierKey.SignatureType = .ed25519,
        seed: UInt8 = 1
    ) throws -> NoteSigner {
        let key = try #require(Ed25519Key(seed: Array(repeating: seed, count: 32)))
        return try #require(NoteSigner(name: name, type: type, signer: key))
    }

    /// The same file opened anew.
    func reopened() throws -> LogStore {
        try LogStore(path: folder.file("1.sqlite"), key: signer.key, create: false)
    }

    /// An id that depends on `number` alone.
    static func id(_ number: Int) -> RequestID {
        RequestID(
            milliseconds: 1_795_456_800_000 + Int64(number),
            random: Array(repeating: 0, count: 10)
        )
    }

    /// A draft that publishes an item; another salt makes other bytes of the same content.
    static func item(
        _ subject: String,
        text: String = "text",
        salt: String = "salt",
        type: LeafType = .itemPublished
    ) -> Draft {
        Draft(
            type: type,
            subject: subject,
            payload: payload(subject, text, salt),
            content: Digest(of: Array("\(subject) \(text)".utf8))
        )
    }

    static func payload(_ parts: String...) -> [UInt8] {
        Array(parts.joined(separator: " ").utf8)
    }

    static func withdrawal(_ subject: String) -> Draft {
        Draft(type: .itemWithdrawn, subject: subject, payload: payload("gone", subject))
    }

    /// Sends one request and returns its answer.
    @discardableResult
    func append(
        _ drafts: [Draft],
        id: RequestID = RequestID(milliseconds: 1, random: SecureRandom.bytes(10))
    ) throws -> AppendAnswer {
        let request = AppendRequest(id: id, drafts: drafts)
        return try #require(try log.commit([request], at: Self.time, signer: signer).answers.first)
    }

    /// Appends `count` new items in one commit.
    func grow(by count: Int) throws {
        let first = log.size
        try append((first..<(first + count)).map { Self.item("item-\($0)") })
    }

    /// The head when this many leaves were there, signed anew.
    func head(_ size: Int) throws -> VerifiedCheckpoint {
        try VerifiedCheckpoint(
            signing: Checkpoint(
                origin: Self.origin,
                size: size,
                root: MerkleRoot.of(log.entries(from: 0, to: size))
            ),
            by: signer
        )
    }

    /// Runs the whole audit over what the store serves.
    static func audit(_ log: LogStore) throws -> [[UInt8]] {
        let head = try #require(log.head)
        var audit = LogAudit(checkpoint: head)
        var entries: [[UInt8]] = []
        while let resource = audit.next {
            entries += try audit.receive(try #require(try log.resource(resource)))
        }
        try audit.finish()
        return entries
    }
}

/// The root by the definition of RFC 6962 section 2.1, written out for the tests.
enum MerkleRoot {
    static func of(_ entries: [[UInt8]]) -> Digest {
        guard entries.count > 1 else {
            return entries.first.map { Digest.ofLeaf($0) } ?? Digest(of: [UInt8]())
        }
        var split = 1
        while split * 2 < entries.count { split *= 2 }
        return Digest(
            of: [1] + of(Array(entries[..<split])).bytes + of(Array(entries[split...])).bytes
        )
    }
}

extension AppendAnswer {
    /// The results of an answer that appended; nil for others.
    var results: [Appended]? { if case .appended(let results) = self { results } else { nil } }

    /// Why a request was refused; nil for other answers.
    var refusal: Problem? { if case .refused(let problem) = self { problem } else { nil } }
}

extension NodeDatabase {
    /// What a witness answers to a single request.
    func witness(
        _ request: AddCheckpoint,
        of author: SampleStore,
        cosign: @escaping @Sendable (VerifiedCheckpoint) throws -> NoteSignature
    ) throws -> WitnessAnswer {
        let checkpoint = ExaminedCheckpoint(request, key: author.signer.key)
        let request = WitnessRequest(checkpoint, origin: SampleStore.origin, cosign: cosign)
        return try #require(try witness([request]).first).get()
    }
}
