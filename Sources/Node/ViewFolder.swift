import CanonicalJSON
import Catalogue
import Federation
import Keys
package import NodeStore
import Recognition

/// Brings the views up to the logs; one at a time.
package actor ViewFolder {
    private let views: ViewsStore
    private static let step = 1000

    /// A folder of these views.
    package init(views: ViewsStore) {
        self.views = views
    }

    /// Folds what the logs of one member hold beyond what the views know: over the epochs in order,
    /// each cut at its closing. Views that went beyond a closing are computed anew.
    ///
    /// - Throws: what the stores throw.
    package func catchUp(_ epochs: [EpochSpan]) throws {
        if try epochs.contains(where: { try views.folded($0.log.origin) > $0.end }),
            let first = epochs.first
        {
            try views.forget(domain: Self.domain(of: first.log.origin))
        }
        for epoch in epochs {
            try catchUp(epoch.log, upTo: min(epoch.end, epoch.log.size))
            // A later epoch goes on from the whole of this one.
            if epoch.isClosed, epoch.log.size < epoch.end { return }
        }
    }

    private func catchUp(_ log: LogStore, upTo end: Int) throws {
        var from = try views.folded(log.origin)
        while from < end {
            let to = min(from + Self.step, end)
            let verdicts = try log.verdicts(from: from, to: to)
            let erased = try log.erasedPayloads(from: from, to: to)
            let hasErased = try views.fold(
                domain: Self.domain(of: log.origin),
                origin: log.origin,
                from: from,
                entries: verdicts,
                erased: erased,
                payload: { try log.payload($0) },
                document: Self.document
            )
            from += verdicts.count
            // When a reader is in the way, the next opening scrubs the file.
            if hasErased { try? views.scrub() }
        }
    }

    /// As `catchUp`, and shows what a crash left unshown although its payload is held: at start.
    ///
    /// - Throws: what the stores throw.
    package func recover(_ epochs: [EpochSpan]) throws {
        try catchUp(epochs)
        for log in epochs.map(\.log) {
            let held = try views.undocumented(origin: log.origin).compactMap { try log.payload($0) }
            if !held.isEmpty { try show(held, of: log) }
        }
    }

    /// Shows payloads that arrived after their leaves.
    package func show(_ payloads: [[UInt8]], of log: LogStore) throws {
        let shown = payloads.compactMap { bytes in
            Self.document(bytes).map { (digest: Digest(of: bytes), document: $0) }
        }
        try views.show(
            domain: Self.domain(of: log.origin),
            origin: log.origin,
            payloads: shown
        )
    }

    /// The institution of an origin: what stands before the first slash.
    static func domain(of origin: String) -> String {
        String(origin.prefix { $0 != "/" })
    }

    /// What the views show of a payload; nil for kinds that are not shown, and for anything that is
    /// not exactly what its kind asks for.
    static func document(_ payload: [UInt8]) -> ViewDocument? {
        guard let json = try? JSON.read(payload, limits: ViewFolder.limits) else { return nil }
        switch json["kind"]?.string {
        case "item":
            guard let item = try? ItemPayload(bytes: payload).item else { return nil }
            return .item(
                json: item.json.canonicalBytes,
                title: item.searchableTitle,
                body: item.searchableBody,
                sameAs: item.sameAs,
                facets: ItemFacets(item)
            )
        case "need":
            return (try? NeedPayload(bytes: payload)).map {
                .need(json: $0.need.json.canonicalBytes)
            }
        case "precedent":
            guard let precedent = json["precedent"],
                let item = precedent["item"]?["globalId"]?.string
            else { return nil }
            let outcome = precedent["outcome"]?.string.flatMap(Outcome.init)
            return .precedent(
                json: precedent.canonicalBytes, item: item,
                recognises: outcome.map { $0 != .refused } ?? false)
        default: return nil
        }
    }

    private static let limits = JSONLimits(
        depth: 16,
        members: 512,
        stringBytes: 64 << 10,
        totalBytes: Limits.payloadBytes
    )
}

/// An epoch of a member's log, as far as it counts.
package struct EpochSpan: Sendable {
    /// The log as it is held.
    package let log: LogStore
    /// Leaves that count: those before the closing, or all.
    package let end: Int
    /// Whether the registry has closed it at `end`.
    package let isClosed: Bool

    /// A span from its parts.
    package init(log: LogStore, end: Int, isClosed: Bool) {
        self.log = log
        self.end = end
        self.isClosed = isClosed
    }
}
