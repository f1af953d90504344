import ArgumentParser
import CanonicalJSON
import Catalogue
import Federation

/// `eccoe catalogue check <file>`
struct CatalogueCheck: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read a file as an import would, and grade its items by the rule sets.",
        discussion: """
            Needs no daemon and publishes nothing. Each rule is met, not met or not stated, with \
            the field to fill.

            Example:  eccoe catalogue check --format json items.json
            """
    )

    @OptionGroup var source: ImportSource
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let report = CatalogueImport.read(
            try InputFile.read(source.file),
            format: source.format,
            defaults: try source.defaults(node.folder, isMemberNeeded: false)
        )
        switch output.format {
        case .json: StandardStream.output.write(line: CheckReport.json(of: report))
        case .jsonl:
            for item in report.items {
                StandardStream.output.write(line: CheckReport.json(of: item, by: RuleSet.all))
            }
            for problem in report.problems {
                StandardStream.output.write(line: ["problem": problem.json])
            }
        case .table: StandardStream.output.write(Self.text(report))
        }
        if report.isFailure { throw ExitCode(ExitStatus.data.rawValue) }
    }

    private static func text(_ report: ImportReport) -> String {
        var text = TextTable.rows(
            ["ID"] + RuleSet.all.map { $0.id.uppercased() } + ["TITLE"],
            report.items.map { item in
                let grades = RuleSet.all.map { Grade(item, by: $0) }
                return [item.id] + grades.map { "\($0.met)/\($0.checks.count)" }
                    + [item.displayTitle]
            }
        )
        if report.items.count == 1, let item = report.items.first {
            for ruleSet in RuleSet.all {
                text += "\n\(ruleSet.title)\n"
                text += TextTable.rows(
                    ["RULE", "STATUS", "FIELD", ""],
                    Grade(item, by: ruleSet).checks.map {
                        [$0.id, $0.status.rawValue, $0.field, $0.detail ?? ""]
                    }
                )
            }
        }
        for problem in report.problems {
            text += "\n\(problem.severity.rawValue): "
            text += PlainText.line("\(problem.at): \(problem.message)")
            text += "\n  try: \(PlainText.line(problem.remedy))\n"
        }
        return text
    }
}
