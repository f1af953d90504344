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
        try commit(
            prepared: requests.map { PreparedRequest($0, at: time) }, at: time, signer: signer)
    }

    /// The same for requests that whoever asks has prepared.
    package func commit(
        prepared requests: [PreparedRequest],
        at time: Instant,
        signer: NoteSigner
    ) throws -> (answers: [AppendAnswer], head: VerifiedCheckpoint) {
        try state.withLock { state in
            do {
                guard let loaded = state else { throw StoreError.headChanged }
                let answersSince = answersSince.withLock { $0 }
                let result = try pool.write { db in
                    var step = try CommitStep(
                        db, origin: origin, tree: loaded.tree, fresh: fresh,
                        newest: loaded.newestRequest, answersSince: answersSince, at: time)
                    let answers = try requests.map { try step.carryOut($0) }
                    guard step.appended > 0 || loaded.head == nil else {
                        return (answers, loaded, step.subjects)
                    }
                    let folded = try step.flush()
                    let checkpoint = Checkpoint(
                        origin: origin,
                        size: step.tree.range.size,
                        root: step.tree.range.root
                    )
                    let head = try VerifiedCheckpoint(signing: checkpoint, by: signer)
                    guard head.key == key else { throw StoreError.headChanged }
                    try Self.swapHead(db, from: loaded.head, to: head, folded: folded)
                    let next = Loaded(
                        head: head, tree: step.tree, newestRequest: step.newestRequest)
                    return (answers, next, step.subjects)
                }
                fresh.take(result.2)
                state = result.1
                guard let head = result.1.head else { throw StoreError.headChanged }
                return (result.0, head)
            } catch {
                // What the disk holds now is unknown; only what it says when read again counts.
                state = try? load()
                throw error
            }
        }
    }
}
