/// What a run is asked for.
struct Options: Sendable {
    /// The seeds, one run each.
    var seeds: ClosedRange<UInt64> = 1...10
    /// The seed of this run.
    var seed: UInt64 = 1
    /// Whether one seed was named: it runs in this process.
    var isSingle = false
    var nodes = 12
    var hours = 6
    /// Mean seconds between what the people of one node do.
    var pause = 240
    /// Runs at a time.
    var jobs = 2
    /// Whether every line of the trace is shown.
    var showsTrace = false
    /// Whether the nodes' own logs are shown.
    var showsLogs = false
    /// Whether every copy is recomputed, not one of each node.
    var isThorough = false
    /// Whether the spreading of one head is measured instead.
    var convergence = false

    struct Mistake: Error {
        let text: String
    }

    static let usage = """
        Simulation [--seeds <n> | --seeds <from>-<to> | --seed <n>] [--nodes <n>] [--hours <n>]
                   [--pause <seconds>] [--jobs <n>] [--thorough] [--trace]
                   [--logs] [--convergence]

        Whole nodes on a virtual clock, a faulty network and a faulty disk. Each seed is one run; the
        same seed gives the same run. Without --seed every seed runs in a process of its own, the first
        one twice, and every fault must have struck at least once.

          --seeds        how many seeds, from 1, or which (default 10)
          --seed         one seed, in this process: how a failure is replayed
          --nodes        members of the federation, at least 8 (default 12)
          --hours        virtual hours (default 6)
          --pause        mean seconds between what the people of one node do (default 240)
          --jobs         runs at a time (default 2)
          --thorough     recomputes every copy of a log, not one at each node
          --trace        shows every message and event
          --logs         shows what the nodes log from warning on
          --convergence  measures in how many rounds of 60 s everybody has a new head instead

        """

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            switch name {
            case "--trace": showsTrace = true
            case "--logs": showsLogs = true
            case "--thorough": isThorough = true
            case "--convergence": convergence = true
            default:
                guard let value = rest.popFirst() else { throw Mistake(text: "\(name) of what?") }
                try set(name, value)
            }
        }
        guard nodes >= 8 || convergence else { throw Mistake(text: "--nodes: at least 8") }
    }

    private mutating func set(_ name: String, _ value: String) throws {
        if name == "--seeds", value.contains("-") {
            let ends = value.split(separator: "-").compactMap { UInt64($0) }
            guard ends.count == 2, ends[0] <= ends[1] else { throw Mistake(text: "--seeds 3-7") }
            seeds = ends[0]...ends[1]
            return
        }
        guard let number = Int(value), number > 0 else {
            throw Mistake(text: "\(name): not a number above zero: \(value)")
        }
        switch name {
        case "--seeds": seeds = 1...UInt64(number)
        case "--seed": (seed, isSingle) = (UInt64(number), true)
        case "--nodes": nodes = number
        case "--hours": hours = number
        case "--pause": pause = number
        case "--jobs": jobs = number
        default: throw Mistake(text: "unknown: \(name)")
        }
    }

    /// The command that replays a seed.
    func replay(_ seed: UInt64) -> String {
        "swift run Simulation --seed \(seed) --nodes \(nodes) --hours \(hours) --pause \(pause)"
    }
}
