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
    /// The ids of items that the source itself says are gone.
    private(set) var removed: Set<String> = []
    /// Items that were offered and are no longer in the source.
    private var gone: [String] = []
    private var areGoneWithdrawn = false
    /// How many items have each gap, by rule; and whether it kept them from being published.
    private var gaps: [String: (count: Int, refuses: Bool)] = [:]

    init(_ format: OutputFormat) {
        self.format = format
    }

    /// A record of the source.
    mutating func take(_ record: ImportRecord) {
        for problem in record.problems { note(problem) }
        if let id = record.removed { removed.insert(id) }
    }

    /// What became of the items that are no longer in the source.
    mutating func note(removed ids: [String], areWithdrawn: Bool) {
        gone = ids
        areGoneWithdrawn = areWithdrawn
        guard format == .jsonl else { return }
        for id in ids {
            StandardStream.output.write(
                line: ["removed": .string(id), "withdrawn": .bool(areWithdrawn)])
        }
    }

    /// Whether some records could not be read.
    var isIncomplete: Bool { refused > 0 }

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
            for gap in result["gaps"]?.array ?? [] {
                guard let rule = gap["rule"]?.string else { continue }
                gaps[rule, default: (0, gap["refuses"]?.bool == true)].count += 1
            }
            guard format == .jsonl else { continue }
            var line = JSONObject()
            for name in ["id", "outcome", "index", "revision", "gaps"] { line[name] = result[name] }
            lines += JSON.object(line).canonicalBytes + [0x0a]
        }
        StandardStream.output.write(lines)
    }

    /// How many of one outcome.
    func count(_ outcome: Appended.Outcome) -> Int { outcomes[outcome.rawValue] ?? 0 }

    private var refusedByPolicy: Int { outcomes["refused"] ?? 0 }

    /// Whether nothing could be read, or nothing was good enough.
    var isFailure: Bool {
        acknowledged == refusedByPolicy && refused + refusedByPolicy > 0
    }

    /// The sum, for people and as JSON.
    func summarise(dryRun: Bool) {
        switch format {
        case .jsonl: break
        case .json: StandardStream.output.write(line: json(dryRun: dryRun))
        case .table:
            tellRepetitions()
            tellGaps()
            StandardStream.output.write(table(dryRun: dryRun))
        }
    }

    private static let names: [Appended.Outcome] = [.published, .revised, .unchanged]

    private func json(dryRun: Bool) -> JSON {
        var object = JSONObject()
        for name in Self.names { object[name.rawValue] = .number(JSONNumber(Int64(count(name)))) }
        if refusedByPolicy > 0 { object["refused"] = .number(JSONNumber(Int64(refusedByPolicy))) }
        object["dryRun"] = dryRun ? true : nil
        object["problems"] = .array(problems.map(\.json))
        if !gaps.isEmpty {
            object["gaps"] = .array(
                gaps.sorted { $0.key < $1.key }.map { rule, gap in
                    [
                        "rule": .string(rule), "items": .number(JSONNumber(Int64(gap.count))),
                        "refuses": .bool(gap.refuses),
                    ]
                })
        }
        if !gone.isEmpty {
            object["removed"] = .array(gone.map { .string($0) })
            object["withdrawn"] = .bool(areGoneWithdrawn)
        }
        return .object(object)
    }

    private func table(dryRun: Bool) -> String {
        let title = dryRun ? "would be " : ""
        var pairs = Self.names.map { (title + $0.rawValue, String(count($0))) }
        if refusedByPolicy > 0 { pairs.append(("refused for gaps", String(refusedByPolicy))) }
        pairs.append(("not taken", String(refused)))
        pairs.append(("remarks", String(remarks)))
        if !gone.isEmpty {
            pairs.append((areGoneWithdrawn ? "withdrawn" : "gone from source", String(gone.count)))
        }
        return TextTable.pairs(pairs)
    }

    private func tellRepetitions() {
        for (message, count) in repetitions.sorted(by: { $0.key < $1.key })
        where count > Self.toldRepetitions {
            StandardStream.error.write(
                "and \(count - Self.toldRepetitions) more like it: "
                    + PlainText.line(message) + "\n")
        }
    }

    /// What the publishing policy says, summed up: an item's own gaps are shown by a check.
    private func tellGaps() {
        guard !gaps.isEmpty else { return }
        var text = "gaps by the publishing policy:\n"
        for (rule, gap) in gaps.sorted(by: { $0.key < $1.key }) {
            let items = gap.count == 1 ? "1 item" : "\(gap.count) items"
            text += "  \(rule): \(items)" + (gap.refuses ? ", not published" : "") + "\n"
        }
        text += "  try: eccoe catalogue check <id> shows the field to fill\n"
        StandardStream.error.write(text)
    }
}
