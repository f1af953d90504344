import CanonicalJSON
import Federation
import Keys
import Node
import NodeStore
import Synchronization
import TransparencyLog

/// What the people of the institutions have done, and what of it was acknowledged.
final class Ledger: Sendable {
    /// A request of an operator; repeated under its id until it is answered.
    struct Errand: Sendable {
        let operation: ControlOperation
        let body: JSON
        var titles: [String: String] = [:]
    }

    private struct State {
        /// Leaf hashes by index that were acknowledged, by origin.
        var leaves: [String: [Int: Digest]] = [:]
        /// By origin.
        var ends: [String: Int] = [:]
        /// Titles, and the indices of their leaves, by `<global id>#<revision>`.
        var titles: [String: (title: String, index: Int)] = [:]
        var known: [String] = []
        var unanswered: [String: Errand] = [:]
        var isQuiet = false
        var reads = 0
    }

    private let state = Mutex(State())

    /// Whether people rest, so that the nodes can come to agree.
    var isQuiet: Bool {
        get { state.withLock { $0.isQuiet } }
        set { state.withLock { $0.isQuiet = newValue } }
    }

    func leaves(of origin: String) -> [Int: Digest] { state.withLock { $0.leaves[origin] ?? [:] } }

    /// One more than the highest index that was acknowledged.
    func end(of origin: String) -> Int { state.withLock { $0.ends[origin] ?? 0 } }

    /// Forgets leaves that are lost for good.
    ///
    /// - Returns: how many.
    func lose(_ origin: String, from size: Int) -> Int {
        state.withLock { state in
            let lost = state.leaves[origin]?.keys.filter { $0 >= size } ?? []
            for index in lost { state.leaves[origin]?[index] = nil }
            state.ends[origin] = min(state.ends[origin] ?? 0, size)
            let items = "https://\(Identity.author(origin))/"
            for (id, published) in state.titles
            where published.index >= size && id.hasPrefix(items) { state.titles[id] = nil }
            return lost.count
        }
    }

    var acknowledged: Int { state.withLock { $0.leaves.values.reduce(0) { $0 + $1.count } } }

    /// Lines of the catalogue that readers have compared.
    var reads: Int { state.withLock { $0.reads } }

    /// Notes an acknowledged leaf; false when another one was acknowledged at its place.
    func acknowledge(_ origin: String, _ index: Int, _ leaf: Digest) -> Bool {
        state.withLock { state in
            let before = state.leaves[origin]?[index]
            state.leaves[origin, default: [:]][index] = before ?? leaf
            state.ends[origin] = max(state.ends[origin] ?? 0, index + 1)
            return before ?? leaf == leaf
        }
    }

    /// A title that was published, to look for.
    func title(using chance: inout SplitMix64) -> String? {
        state.withLock { state in
            guard !state.known.isEmpty else { return nil }
            return state.known.randomElement(using: &chance)
        }
    }

    func publishes(_ id: String, revision: Int, title: String, at index: Int) {
        state.withLock { state in
            state.titles["\(id)#\(revision)"] = (title, index)
            state.known.append(title)
        }
    }

    /// Whether a line of the catalogue says what was published.
    func agrees(_ id: String, revision: Int, title: String) -> Bool {
        state.withLock { state in
            state.reads += 1
            return state.titles["\(id)#\(revision)"].map { $0.title == title } ?? true
        }
    }

    /// The request that a node has not answered yet.
    func errand(of domain: String) -> Errand? { state.withLock { $0.unanswered[domain] } }

    func set(_ errand: Errand?, of domain: String) {
        state.withLock { $0.unanswered[domain] = errand }
    }
}

/// The people of one institution, for as long as its node lives: they publish, revise and withdraw
/// items, decide, and read.
struct Workload {
    private static let items = 20

    let life: Life
    let world: World

    private var ledger: Ledger { world.ledger }
    private var domain: String { life.domain }

    func run() async {
        let seed = Digest(of: Array("\(world.options.seed) people of \(life.id)".utf8))
        var chance = SplitMix64(
            state: seed.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        while !Task.isCancelled, !life.disk.isStopped {
            let pause = Int.random(in: 10...Int(2 * world.options.pause), using: &chance)
            guard (try? await world.clock.sleep(for: .seconds(pause))) != nil else { return }
            guard !ledger.isQuiet else { continue }
            if life.node.logs.own == nil {
                _ = try? await life.ask(.logInit)
            } else {
                await act(&chance)
                await read(&chance)
            }
        }
    }

    private func act(_ chance: inout SplitMix64) async {
        let errand: Ledger.Errand
        if let before = ledger.errand(of: domain) {
            errand = before
        } else if let new = await draw(&chance) {
            errand = new
            ledger.set(new, of: domain)
        } else {
            return
        }
        do {
            let answer = try await life.ask(errand.operation, errand.body)
            world.watcher.note("\(domain) did \(errand.operation.rawValue)")
            ledger.set(nil, of: domain)
            try acknowledged(errand, answer)
        } catch let problem as Problem {
            world.watcher.note("\(domain) \(errand.operation.rawValue): \(problem.slug.rawValue)")
            // Anything else is a definite answer, such as that there is nothing to withdraw.
            let isOpen: Set<Problem.Slug> = [
                .readOnly, .busy, .unreachable, .internalError, .noLog,
            ]
            if !isOpen.contains(problem.slug) { ledger.set(nil, of: domain) }
        } catch {
            return
        }
    }

    private func acknowledged(_ errand: Ledger.Errand, _ answer: JSON) throws {
        guard let log = life.node.logs.own, world.watcher.isHonest(domain) else { return }
        let lines = answer["results"]?.array ?? [answer]
        for line in lines {
            guard let index = line["index"]?.integer.map({ Int($0) }) else { continue }
            guard let entry = try log.entry(index) else {
                world.watcher.violated("\(log.origin) acknowledged leaf \(index) and has none")
                return
            }
            if !ledger.acknowledge(log.origin, index, Digest.ofLeaf(entry)) {
                world.watcher.violated("\(log.origin) acknowledged two leaves at \(index)")
            }
            if let id = line["id"]?.string, let title = errand.titles[id],
                let revision = line["revision"]?.integer
            {
                ledger.publishes(
                    "https://\(domain)/items/\(id)", revision: Int(revision), title: title,
                    at: index)
            }
        }
    }

    private func draw(_ chance: inout SplitMix64) async -> Ledger.Errand? {
        let id = "C-\(Int.random(in: 0..<Self.items, using: &chance))"
        let request = JSON.string(
            RequestID(
                milliseconds: life.node.time.milliseconds(),
                random: SeededRandom(seed: chance.next()).bytes(10)
            ).text)
        switch Int.random(in: 0..<10, using: &chance) {
        case 0..<6:
            let title = "Course \(Int.random(in: 0..<1000, using: &chance)) of \(domain)"
            return Ledger.Errand(
                operation: .cataloguePublish,
                body: ["requestId": request, "items": [item(id, title)]], titles: [id: title])
        case 6..<8:
            return Ledger.Errand(
                operation: .catalogueWithdraw,
                body: ["requestId": request, "id": .string(id), "reason": "ended"])
        default: return await decision(request, &chance)
        }
    }

    /// A decision on a credential that another institution has issued.
    private func decision(_ request: JSON, _ chance: inout SplitMix64) async -> Ledger.Errand? {
        guard let issuer = world.lives.randomElement(using: &chance),
            let rows = try? issuer.node.views.list(domain: issuer.domain, after: nil, limit: 50),
            let item = rows.filter(\.living).randomElement(using: &chance),
            let credential = try? await issuer.ask(
                .credentialIssue, ["item": .string(item.id), "subject": ["name": "A. Learner"]])
        else { return nil }
        return Ledger.Errand(
            operation: .decisionRecord,
            body: [
                "requestId": request, "credential": credential, "outcome": "recognised",
                "credits": "5",
            ])
    }

    private func item(_ id: String, _ title: String) -> JSON {
        [
            "id": .string(id), "title": ["en": .string(title)], "defaultLanguage": "en",
            "provider": ["name": ["en": .string(domain)]],
            "awardingBody": ["name": ["en": .string(domain)]],
        ]
    }

    /// What a reader finds stands in a log as it was published.
    private func read(_ chance: inout SplitMix64) async {
        guard let title = ledger.title(using: &chance),
            let found = try? await life.ask(.catalogueSearch, ["query": .string(title)])
        else { return }
        for line in found["results"]?.array ?? [] {
            guard let id = line["globalId"]?.string, let revision = line["revision"]?.integer,
                let title = line["title"]?.string, let author = line["domain"]?.string,
                world.watcher.isHonest(author)
            else { continue }
            if !ledger.agrees(id, revision: Int(revision), title: title) {
                world.watcher.violated("\(domain) shows \(id) at revision \(revision) as \(title)")
            }
            if line["evidence"]?["inclusion"]?.string != "verified" {
                world.watcher.violated("\(domain) shows \(id) without evidence")
            }
        }
    }
}
