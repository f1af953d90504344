import Federation
import Keys
import Node
import NodeStore

/// What befalls a federation: bad times, then peace in which all must come to agree, and again.
struct Script {
    /// Rounds of 60 s after which all heads must be equal once the network is well.
    static let patience = 60

    let world: World
    private var chance: SplitMix64
    /// The most rounds that it took.
    private(set) var rounds = 0

    init(_ world: World) {
        self.world = world
        chance = SplitMix64(state: world.options.seed &* 31 &+ 3)
    }

    private var clock: VirtualClock { world.clock }

    mutating func run() async {
        begin()
        let end = clock.now.advanced(by: .seconds(world.options.hours * 3600))
        while clock.now < end, world.watcher.violation == nil {
            let left = clock.now.duration(to: end)
            let length = Duration.seconds(Int.random(in: 2400...5400, using: &chance))
            await badTimes(for: min(length, max(left, .seconds(60))))
            await peace()
        }
    }

    private func begin() {
        for domain in world.domains.dropLast(2) { world.begin(domain) }
        world.background.start { [world] in
            while !world.isOver {
                try? await world.clock.sleep(for: .seconds(60))
                world.inspection.look(at: world)
            }
        }
        world.background.start { [world] in
            for (index, domain) in world.domains.suffix(2).enumerated() {
                try? await world.clock.sleep(for: .seconds(index == 0 ? 900 : 600))
                world.begin(domain)
                try? await world.clock.sleep(for: .seconds(60))
                do {
                    try world.registry.admit(domain, at: world.clock.time)
                    world.network.serve(world.registry.files)
                    world.watcher.note("\(domain) is admitted")
                } catch { world.watcher.violated("the registry cannot admit: \(error)") }
            }
            while !world.isOver {
                try? await world.clock.sleep(for: .seconds(6 * 3600))
                try? world.registry.renew(at: world.clock.time)
                world.network.serve(world.registry.files)
            }
        }
    }

    private mutating func badTimes(for length: Duration) async {
        let end = clock.now.advanced(by: length)
        world.ledger.isQuiet = false
        world.network.set(.bad)
        var trouble = Trouble(world: world, chance: SplitMix64(state: chance.next()))
        while clock.now < end, world.watcher.violation == nil {
            let pause = Duration.seconds(Int.random(in: 10...90, using: &chance))
            try? await clock.sleep(for: min(pause, clock.now.duration(to: end)))
            await trouble.strike()
        }
        trouble.end()
    }

    private func missing(after rounds: Int) async -> [String] {
        await world.closed(after: rounds) + world.inspection.laggards(world)
            + world.inspection.blind(world)
    }

    /// Everything works, and the people rest.
    private mutating func peace() async {
        world.ledger.isQuiet = true
        world.network.set(.perfect)
        world.watcher.note("peace")
        world.beginAll()
        let start = clock.now
        var missing = await missing(after: 0)
        var taken = 0
        while !missing.isEmpty, world.watcher.violation == nil {
            guard taken < Self.patience else {
                return world.watcher.violated(
                    "after \(taken) rounds of peace \(missing.count) things are not as they should be: "
                        + missing.prefix(3).joined(separator: "; "))
            }
            taken += 1
            try? await clock.sleep(until: start.advanced(by: .seconds(60 * taken)), tolerance: nil)
            world.beginAll()
            missing = await self.missing(after: taken)
            if let first = missing.first {
                world.watcher.note("round \(taken), \(missing.count) missing: \(first)")
            }
        }
        rounds = max(rounds, taken)
        world.watcher.note("agreed after \(taken) rounds")
        world.inspection.audit(world, sample: world.options.isThorough ? world.domains.count : 1)
    }
}
