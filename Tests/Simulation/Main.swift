import CanonicalJSON
import Foundation
import Glibc

/// `swift run Simulation`: whole nodes against a faulty network, faulty disks and lying peers.
@main
struct Simulation {
    static func main() {
        let options: Options
        do {
            options = try Options(Array(CommandLine.arguments.dropFirst()))
        } catch {
            Terminal.complain("\((error as? Options.Mistake)?.text ?? "\(error)")")
            Terminal.complain(Options.usage)
            exit(64)
        }
        guard options.isSingle || options.convergence else { exit(RunSet(options).run()) }
        beDeterministic()
        do {
            let outcome = try Run(options).carryOut()
            Terminal.say(outcome.json.canonicalText)
            guard let violation = outcome.violation else { exit(0) }
            Terminal.complain("seed \(options.seed): \(violation)")
            Terminal.complain("  replay: \(options.replay(options.seed))")
            exit(1)
        } catch {
            Terminal.complain("seed \(options.seed): the simulation could not run: \(error)")
            exit(70)
        }
    }

    /// Sets and dictionaries in the same order in every run: that is decided as a process starts.
    private static func beDeterministic() {
        let name = "SWIFT_DETERMINISTIC_HASHING"
        guard getenv(name) == nil else { return }
        setenv(name, "1", 1)
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &arguments)
        Terminal.complain("cannot start anew: \(String(cString: strerror(errno)))")
        exit(71)
    }
}
