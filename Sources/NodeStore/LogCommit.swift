package import Federation
import Foundation
import GRDB
package import Keys
import Synchronization
package import TransparencyLog

/// Drafts that are appended together under one request id.
package struct AppendRequest: Sendable {
    /// Names the request; repeated, it is answered as the first time.
    package let id: RequestID
    /// What to append, in order.
    package let drafts: [Draft]
    /// Whether the node knows that the request was not carried out before: it is not refused for
    /// being older than a restore.
    package let isResumed: Bool

    /// A request from its parts.
    package init(id: RequestID, drafts: [Draft], isResumed: Bool = false) {
        self.id = id
        self.drafts = drafts
        self.isResumed = isResumed
    }

    /// Tells the same request from another one under the same id: over types, subjects and
    /// contents, not over salts, which are drawn anew at every attempt.
    var bodyDigest: Digest {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(128 * drafts.count)
        for draft in drafts {
            bytes.append(contentsOf: draft.type.rawValue.utf8)
            bytes.append(0)
            bytes.append(contentsOf: (draft.subject ?? "").utf8)
            bytes.append(0)
            let content = draft.content ?? draft.payload.map { Digest(of: $0) } ?? draft.commitment
            content?.append(to: &bytes)
            bytes.append(contentsOf: draft.references.joined(separator: " ").utf8)
            bytes.append(0)
        }
        return Digest(of: bytes)
    }
}

/// What became of a request.
package enum AppendAnswer: Sendable, Equatable {
    /// Carried out, now or the first time.
    case appended([Appended])
    /// The id was used for something else.
    case reused
    /// A draft is not acceptable: too large, or not well formed.
    case refused(Problem)
}

extension LogStore {
    /// Appends everything in one transaction: entries, tiles, payloads, subjects, answers, signed
    /// head. Returns after COMMIT, with the head that then holds.
    ///
    /// - Throws: `StoreError.headChanged`, `.hashChanged`, and what SQLite says; then nothing was
    ///   written and the store reloads itself from disk.
    package func commit(
        _ requests: [AppendRequest],
        at time: Instant,
        signer: NoteSigner
    ) throws -> (answers: [AppendAnswer], head: VerifiedCheckpoint) {
        try state.withLock { state in
            do {
                guard let loaded = state else { throw StoreError.headChanged }
                let answersSince = answersSince.withLock { $0 }
                let result = try pool.write { db in
                    var step = try CommitStep(
                        db, origin: origin, tree: loaded.tree, newest: loaded.newestRequest,
                        answersSince: answersSince, at: time)
                    let answers = try requests.map { try step.carryOut($0) }
                    guard step.appended > 0 || loaded.head == nil else {
                        return (answers, loaded)
                    }
                    try step.flushTiles()
                    let checkpoint = Checkpoint(
                        origin: origin,
                        size: step.tree.range.size,
                        root: step.tree.range.root
                    )
                    let head = try VerifiedCheckpoint(signing: checkpoint, by: signer)
                    guard head.key == key else { throw StoreError.headChanged }
                    try Self.swapHead(db, from: loaded.head, to: head)
                    let next = Loaded(
                        head: head, tree: step.tree, newestRequest: step.newestRequest)
                    return (answers, next)
                }
                state = result.1
                guard let head = result.1.head else { throw StoreError.headChanged }
                return (result.0, head)
            } catch {
                // What the disk holds now is unknown; only what it says when read again counts.
                state = try? pool.read { try Self.load($0, key: key, path: pool.path) }
                throw error
            }
        }
    }
}
