import Federation
import Keys
import MemberRegistry
import Node
import NodeStore
import Synchronization
import TransparencyLog

/// Looks into the nodes and compares what they hold with what must hold.
final class Inspection: Sendable {
    private struct State {
        /// Seconds after which everybody knew of a fork.
        var forkFound: Int64?
        /// Newest head of each log that a member has held, by member and origin.
        var heads: [String: [String: Checkpoint]] = [:]
        /// By origin.
        var shadows: [String: Shadow] = [:]
        /// How many members each member's registry has had.
        var members: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// A member's disk was set back.
    func forget(_ domain: String) {
        state.withLock { state in
            state.heads[domain] = nil
            state.members[domain] = nil
        }
    }

    /// What comes from `size` on in a log is lost for good.
    func cut(_ origin: String, to size: Int) {
        state.withLock { $0.shadows[origin]?.cut(to: size) }
    }

    /// Seconds after which everybody knew of a fork; nil while somebody does not.
    var forkFound: Int64? { state.withLock { $0.forkFound } }

    // MARK: After every step

    /// Looks at what the last step may have changed: the nodes whose disks were used.
    func step(_ world: World) {
        for life in world.takeTouched()
        where !life.disk.isStopped && world.watcher.isHonest(life.domain) {
            do {
                for log in life.node.logs.mirrors { try look(at: log, of: life, world) }
                if let own = life.node.logs.own {
                    try look(at: own, of: life, world)
                    try keeps(own, life, world)
                }
            } catch {
                // A machine that stops while it is looked at is looked at when it comes again.
                guard !life.disk.isStopped else { continue }
                world.watcher.violated("\(life.domain) cannot be read: \(error)")
            }
            registry(life, world)
            accusations(life, world)
            queues(life, world)
        }
    }

    /// No member leaves an accepted registry, whenever the machine stopped.
    private func registry(_ life: Life, _ world: World) {
        let now = life.node.registry.current?.members.count ?? 0
        let before = state.withLock { state in
            let before = state.members[life.domain] ?? 0
            state.members[life.domain] = max(before, now)
            return before
        }
        if now < before {
            world.watcher.violated(
                "the registry of \(life.domain) had \(before) members, now it has \(now)")
        }
    }

    /// Verified trees only grow; of an honest author everybody holds the one tree, and the state is
    /// the fold of its leaves.
    private func look(at log: LogStore, of life: Life, _ world: World) throws {
        guard let head = log.head?.checkpoint else { return }
        let before = state.withLock { $0.heads[life.domain]?[log.origin] }
        guard before != head else { return }
        let held = before?.size ?? 0
        guard head.size >= held else {
            return world.watcher.violated(
                "\(life.domain) held \(held) leaves of \(log.origin), now it holds \(head.size)")
        }
        state.withLock { $0.heads[life.domain, default: [:]][log.origin] = head }
        guard world.watcher.isHonest(Identity.author(log.origin)) else {
            if let before, held > 0, try log.root(at: held) != before.root {
                world.watcher.violated(
                    "\(life.domain) holds another tree of \(held) leaves of \(log.origin) now")
            }
            return
        }
        try compare(log, head, from: held, of: life, world)
    }

    private func compare(
        _ log: LogStore, _ head: Checkpoint, from held: Int, of life: Life, _ world: World
    ) throws {
        let known = state.withLock { $0.shadows[log.origin]?.size ?? 0 }
        let news = head.size > known ? try log.entries(from: known, to: head.size) : []
        let (root, subjects) = state.withLock { state in
            var shadow = state.shadows[log.origin] ?? Shadow()
            for entry in news { shadow.append(entry) }
            state.shadows[log.origin] = shadow
            return (shadow.root(at: head.size), shadow.states(from: held, to: head.size))
        }
        if root != head.root {
            world.watcher.violated(
                "at \(life.domain) the \(head.size) leaves of \(log.origin) are another tree")
        }
        for (key, subject) in subjects where try log.subject(key) != subject {
            world.watcher.violated(
                "at \(life.domain) \(key.subject) of \(log.origin) is not what its leaves say")
        }
    }

    /// An author that may sign holds whatever it has acknowledged or let out.
    private func keeps(_ log: LogStore, _ life: Life, _ world: World) throws {
        if life.node.gate.current?.state == .stopped {
            world.watcher.violated("\(life.domain) takes its own log for a fork")
        }
        guard life.node.writer.isOpen else { return }
        try world.settleRestore(of: life, log)
        let acknowledged = world.ledger.end(of: log.origin)
        if acknowledged > log.size {
            world.watcher.violated(
                "\(log.origin) has acknowledged leaf \(acknowledged - 1) and holds \(log.size)")
        }
        let signed = world.watcher.signedEnd(log.origin)
        if signed > log.size {
            world.watcher.violated(
                "\(log.origin) has let out a head of \(signed) leaves and holds \(log.size)")
        }
    }

    private func accusations(_ life: Life, _ world: World) {
        for origin in life.node.quarantine.proven.sorted()
        where world.watcher.isHonest(Identity.author(origin)) {
            world.watcher.violated("\(life.domain) accuses \(origin), which is no fork")
        }
    }

    private func queues(_ life: Life, _ world: World) {
        if life.node.gossip.outstanding.count > world.domains.count {
            world.watcher.violated("\(life.domain) waits for more logs than there are")
        }
    }

    // MARK: Every minute

    /// A fork is found by everybody within a virtual day; nodes that write nothing queue nothing.
    func look(at world: World) {
        for life in world.lives where world.watcher.isHonest(life.domain) { queues(life, world) }
        let origin = Identity.origin(world.clonable)
        guard let time = world.watcher.forked(origin), forkFound == nil else { return }
        let since = time.duration(to: world.clock.now)
        let blind = blind(world)
        if blind.isEmpty {
            state.withLock { $0.forkFound = since.components.seconds }
            world.watcher.note("the fork is known to all after \(since.components.seconds) s")
        } else if since > .seconds(86_400) {
            world.watcher.violated("after a day: \(blind)")
        }
    }

    /// Honest nodes that run and do not know of a fork that is out; empty while there is none.
    func blind(_ world: World) -> [String] {
        let origin = Identity.origin(world.clonable)
        guard world.watcher.forked(origin) != nil else { return [] }
        return world.lives
            .filter { world.watcher.isHonest($0.domain) && !$0.node.quarantine.holds(origin) }
            .map { "\($0.domain) does not know that \(origin) is forked" }
    }
}

// MARK: In peace

extension Inspection {
    /// Recomputes from the bytes what an honest node holds: acknowledged leaves, signed trees, fold.
    func audit(_ world: World, sample: Int) {
        for life in world.lives where world.watcher.isHonest(life.domain) {
            do {
                if let own = life.node.logs.own {
                    try kept(own, at: life, world)
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

    /// What an author has let out or acknowledged stands in its log. A log that is closed because
    /// nobody has the rest says so.
    private func kept(_ log: LogStore, at life: Life, _ world: World) throws {
        let held = life.node.writer.isOpen ? Int.max : log.size
        for (size, root) in world.watcher.signed(log.origin).sorted(by: { $0.key < $1.key })
        where size <= held {
            if try size > log.size || log.root(at: size) != root {
                world.watcher.violated(
                    "\(log.origin) has let out another tree of \(size) leaves than it holds")
            }
        }
        for (index, leaf) in world.ledger.leaves(of: log.origin).sorted(by: { $0.key < $1.key })
        where index < held {
            if try log.entry(index).map({ Digest.ofLeaf($0) }) != leaf {
                world.watcher.violated("\(log.origin) has lost the acknowledged leaf \(index)")
            }
        }
    }

    /// Tree and state follow from the entries alone.
    private func fold(_ log: LogStore, at domain: String, _ world: World) throws {
        guard let head = log.head?.checkpoint else { return }
        var shadow = Shadow()
        for entry in try log.entries(from: 0, to: head.size) { shadow.append(entry) }
        if shadow.size != head.size || shadow.root(at: head.size) != head.root {
            world.watcher.violated("at \(domain) the entries of \(log.origin) are not its tree")
        }
        for (key, state) in shadow.states(from: 0, to: head.size)
        where try log.subject(key) != state {
            world.watcher.violated(
                "at \(domain) \(key.subject) of \(log.origin) is not what its leaves say")
        }
    }

    /// Who does not hold what yet; empty when all honest nodes have equal, confirmed heads. The last
    /// head of a log that stays closed may be one that its witnesses know to be old.
    func laggards(_ world: World) -> [String] {
        let lives = world.lives.filter { world.watcher.isHonest($0.domain) }
        var found: [String] = []
        for author in lives {
            guard let head = author.node.logs.own?.head?.checkpoint else { continue }
            for life in lives {
                let log = life.node.logs.log(head.origin)
                let confirmed = try? log?.confirmed()?.checkpoint.checkpoint
                let isConfirmed = confirmed == head || !author.node.writer.isOpen
                if log?.head?.checkpoint != head || !isConfirmed {
                    found.append(
                        "\(life.domain) has \(confirmed?.size ?? 0) confirmed of "
                            + "\(log?.size ?? 0) of \(head.size) leaves of \(head.origin)")
                }
            }
        }
        return found
    }
}
