import Federation
import Keys
import Node
import Synchronization

/// One life of a node, from a start to a stop.
struct LifeID: Hashable, Sendable {
    let domain: String
    let number: Int
}

/// The network between the nodes: loses, doubles, delays and reorders messages, and is cut in one
/// direction or both. All of its chances come from a seed.
final class FaultyNetwork: Sendable {
    /// How bad it is, as probabilities of a message.
    struct Conditions: Sendable {
        var loss = 0.0
        var duplication = 0.0
        /// Of a delay of up to a minute.
        var delay = 0.0

        static let perfect = Conditions()
        static let bad = Conditions(loss: 0.05, duplication: 0.03, delay: 0.03)
    }

    struct Link: Hashable, Sendable {
        let from: String
        let to: String
    }

    /// What becomes of one message, decided as it is sent.
    fileprivate struct Fate {
        var there = Duration.zero
        var back: Duration? = .zero
        var isLost = false
        var again: Duration?
    }

    fileprivate struct State {
        var chance: SplitMix64
        var conditions = Conditions.perfect
        var nodes: [String: [(life: LifeID, node: Node)]] = [:]
        var cut: Set<Link> = []
        /// Nodes that nobody reaches from outside.
        var sheltered: Set<String> = []
        var registry: [String: [UInt8]] = [:]
        var arrivals: [Link: VirtualClock.Instant] = [:]
        var underWay: [String: Int] = [:]
        var messages = 0
    }

    /// Where the registry's own server is, which is no member.
    static let registryHost = "registry.example"
    /// Requests of one node that may be open at a time, for each member.
    private static let requestsPerMember = 24

    let clock: VirtualClock
    let liars: Liars
    private let faults: FaultCounter
    private let watcher: Watcher
    private let state: Mutex<State>
    private let background: Background
    private let members: Int

    init(
        seed: UInt64, members: Int, clock: VirtualClock, faults: FaultCounter, liars: Liars,
        watcher: Watcher, background: Background
    ) {
        self.members = members
        self.clock = clock
        self.faults = faults
        self.liars = liars
        self.watcher = watcher
        state = Mutex(State(chance: SplitMix64(state: seed)))
        self.background = background
    }

    func plug(_ life: LifeID, _ node: Node) {
        state.withLock { $0.nodes[life.domain, default: []].append((life, node)) }
    }

    func unplug(_ life: LifeID) {
        state.withLock { $0.nodes[life.domain]?.removeAll { $0.life == life } }
    }

    func serve(_ files: [String: [UInt8]]) { state.withLock { $0.registry = files } }

    func set(_ conditions: Conditions) { state.withLock { $0.conditions = conditions } }

    func cut(_ links: Set<Link>) { state.withLock { $0.cut.formUnion(links) } }

    func mend(_ links: Set<Link>) { state.withLock { $0.cut.subtract(links) } }

    func shelter(_ domains: Set<String>) { state.withLock { $0.sheltered = domains } }

    /// Every node that runs, of a cloned member both.
    var everybody: [Node] {
        state.withLock { state in
            state.nodes.sorted { $0.key < $1.key }.flatMap { $0.value.map(\.node) }
        }
    }

    /// Messages so far.
    var messages: Int { state.withLock { $0.messages } }

    /// Sends a request of a node and returns the answer.
    func send(_ request: PeerRequest, from life: LifeID) async throws -> PeerResponse {
        let link = Link(from: life.domain, to: request.peer.domain)
        let fate = state.withLock { $0.fate(of: link, at: clock.now, faults: faults) }
        let open = state.withLock { state in
            state.underWay[life.domain, default: 0] += 1
            return state.underWay[life.domain] ?? 0
        }
        if open > Self.requestsPerMember * members, watcher.isHonest(life.domain) {
            watcher.violated("\(life.domain) has \(open) requests under way")
        }
        defer { state.withLock { $0.underWay[life.domain, default: 0] -= 1 } }
        watcher.leaves(request, from: life)
        if request.method == "POST" { liars.overhear(request) }
        let answer = Answer()
        background.start { await self.carry(request, from: life, fate, to: answer) }
        if let again = fate.again {
            faults.count(.duplication)
            background.start {
                try? await self.clock.sleep(for: again)
                _ = try? await self.deliver(request, from: life)
            }
        }
        let response = try await answer.value()
        guard response.body.count <= request.maximumBytes else {
            throw Problem(.tooLarge, "the answer is larger than \(request.maximumBytes) bytes")
        }
        return response
    }

    /// The way there and back; the sender waits as long as the real client does, and no longer.
    private func carry(
        _ request: PeerRequest, from life: LifeID, _ fate: Fate, to answer: Answer
    ) async {
        let patience: Duration = .seconds(request.isBulk ? 120 : 30)
        let silence = Problem(.unreachable, "\(request.peer.domain) does not answer")
        if fate.isLost {
            try? await clock.sleep(for: patience)
            return answer.resume(throwing: silence)
        }
        if fate.there > patience {
            try? await clock.sleep(for: patience)
            answer.resume(throwing: silence)
            try? await clock.sleep(for: fate.there - patience)
            _ = try? await deliver(request, from: life)
            return
        }
        let sent = clock.now
        try? await clock.sleep(for: fate.there)
        let response: PeerResponse?
        do {
            response = try await deliver(request, from: life)
        } catch { return answer.resume(throwing: error) }
        let left = patience - sent.duration(to: clock.now)
        guard let response, let back = fate.back, back <= left else {
            try? await clock.sleep(for: max(.zero, left))
            return answer.resume(throwing: silence)
        }
        if back > .zero { try? await clock.sleep(for: back) }
        answer.resume(returning: response)
    }

    /// The answer of the node that a request is for; nil when it says nothing.
    private func deliver(_ request: PeerRequest, from life: LifeID) async throws -> PeerResponse? {
        let domain = request.peer.domain
        if domain == Self.registryHost {
            let file = state.withLock { $0.registry[String(request.path.dropFirst())] }
            watcher.note("\(life.domain)>registry \(request.path) \(file?.count ?? 0)")
            return file.map { .ok($0) } ?? .status(404)
        }
        guard let (server, node) = state.withLock({ $0.node(of: domain, for: life.domain) }) else {
            faults.count(.refusedConnection)
            throw Problem(.unreachable, "\(domain) refuses connections")
        }
        if liars.isSilent(domain) {
            faults.count(.silentPeer)
            return nil
        }
        let honest = await NodeDesks(node: node).answer(request)
        guard watcher.isAlive(server) else { return nil }
        watcher.answers(honest, to: request, by: server)
        let told = liars.told(honest, to: request, by: domain, counting: faults)
        watcher.note("\(life.domain)>\(domain) \(request.method) \(request.path) \(told.status)")
        return told
    }
}

extension FaultyNetwork.State {
    /// A cloned node answers one half of the others by itself, the rest by its clone.
    fileprivate func node(of domain: String, for asker: String) -> (LifeID, Node)? {
        guard !sheltered.contains(domain), let lives = nodes[domain], !lives.isEmpty else {
            return nil
        }
        let choice = Int(Digest(of: Array(asker.utf8)).bytes[0]) % lives.count
        return lives[choice]
    }

    fileprivate mutating func fate(
        of link: FaultyNetwork.Link, at now: VirtualClock.Instant, faults: FaultCounter
    ) -> FaultyNetwork.Fate {
        messages += 1
        var fate = FaultyNetwork.Fate()
        fate.there = .milliseconds(Int.random(in: 5...120, using: &chance))
        if cut.contains(link) {
            faults.count(.partition)
            fate.isLost = true
        } else if happens(conditions.loss) {
            faults.count(.loss)
            fate.isLost = true
        }
        if cut.contains(FaultyNetwork.Link(from: link.to, to: link.from)) {
            faults.count(.partition)
            fate.back = nil
        } else if happens(conditions.loss) {
            faults.count(.lostAnswer)
            fate.back = nil
        }
        if happens(conditions.delay) {
            faults.count(.longDelay)
            fate.there = .milliseconds(Int.random(in: 1000...60_000, using: &chance))
        }
        if happens(conditions.delay) {
            fate.back = fate.back.map { _ in
                .milliseconds(Int.random(in: 1000...60_000, using: &chance))
            }
        }
        if happens(conditions.duplication) {
            fate.again = .milliseconds(Int.random(in: 5...60_000, using: &chance))
        }
        let arrival = now.advanced(by: fate.there)
        if !fate.isLost {
            if let last = arrivals[link], arrival < last { faults.count(.reordering) }
            arrivals[link] = max(arrivals[link] ?? arrival, arrival)
        }
        return fate
    }

    private mutating func happens(_ probability: Double) -> Bool {
        probability > 0 && Double.random(in: 0..<1, using: &chance) < probability
    }
}

/// Where a sender waits; whoever gives it up gives the wait up only.
private final class Answer: Sendable {
    fileprivate struct State {
        var outcome: Result<PeerResponse, any Error>?
        var waiting: CheckedContinuation<PeerResponse, any Error>?
    }

    private let state = Mutex(State())

    func value() async throws -> PeerResponse {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state in
                    if state.outcome == nil { state.waiting = continuation }
                    return state.outcome
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            resume(throwing: CancellationError())
        }
    }

    func resume(returning response: PeerResponse) { resume(with: .success(response)) }

    func resume(throwing error: any Error) { resume(with: .failure(error)) }

    private func resume(with outcome: Result<PeerResponse, any Error>) {
        let waiting = state.withLock { state in
            guard state.outcome == nil else {
                return nil as CheckedContinuation<PeerResponse, any Error>?
            }
            state.outcome = outcome
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(with: outcome)
    }
}

/// The network as one life of a node sees it.
struct NodeTransport: PeerTransport {
    let network: FaultyNetwork
    let life: LifeID
    let disk: Disk

    func send(_ request: PeerRequest) async throws -> PeerResponse {
        // A machine that has stopped says nothing any more, whatever its program still believes.
        guard !disk.isStopped else { throw Problem(.unreachable, "this machine has stopped") }
        let response = try await network.send(request, from: life)
        guard !disk.isStopped else { throw Problem(.unreachable, "this machine has stopped") }
        return response
    }
}
