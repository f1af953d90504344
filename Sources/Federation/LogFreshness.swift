package import Keys

/// When each copied log was last polled with success: synchronous, without I/O.
///
/// A poll of any member speaks for the logs that its feed has listed, as far as what it listed is
/// held here; a fetch speaks for its log. A log that was not polled for 72 h may have been asked to
/// erase something, so none of its payloads is served (protocol.md section 1, "Erasure").
///
/// Owns: the times, by short origin, and the last row of each log in each member's feed.
package struct LogFreshness: Sendable {
    /// Seconds without a successful poll after which payloads are no longer served.
    package static let patience: Int64 = 72 * 3600

    /// Logs that are remembered of one member's feed: a hostile one may list any number.
    package static let feedLogs = 2000

    private struct Feed {
        var instance: String
        var sizes: [String: Int] = [:]
    }

    private var polled: [String: Instant] = [:]
    private var feeds: [String: Feed] = [:]

    /// Nothing was polled yet.
    package init() {}

    /// Takes a page of a member's feed.
    ///
    /// - Parameter held: leaves that are held and folded, by short origin.
    /// - Returns: the short origins for which the page spoke.
    package mutating func received(
        _ page: HeadsPage,
        from domain: String,
        held: [String: Int],
        at now: Instant
    ) -> [String] {
        var feed = feeds[domain] ?? Feed(instance: page.instance)
        if feed.instance != page.instance { feed = Feed(instance: page.instance) }
        for row in page.rows
        where feed.sizes[row.origin] != nil || feed.sizes.count < Self.feedLogs {
            feed.sizes[row.origin] = row.size
        }
        feeds[domain] = feed
        // Until the last page has come, a row may be an old one that a later page replaces.
        guard !page.more else { return [] }
        let current = feed.sizes.filter { origin, size in held[origin].map { $0 >= size } ?? false }
        for origin in current.keys { fetched(origin, at: now) }
        return current.keys.sorted()
    }

    /// A head that a member served just now is held and folded; also what was remembered on disk.
    package mutating func fetched(_ origin: String, at time: Instant) {
        polled[origin] = max(polled[origin] ?? time, time)
    }

    /// When a log was last polled with success; nil when never.
    package func lastPoll(_ origin: String) -> Instant? { polled[origin] }

    /// Whether a log's payloads may be served.
    package func isFresh(_ origin: String, at now: Instant) -> Bool {
        polled[origin].map { now - $0 < Self.patience } ?? false
    }
}
