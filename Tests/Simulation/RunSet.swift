import CanonicalJSON
import Dispatch
import Foundation
import Synchronization

/// Many seeds, each in a process of its own; the first one twice, to compare the traces.
struct RunSet {
    let options: Options

    init(_ options: Options) { self.options = options }

    /// Runs all and says what came of them; the exit status.
    func run() -> Int32 {
        let began = ContinuousClock.now
        let seeds = Array(options.seeds) + [options.seeds.lowerBound]
        let outcomes = Mutex<[Outcome]>([])
        let failures = Mutex<[String]>([])
        let next = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: options.jobs) { _ in
            while let seed = next.withLock({ next -> UInt64? in
                defer { next += 1 }
                return next < seeds.count ? seeds[next] : nil
            }) {
                do {
                    let outcome = try child(seed)
                    Terminal.say(line(outcome))
                    outcomes.withLock { $0.append(outcome) }
                    if let violation = outcome.violation {
                        failures.withLock {
                            $0.append(
                                "seed \(seed): \(violation)\n  replay: \(options.replay(seed))")
                        }
                    }
                } catch {
                    failures.withLock {
                        $0.append("seed \(seed): \(error)\n  replay: \(options.replay(seed))")
                    }
                }
            }
        }
        let all = outcomes.withLock { $0 }
        let wrong = failures.withLock { $0 } + unequal(all) + missing(all)
        summary(all, took: (ContinuousClock.now - began) / .seconds(1))
        for failure in wrong { Terminal.complain(failure) }
        return wrong.isEmpty ? 0 : 1
    }

    private struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    private func child(_ seed: UInt64) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "--seed", "\(seed)", "--nodes", "\(options.nodes)", "--hours", "\(options.hours)",
            "--pause", "\(options.pause)",
        ]
        if options.isThorough { process.arguments?.append("--thorough") }
        var environment = ProcessInfo.processInfo.environment
        environment["SWIFT_DETERMINISTIC_HASHING"] = "1"
        environment["SWIFT_BACKTRACE"] = "enable=no"
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard let last = said.split(separator: 0x0a).last,
            let json = try? JSON.read(Array(last), limits: .operatorFile),
            let outcome = Outcome(json: json)
        else { throw Broken(description: "ended with status \(process.terminationStatus)") }
        return outcome
    }

    private func line(_ outcome: Outcome) -> String {
        "seed \(outcome.seed): \(outcome.messages) messages, \(outcome.leaves) leaves, "
            + "\(outcome.reads) lines read, equal heads after at most \(outcome.rounds) rounds, "
            + (outcome.forkFound > 0 ? "fork known to all after \(outcome.forkFound) s, " : "")
            + (outcome.healed > 0 ? "\(outcome.healed) logs healed, " : "")
            + (outcome.lost > 0 ? "\(outcome.lost) leaves given up, " : "")
            + "trace \(outcome.trace), \(outcome.memory) MiB, "
            + String(format: "%.1f s", outcome.seconds)
            + (outcome.violation.map { ": \($0)" } ?? "")
    }

    /// The same seed must give the same trace.
    private func unequal(_ outcomes: [Outcome]) -> [String] {
        let first = outcomes.filter { $0.seed == options.seeds.lowerBound }
        guard Set(first.map(\.trace)).count > 1 else { return [] }
        return ["seed \(options.seeds.lowerBound) gave two traces: something escapes the seed"]
    }

    /// Each fault must have struck.
    private func missing(_ outcomes: [Outcome]) -> [String] {
        Fault.allCases.filter { fault in outcomes.allSatisfy { $0.faults[fault] ?? 0 == 0 } }
            .map { "the fault \($0.rawValue) has never struck: take more seeds or hours" }
    }

    private func summary(_ outcomes: [Outcome], took seconds: Double) {
        let faults = Fault.allCases.map { fault in
            "\(fault.rawValue) \(outcomes.reduce(0) { $0 + ($1.faults[fault] ?? 0) })"
        }
        let healed = outcomes.reduce(0) { $0 + $1.healed }
        let lost = outcomes.reduce(0) { $0 + $1.lost }
        Terminal.say("logs set back and healed: \(healed); leaves given up: \(lost)")
        Terminal.say("faults: " + faults.joined(separator: ", "))
        Terminal.say(
            "\(options.seeds.count) seeds of \(options.nodes) nodes and \(options.hours) hours, "
                + "\(outcomes.reduce(0) { $0 + $1.messages }) messages, "
                + "\(outcomes.reduce(0) { $0 + $1.leaves }) leaves acknowledged, in "
                + String(format: "%.0f s", seconds))
    }
}
