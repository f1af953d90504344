import Federation
import Keys
import Node
import NodeStore
import Synchronization
import TransparencyLog

/// Looks into the nodes and compares what they hold with what must hold.
final class Inspection: Sendable {
    /// Requests of one node that may be open at a time, for each member.
    private static let requestsPerMember = 24

    private let found = Mutex<Int64?>(nil)
    /// Leaves of each log that a member has held, by member and origin.
    private let sizes = Mutex<[String: [String: Int]]>([:])

    /// A member's disk was set back.
    func forget(_ domain: String) { sizes.withLock { $0[domain] = nil } }

    /// Every minute: verified sizes never fall, nothing piles up.
    func look(at world: World) {
        judgeForks(world)
        for life in world.lives where world.watcher.isHonest(life.domain) {
            let logs = life.node.logs.mirrors + [life.node.logs.own].compactMap(\.self)
            for log in logs {
                let before = sizes.withLock { sizes in
                    let before = sizes[life.domain]?[log.origin] ?? 0
                    sizes[life.domain, default: [:]][log.origin] = max(before, log.size)
                    return before
                }
                if log.size < before {
                    world.watcher.violated(
                        "\(life.domain) held \(before) leaves of \(log.origin), "
                            + "now it holds \(log.size)")
                }
            }
            let open = world.network.underWay(from: life.domain)
            if open > Self.requestsPerMember * world.domains.count {
                world.watcher.violated("\(life.domain) has \(open) requests under way")
            }
            if life.node.gossip.outstanding.count > world.domains.count {
                world.watcher.violated("\(life.domain) waits for more logs than there are")
            }
        }
    }

    /// A fork is found by everybody within a virtual day, and no honest author is accused of one.
    func judgeForks(_ world: World) {
        let lives = world.lives.filter { world.watcher.isHonest($0.domain) }
        for life in lives {
            for origin in life.node.quarantine.proven.sorted()
            where world.watcher.isHonest(String(origin.prefix { $0 != "/" })) {
                world.watcher.violated("\(life.domain) accuses \(origin), which is no fork")
            }
        }
        let origin = Identity.origin(world.clonable)
        guard let time = world.watcher.forked(origin), found.withLock({ $0 == nil }) else { return }
        let since = time.duration(to: world.clock.now)
        let blind = lives.filter { !$0.node.quarantine.holds(origin) }.map(\.domain)
        if blind.isEmpty {
            found.withLock { $0 = since.components.seconds }
            world.watcher.note("the fork is known to all after \(since.components.seconds) s")
        } else if since > .seconds(86_400) {
            world.watcher.violated("after a day \(blind) do not know that \(origin) is forked")
        }
    }

    /// Seconds after which everybody knew of a fork; nil while somebody does not.
    var forkFound: Int64? { found.withLock { $0 } }

    /// Recomputes what an honest node holds: acknowledged leaves, signed trees, fold.
    func audit(_ world: World, sample: Int) {
        for life in world.lives where world.watcher.isHonest(life.domain) {
            do {
                if let own = life.node.logs.own {
                    try kept(own, of: life.domain, world)
                    try fold(own, at: life.domain, world)
                }
                let others = life.node.logs.mirrors
                for offset in 0..<min(sample, others.count) {
                    let index = (life.id.number + offset * 5) % others.count
                    try fold(others[index], at: life.domain, world)
                }
            } catch {
                world.watcher.violated("\(life.domain) cannot be read: \(error)")
            }
        }
    }

    /// What an author has let out or acknowledged stands in its log.
    private func kept(_ log: LogStore, of domain: String, _ world: World) throws {
        guard !world.isSetBack(domain) else { return }
        for (size, root) in world.watcher.signed(log.origin).sorted(by: { $0.key < $1.key }) {
            guard size <= log.size else {
                return world.watcher.violated(
                    "\(log.origin) has let out a head of \(size) leaves and holds \(log.size)")
            }
            if try log.root(at: size) != root {
                world.watcher.violated(
                    "\(log.origin) has let out another tree of \(size) leaves than it holds")
            }
        }
        for (index, leaf) in world.ledger.leaves(of: log.origin).sorted(by: { $0.key < $1.key }) {
            if try log.entry(index).map({ Digest.ofLeaf($0) }) != leaf {
                world.watcher.violated("\(log.origin) has lost the acknowledged leaf \(index)")
            }
        }
    }

    /// Tree and state follow from the entries alone.
    private func fold(_ log: LogStore, at domain: String, _ world: World) throws {
        guard let head = log.head?.checkpoint else { return }
        var range = CompactRange()
        var states: [SubjectKey: SubjectState] = [:]
        for (index, entry) in try log.entries(from: 0, to: head.size).enumerated() {
            range.append(Digest.ofLeaf(entry))
            let verdict = Fold.judge(entry, index: index) { states[$0] }
            if case .accepted(_, let key?, let state?) = verdict { states[key] = state }
        }
        if range.size != head.size || range.root != head.root {
            world.watcher.violated("at \(domain) the entries of \(log.origin) are not its tree")
        }
        for (key, state) in states where try log.subject(key) != state {
            world.watcher.violated(
                "at \(domain) \(key.subject) of \(log.origin) is not what its leaves say")
        }
    }

    /// Who does not hold what yet; empty when all honest nodes have equal, confirmed heads.
    func laggards(_ world: World) -> [String] {
        let lives = world.lives.filter { world.watcher.isHonest($0.domain) }
        var found: [String] = []
        for author in lives {
            guard let head = author.node.logs.own?.head?.checkpoint else { continue }
            // A log that was set back is not written on; what the others have of it is longer.
            guard !world.isSetBack(author.domain) else { continue }
            for life in lives {
                let log = life.node.logs.log(head.origin)
                let confirmed = try? log?.confirmed()?.checkpoint.checkpoint
                if log?.head?.checkpoint != head || confirmed != head {
                    found.append(
                        "\(life.domain) has \(confirmed?.size ?? 0) confirmed of "
                            + "\(log?.size ?? 0) of \(head.size) leaves of \(head.origin)")
                }
            }
        }
        return found
    }
}
