import CanonicalJSON
import Federation
import Keys
import Node
import NodeStore
import TransparencyLog

/// Measures in how many rounds of 60 s a new head reaches everybody, when 5 % of all messages are
/// lost, 40 % of the nodes take no connections from outside, and 20 % are down.
struct Convergence {
    private static let trials = 5

    let world: World

    init(_ world: World) { self.world = world }

    func run() async {
        for domain in world.domains { world.begin(domain) }
        for domain in world.domains.suffix(2) {
            try? world.registry.admit(domain, at: world.clock.time)
        }
        world.network.serve(world.registry.files)
        world.ledger.isQuiet = true
        try? await world.clock.sleep(for: .seconds(600))
        for life in world.lives { _ = try? await life.ask(.logInit) }
        try? await world.clock.sleep(for: .seconds(1800))
        var chance = SplitMix64(state: world.options.seed)
        for _ in 0..<Self.trials {
            let order = world.domains.shuffled(using: &chance)
            let count = order.count
            let down = order.prefix(count / 5)
            let sheltered = order.dropFirst(down.count).prefix(count * 2 / 5)
            guard let author = order.last else { return }
            for domain in down { world.crash(domain, for: 3 * 3600) }
            world.network.shelter(Set(sheltered))
            world.network.set(FaultyNetwork.Conditions(loss: 0.05))
            // Long enough for neighbours that do not answer to be replaced.
            try? await world.clock.sleep(for: .seconds(3600))
            await measure(author)
            world.network.set(.perfect)
            world.network.shelter([])
            for domain in down { world.begin(domain) }
            try? await world.clock.sleep(for: .seconds(3600))
        }
    }

    private func measure(_ author: String) async {
        guard let life = world.life(of: author) else { return }
        let id = RequestID(
            milliseconds: life.node.time.milliseconds(),
            random: SeededRandom(seed: UInt64(world.clock.now.nanoseconds)).bytes(10))
        let item: JSON = [
            "id": .string("C-\(world.clock.now.seconds)"), "title": ["en": "A course"],
            "defaultLanguage": "en", "provider": ["name": ["en": .string(author)]],
            "awardingBody": ["name": ["en": .string(author)]],
        ]
        _ = try? await life.ask(
            .cataloguePublish, ["requestId": .string(id.text), "items": [item]])
        guard let head = life.node.logs.own?.head?.checkpoint else { return }
        var reached: [String] = []
        for round in 0...60 {
            if round > 0 { try? await world.clock.sleep(for: .seconds(60)) }
            let up = world.lives
            let have = up.count { $0.node.logs.log(head.origin)?.size ?? 0 >= head.size }
            reached.append("\(have)")
            if have == up.count { break }
        }
        Terminal.say(
            "nodes that have the head, of \(world.lives.count) that are up, by round: "
                + reached.joined(separator: " "))
    }
}
