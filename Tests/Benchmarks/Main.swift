import CanonicalJSON
import Foundation

/// `swift run -c release Benchmarks [--json <file>] [--only <words>] [--quick] [--own] [--items <n>]
/// [--queries <n>]`: what the log costs, against the disk's own floor and against others on the same disk, in one run.
///
/// The machine may be shared: the floor is measured before and after each row, ratios say more than
/// absolute figures, and rows during which the floor moved say so. `--only` takes words with semicolons
/// between, one of which a row's name must contain; `--own` leaves the others out; `--quick` takes a tenth of the leaves
/// and of the catalogue's items; `--items` and `--queries` name other numbers for the search. Each row is told
/// as soon as it is measured, and all of them at the end.
@main
struct Benchmarks {
    static func main() async throws {
        let options = try Options(CommandLine.arguments.dropFirst())
        let workspace = try Workspace()
        var table = Table()
        let own: [any Benchmark] =
            AppendBenchmark.all(options) + [
                RestartBenchmark(leaves: options.scaled(1_000_000)),
                AuditBenchmark(leaves: options.scaled(200_000)),
                StoredAuditBenchmark(leaves: options.scaled(200_000)),
                SpaceBenchmark(leaves: options.scaled(200_000)),
                CopyBenchmark(leaves: options.scaled(100_000)),
                WitnessBenchmark(requests: options.scaled(2000), logs: 1),
                WitnessBenchmark(requests: options.scaled(25_600), logs: 64),
                PublishBenchmark(items: options.scaled(8000)),
                ReadBenchmark(seconds: options.isQuick ? 1 : 4),
                RegistryBenchmark(members: options.scaled(5000)),
                SearchBenchmark(
                    items: options.items ?? options.scaled(1_000_000),
                    queries: options.queries ?? 1000, hasPeer: !options.ownOnly),
            ]
        let peers: [any Benchmark] = options.ownOnly ? [] : Peers.all(options)
        for benchmark in own + peers where options.wants(benchmark.name) {
            Report.progress("running \(benchmark.name)")
            let before = try workspace.floor()
            do {
                var rows = try await benchmark.run(in: workspace)
                let after = try workspace.floor()
                for index in rows.indices {
                    rows[index].floorBefore = before
                    rows[index].floorAfter = after
                }
                table.rows += rows
                for row in rows { Report.progress(String(Report.line(row).dropLast())) }
            } catch let absence as Absent {
                table.absent.append("\(benchmark.name): \(absence.reason)")
            }
        }
        table.compare()
        table.compareSearches()
        Report.write(table, to: options.jsonFile)
    }
}

/// Something that is measured.
protocol Benchmark {
    var name: String { get }

    /// Measures.
    ///
    /// - Throws: `Absent` when what it needs is not on this machine.
    func run(in workspace: Workspace) async throws -> [Row]
}

/// What a benchmark needs is not here.
struct Absent: Error {
    let reason: String
}

/// The command line.
struct Options {
    var jsonFile: String?
    var words: [String] = []
    var isQuick = false
    var ownOnly = false
    /// Items of the catalogue that is searched; nil for the usual number.
    var items: Int?
    /// Questions that are asked of it; nil for the usual number.
    var queries: Int?

    init(_ arguments: some Sequence<String>) throws {
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--json": jsonFile = rest.popFirst()
            case "--only": words = (rest.popFirst() ?? "").split(separator: ";").map(String.init)
            case "--quick": isQuick = true
            case "--own": ownOnly = true
            case "--items": items = rest.popFirst().flatMap { Int($0) }
            case "--queries": queries = rest.popFirst().flatMap { Int($0) }
            default:
                throw Absent(
                    reason:
                        "\(argument) is no option: --json, --only, --quick, --own, --items, --queries"
                )
            }
        }
    }

    func scaled(_ count: Int) -> Int { isQuick ? count / 10 : count }

    func wants(_ name: String) -> Bool {
        words.isEmpty || words.contains { name.contains($0) }
    }
}
