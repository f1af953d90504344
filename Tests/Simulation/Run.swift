import CanonicalJSON
import Federation
import Foundation
import Glibc
import Synchronization

/// What came of one seed.
struct Outcome: Sendable {
    var seed: UInt64 = 0
    var violation: String?
    var trace = ""
    var messages = 0
    var leaves = 0
    var reads = 0
    var rounds = 0
    /// Seconds after which everybody knew of a fork; 0 when not everybody does, or there is none.
    var forkFound = 0
    /// Logs that an old backup had set back and that are whole again.
    var healed = 0
    /// Acknowledged leaves that were lost with the only disk that ever held them, and reported so.
    var lost = 0
    var faults: [Fault: Int] = [:]
    /// Seconds of this machine.
    var seconds = 0.0
    /// Resident memory at its highest, in MiB.
    var memory = 0

    var json: JSON {
        func number(_ value: Int) -> JSON { .number(JSONNumber(Int64(value))) }
        var struck = JSONObject()
        for (fault, times) in faults { struck[fault.rawValue] = number(times) }
        return [
            "seed": number(Int(seed)), "violation": violation.map { .string($0) } ?? .null,
            "trace": .string(trace), "messages": number(messages), "leaves": number(leaves),
            "reads": number(reads), "rounds": number(rounds),
            "forkFound": number(forkFound), "healed": number(healed), "lost": number(lost),
            "faults": .object(struck),
            "milliseconds": number(Int(seconds * 1000)), "memory": number(memory),
        ]
    }

    init() {}

    /// Reads what a run has printed; nil when it is none.
    init?(json: JSON) {
        func number(_ name: String) -> Int { json[name]?.integer.map { Int($0) } ?? 0 }
        guard let trace = json["trace"]?.string else { return nil }
        seed = UInt64(number("seed"))
        violation = json["violation"]?.string
        self.trace = trace
        messages = number("messages")
        leaves = number("leaves")
        reads = number("reads")
        rounds = number("rounds")
        forkFound = number("forkFound")
        healed = number("healed")
        lost = number("lost")
        seconds = Double(number("milliseconds")) / 1000
        memory = number("memory")
        for fault in Fault.allCases {
            faults[fault] = json["faults"]?[fault.rawValue]?.integer.map { Int($0) }
        }
    }
}

/// One run in this process, on this thread.
struct Run {
    let options: Options

    init(_ options: Options) { self.options = options }

    /// Runs the script to its end: all jobs first, then time moves to the next timer.
    func carryOut() throws -> Outcome {
        raiseFileLimit()
        let began = ContinuousClock.now
        let world = try World(options)
        defer { world.clear() }
        let rounds = Mutex(0)
        let convergence = options.convergence
        // The one root of all tasks of a run; everything else is its child.
        _ = Task(executorPreference: world.thread) {
            await world.run { world in
                if convergence {
                    await Convergence(world).run()
                } else {
                    var script = Script(world)
                    await script.run()
                    rounds.withLock { $0 = script.rounds }
                }
            }
        }
        world.thread.drain()
        while !world.isOver {
            guard world.clock.step() else {
                world.watcher.violated("nothing is left to do, and the script is not at its end")
                break
            }
            world.thread.drain()
            world.inspection.step(world)
        }
        var outcome = self.outcome(of: world)
        outcome.rounds = rounds.withLock { $0 }
        outcome.seconds = (ContinuousClock.now - began) / .seconds(1)
        return outcome
    }

    /// What a world that has come to its end tells.
    private func outcome(of world: World) -> Outcome {
        if world.thread.strayed > 0 {
            world.watcher.violated(
                "\(world.thread.strayed) jobs came from another thread: something escapes the seed")
        }
        for life in world.lives { world.faults.add(life.disk.takeFailures()) }
        var outcome = Outcome()
        outcome.seed = options.seed
        outcome.violation = world.watcher.violation
        outcome.trace = world.watcher.trace
        outcome.messages = world.network.messages
        outcome.leaves = world.ledger.acknowledged
        outcome.reads = world.ledger.reads
        outcome.forkFound = Int(world.inspection.forkFound ?? 0)
        outcome.healed = world.losses.healed
        outcome.lost = world.losses.lost
        outcome.faults = world.faults.all
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        outcome.memory = usage.ru_maxrss / 1024
        return outcome
    }

    /// Each node has some files open for each log.
    private func raiseFileLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
