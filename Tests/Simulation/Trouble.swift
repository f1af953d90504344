import Federation
import Keys
import Node
import NodeStore
import Synchronization

/// Draws one fault after the other, and takes back what lasts.
struct Trouble {
    private enum Card {
        case partition, crash, crashInIO, ioError, diskFull, everybodyRestarts
        case backup, restore, clockAhead, clockBehind, lie, nonsense, clone
    }

    private static let cards: [Card] =
        [.everybodyRestarts, .restore, .clone, .lie, .clockAhead, .clockBehind]
        + [.backup, .backup, .nonsense, .nonsense, .ioError, .ioError, .diskFull, .diskFull]
        + Array(repeating: .crash, count: 4) + Array(repeating: .crashInIO, count: 8)
        + Array(repeating: .partition, count: 8)

    let world: World
    var chance: SplitMix64
    private var deck: [Card] = []
    private var cuts: Set<FaultyNetwork.Link> = []

    init(world: World, chance: SplitMix64) {
        self.world = world
        self.chance = chance
    }

    /// One fault strikes: the next card of a shuffled deck, so that none stays away for long.
    mutating func strike() async {
        if deck.isEmpty { deck = Self.cards.shuffled(using: &chance) }
        switch deck.removeLast() {
        case .partition: partition()
        case .crash:
            world.faults.count(.crash)
            world.crash(victim(), for: Int.random(in: 5...600, using: &chance))
        case .crashInIO: life()?.disk.stop(after: Int.random(in: 1...120, using: &chance))
        case .ioError: life()?.disk.breakOnce(after: Int.random(in: 1...60, using: &chance))
        case .diskFull: fillDisk()
        case .everybodyRestarts: everybodyRestarts()
        case .backup: world.backUp(victim())
        case .restore: world.restore(victim { $0.hasBackup($1) })
        case .clockAhead: skew(1)
        case .clockBehind: skew(-1)
        case .lie: lie()
        case .nonsense: sendNonsense()
        case .clone: if world.watcher.isHonest(world.clonable) { world.clone(world.clonable) }
        }
    }

    /// What still lasts ends.
    mutating func end() {
        world.network.mend(cuts)
        cuts = []
        world.liars.set([:])
        for life in world.lives { life.disk.heal() }
        for domain in world.domains { world.time(of: domain)?.skew = 0 }
    }

    /// A member that is not cloned: of a clone nothing is expected any more.
    private mutating func victim(_ suits: (World, String) -> Bool = { _, _ in true }) -> String {
        world.domains.filter { $0 != world.clonable && suits(world, $0) }
            .randomElement(using: &chance) ?? ""
    }

    private mutating func life() -> Life? { world.life(of: victim()) }

    /// Some members cannot reach the others, in one direction or in both.
    private mutating func partition() {
        let shuffled = world.domains.shuffled(using: &chance)
        let inside = shuffled.prefix(Int.random(in: 1...world.domains.count / 2, using: &chance))
        let isOneWay = Bool.random(using: &chance)
        var links: Set<FaultyNetwork.Link> = []
        for from in inside {
            for to in shuffled.dropFirst(inside.count) + [FaultyNetwork.registryHost] {
                links.insert(FaultyNetwork.Link(from: from, to: to))
                if !isOneWay { links.insert(FaultyNetwork.Link(from: to, to: from)) }
            }
        }
        world.watcher.note("cut \(links.count) links")
        world.network.cut(links)
        cuts.formUnion(links)
        after(Int.random(in: 60...900, using: &chance)) { [links] in $0.network.mend(links) }
    }

    private mutating func fillDisk() {
        guard let life = life() else { return }
        life.disk.setFull(true)
        after(Int.random(in: 60...600, using: &chance)) { _ in life.disk.setFull(false) }
    }

    private mutating func everybodyRestarts() {
        world.faults.count(.everybodyRestarts)
        for domain in world.domains where domain != world.clonable {
            world.crash(domain, for: Int.random(in: 5...60, using: &chance))
        }
    }

    private mutating func skew(_ sign: Int64) {
        let domain = victim()
        let seconds = sign * Int64.random(in: 1...3600, using: &chance)
        world.faults.count(sign < 0 ? .clockBehind : .clockAhead)
        world.watcher.note("\(domain) is \(seconds) s off")
        world.time(of: domain)?.skew = seconds
        after(Int.random(in: 300...1800, using: &chance)) { $0.time(of: domain)?.skew = 0 }
    }

    private mutating func lie() {
        let liars = Liars.Kind.allCases.map { (victim(), $0) }
        world.liars.set(Dictionary(liars, uniquingKeysWith: { first, _ in first }))
        after(Int.random(in: 300...1200, using: &chance)) { $0.liars.set([:]) }
    }

    /// A stranger or a lying member sends what nobody should.
    private mutating func sendNonsense() {
        let peer = PeerAddress(
            domain: victim(), url: "https://stranger.example:8443", trust: .system)
        let life = LifeID(domain: "stranger.example", number: 0)
        for _ in 0..<5 {
            let request = world.liars.request(to: peer, counting: world.faults)
            world.background.start { [world] in
                _ = try? await world.network.send(request, from: life)
            }
        }
    }

    private func after(_ seconds: Int, _ end: @escaping @Sendable (World) -> Void) {
        world.background.start { [world] in
            try? await world.clock.sleep(for: .seconds(seconds))
            end(world)
        }
    }
}
