import Federation
import Foundation
import Keys
import NodeStore
import TransparencyLog

/// A log on disk, and the requests that are measured.
struct SampleLog {
    static let at = Instant(secondsSince1970: 1_795_000_000)
    let log: LogStore
    let signer: NoteSigner
    let path: String

    init(_ name: String, in workspace: Workspace) throws {
        guard
            let signer = NoteSigner(
                name: "uni-a.example/eccoe/1", type: .ed25519, signer: Ed25519Key())
        else { throw Absent(reason: "no signer") }
        self.signer = signer
        path = workspace.file(name + ".sqlite")
        log = try LogStore(path: path, key: signer.key, create: true)
    }

    /// Appends this many leaves, 1,000 a commit.
    func grow(by count: Int, from first: Int = 0) throws {
        for start in stride(from: first, to: first + count, by: 1000) {
            let requests = (start..<min(start + 1000, first + count)).map { Self.request($0) }
            _ = try log.commit(requests, at: Self.at, signer: signer)
        }
    }

    /// A decision with references: a leaf of about 512 bytes without payload.
    static func request(_ number: Int) -> AppendRequest {
        let seed = Digest(of: Array("\(number)".utf8))
        let reference = "uni-b.example/eccoe/1#\(1_000_000 + number)@\(seed.hex)"
        return AppendRequest(
            id: RequestID(
                milliseconds: 1_795_000_000_000 + Int64(number / 8),
                random: Array(seed.bytes.prefix(10))),
            drafts: [
                Draft(
                    type: .decisionRecorded, subject: Hex.encode(seed.bytes.prefix(16)),
                    references: [reference, reference, reference], commitment: seed)
            ])
    }
}
