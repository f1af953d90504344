import CanonicalJSON
import Catalogue
import Federation

/// What an import has done so far, and how it is told.
struct ImportJournal {
    private let format: OutputFormat
    private var outcomes: [String: Int] = [:]
    /// Kept for the JSON report only, which is one document; the other forms stream.
    private var problems: [ImportProblem] = []
    private var refused = 0
    private var remarks = 0
    /// How often each remark came; a person is told the first few only.
    private var repetitions: [String: Int] = [:]
    private static let toldRepetitions = 3
    private(set) var acknowledged = 0

    init(_ format: OutputFormat) {
        self.format = format
    }

    /// A remark of the reader.
    mutating func note(_ problem: ImportProblem) {
        if problem.severity == .error { refused += 1 } else { remarks += 1 }
        switch format {
        case .json: problems.append(problem)
        case .jsonl:
            guard case .object(var object) = problem.json else { return }
            object["severity"] = .string(problem.severity.rawValue)
            StandardStream.output.write(line: ["problem": .object(object)])
        case .table:
            if problem.severity != .error {
                repetitions[problem.message, default: 0] += 1
                guard repetitions[problem.message, default: 0] <= Self.toldRepetitions else {
                    return
                }
            }
            StandardStream.error.write(
                PlainText.line("\(problem.severity.rawValue): \(problem.at): \(problem.message)")
                    + "\n  try: \(PlainText.line(problem.remedy))\n"
            )
        }
    }

    /// What the daemon has durably done: with JSON lines each is written out before this returns.
    mutating func acknowledge(_ results: [JSON]) {
        acknowledged += results.count
        var lines: [UInt8] = []
        for result in results {
            outcomes[result["outcome"]?.string ?? "unknown", default: 0] += 1
            guard format == .jsonl else { continue }
            var line = JSONObject()
            for name in ["id", "outcome", "index", "revision"] { line[name] = result[name] }
            lines += JSON.object(line).canonicalBytes + [0x0a]
        }
        StandardStream.output.write(lines)
    }

    /// How many of one outcome.
    func count(_ outcome: Appended.Outcome) -> Int { outcomes[outcome.rawValue] ?? 0 }

    /// Whether nothing could be read.
    var isFailure: Bool {
        acknowledged == 0 && refused > 0
    }

    /// The sum, for people and as JSON.
    func summarise(dryRun: Bool) {
        let names: [Appended.Outcome] = [.published, .revised, .unchanged]
        switch format {
        case .jsonl: break
        case .json:
            var object = JSONObject()
            for name in names { object[name.rawValue] = .number(JSONNumber(Int64(count(name)))) }
            object["dryRun"] = dryRun ? true : nil
            object["problems"] = .array(problems.map(\.json))
            StandardStream.output.write(line: .object(object))
        case .table:
            for (message, count) in repetitions.sorted(by: { $0.key < $1.key })
            where count > Self.toldRepetitions {
                StandardStream.error.write(
                    "and \(count - Self.toldRepetitions) more like it: "
                        + PlainText.line(message) + "\n")
            }
            let title = dryRun ? "would be " : ""
            StandardStream.output.write(
                TextTable.pairs(
                    names.map { (title + $0.rawValue, String(count($0))) } + [
                        ("not taken", String(refused)),
                        ("remarks", String(remarks)),
                    ]
                )
            )
        }
    }
}
