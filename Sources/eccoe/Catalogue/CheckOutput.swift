import CanonicalJSON
import Catalogue
import Federation

/// Writes what `eccoe catalogue check` finds, record by record: JSON streams, the table needs its
/// widths and waits for the end, without the items themselves.
struct CheckOutput {
    private let format: OutputFormat
    private let ruleSets: [RuleSet]
    private var report: CheckReport
    private var rows: [[String]] = []
    /// The first item, whose rules are shown one by one when it is the only one.
    private var first: LearningOpportunity?
    private var itemCount = 0
    private var evidence: [QualityEvidence] = []
    private var problems: [ImportProblem] = []
    private var hasErrors = false
    private var isOpened = false

    /// Remarks with the same words that a person is shown.
    private static let toldRepetitions = 3

    init(_ format: OutputFormat, by ruleSets: [RuleSet]) {
        self.format = format
        self.ruleSets = ruleSets
        report = CheckReport(by: ruleSets)
    }

    /// Nothing is written before it is known that there is something to grade.
    private mutating func open() {
        guard !isOpened else { return }
        isOpened = true
        if format == .json { StandardStream.output.write(CheckReport.opening) }
    }

    /// Whether nothing could be read.
    var isFailure: Bool { itemCount == 0 && evidence.isEmpty && hasErrors }

    mutating func take(_ record: ImportRecord) {
        open()
        if record.problems.contains(where: { $0.severity == .error }) { hasErrors = true }
        if let found = record.evidence { evidence.append(found) }
        if let item = record.item { take(item) }
        guard format == .jsonl else {
            problems += record.problems
            return
        }
        for problem in record.problems {
            StandardStream.output.write(line: ["problem": problem.json])
        }
    }

    /// An item that was not read from a source.
    mutating func take(_ item: LearningOpportunity) {
        open()
        itemCount += 1
        switch format {
        case .json: StandardStream.output.write(report.next(item))
        case .jsonl: StandardStream.output.write(line: report.json(of: item))
        case .table:
            if first == nil { first = item }
            let grades = ruleSets.map { Grade(item, by: $0) }
            rows.append(
                [item.id] + grades.map { "\($0.met)/\($0.checks.count)" } + [item.displayTitle]
            )
        }
    }

    mutating func finish() {
        open()
        switch format {
        case .json: StandardStream.output.write(CheckReport.closing(problems) + [0x0a])
        case .jsonl: break
        case .table: StandardStream.output.write(table + remarks)
        }
    }

    private var table: String {
        var text =
            rows.isEmpty
            ? "" : TextTable.rows(["ID"] + ruleSets.map { $0.id.uppercased() } + ["TITLE"], rows)
        if itemCount == 1, let first {
            for ruleSet in ruleSets {
                text += "\n\(ruleSet.title)\n"
                text += TextTable.rows(
                    ["RULE", "STATUS", "FIELD", ""],
                    Grade(first, by: ruleSet).checks.map {
                        [$0.id, $0.status.rawValue, $0.field, $0.detail ?? ""]
                    }
                )
            }
        }
        if rows.isEmpty, evidence.isEmpty { text += "No item could be read.\n" }
        for found in evidence {
            let students = found.evaluation.sampleSize.map { " by \($0) students" } ?? ""
            let line = "\(found.itemID): evaluated as \(found.evaluation.score)\(students)"
            text += PlainText.line(line) + "\n"
        }
        return text
    }

    private var remarks: String {
        var text = ""
        var repetitions: [String: Int] = [:]
        for problem in problems {
            if problem.severity != .error {
                repetitions[problem.message, default: 0] += 1
                guard repetitions[problem.message, default: 0] <= Self.toldRepetitions else {
                    continue
                }
            }
            text += "\n\(problem.severity.rawValue): "
            text += PlainText.line("\(problem.at): \(problem.message)")
            text += "\n  try: \(PlainText.line(problem.remedy))\n"
        }
        for (message, count) in repetitions.sorted(by: { $0.key < $1.key })
        where count > Self.toldRepetitions {
            text += "\nand \(count - Self.toldRepetitions) more like it: "
            text += PlainText.line(message) + "\n"
        }
        return text
    }
}
