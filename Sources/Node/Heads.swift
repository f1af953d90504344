package import Federation
package import Keys
import Synchronization
package import TransparencyLog

/// The table behind the heads feed, and when each unconfirmed head was first seen.
///
/// An unconfirmed head is shown only after 10 s without quorum: most are confirmed sooner, and one
/// row is news enough.
package final class Heads: Sendable {
    /// Seconds before a head without quorum is shown.
    package static let patience: Int64 = 10

    private struct State {
        var table: HeadsTable
        var unconfirmed: [String: (hint: HeadHint, since: Instant)] = [:]
    }

    private let state: Mutex<State>

    /// An empty table; `instance` must be random.
    package init(instance: String) {
        state = Mutex(State(table: HeadsTable(instance: instance)))
    }

    /// Notes a log's newest head.
    ///
    /// - Parameters:
    ///   - cosignatures: witness signatures that count.
    ///   - isConfirmed: whether the quorum is there, or none is asked for.
    package func update(
        _ checkpoint: Checkpoint,
        cosignatures: Int,
        isConfirmed: Bool,
        at now: Instant
    ) {
        let hint = HeadHint(
            origin: HeadHint.shortOrigin(checkpoint.origin),
            size: checkpoint.size,
            root: String(checkpoint.root.hex.prefix(16)),
            cosignatures: cosignatures
        )
        state.withLock { state in
            if isConfirmed {
                state.unconfirmed[hint.origin] = nil
                state.table.update(hint)
            } else {
                let since = state.unconfirmed[hint.origin]?.since ?? now
                state.unconfirmed[hint.origin] = (hint, since)
            }
        }
    }

    /// A page of the feed.
    package func page(
        instance: String?,
        since: Int,
        limit: Int,
        now: Instant,
        snapshot: RegistryVersion?
    ) -> HeadsPage {
        state.withLock { state in
            // A clock that was set back makes nobody wait longer.
            for (origin, entry) in state.unconfirmed where entry.since > now {
                state.unconfirmed[origin]?.since = now
            }
            for (origin, entry) in state.unconfirmed where now - entry.since >= Self.patience {
                state.unconfirmed[origin] = nil
                state.table.update(entry.hint)
            }
            return state.table.page(
                instance: instance,
                since: since,
                limit: limit,
                now: now,
                snapshot: snapshot
            )
        }
    }
}
