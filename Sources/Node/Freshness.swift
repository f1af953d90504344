package import Federation
package import Keys
package import NodeStore
import Synchronization

/// When each copy was last polled with success, across restarts.
///
/// Owns: the freshness of all copies in memory. Each copy's file remembers its own, at most an hour
/// behind: a restart may make a log stale early, never late.
package final class Freshness: Sendable {
    /// Seconds after which a newer poll is worth a write.
    private static let writeStep: Int64 = 3600

    private struct State {
        var freshness = LogFreshness()
        /// What the files say, by origin.
        var written: [String: Instant] = [:]
        var loaded: Set<String> = []
    }

    private let state = Mutex(State())

    /// Nothing was polled yet.
    package init() {}

    /// Takes a page of a member's feed.
    package func received(
        _ page: HeadsPage, from domain: String, copies: [LogStore], at now: Instant
    ) {
        var byName: [String: LogStore] = [:]
        for log in copies where log.head != nil { byName[HeadHint.shortOrigin(log.origin)] = log }
        let held = byName.mapValues(\.size)
        let polled = state.withLock {
            $0.freshness.received(page, from: domain, held: held, at: now)
        }
        for log in polled.compactMap({ byName[$0] }) { remember(log, at: now) }
    }

    /// A member served a head of the copy just now, and it is folded.
    package func fetched(_ log: LogStore, at now: Instant) {
        state.withLock { $0.freshness.fetched(HeadHint.shortOrigin(log.origin), at: now) }
        remember(log, at: now)
    }

    /// Whether a copy's payloads may be served.
    package func isFresh(_ log: LogStore, at now: Instant) -> Bool {
        state.withLock { state in
            let name = HeadHint.shortOrigin(log.origin)
            if state.loaded.insert(log.origin).inserted, let stored = try? log.lastPoll() {
                state.freshness.fetched(name, at: stored)
                state.written[log.origin] = stored
            }
            return state.freshness.isFresh(name, at: now)
        }
    }

    private func remember(_ log: LogStore, at now: Instant) {
        let isDue = state.withLock { state in
            guard now - (state.written[log.origin] ?? now + -Self.writeStep) >= Self.writeStep
            else { return false }
            state.written[log.origin] = now
            return true
        }
        // A poll that is not remembered makes the log stale earlier, after a restart only.
        if isDue { try? log.notePoll(at: now) }
    }
}
