import Federation
import Keys
import TransparencyLog

/// A gossip state with members, and the events that tests tell it of.
struct GossipSetting {
    static let start = Instant(secondsSince1970: 1_795_456_800)
    var state: GossipState
    /// What the registry's arrival asked for.
    let first: [GossipState.Effect]

    /// Members `a.example`, `b.example` and so on, each with a log.
    init(members: Int, seed: UInt64 = 7) {
        state = GossipState(seed: seed)
        first = state.registryChanged(
            members: Set(Self.domains(members)),
            logs: Dictionary(
                uniqueKeysWithValues: Self.domains(members).map { (Self.origin($0), $0) }
            ),
            registry: Self.registry,
            at: Self.start
        )
    }

    static let registry = RegistryVersion(version: 5, digest: root("registry"))

    static func domains(_ count: Int) -> [String] {
        "abcdefghijklmnop".prefix(count).map { "\($0).example" }
    }

    static func origin(_ domain: String) -> String { "\(domain)/eccoe/1" }

    static func root(_ name: String) -> Digest { Digest(of: Array(name.utf8)) }

    /// A row about the log of `domain`.
    static func row(
        _ domain: String,
        size: Int,
        root: String = "root",
        cosignatures: Int = 0
    ) -> HeadHint {
        HeadHint(
            origin: HeadHint.shortOrigin(origin(domain)),
            size: size,
            root: String(Self.root(root).hex.prefix(16)),
            cosignatures: cosignatures
        )
    }

    static func page(
        _ rows: [HeadHint] = [],
        next: Int = 1,
        more: Bool = false,
        snapshot: Int? = nil
    ) -> HeadsPage {
        HeadsPage(
            instance: "9f2c",
            from: 0,
            next: next,
            more: more,
            now: start,
            snapshot: snapshot.map { RegistryVersion(version: $0, digest: root("registry")) },
            rows: rows
        )
    }

    /// `from` served these rows, `seconds` after the start.
    mutating func served(
        _ rows: [HeadHint],
        by from: String,
        after seconds: Int64 = 0,
        snapshot: Int? = nil
    ) -> [GossipState.Effect] {
        state.received(Self.page(rows, snapshot: snapshot), from: from, at: Self.start + seconds)
    }

    /// A log of this many leaves is held.
    mutating func holds(
        _ domain: String,
        size: Int,
        root: String = "root",
        cosignatures: Int = 0
    ) {
        state.holds(
            origin: Self.origin(domain),
            size: size,
            root: Self.root(root),
            cosignatures: cosignatures
        )
    }

    /// The fetch of a log ended.
    mutating func fetched(
        _ domain: String,
        _ outcome: GossipState.FetchOutcome,
        from source: String = "a.example",
        after seconds: Int64 = 0
    ) -> [GossipState.Effect] {
        state.fetched(
            origin: Self.origin(domain),
            from: source,
            outcome,
            at: Self.start + seconds
        )
    }

    var neighbours: Set<String> { Set(state.peers.filter(\.value.isNeighbour).keys) }

    /// Every poll that is under way succeeds with nothing new.
    mutating func answerAll(after seconds: Int64 = 0) {
        for domain in state.peers.keys.sorted() { _ = served([], by: domain, after: seconds) }
    }
}

extension GossipState.Effect {
    /// Who is polled; nil for other effects.
    var polled: String? { if case .poll(let domain, _, _) = self { domain } else { nil } }

    /// Of whom a log is fetched; nil for other effects.
    static func fetching(_ domain: String, from source: String) -> GossipState.Effect {
        .fetch(origin: GossipSetting.origin(domain), from: source)
    }
}
